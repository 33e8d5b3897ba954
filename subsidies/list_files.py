"""A sealed list as the file and the sheet that leave the office."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices.pdf.documents import FormalDocument, Section, Verification
from offices.pdf.tables import Column, Row, Table
from offices.spreadsheets import harmless_cell
from subsidies.enums import ListChange, ProgrammeKind
from subsidies.models import SealedList, SealedListEntry

ENCODING = "gb18030"
TEMPLATE = "print/monthly.html"
COLUMNS = ("序号", "姓名", "身份证号", "乡镇", "村", "分值", "类别", "更正对象")
_CHANGES_ZH = {
    ListChange.LISTED: "列入",
    ListChange.ADDED: "增补",
    ListChange.CORRECTED: "更正",
    ListChange.REMOVED: "撤销",
}


def file_of_list(sealed_list: SealedList, number: str, entries: Sequence[SealedListEntry]) -> bytes:
    """The canonical file: a header, titles, a row a person; its SHA-256 is the list's digest.

    CSV in GB18030 with CR LF, which other offices' programs take. `number` is the list's own.
    """
    target = io.StringIO(newline="")
    out = csv.writer(target, lineterminator="\r\n")
    first = sealed_list.supplements
    out.writerow(
        [
            number,
            sealed_list.programme.name_zh,
            sealed_list.year,
            len(entries),
            f"补充{first.number}" if first else "",
        ]
    )
    out.writerow(COLUMNS)
    for entry in entries:
        before = entry.replaces
        out.writerow(
            [
                entry.serial,
                harmless_cell(entry.name),
                entry.id_number.reveal() if entry.id_number else "",
                harmless_cell(entry.township_name),
                harmless_cell(entry.village_name),
                entry.points or "",
                _CHANGES_ZH[ListChange(entry.change)],
                f"{before.list.number} 第{before.serial}号" if before else "",
            ]
        )
    return target.getvalue().encode(ENCODING)


def sheet_of_list(
    sealed_list: SealedList, entries: Sequence[SealedListEntry], *, issuer: str
) -> FormalDocument:
    """The sheet to be signed and stamped, after GB/T 9704; numbers are masked, the file has them in full."""
    has_points = sealed_list.programme.kind == ProgrammeKind.POINTS
    first = sealed_list.supplements
    columns = [Column(_("No.")), Column(_("Name")), Column(_("Identity number")), Column(_("Township"))]
    columns += [Column(_("Village"))] + [Column(pgettext("list", "Points"), is_figure=True)] * has_points
    columns += [Column(pgettext("list", "Entry")), Column(_("Replaces"))] if first else []
    words = {"programme": sealed_list.programme.name, "year": sealed_list.year, "count": len(entries)}
    opening = [
        _(
            "The list of %(year)s for %(programme)s has %(count)s persons. It was frozen and sealed by two people."
        )
        % words
        if first is None
        else _(
            "This list puts right %(number)s (%(programme)s, %(year)s) in %(count)s entries. Reason: %(reason)s"
        )
        % {**words, "number": first.number, "reason": sealed_list.reason},
        _("The file that goes with it has the digest printed below."),
    ]
    return FormalDocument(
        title=_("%(programme)s\nList of %(year)s") % words,
        issuer=issuer,
        issued_on=sealed_list.sealed_on or sealed_list.frozen_on,
        number=sealed_list.number,
        letterhead=issuer,
        addressee=sealed_list.recipient,
        standing="" if sealed_list.number else _("Frozen, not yet sealed"),
        opening=tuple(opening),
        sections=(
            Section(
                heading=_("The list"),
                tables=(
                    Table(
                        title=sealed_list.title,
                        columns=tuple(columns),
                        rows=tuple(Row(_cells(entry, has_points, first is not None)) for entry in entries),
                    ),
                ),
            ),
        ),
        signers=((_("Frozen by"), sealed_list.frozen_by.name),)
        + (((_("Sealed by")), sealed_list.sealed_by.name),) * (sealed_list.sealed_by is not None)  # type: ignore[union-attr] # as asked
        + ((_("Received by"), ""),),
        printed_by=issuer,
        verification=Verification(
            code=sealed_list.code,
            url=f"{settings.HUIMIN_PUBLIC_URL}{reverse('verify', args=[sealed_list.code])}",
            figures_digest=sealed_list.digest,
        )
        if sealed_list.code
        else None,
    )


def _cells(entry: SealedListEntry, has_points: bool, is_supplement: bool) -> tuple[str, ...]:
    cells = [
        str(entry.serial),
        entry.name,
        str(entry.id_number or ""),
        entry.township_name,
        entry.village_name,
    ]
    if has_points:
        cells.append(str(entry.points))
    if is_supplement:
        before = entry.replaces
        cells += [
            str(ListChange(entry.change).label),
            f"{before.list.number}-{before.serial}" if before else "",
        ]
    return tuple(cells)
