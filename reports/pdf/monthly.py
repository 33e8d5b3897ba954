"""The monthly report on paper: its figures, the sentences they make, and the print.

The figures come from a computed edition; nothing is counted here but the sums of what is printed.
A report that does not add up is not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from offices.charts import Chart
from offices.errors import DomainError
from offices.pdf.documents import FormalDocument, Section, Verification
from offices.pdf.print_out import print_document
from offices.pdf.tables import Column, Row, RowKind, Table
from reports.enums import EditionState, Suppression

STANDINGS: dict[EditionState, str | Promise] = {
    EditionState.COMPUTED: gettext_lazy("Computed, not submitted: figures may change"),
    EditionState.SUBMITTED: gettext_lazy("Submitted, not accepted: figures may change"),
    EditionState.ACCEPTED: gettext_lazy("Accepted, not locked: figures may change"),
    EditionState.LOCKED: "",
}

SUPPRESSED = Suppression.SMALL.value
"""Stands for a count under five that would point to persons."""

Count = int | Suppression | None
"""A count, or the mark of a suppressed one; None is one under five."""


@dataclass(frozen=True, slots=True)
class QualificationChange:
    """T1: who holds a qualification, of one place and programme: opening + joined − left = closing.

    `came` and `went` are those whose village came to another township by a change of divisions.

    The reasons of leaving may be suppressed; `left` is their sum and is not. A total of its own
    (`is_total`) is printed instead of the sum of the lines, which hides what one line hides.
    """

    place: str
    programme: str
    opening: int
    joined: int
    left: int
    closing: int
    died: Count = 0
    moved: Count = 0
    changed: Count = 0
    other: Count = 0
    is_total: bool = False
    came: int = 0
    went: int = 0

    def __post_init__(self) -> None:
        reasons = (self.died, self.moved, self.changed, self.other)
        known = [reason for reason in reasons if isinstance(reason, int)]
        is_whole = len(known) == len(reasons)
        reckoned = self.opening + self.joined + self.came - self.left - self.went
        if reckoned != self.closing or (is_whole and sum(known) != self.left):
            raise DomainError(
                "report_does_not_balance",
                gettext_lazy(
                    "%(place)s, %(programme)s: opening + new − exits is not closing. Compute the report again."
                ),
                place=self.place,
                programme=self.programme,
            )


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """T2: yuan of one programme and source: budget ≥ appropriated ≥ paid + returned.

    `returned` came back from the bank and is not paid again yet; `balance` is appropriated less paid.
    """

    programme: str
    source: str
    budget: Decimal
    appropriated: Decimal
    paid: Decimal
    returned: Decimal
    balance: Decimal

    def __post_init__(self) -> None:
        if not self.budget >= self.appropriated >= self.paid + self.returned:
            raise DomainError(
                "report_does_not_balance",
                gettext_lazy(
                    "%(programme)s, %(source)s: more is appropriated than budgeted, or more paid than appropriated."
                    " Check the ledger before printing."
                ),
                programme=self.programme,
                source=self.source,
            )


@dataclass(frozen=True, slots=True)
class Received:
    """T2 by the township of the payee: yuan paid in the year and returned, of one programme."""

    place: str
    programme: str
    paid: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Payee:
    """A person paid in the month, by name as the auditor sees it."""

    name: str
    programme: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VillagePayees:
    """The persons paid in the month who live in one village."""

    village: str
    payees: tuple[Payee, ...]


@dataclass(frozen=True, slots=True)
class CheckupCount:
    """T6: check-ups by the place of the counter; counts under five are suppressed by whoever computed them."""

    place: str
    booked: Count
    attended: Count
    completed: Count
    is_total: bool = False


@dataclass(frozen=True)
class MonthlyDocument:
    """A month of a county or a township, as one edition holds it.

    `place` is the full name of the division, `month` any day in the month reported. `payees` is empty
    for a reader who may not see names; `payees_note` says where the rest is, when not all are
    listed, and `payments` how many there were in the month and of how many yuan. `restates` says what a restatement changes and why.
    """

    place: str
    issuer: str
    month: dt.date
    issued_on: dt.date
    state: EditionState
    changes: tuple[QualificationChange, ...]
    money: tuple[MoneyLine, ...]
    checkups: tuple[CheckupCount, ...]
    verification: Verification
    received: tuple[Received, ...] = ()
    payees: tuple[VillagePayees, ...] = ()
    payees_note: str = ""
    payments: tuple[int, Decimal] | None = None
    charts: tuple[Chart, ...] = ()
    number: str = ""
    letterhead: str = ""
    addressee: str = ""
    copies_to: str = ""
    printed_by: str = ""
    signers: tuple[tuple[str, str], ...] = ()
    restates: str = ""
    closing_remark: str = ""


def render_monthly(monthly: MonthlyDocument, *, language: str) -> bytes:
    """The PDF of `monthly` in `language` (`zh-hans` or `en`).

    Raises DomainError `too_long_to_print` (see documents.MAX_TABLE_ROWS), `table_too_wide`, `fonts_missing`.
    """
    with translation.override(language):
        return print_document(compose_monthly(monthly), template="print/monthly.html")


def compose_monthly(monthly: MonthlyDocument) -> FormalDocument:
    """Put the month into words and tables, in the language that is active."""
    period = date_format(monthly.month, "YEAR_MONTH_FORMAT")
    sections = [_qualifications(monthly), _money(monthly), _checkups(monthly)]
    if monthly.payees:
        sections.append(_roster(monthly))
    return FormalDocument(
        title=_("%(place)s, %(period)s\nMonthly report on family benefits and services")
        % {"place": monthly.place, "period": period},
        issuer=monthly.issuer,
        issued_on=monthly.issued_on,
        number=monthly.number,
        letterhead=monthly.letterhead or monthly.issuer,
        addressee=monthly.addressee,
        standing=str(STANDINGS[monthly.state]),
        opening=tuple(filter(None, (_summary(monthly, period), monthly.restates))),
        sections=tuple(sections),
        closing=monthly.closing_remark or _("This is our report."),
        signers=monthly.signers,
        copies_to=monthly.copies_to,
        printed_by=monthly.printed_by or monthly.issuer,
        verification=monthly.verification,
    )


def _summary(monthly: MonthlyDocument, period: str) -> str:
    payees = [payee for village in monthly.payees for payee in village.payees]
    payments = monthly.payments or (len(payees), sum_of(payee.amount for payee in payees))
    sentences = [
        _("The family benefits and services of %(place)s in %(period)s are reported as follows.")
        % {"place": monthly.place, "period": period},
        _("At the end of the month %(closing)s qualifications were held: %(joined)s new, %(left)s ended.")
        % {
            "closing": count(sum(line.closing for line in _without_totals(monthly.changes))),
            "joined": count(sum(line.joined for line in _without_totals(monthly.changes))),
            "left": count(sum(line.left for line in _without_totals(monthly.changes))),
        },
        _money_sentence(monthly),
    ]
    if payees:
        sentences.append(
            _("%(persons)s payments of the month, %(amount)s yuan in all, are listed by name below.")
            % {"persons": count(payments[0]), "amount": money(payments[1])}
        )
    return ("" if _is_chinese() else " ").join(sentences)


def _money_sentence(monthly: MonthlyDocument) -> str:
    if monthly.received and not monthly.money:
        return _("In the year %(paid)s yuan were paid to families here, and %(returned)s yuan came back.") % {
            "paid": money(sum_of(line.paid for line in monthly.received)),
            "returned": money(sum_of(line.returned for line in monthly.received)),
        }
    return _(
        "Of %(appropriated)s yuan appropriated, %(paid)s yuan were paid and %(returned)s yuan came back."
    ) % {
        "appropriated": money(sum_of(line.appropriated for line in monthly.money)),
        "paid": money(sum_of(line.paid for line in monthly.money)),
        "returned": money(sum_of(line.returned for line in monthly.money)),
    }


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _without_totals(changes: Iterable[QualificationChange]) -> list[QualificationChange]:
    """Each programme's lines, or its total where that is all there is."""
    given = list(changes)
    split = {line.programme for line in given if not line.is_total}
    return [line for line in given if not line.is_total or line.programme not in split]


