"""An edition on paper: its tables, and the roster of those who were paid in its month."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from offices import clock
from offices.charts import Chart
from offices.divisions import full_code
from offices.models import Division
from offices.pdf.documents import Verification
from offices.selectors.divisions import names_of_divisions
from offices.templatetags.ui import money
from reports.drawings import closing_by_township
from reports.enums import EditionState, Suppression
from reports.models import Edition
from reports.months import Month, read_month
from reports.pdf.monthly import (
    CheckupCount,
    MoneyLine,
    MonthlyDocument,
    Payee,
    QualificationChange,
    Received,
    VillagePayees,
)
from reports.selectors.figures import Value
from reports.selectors.money import payments_of_month
from reports.selectors.qualifications import CAME, WENT
from reports.selectors.tables import (
    CheckupLine,
    Difference,
    MonthTables,
    QualificationLine,
    differences,
    tables_of,
)
from reports.wording import figure_name

MOST_PAYEES = 600
"""Lines of the roster in a print, some six seconds of printing; the page has all of them."""
_MOST_DIFFERENCES = 6


def document_of(edition: Edition, *, code: str, has_roster: bool, language: str) -> MonthlyDocument:
    """The monthly report of an edition in `language`, with the verification code that it will bear."""
    with translation.override(language):
        tables = tables_of(edition)
        month = read_month(edition.period)
        place = full_name(tables.division)
        payees, payments, note = _roster(month, tables.division) if has_roster else ((), None, "")
        return MonthlyDocument(
            place=place,
            issuer=issuer_of(tables.division),
            month=month.first_day,
            issued_on=clock.today(),
            state=EditionState(edition.state),
            changes=tuple(
                _change(line, is_alone=len(tables.places) == 1)
                for _programme, lines in tables.qualifications
                for line in lines
            ),
            money=tuple(
                MoneyLine(line.programme.name, str(line.source_name), **line.values)
                for _programme, lines in tables.money
                for line in lines
                if line.source
            ),
            received=tuple(
                Received(line.place.name, line.programme.name, line.paid, line.returned)
                for _programme, lines in tables.received
                for line in lines
                if not line.place.is_total or len(tables.places) == 1
            ),
            checkups=tuple(
                _checkup(line, is_alone=len(tables.places) == 1)
                for line in tables.checkups
                if any(line.values.values())
            ),
            verification=Verification(
                code=code,
                url=f"{settings.HUIMIN_PUBLIC_URL}{reverse('verify', args=[code])}",
                figures_digest=edition.figures_digest,
            ),
            payees=payees,
            payees_note=note,
            payments=payments,
            charts=_charts(tables),
            signers=((_("Head of the office"), ""), (_("Head of statistics"), ""), (_("Drawn up by"), "")),
            printed_by=issuer_of(tables.division),
            restates=_standing(edition, month),
        )


def full_name(division: Division) -> str:
    """A township with its county before it."""
    if division.parent is None or division.pk == full_code(division.scope[:6]):
        return division.name
    separator = ", " if translation.get_language() == "en" else ""
    names = [division.parent.name, division.name]
    return separator.join(reversed(names) if separator else names)


def issuer_of(division: Division) -> str:
    """The office that answers for a division's report."""
    return _("%(place)s family planning service office") % {"place": full_name(division)}


def _change(line: QualificationLine, *, is_alone: bool) -> QualificationChange:
    counted = {name: _count(value) for name, value in line.values.items()}

    def whole(name: str) -> int:
        value = counted[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is never suppressed")
        return value

    return QualificationChange(
        place=line.place.name if is_alone or not line.place.is_total else _("Total"),
        programme=line.programme.name,
        opening=whole("opening"),
        joined=whole("new"),
        left=whole("exits"),
        closing=whole("closing"),
        died=counted["exits.died"],
        moved=counted["exits.moved"],
        changed=counted["exits.conditions_changed"],
        other=counted["exits.other"],
        is_total=line.place.is_total and not is_alone,
        came=whole(CAME),
        went=whole(WENT),
    )


def _checkup(line: CheckupLine, *, is_alone: bool) -> CheckupCount:
    is_total = line.place.is_total and not is_alone
    return CheckupCount(
        place=_("Total") if is_total else line.place.name,
        booked=_count(line.values["booked"]),
        attended=_count(line.values["attended"]),
        completed=_count(line.values["completed"]),
        is_total=is_total,
    )


def _count(value: Value) -> int | Suppression:
    return value if isinstance(value, Suppression) else int(value)


def _charts(tables: MonthTables) -> tuple[Chart, ...]:
    return tuple(
        chart
        for programme, lines in tables.qualifications
        if (chart := closing_by_township(programme, lines)) is not None
    )


def _standing(edition: Edition, month: Month) -> str:
    """Which edition this is, what it changes, and whether the month goes on."""
    sentences = [_("This is edition %(number)s of the month.") % {"number": edition.number}]
    if clock.today() <= month.last_day:
        sentences.append(_("The month has not ended: the figures are those up to now."))
    changed = differences(edition)
    if changed:
        named = "；" if translation.get_language() != "en" else "; "
        sentences.append(
            _("%(count)s figures differ from edition %(former)s, among them: %(which)s.")
            % {
                "count": len(changed),
                "former": edition.number - 1,
                "which": named.join(_difference(one) for one in changed[:_MOST_DIFFERENCES]),
            }
        )
    return ("" if translation.get_language() != "en" else " ").join(sentences)


def _difference(one: Difference) -> str:
    return f"{figure_name(one.code)} {_said(one.before)}→{_said(one.after)}"


def _said(value: Value) -> str:
    if isinstance(value, Suppression):
        return value.value
    return money(value) if isinstance(value, Decimal) else f"{value:,}"


def _roster(month: Month, division: Division) -> tuple[tuple[VillagePayees, ...], tuple[int, Decimal], str]:
    """Who was paid in the month, by village; how many and how much; a remark where not all fit."""
    rows = payments_of_month(month).filter(
        division_code__gte=division.scope, division_code__lt=division.scope + "~"
    )
    whole = rows.aggregate(count=Count("pk"), amount=Sum("amount"))
    shown = list(
        rows.select_related("programme").order_by(
            "division_code", "person__name_sort", "programme__order", "pk"
        )[:MOST_PAYEES]
    )
    villages: dict[str, list[Payee]] = {}
    for payment in shown:
        villages.setdefault(payment.division_code, []).append(
            Payee(payment.payee_name, payment.programme.name, payment.amount)
        )
    townships = {code: f"{code[:9]}000" for code in villages}
    names = names_of_divisions([*villages, *townships.values()])
    separator = " " if translation.get_language() == "en" else ""
    roster = tuple(
        VillagePayees(
            separator.join(filter(None, (names.get(townships[code], ""), names.get(code, code)))),
            tuple(payees),
        )
        for code, payees in villages.items()
    )
    payments = (int(whole["count"]), whole["amount"] or Decimal())
    if payments[0] <= MOST_PAYEES:
        return roster, payments, ""
    remark = _(
        "The first %(shown)s of %(all)s payments are printed, %(amount)s yuan in all. "
        "The complete list is on the page “Payments of the month” of this report."
    ) % {"shown": MOST_PAYEES, "all": payments[0], "amount": money(payments[1])}
    return roster, payments, remark
