"""All figures of a month, for the county and each township, as an edition writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.database.context import current_context
from offices.divisions import full_code
from offices.errors import DomainError
from offices.models import Division
from reports.catalogue import (
    EXIT_REASONS,
    MONEY_MEASURES,
    PROGRAMMES,
    TOWNSHIP_MONEY,
)
from reports.enums import Suppression
from reports.months import Month
from reports.selectors.checkups import count_bookings, shown_bookings
from reports.selectors.money import MoneySums, sum_money
from reports.selectors.qualifications import CAME, WENT, Counts, count_qualifications
from reports.suppression import hides_reasons
from subsidies.enums import FundingSource
from subsidies.models import Programme

Value = int | Decimal | Suppression
"""A count, yuan, or why it is not written down."""
Figures = dict[str, Value]
"""Values by figure code."""

SOURCES = tuple(source.value for source in FundingSource)
_COUNTS = ("opening", "new", "exits", "closing")


def figures_of_month(month: Month) -> dict[str, Figures]:
    """By division (12 digits): the county's figures and those of each township; needs the county's scope.

    Townships are counted and the county is their sum. Raises DomainError `figures_do_not_balance`.
    """
    county = full_code(current_context().county)
    townships = {
        code[:9]: code
        for code in Division.objects.townships().within(county[:6]).values_list("code", flat=True)
    }
    found: dict[str, Figures] = {code: {} for code in (county, *townships.values())}
    counted, sums = count_qualifications(month), sum_money(month)
    programmes = _programmes_told(counted, sums)
    _add_qualifications(found, county, townships, programmes, month, counted)
    _add_money(found, county, townships, programmes, sums)
    _add_checkups(found, county, townships, month)
    return found


def _programmes_told(counted: Mapping[tuple[str, str], Counts], sums: MoneySums) -> list[str]:
    """The programmes of a month in order: shipped ones, and the county's own where they had grants or money.

    So a month before a programme keeps its digest when that is published.
    """
    by_source = (sums.budget, sums.appropriated, *sums.paid.values(), *sums.returned.values())
    used = {code for _place, code in counted} | {code for of_place in by_source for code, _source in of_place}
    codes = Programme.objects.order_by("order", "code").values_list("code", flat=True)
    return [code for code in codes if code in used or code.lower() in PROGRAMMES]


def _add_qualifications(
    found: dict[str, Figures],
    county: str,
    townships: Mapping[str, str],
    programmes: Iterable[str],
    month: Month,
    counted: Mapping[tuple[str, str], Counts],
) -> None:
    for programme in programmes:
        lines = {code: line for (code, of_programme), line in counted.items() if of_programme == programme}
        total = _sum_of(lines.values())
        for code, line in (*lines.items(), (county[:6], total)):
            _check_balance(line, programme, code, month)
        are_hidden, is_total_hidden = hides_reasons(
            {
                code: {reason: line[f"exits.{reason}"] for reason in EXIT_REASONS}
                for code, line in lines.items()
            }
        )
        for code, division in townships.items():
            line = lines.get(code, _NOBODY)
            found[division] |= _qualification_figures(programme, line, is_hidden=are_hidden)
        found[county] |= _qualification_figures(programme, total, is_hidden=is_total_hidden)


_MEASURES = (*_COUNTS, *(f"exits.{reason}" for reason in EXIT_REASONS), CAME, WENT)
_NOBODY: Counts = dict.fromkeys(_MEASURES, 0)


def _sum_of(lines: Iterable[Counts]) -> Counts:
    total = dict(_NOBODY)
    for line in lines:
        for measure in _MEASURES:
            total[measure] += line[measure]
    return total


def _check_balance(line: Counts, programme: str, code: str, month: Month) -> None:
    if (
        line["opening"] + line["new"] + line[CAME] - line["exits"] - line[WENT] != line["closing"]
        or sum(line[f"exits.{reason}"] for reason in EXIT_REASONS) != line["exits"]
    ):
        raise DomainError(
            "figures_do_not_balance",
            _("%(month)s, %(programme)s in %(code)s: opening + new − exits is not closing."),
            month=str(month),
            programme=programme,
            code=code,
        )


def _qualification_figures(programme: str, line: Counts, *, is_hidden: bool) -> Figures:
    prefix = f"t1.{programme.lower()}"
    figures: Figures = {f"{prefix}.{measure}": line[measure] for measure in _COUNTS}
    # Written only where there were any: so months without a change of divisions keep their digest.
    figures |= {f"{prefix}.{measure}": line[measure] for measure in (CAME, WENT) if line[measure]}
    for reason in EXIT_REASONS:
        hides = is_hidden and line["exits"] > 0
        figures[f"{prefix}.exits.{reason}"] = Suppression.PROTECTING if hides else line[f"exits.{reason}"]
    return figures


def _add_money(
    found: dict[str, Figures],
    county: str,
    townships: Mapping[str, str],
    programmes: Iterable[str],
    sums: MoneySums,
) -> None:
    for programme in programmes:
        whole: dict[str, dict[str, Decimal]] = {
            "budget": {source: sums.budget.get((programme, source), Decimal()) for source in SOURCES},
            "appropriated": {
                source: sums.appropriated.get((programme, source), Decimal()) for source in SOURCES
            },
        }
        for measure, by_place in (("paid", sums.paid), ("returned", sums.returned)):
            whole[measure] = {
                source: sum(
                    (place.get((programme, source), Decimal()) for place in by_place.values()), Decimal()
                )
                for source in SOURCES
            }
        whole["balance"] = {
            source: whole["appropriated"][source] - whole["paid"][source] for source in SOURCES
        }
        for measure in MONEY_MEASURES:
            found[county] |= _money_figures(programme, measure, whole[measure])
        for code, division in townships.items():
            for measure, by_place in zip(TOWNSHIP_MONEY, (sums.paid, sums.returned), strict=True):
                place = by_place.get(code, {})
                parts = {source: place.get((programme, source), Decimal()) for source in SOURCES}
                found[division] |= _money_figures(programme, measure, parts)


def _money_figures(programme: str, measure: str, parts: Mapping[str, Decimal]) -> Figures:
    code = f"t2.{programme.lower()}.{measure}"
    whole = sum(parts.values(), Decimal())
    return {code: whole, **{f"{code}.{source}": amount for source, amount in parts.items()}}


def _add_checkups(found: dict[str, Figures], county: str, townships: Mapping[str, str], month: Month) -> None:
    counted = count_bookings(month)
    for measure, (cells, total) in shown_bookings(counted).items():
        for code, division in townships.items():
            found[division][f"t6.checkups.{measure}"] = cells.get(code, 0)
        found[county][f"t6.checkups.{measure}"] = total