def _qualifications(monthly: MonthlyDocument) -> Section:
    rows: list[Row] = []
    paragraphs: list[str] = []
    has_moves = any(line.came or line.went for line in monthly.changes)
    for programme in dict.fromkeys(line.programme for line in monthly.changes):
        of_programme = [line for line in monthly.changes if line.programme == programme]
        lines = [line for line in of_programme if not line.is_total] or of_programme
        total = next((line for line in of_programme if line.is_total), None) or _total_change(lines)
        rows.append(Row((programme,), RowKind.GROUP))
        rows += [_change_row(line, has_moves=has_moves) for line in lines]
        if total not in lines and (len(lines) > 1 or total.is_total):
            rows.append(_change_row(total, kind=RowKind.TOTAL, has_moves=has_moves))
        paragraphs.append(_way_of(total))
    exits, moves = pgettext("report", "Exits"), pgettext("report", "Change of divisions")
    columns = (
        Column(pgettext("report", "Place")),
        Column(pgettext("report", "Opening"), is_figure=True),
        Column(pgettext("report", "New"), is_figure=True),
        *((Column(pgettext("report", "Came"), moves, is_figure=True),) if has_moves else ()),
        *((Column(pgettext("report", "Went"), moves, is_figure=True),) if has_moves else ()),
        Column(pgettext("report", "Died"), exits, is_figure=True),
        Column(pgettext("report", "Moved away"), exits, is_figure=True),
        Column(pgettext("report", "Conditions changed"), exits, is_figure=True),
        Column(pgettext("report", "Other"), exits, is_figure=True),
        Column(pgettext("report", "Total"), exits, is_figure=True),
        Column(pgettext("report", "Closing"), is_figure=True),
    )
    table = Table(
        _("Table 1: Changes of qualifications"),
        columns,
        tuple(rows),
        unit=_("Unit: units of the programme (persons or families)"),
        note=_note_on_marks(rows),
    )
    return Section(_("Changes of qualifications"), tuple(paragraphs), (table,), monthly.charts)


