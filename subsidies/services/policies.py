"""Policies: what is checked before publication, and those that come with the installation."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError
from offices.services.acts import record_act
from subsidies.enums import FundingSource, PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.predicates import Rule, RuleError, read_rule
from subsidies.predicates.tree import parameters_named
from subsidies.selectors.needs import (
    PAYLESS,
    condition_of_another_kind,
    has_payee,
    needed_parameters,
    needs_payee,
)
from subsidies.selectors.rules import PolicyOnDay, value_on

SHIPPED = Path(__file__).resolve().parent.parent / "reference" / "policies"
"""One file for each programme: the programme and its first version."""


def check_policy(version: PolicyVersion) -> None:
    """Refuse a policy that could not be applied on every day of its period.

    Its rule must be readable and of conditions that its kind of programme may use, each parameter
    it names must have a value on each day, the funding shares must add up to one, and it must be a
    benefit: an amount on each day, points of a points list, nothing of the kind for a priority letter;
    of a household's the rule says who receives for the family. Raises RuleError or DomainError.
    """
    for day in days_of_change(version):
        rule = read_rule(version.rule, partial(value_on, version, day=day))
        _check_kind(version, rule)
        _check_is_a_benefit(version, rule, day)
    _check_funding(version)


def days_of_change(version: PolicyVersion) -> list[datetime.date]:
    """The first day of the version and each later day on which a dated parameter begins or ends."""
    days = {version.from_on}
    for rows in version.parameters.values():
        for row in rows:
            days.update(datetime.date.fromisoformat(row[end]) for end in ("from", "to") if row[end])
    return sorted(
        day for day in days if day >= version.from_on and (version.to_on is None or day < version.to_on)
    )


def _check_kind(version: PolicyVersion, rule: Rule) -> None:
    wrong = condition_of_another_kind(version.programme, rule)
    if wrong is not None:
        raise RuleError(
            "not_for_this_kind",
            _("The condition %(code)s is for programmes of the kind %(kinds)s alone."),
            code=wrong.code,
            kinds="、".join(str(one.label) for one in sorted(wrong.kinds or ())),
        )
    if needs_payee(version.programme) and not has_payee(rule):
        raise RuleError(
            "no_payee",
            _("It is a household's: add the condition that says who receives for the family."),
        )


def _check_is_a_benefit(version: PolicyVersion, rule: Rule, day: datetime.date) -> None:
    policy = PolicyOnDay(version, day)
    if version.programme.kind not in PAYLESS and policy.amounts.least <= 0:
        raise DomainError(
            "no_benefit",
            _("A policy gives something: state an amount for %(day)s."),
            day=day.isoformat(),
        )
    for name in needed_parameters(version.programme):
        value_on(version, name, day)
    if policy.is_by_selection:
        return
    if not any(clause.code != "living" for clause in rule.registry_clauses):
        raise RuleError(
            "no_clauses", _("The rule has no condition yet: add what must hold for whoever receives it.")
        )


def _check_funding(version: PolicyVersion) -> None:
    if version.programme.kind in PAYLESS and not version.funding:
        return
    try:
        shares = [Decimal(line["share"]) for line in version.funding]
        known = {line["source"] for line in version.funding} <= set(FundingSource.values)
    except (InvalidOperation, KeyError, TypeError):
        known, shares = False, []
    if not known or sum(shares, Decimal()) != 1 or min(shares) <= 0:
        raise DomainError("funding_shares", _("The funding shares of a policy must add up to one whole."))


def load_policies(*, actor: Actor, county: str) -> int:
    """Bring the programmes that come with the installation, once; returns how many there are.

    A version whose rule has a source is published; one that is inferred stays a draft until the
    county has checked it. What is there already stays as it is: a programme that the county has
    corrected or entered itself, a version that is published, a draft.
    """
    shipped = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.json"))]
    for entry in shipped:
        programme, _created = Programme.objects.get_or_create(
            code=entry["programme"]["code"], defaults=entry["programme"]
        )
        _ship(programme, dict(entry["version"]), actor=actor)
    return len(shipped)


def _ship(programme: Programme, fields: dict[str, Any], *, actor: Actor) -> None:
    if PolicyVersion.objects.filter(programme=programme, number=fields["number"]).exists():
        return
    state = PolicyState(fields.pop("state", PolicyState.PUBLISHED))
    days = {name: _day(fields[name]) for name in ("from_on", "to_on")}
    version = PolicyVersion(
        programme=programme, drafted_by_id=actor.staff_id, is_shipped=True, **{**fields, **days}
    )
    if state != PolicyState.PUBLISHED:
        version.save()
        return
    check_policy(version)
    version.state, version.published_at = PolicyState.PUBLISHED, clock.now()
    version.save()
    record_act(
        actor=actor,
        verb="subsidies.publish_policy",
        record=version,
        programme=programme.code,
        number=version.number,
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def policy_parameters(version: PolicyVersion) -> list[str]:
    """The dated parameters that the rule itself refers to, in order."""
    return sorted(parameters_named(version.rule))
