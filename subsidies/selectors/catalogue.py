"""Programmes as the pages show them: the version of the day, drafts, bundles, amounts, payers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from offices.actors import Actor
from subsidies.documents import names_of
from subsidies.enums import FundingSource, PolicyState, ProgrammeKind
from subsidies.models import Bundle, PolicyVersion, Programme
from subsidies.payers import PARAMETER_NAMES, Payer, payers_of
from subsidies.selectors.parameters import has_value, value_on
from subsidies.selectors.rules import PolicyOnDay

AMOUNTS = ("amount", "amount_rural", "amount_urban")


@dataclass(frozen=True)
class Listed:
    """A programme with the version that holds on the day, or else the draft that waits for the county."""

    programme: Programme
    version: PolicyVersion | None
    draft: PolicyVersion | None
    bundles: tuple[Bundle, ...]
    day: datetime.date
    is_new: bool = False
    """Entered by the county, and no version of it was ever published."""

    @property
    def shown(self) -> PolicyVersion | None:
        """What the pages describe."""
        return self.version or self.draft

    @property
    def is_draft(self) -> bool:
        """Nothing is assessed by it yet."""
        return self.version is None and self.draft is not None

    @property
    def amount_words(self) -> str:
        """What it gives, in words."""
        return amount_words(PolicyOnDay(self.shown, self.day)) if self.shown else ""

    @property
    def payers(self) -> list[str]:
        """Who pays, in words."""
        return payers_of(self.shown, self.day) if self.shown else []


def programmes_listed(day: datetime.date, *, actor: Actor, code: str | None = None) -> list[Listed]:
    """Every programme in use that the actor may know of (or one) in order, as it stands on a day."""
    visible = Programme.objects.visible_to(actor)
    programmes = visible.in_use() if code is None else visible.filter(pk=code)
    announced = set(programmes.announced().values_list("pk", flat=True))
    published = {one.programme_id: one for one in _versions(programmes).published_on(day)}
    drafts = {
        one.programme_id: one
        for one in _versions(programmes).filter(state=PolicyState.DRAFT, is_shipped=True).order_by("number")
    }
    bundles = list(Bundle.objects.all())
    return [
        Listed(
            one,
            published.get(one.pk),
            drafts.get(one.pk),
            tuple(bundle for bundle in bundles if one.pk in bundle.programmes),
            day,
            is_new=one.pk not in announced,
        )
        for one in programmes
    ]


def _versions(programmes: Any) -> Any:
    return PolicyVersion.objects.filter(programme__in=programmes).select_related("programme")


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def amount_words(policy: PolicyOnDay) -> str:
    """The amount of a day, or the points; empty where nothing is paid."""
    version, amounts = policy.version, policy.amounts
    kind = version.programme.kind
    if kind == ProgrammeKind.POINTS:
        points = value_on(version, "points", policy.day) if has_value(version, "points", policy.day) else ""
        return _("%(points)s points") % {"points": points} if points else ""
    if kind == ProgrammeKind.LETTER:
        return ""
    if amounts.by_retirement:
        year, amount = max(amounts.by_retirement.items())
        return _("%(amount)s (retired in %(year)d)") % {"amount": _money(amount), "year": year}
    if amounts.least <= 0:
        return _("to be filled in by the county")
    if amounts.differ:
        return _("urban %(urban)s, rural %(rural)s") % {
            "urban": _money(amounts.urban),
            "rural": _money(amounts.rural),
        }
    if policy.collection:
        return _("%(amount)s (for %(covered)d, paid in %(paid)d)") % {
            "amount": _money(amounts.rural),
            "covered": policy.collection.year_covered,
            "paid": policy.collection.year_paid,
        }
    return _money(amounts.rural)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a dated parameter with its period, in words."""

    name: str
    label: str
    value: str
    amount: Decimal | None
    from_on: str
    to_on: str | None
    known: str


def amounts_by_date(version: PolicyVersion) -> list[DatedValue]:
    """The amounts, the newest first."""
    rows = [row for name in AMOUNTS for row in _rows(version, name)]
    return sorted(rows, key=lambda row: (row.from_on, row.name), reverse=True)


def parameters_by_date(version: PolicyVersion) -> list[DatedValue]:
    """Every other dated parameter, in the order of the policy."""
    return [row for name in version.parameters if name not in AMOUNTS for row in _rows(version, name)]


def _rows(version: PolicyVersion, name: str) -> Iterator[DatedValue]:
    label = str(PARAMETER_NAMES.get(name, name))
    for row in version.parameters.get(name, ()):
        yield DatedValue(
            name,
            label,
            _value_words(name, str(row["value"])),
            Decimal(row["value"]) if name in AMOUNTS else None,
            row["from"],
            row["to"],
            row.get("known", ""),
        )


def _value_words(name: str, value: str) -> str:
    if name == "documents":
        return "、".join(names_of(value.split(",")))
    if name == "payer":
        return "、".join(str(Payer(code).label) for code in value.split(","))
    return {"yes": _("Yes"), "no": _("No"), "none": _("No end")}.get(value, value)


def funding_of(version: PolicyVersion) -> list[dict[str, Any]]:
    """The shares of each source, in per cent."""
    return [
        {"source": FundingSource(part["source"]).label, "share": Decimal(str(part["share"])) * 100}
        for part in version.funding
    ]