def _note_on_marks(rows: Iterable[Row]) -> str:
    cells = {cell for row in rows for cell in row.cells}
    notes = []
    if Suppression.SMALL.value in cells:
        notes.append(_("“<5”: one to four, not shown."))
    if Suppression.PROTECTING.value in cells:
        notes.append(_("“*”: not shown, because a count of one to four could be computed from it."))
    return ("" if _is_chinese() else " ").join(notes)


def _way_of(total: QualificationChange) -> str:
    given = {
        "programme": total.programme,
        "opening": count(total.opening),
        "joined": count(total.joined),
        "left": count(total.left),
        "closing": count(total.closing),
    }
    if not (total.came or total.went):
        return (
            _("%(programme)s: opening %(opening)s + new %(joined)s − exits %(left)s = closing %(closing)s.")
            % given
        )
    return _(
        "%(programme)s: opening %(opening)s + new %(joined)s + came by a change of divisions %(came)s "
        "− exits %(left)s − went by a change of divisions %(went)s = closing %(closing)s."
    ) % {**given, "came": count(total.came), "went": count(total.went)}


def _change_row(line: QualificationChange, kind: RowKind = RowKind.PLAIN, *, has_moves: bool = False) -> Row:
    figures = (
        line.opening,
        line.joined,
        *((line.came, line.went) if has_moves else ()),
        line.died,
        line.moved,
        line.changed,
        line.other,
        line.left,
        line.closing,
    )
    return Row((line.place, *map(count, figures)), kind)


def _total_change(lines: list[QualificationChange]) -> QualificationChange:
    def total(counts: Iterable[Count]) -> Count:
        # A sum of which one part is hidden would show it.
        known = list(counts)
        hidden = next((one for one in known if not isinstance(one, int)), 0)
        return hidden if hidden != 0 else sum(one for one in known if isinstance(one, int))

    return QualificationChange(
        place=pgettext("report", "Total"),
        programme=lines[0].programme,
        opening=sum(line.opening for line in lines),
        joined=sum(line.joined for line in lines),
        left=sum(line.left for line in lines),
        closing=sum(line.closing for line in lines),
        died=total(line.died for line in lines),
        moved=total(line.moved for line in lines),
        changed=total(line.changed for line in lines),
        other=total(line.other for line in lines),
        came=sum(line.came for line in lines),
        went=sum(line.went for line in lines),
    )


def _money(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "Source")),
        Column(pgettext("report", "Budget"), is_figure=True),
        Column(pgettext("report", "Appropriated"), is_figure=True),
        Column(pgettext("report", "Paid"), is_figure=True),
        Column(pgettext("report", "Returned"), is_figure=True),
        Column(pgettext("report", "Balance"), is_figure=True),
    )
    rows: list[Row] = []
    programmes = dict.fromkeys(line.programme for line in monthly.money)
    for programme in programmes:
        lines = [line for line in monthly.money if line.programme == programme]
        rows.append(Row((programme,), RowKind.GROUP))
        rows += [Row((line.source, *map(money, _amounts(line)))) for line in lines]
        if len(lines) > 1 and len(programmes) > 1:
            rows.append(_money_total(pgettext("report", "Subtotal"), lines))
    if monthly.money:
        rows.append(_money_total(pgettext("report", "Total"), monthly.money))
    tables = [Table(_("Table 2: Money"), columns, tuple(rows), unit=_("Unit: yuan"))]
    if monthly.received:
        received = _received(monthly.received)
        tables = [*tables, received] if monthly.money else [received]
    return Section(_("Money"), tables=tuple(tables))


