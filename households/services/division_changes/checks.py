"""What a change of divisions must be before it is prepared, confirmed or done."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.enums import DivisionChangeState
from households.models import DivisionChangeLine
from households.succession import first_open_day
from offices.database.context import current_context
from offices.divisions import level_of
from offices.enums import DivisionLevel, SuccessionKind
from offices.errors import DomainError
from offices.models import Division, DivisionSuccession
from offices.services.divisions import Succession

_PLACES = (DivisionLevel.VILLAGE,)
_RENAMED = (DivisionLevel.VILLAGE, DivisionLevel.TOWNSHIP)


def check_change(
    *,
    kind: SuccessionKind,
    effective_on: datetime.date,
    document: str,
    lines: Sequence[Succession],
    change: UUID | None = None,
) -> None:
    """Refuse what cannot be; `change` is the change itself where it is written already.

    Raises DomainError, its code one of those of the functions below.
    """
    if not document.strip():
        raise DomainError("document_missing", _("Give the document that orders the change, with its number."))
    _check_day(effective_on)
    codes = {line.old_code for line in lines}
    old = Division.objects.in_bulk(codes)
    for code in sorted(codes):
        _check_old(kind, code, old.get(code), effective_on)
    _check_shape(kind, lines)
    for line in lines:
        _check_new(kind, line, old, effective_on)
    _check_nothing_later(codes | {line.new_code for line in lines}, effective_on)
    _check_others(lines, effective_on, change)


def _check_day(effective_on: datetime.date) -> None:
    open_from = first_open_day()
    if open_from and effective_on < open_from:
        raise DomainError(
            "month_locked",
            _(
                "The reports before %(day)s are locked. A change of divisions holds from that day at the earliest."
            ),
            day=_day(open_from),
        )


def _check_old(
    kind: SuccessionKind, code: str, division: Division | None, effective_on: datetime.date
) -> None:
    levels = _RENAMED if kind == SuccessionKind.RENAME else _PLACES
    if division is None or division.level not in levels or not code.startswith(current_context().county):
        raise DomainError(
            "village_unknown",
            _("%(code)s is no village of the county. Choose it from the list of divisions."),
            code=code,
        )
    if division.to_on is not None:
        raise DomainError(
            "village_ended",
            _(
                "%(name)s has ended on %(day)s and cannot be changed again. Choose the village that followed it."
            ),
            name=division.name,
            day=_day(division.to_on),
        )
    if division.from_on is not None and effective_on <= division.from_on:
        raise DomainError(
            "village_not_yet",
            _("%(name)s is there only from %(day)s. Give a later day."),
            name=division.name,
            day=_day(division.from_on),
        )


def _check_shape(kind: SuccessionKind, lines: Sequence[Succession]) -> None:
    old = Counter(line.old_code for line in lines)
    new = {line.new_code for line in lines}
    if kind == SuccessionKind.MERGE and (len(old) < 2 or len(new) != 1 or max(old.values()) > 1):
        raise DomainError("merge_of_two", _("Choose at least two villages that become one."))
    if kind == SuccessionKind.SPLIT and (
        len(old) != 1 or len(new) < 2 or len(lines) != len(new) or sum(line.is_default for line in lines) != 1
    ):
        raise DomainError(
            "split_into_two",
            _("One village is split into two or more, each with its own code; one of them takes the rest."),
        )
    if kind in (SuccessionKind.TRANSFER, SuccessionKind.RENAME) and (
        not old or max(old.values()) > 1 or len(new) != len(lines)
    ):
        raise DomainError("one_for_one", _("Each village is followed by one other village."))


def _check_new(
    kind: SuccessionKind, line: Succession, old: dict[str, Division], effective_on: datetime.date
) -> None:
    code, county = line.new_code, current_context().county
    if not line.new_name.strip():
        raise DomainError("name_missing", _("Give the name of the village from that day on."))
    former = old[line.old_code]
    if kind == SuccessionKind.RENAME:
        if code != line.old_code:
            raise DomainError("rename_keeps_code", _("A renamed village keeps its code."))
        if line.new_name.strip() == former.name:
            raise DomainError("name_is_the_same", _("The new name is the old one. Give the new name."))
        return
    _check_form(code, county)
    if kind == SuccessionKind.TRANSFER and code[:9] == line.old_code[:9]:
        raise DomainError(
            "same_township",
            _("%(code)s lies in the same township as before. Give the code in the other township."),
            code=code,
        )
    if code in old:
        return
    if Division.objects.filter(pk=code).exists():
        raise DomainError(
            "code_used",
            _("The code %(code)s is used already. A village that begins gets a code that none had before."),
            code=code,
        )
    township = Division.objects.filter(pk=f"{code[:9]}000", level=DivisionLevel.TOWNSHIP).first()
    if township is None or not township.is_valid_on(effective_on):
        raise DomainError(
            "township_unknown",
            _("The county has no township with the code %(code)s. Compare the first nine digits."),
            code=f"{code[:9]}000",
        )


def _check_form(code: str, county: str) -> None:
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise DomainError("code_form", _("A village's code has twelve digits."))
    if not code.startswith(county):
        raise DomainError(
            "code_elsewhere",
            _("The code %(code)s does not begin with the county's %(county)s. Compare it with the document."),
            code=code,
            county=county,
        )
    if level_of(code) is not DivisionLevel.VILLAGE:
        raise DomainError(
            "code_not_village",
            _("The code %(code)s is not one of a village: its last digits are zeros."),
            code=code,
        )


def _check_nothing_later(codes: set[str], effective_on: datetime.date) -> None:
    later = (
        DivisionSuccession.objects.filter(Q(old_code__in=codes) | Q(new_code__in=codes))
        .filter(effective_on__gte=effective_on)
        .order_by("-effective_on")
        .first()
    )
    if later is not None:
        raise DomainError(
            "changed_since",
            _("%(name)s was changed on %(day)s already. Give a later day: changes follow one another."),
            name=later.new_name,
            day=_day(later.effective_on),
        )


def _check_others(lines: Sequence[Succession], effective_on: datetime.date, change: UUID | None) -> None:
    """Two changes must not touch one village on the same day, nor give one new code twice."""
    codes = {code for line in lines for code in (line.old_code, line.new_code)}
    made = {line.new_code for line in lines} - {line.old_code for line in lines}
    others = DivisionChangeLine.objects.filter(is_standing=True).exclude(change=change)
    waiting = others.exclude(change__state=DivisionChangeState.APPLIED)
    found = (
        others.filter(Q(old_code__in=codes) | Q(new_code__in=codes), effective_on=effective_on).first()
        or waiting.filter(new_code__in=made).first()
    )
    if found is not None:
        raise DomainError(
            "other_change",
            _(
                "Another change that touches %(name)s is prepared for %(day)s. Withdraw one of the two, or "
                "give another day."
            ),
            name=found.old_name,
            day=_day(found.effective_on),
        )


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
