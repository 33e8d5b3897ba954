"""A draft beside what holds now: what it still lacks, which version it follows, whether it was simulated as it stands."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from offices.templatetags.ui import day as in_words
from subsidies.enums import FundingSource, PolicyState, ProgrammeKind
from subsidies.models import PolicySimulation, PolicyVersion, Programme
from subsidies.models.programmes import OPEN_STATES, WHAT_IT_IS
from subsidies.policy_words import AMOUNTS, can_read, kinds_of, name_of
from subsidies.predicates import RuleError, read_rule
from subsidies.predicates.tree import parameters_named
from subsidies.selectors.needs import (
    PAYLESS,
    condition_of_another_kind,
    has_payee,
    needed_parameters,
    needs_payee,
)
from subsidies.selectors.rules import PolicyOnDay, value_on


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a draft needs before it can be submitted, and the part of the page that has it."""

    text: str | Promise
    part: str
    parameter: str = ""


def open_draft(programme: Programme) -> PolicyVersion | None:
    """The draft of a programme that somebody is writing or that waits for approval."""
    return PolicyVersion.objects.filter(programme=programme, state__in=OPEN_STATES, is_shipped=False).first()


def shipped_draft(programme: Programme) -> PolicyVersion | None:
    """The draft that came with the installation, from which a county begins its own."""
    shipped = PolicyVersion.objects.filter(programme=programme, state=PolicyState.DRAFT, is_shipped=True)
    return shipped.order_by("-number").first()


def predecessor(version: PolicyVersion) -> PolicyVersion | None:
    """The published version that held last before this one begins, or that it follows when published."""
    return (
        PolicyVersion.objects.filter(
            programme_id=version.programme_id, state=PolicyState.PUBLISHED, from_on__lt=version.from_on
        )
        .exclude(pk=version.pk)
        .select_related("programme")
        .order_by("-from_on")
        .first()
    )