def _received(lines: tuple[Received, ...]) -> Table:
    columns = (
        Column(pgettext("report", "Place")),
        Column(pgettext("report", "Paid"), is_figure=True),
        Column(pgettext("report", "Returned"), is_figure=True),
    )
    rows: list[Row] = []
    for programme in dict.fromkeys(line.programme for line in lines):
        of_programme = [line for line in lines if line.programme == programme]
        rows.append(Row((programme,), RowKind.GROUP))
        rows += [Row((line.place, money(line.paid), money(line.returned))) for line in of_programme]
    sums = (sum_of(line.paid for line in lines), sum_of(line.returned for line in lines))
    rows.append(Row((pgettext("report", "Total"), *map(money, sums)), RowKind.TOTAL))
    return Table(
        _("Table 2-1: Paid and returned, by the place of the payee"),
        columns,
        tuple(rows),
        unit=_("Unit: yuan"),
        note=_("Paid: in the year up to the end of the month. Returned: not paid again by then."),
    )


def _amounts(line: MoneyLine) -> tuple[Decimal, ...]:
    return line.budget, line.appropriated, line.paid, line.returned, line.balance


def _money_total(heading: str, lines: Iterable[MoneyLine]) -> Row:
    sums = (sum_of(column) for column in zip(*map(_amounts, lines), strict=True))
    return Row((heading, *map(money, sums)), RowKind.TOTAL)


def _checkups(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "Place")),
        Column(pgettext("report", "Booked"), is_figure=True),
        Column(pgettext("report", "Attended"), is_figure=True),
        Column(pgettext("report", "Completed"), is_figure=True),
    )
    rows = tuple(
        Row(
            (line.place, count(line.booked), count(line.attended), count(line.completed)),
            RowKind.TOTAL if line.is_total else RowKind.PLAIN,
        )
        for line in monthly.checkups
    )
    table = Table(
        _("Table 3: Pre-conception check-ups"),
        columns,
        rows,
        unit=_("Unit: persons"),
        note=_note_on_marks(rows),
    )
    return Section(_("Pre-conception check-ups"), tables=(table,))


def _roster(monthly: MonthlyDocument) -> Section:
    columns = (
        Column(pgettext("report", "No."), is_figure=True),
        Column(pgettext("report", "Name")),
        Column(pgettext("report", "Programme")),
        Column(pgettext("report", "Amount"), is_figure=True),
    )
    rows: list[Row] = []
    number = 0
    for village in monthly.payees:
        subtotal = sum_of(payee.amount for payee in village.payees)
        heading = _("%(village)s: %(persons)s payments, %(amount)s yuan") % {
            "village": village.village,
            "persons": count(len(village.payees)),
            "amount": money(subtotal),
        }
        rows.append(Row((heading,), RowKind.GROUP))
        for payee in village.payees:
            number += 1
            rows.append(Row((str(number), payee.name, payee.programme, money(payee.amount))))
    whole = sum_of(payee.amount for village in monthly.payees for payee in village.payees)
    rows.append(Row(("", pgettext("report", "Total"), "", money(whole)), RowKind.TOTAL))
    table = Table(_("Table 4: Persons paid in the month"), columns, tuple(rows), unit=_("Unit: yuan"))
    remarks = (_("This list holds personal information: for audit only, not to be made public."),)
    return Section(
        _("Persons paid in the month"),
        (*remarks, monthly.payees_note) if monthly.payees_note else remarks,
        (table,),
    )


def count(number: Count) -> str:
    """A count with separators, or the sign of a suppressed one."""
    if number is None:
        return SUPPRESSED
    return number.value if isinstance(number, Suppression) else f"{number:,}"


def money(amount: Decimal) -> str:
    """Yuan to the cent, with separators."""
    return f"{amount:,.2f}"


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    """Their sum, a Decimal also where there are none."""
    return sum(amounts, Decimal(0))
