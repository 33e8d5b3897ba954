"""How an amount comes about, and what would change an answer, in sentences."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from offices.templatetags.ui import day, yuan
from subsidies.enums import Frequency, Outcome, ProgrammeKind
from subsidies.periods import CENT
from subsidies.selectors.explanation import Explanation
from subsidies.selectors.rules import Amounts, PolicyOnDay


def arithmetic_of(found: Explanation) -> tuple[str, ...]:
    """The steps from the policy's amount to the year's; nothing where nothing is paid."""
    if not found.amount or found.annual_amount is None:
        return ()
    frequency = found.programme.frequency
    if frequency == Frequency.MONTHLY:
        return tuple(_by_month(found))
    if frequency == Frequency.ONCE:
        return (_by_wage(found) or _("Paid once: %(amount)s") % {"amount": yuan(found.amount)},)
    if found.programme.kind == ProgrammeKind.PREMIUM:
        return (
            _("The premium of %(year)d: %(amount)s, paid to the fund for her or him")
            % {"year": _year_covered(found), "amount": yuan(found.amount)},
        )
    return (
        _("%(amount)s a year × 1 year (%(year)d) = %(total)s")
        % {"amount": yuan(found.amount), "year": found.on.year, "total": yuan(found.annual_amount)},
    )


def _rows(found: Explanation, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = found.policy_version.parameters.get(name, [])
    return rows


def _by_wage(found: Explanation) -> str:
    """A lump sum that is a share of an average wage; nothing where the policy says it otherwise."""
    for share in _rows(found, "wage_share"):
        for wage in _rows(found, "average_wage"):
            product = (Decimal(wage["value"]) * Decimal(share["value"])).quantize(CENT, ROUND_HALF_UP)
            if product == found.amount:
                return _("Average wage of %(year)s %(wage)s × %(share)s %% = %(total)s, once") % {
                    "year": wage["from"][:4],
                    "wage": yuan(Decimal(wage["value"])),
                    "share": f"{Decimal(share['value']) * 100:f}".rstrip("0").rstrip("."),
                    "total": yuan(found.amount),
                }
    return ""


def _year_covered(found: Explanation) -> int:
    """The year that a premium is for: the next, once its collection has begun."""
    months = [int(row["value"]) for row in _rows(found, "collected_from_month")]
    return found.on.year + (1 if months and found.on.month >= months[-1] else 0)


def _by_month(found: Explanation) -> Iterator[str]:
    """Months at one amount each, then their sum."""
    place = _place(found)
    if place is None:
        yield _("The twelve months of %(year)d, at the amount of each: %(total)s") % {
            "year": found.on.year,
            "total": yuan(found.annual_amount),
        }
        return
    version = found.policy_version
    months = [datetime.date(found.on.year, month, 1) for month in range(1, 13)]
    amounts = [(month, _amount(PolicyOnDay(version, month).amounts, place)) for month in months]
    steps = [
        (amount, [month for month, _amount in run]) for amount, run in groupby(amounts, lambda pair: pair[1])
    ]
    for amount, run in steps:
        yield _("%(first)d-%(last)d: %(amount)s a month × %(count)d = %(total)s") % {
            "first": run[0].month,
            "last": run[-1].month,
            "amount": yuan(amount),
            "count": len(run),
            "total": yuan(amount * len(run)),
        }
    if len(steps) > 1:
        yield _("Together for %(year)d: %(total)s") % {
            "year": found.on.year,
            "total": yuan(found.annual_amount),
        }


def _place(found: Explanation) -> str | None:
    """Whether the amounts are the rural or the urban ones."""
    amounts = found.policy.amounts
    told = (found.amount, found.annual_amount)
    if told == (amounts.rural, amounts.annual_rural):
        return "rural"
    return "urban" if told == (amounts.urban, amounts.annual_urban) else None


def _amount(amounts: Amounts, place: str) -> Decimal:
    return amounts.rural if place == "rural" else amounts.urban


def changes_of(found: Explanation) -> tuple[str, ...]:
    """What would make the answer another one: the day on which time alone does, or what is missing."""
    if found.outcome is Outcome.UNKNOWN:
        missing = dict.fromkeys(words for clause in found.registry_clauses for words in clause.missing)
        return tuple(_("When this is on record: %(what)s") % {"what": words} for words in missing)
    if found.outcome is Outcome.ENTITLED:
        return ()
    failed = [clause.text for clause in found.registry_clauses if clause.result is not True]
    if found.would_qualify:
        return (
            _("From %(day)s, when this holds: %(what)s")
            % {"day": day(found.would_qualify), "what": "；".join(failed)},
        )
    return (
        _(
            "Time alone does not change it. It would take: %(what)s. If the register is wrong, bring the document."
        )
        % {"what": "；".join(failed)},
    )