def content_digest(version: PolicyVersion) -> str:
    """Of all that is published but the remark on what is still to be checked, and of what the benefit is."""
    programme = version.programme
    content = {
        "programme": [programme.pk, *(getattr(programme, name) for name in WHAT_IT_IS)],
        "from_on": version.from_on.isoformat(),
        **{
            name: getattr(version, name)
            for name in (
                "basis_title",
                "basis_number",
                "rule",
                "parameters",
                "notice",
                "funding",
                "stop_rule",
            )
        },
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def newest_simulation(version: PolicyVersion) -> PolicySimulation | None:
    """What was counted last for a version, whether or not it still stands as it was then."""
    return (
        PolicySimulation.objects.filter(version=version)
        .select_related("compared_with", "simulated_by")
        .order_by("-simulated_at")
        .first()
    )


def is_simulated(version: PolicyVersion) -> bool:
    """Whether exactly this content was counted, beside the version that it would follow."""
    found = newest_simulation(version)
    return found is not None and found.digest == content_digest(version)


def lacks_of(version: PolicyVersion) -> list[Lack]:
    """All that a draft still needs, in the order of the page; none, when it can be simulated and submitted."""
    return [
        *_lacks_of_basis(version),
        *_lacks_of_amounts(version),
        *_lacks_of_rule(version),
        *_lacks_of_parameters(version),
        *_lacks_of_notice(version),
        *_lacks_of_funding(version),
        *_lacks_of_stop_rule(version),
    ]


def _lacks_of_basis(version: PolicyVersion) -> Iterator[Lack]:
    if not version.basis_title.strip():
        yield Lack(_("The document that the policy rests on is not named."), "basis")
    if problem := period_problem(version):
        yield Lack(problem, "basis")


def period_problem(version: PolicyVersion) -> str:
    """Why the version cannot begin on its day beside those that are published; empty when it can."""
    published = PolicyVersion.objects.filter(
        programme_id=version.programme_id, state=PolicyState.PUBLISHED
    ).exclude(pk=version.pk)
    for other in published.order_by("from_on"):
        if other.from_on >= version.from_on:
            return _(
                "It begins on %(day)s, and version %(number)s from %(other)s on is published. Let it begin later."
            ) % {
                "day": in_words(version.from_on),
                "number": other.number,
                "other": in_words(other.from_on),
            }
        if other.to_on is not None and other.to_on > version.from_on:
            return _(
                "It begins on %(day)s, and version %(number)s holds until %(other)s. Let it begin then or later."
            ) % {
                "day": in_words(version.from_on),
                "number": other.number,
                "other": in_words(other.to_on),
            }
    return ""


def _lacks_of_amounts(version: PolicyVersion) -> Iterator[Lack]:
    stated = [name for name in AMOUNTS if version.parameters.get(name)]
    if version.programme.kind in PAYLESS:
        if stated:
            yield Lack(_("This kind of programme gives no money: take the amount out."), "amounts")
        return
    if "amount" in stated and len(stated) > 1:
        yield Lack(
            _("State one amount for everybody, or one for a rural and one for an urban hukou, not both."),
            "amounts",
        )
    elif stated in (["amount_rural"], ["amount_urban"]):
        yield Lack(_("State an amount for a rural and one for an urban hukou."), "amounts")
    elif not _gives_something(version):
        yield Lack(_("A policy gives something: no amount is stated for its first day."), "amounts")


def _gives_something(version: PolicyVersion) -> bool:
    try:
        return PolicyOnDay(version, version.from_on).amounts.least > 0
    except (ArithmeticError, RuleError, ValueError):
        return False


def _lacks_of_rule(version: PolicyVersion) -> Iterator[Lack]:
    try:
        rule = read_rule(version.rule, lambda name: value_on(version, name, version.from_on))
    except RuleError as refusal:
        if refusal.code != "parameter_without_value":  # told with the parameter
            yield Lack(str(refusal), "conditions")
        return
    programme = version.programme
    if len(rule.registry_clauses) < 2 and programme.kind != ProgrammeKind.AWARD:
        yield Lack(_("No condition is stated that the register can answer."), "conditions")
    if needs_payee(programme) and not has_payee(rule):
        yield Lack(
            _("It is a household's: add the condition that says who receives for the family."), "conditions"
        )
    if wrong := condition_of_another_kind(programme, rule):
        yield Lack(
            _("“%(sentence)s” is no condition for this kind of programme: take it out.")
            % {"sentence": wrong.sentence()},
            "conditions",
        )


def _lacks_of_parameters(version: PolicyVersion) -> Iterator[Lack]:
    named = {*parameters_named(version.rule), *needed_parameters(version.programme)}
    for name in sorted({*version.parameters, *named}):
        rows = version.parameters.get(name) or []
        kinds = kinds_of(version, name)
        is_needed = name in named or (name in AMOUNTS and bool(rows))
        words = {"name": name_of(name)}
        if any(not can_read(kind, row["value"]) for row in rows for kind in kinds):
            yield Lack(_("“%(name)s” has a value that it cannot have.") % words, "parameter", name)
        if overlap := first_overlap(rows):
            yield Lack(
                _("“%(name)s” has two values on %(day)s.") % {**words, "day": in_words(overlap)},
                "parameter",
                name,
            )
        elif is_needed and (gap := first_gap(rows, from_on=version.from_on)):
            yield Lack(
                _("“%(name)s” has no value on %(day)s.") % {**words, "day": in_words(gap)},
                "parameter",
                name,
            )


def _periods(rows: list[dict[str, Any]]) -> list[tuple[datetime.date, datetime.date | None]]:
    days = datetime.date.fromisoformat
    return sorted(
        ((days(row["from"]), days(row["to"]) if row.get("to") else None) for row in rows),
        key=lambda period: period[0],
    )


def first_overlap(rows: list[dict[str, Any]]) -> datetime.date | None:
    """The first day with two values, if there is one."""
    for (_begin, ends), (begins, _end) in pairwise(_periods(rows)):
        if ends is None or ends > begins:
            return begins
    return None


def first_gap(rows: list[dict[str, Any]], *, from_on: datetime.date) -> datetime.date | None:
    """The first day from a day on without a value, if there is one; rows do not overlap."""
    missing = from_on
    for begins, ends in _periods(rows):
        if begins > missing:
            return missing
        if ends is None:
            return None
        missing = max(missing, ends)
    return missing


def _lacks_of_notice(version: PolicyVersion) -> Iterator[Lack]:
    notice = version.notice
    if version.programme.is_posted and not notice.get("levels"):
        yield Lack(_("Where the name is posted is not stated."), "notice")
    elif version.programme.is_posted and not notice.get("days"):
        yield Lack(_("How many days the notice hangs is not stated."), "notice")
    if not version.programme.is_posted and notice.get("levels"):
        yield Lack(_("This programme is never posted: take the levels of the notice out."), "notice")


def _lacks_of_funding(version: PolicyVersion) -> Iterator[Lack]:
    if version.programme.kind in PAYLESS and not version.funding:
        return
    shares = [Decimal(str(part["share"])) for part in version.funding]
    if sum(shares, Decimal()) != 1:
        yield Lack(_("The shares of who pays do not add up to 100%."), "funding")
    if {part["source"] for part in version.funding} - set(FundingSource.values):
        yield Lack(_("Somebody pays whom the system does not know."), "funding")


def _lacks_of_stop_rule(version: PolicyVersion) -> Iterator[Lack]:
    if not version.stop_rule:
        yield Lack(_("Until when is paid once the reason has ended is not stated."), "stop")
