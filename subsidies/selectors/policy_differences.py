"""How a version differs from the one before, in sentences that a clerk reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from offices.templatetags.ui import day as in_words
from subsidies.enums import FundingSource, NoticeLevel
from subsidies.models import PolicyVersion
from subsidies.policy_words import kinds_of, name_of, value_in_words
from subsidies.predicates.tree import parameters_named
from subsidies.selectors.shown_rules import sentence_of


def differences(former: PolicyVersion, version: PolicyVersion) -> list[str]:
    """What a version changes, in the order of the page; from its own first day on."""
    return [
        *_of_basis(former, version),
        *_of_parameters(former, version),
        *_of_conditions(former, version),
        *_of_notice(former, version),
        *_of_funding(former, version),
        *_of_stop_rule(former, version),
    ]


def _of_basis(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    names = [f"{one.basis_title} {one.basis_number}".strip() for one in (former, version)]
    if names[0] != names[1]:
        yield _("It rests on %(after)s, before on %(before)s.") % {"before": names[0], "after": names[1]}


def _of_parameters(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    for name in sorted({*former.parameters, *version.parameters}, key=_order):
        kinds = kinds_of(version, name) or kinds_of(former, name)
        words = [
            {
                day: value_in_words(kinds, value)
                for day, value in _steps(one.parameters.get(name) or [], version.from_on)
            }
            for one in (former, version)
        ]
        for day in sorted({*words[0], *words[1]}):
            before, after = (_on(steps, day) for steps in words)
            if before != after and not _was_told(words, day):
                yield _sentence(name, before, after, day)


def _sentence(name: str, before: str, after: str, day: datetime.date) -> str:
    values = {"name": name_of(name), "before": before, "after": after, "day": in_words(day)}
    if not before:
        return _("%(name)s: %(after)s from %(day)s on, not stated before.") % values
    if not after:
        return _("%(name)s: not stated any more from %(day)s on, before %(before)s.") % values
    return _("%(name)s: %(before)s → %(after)s from %(day)s on.") % values


def _order(name: str) -> tuple[bool, str]:
    return not name.startswith("amount"), name


def _steps(rows: list[dict[str, Any]], from_on: datetime.date) -> Iterator[tuple[datetime.date, Any]]:
    """The value on the first day and on each later day on which one begins or ends."""
    start = from_on.isoformat()
    days = {start} | {row[end] for row in rows for end in ("from", "to") if row.get(end) and row[end] > start}
    for day in sorted(days):
        found = [
            row["value"] for row in rows if row["from"] <= day and (not row.get("to") or row["to"] > day)
        ]
        yield datetime.date.fromisoformat(day), found[0] if found else ""


def _on(steps: Mapping[datetime.date, str], day: datetime.date) -> str:
    return next((steps[begins] for begins in sorted(steps, reverse=True) if begins <= day), "")


def _was_told(words: list[dict[datetime.date, str]], day: datetime.date) -> bool:
    """Whether the same difference began on an earlier day."""
    earlier = [begins for begins in {*words[0], *words[1]} if begins < day]
    if not earlier:
        return False
    last = max(earlier)
    return (_on(words[0], last), _on(words[1], last)) == (_on(words[0], day), _on(words[1], day))


def _of_conditions(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    before, after = (
        {part.get("clause", ""): part for part in one.rule.get("all", [])} for one in (former, version)
    )
    for name in before:
        if name not in after:
            yield _("Condition taken out: %(sentence)s.") % {
                "sentence": _words(former, before[name], version)
            }
    for name, part in after.items():
        if name not in before:
            yield _("Condition added: %(sentence)s.") % {"sentence": _words(version, part, version)}
        elif before[name] != part:
            words = {"before": _words(former, before[name], version), "after": _words(version, part, version)}
            if words["before"] != words["after"] or parameters_named(before[name]) != parameters_named(part):
                yield _("Condition changed: %(before)s → %(after)s.") % words


def _words(owner: PolicyVersion, part: Mapping[str, Any], version: PolicyVersion) -> str:
    text, problem = sentence_of(owner, part, version.from_on)
    return problem or text


def _of_notice(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    before, after = notice_in_words(former.notice), notice_in_words(version.notice)
    if before != after:
        yield _("Notice: %(before)s → %(after)s.") % {"before": before, "after": after}


def notice_in_words(notice: Mapping[str, Any]) -> str:
    """Where and how long it is posted."""
    levels = [NoticeLevel(level).label for level in notice.get("levels", []) if level in NoticeLevel.values]
    if not levels:
        return _("never posted")
    days = (
        _("%(count)s working days") if notice.get("calendar") == "working" else _("%(count)s calendar days")
    ) % {"count": notice.get("days", 0)}
    return "、".join(map(str, levels)) + " · " + days


def _of_funding(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    before, after = (
        {part["source"]: Decimal(str(part["share"])) for part in one.funding} for one in (former, version)
    )
    for source in FundingSource:
        shares = before.get(source.value, Decimal()), after.get(source.value, Decimal())
        if shares[0] != shares[1]:
            yield _("%(source)s pays %(after)s%% instead of %(before)s%%.") % {
                "source": source.label,
                "before": _percent(shares[0]),
                "after": _percent(shares[1]),
            }


def _of_stop_rule(former: PolicyVersion, version: PolicyVersion) -> Iterator[str]:
    if former.stop_rule != version.stop_rule:
        yield _("When its reason ends: %(before)s → %(after)s.") % {
            "before": former.get_stop_rule_display() or "—",
            "after": version.get_stop_rule_display() or "—",
        }


def _percent(share: Decimal) -> str:
    return f"{share * 100:.4f}".rstrip("0").rstrip(".")
