"""Pairs of records for the pages: in the queue, side by side, and beside a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.alike import compare_numbers
from households.enums import DuplicateReason, MergeState
from households.models import DuplicatePair, Parentage, Person, PersonMerge
from households.policies import may_see_duplicates
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.selectors.divisions import names_of_divisions

SAME, DIFFERENT, ONE_ONLY = "same", "different", "one_only"


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in the queue: the two records with their villages, and why in words."""

    pair: DuplicatePair
    villages: tuple[str, str]
    reasons: Sequence[str | Promise]


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of two records side by side; `agreement` is same, different or one_only."""

    label: str | Promise
    first: str | Promise
    second: str | Promise
    agreement: str
    note: str | Promise = ""


@dataclass(frozen=True, slots=True)
class RecordedTwice:
    """What the page of a person says of other records of hers."""

    pairs: Sequence[DuplicatePair] = field(default=())
    is_elsewhere: bool = False
    merges: Sequence[PersonMerge] = field(default=())


def pair_lines(pairs: Sequence[DuplicatePair]) -> list[PairLine]:
    """What the queue shows of each pair, in one query for all of them."""
    names = names_of_divisions(
        code for pair in pairs for code in (pair.first.division_code, pair.second.division_code)
    )

    def village(person: Person) -> str:
        return names.get(person.division_code, person.division_code)

    return [
        PairLine(pair, (village(pair.first), village(pair.second)), reasons_in_words(pair)) for pair in pairs
    ]


def reasons_in_words(pair: DuplicatePair) -> list[str | Promise]:
    """Why two records may be of one person, the heaviest reason first."""
    return [DuplicateReason(reason).label for reason in pair.reasons]


def compare_people(first: Person, second: Person) -> list[Compared]:
    """What identifies two records, line by line: numbers masked, with the places in which they differ."""
    villages = names_of_divisions([first.division_code, second.division_code])
    lines = [
        compared(_("Name"), first.name, second.name),
        compared(_("Sex"), first.get_sex_display(), second.get_sex_display()),
        compared(_("Born on"), f"{first.birth_date:%Y-%m-%d}", f"{second.birth_date:%Y-%m-%d}"),
        _compared_numbers(first, second),
        compared(_("Died on"), _iso(first.died_on), _iso(second.died_on)),
        compared(
            _("Phone"),
            first.phone.masked if first.phone else "",
            second.phone.masked if second.phone else "",
            is_same=first.phone_digest == second.phone_digest,
        ),
        compared(
            _("Served by"),
            villages.get(first.division_code, first.division_code),
            villages.get(second.division_code, second.division_code),
            is_same=first.division_code == second.division_code,
        ),
        compared(_("Recorded on"), f"{first.recorded_at:%Y-%m-%d}", f"{second.recorded_at:%Y-%m-%d}"),
    ]
    return [line for line in lines if line.first or line.second]


def compared(
    label: str | Promise, first: str, second: str, *, is_same: bool | None = None, note: str | Promise = ""
) -> Compared:
    """A line with its agreement, by what it says unless `is_same` knows better."""
    if not first or not second:
        agreement = ONE_ONLY if first or second else SAME
    else:
        agreement = SAME if (first == second if is_same is None else is_same) else DIFFERENT
    return Compared(label, first, second, agreement, note)


def _compared_numbers(first: Person, second: Person) -> Compared:
    label = _("Identity number")
    if first.id_number is None or second.id_number is None:
        return compared(
            label,
            first.id_number.masked if first.id_number else "",
            second.id_number.masked if second.id_number else "",
        )
    places = compare_numbers(first.id_number.reveal(), second.id_number.reveal()).places
    note = (
        _("They differ in these of the 18 places: %(places)s")
        % {"places": "、".join(str(place) for place in places)}
        if places
        else ""
    )
    return compared(label, first.id_number.masked, second.id_number.masked, is_same=not places, note=note)


def kin_of(actor: Actor, person: Person) -> tuple[list[str], list[str]]:
    """Names of the parents and children ever recorded, those served elsewhere unnamed; needs the county's scope."""
    parents = Parentage.objects.filter(person=person, parent__isnull=False).select_related("parent")
    children = Parentage.objects.filter(parent=person).select_related("person")
    elsewhere = str(_("Served by another township"))

    def named(one: Any) -> str:
        return one.name if actor.covers(one.division_code) else elsewhere

    return (
        sorted({named(row.parent) for row in parents}),
        sorted({f"{named(row.person)} {row.person.birth_date:%Y-%m-%d}" for row in children}),
    )


def recorded_twice(*, actor: Actor, person: Person) -> RecordedTwice:
    """Pairs that wait and merges that stand, of a person; pairs of two townships are only hinted at."""
    with county_scope():
        pairs = list(DuplicatePair.objects.waiting().filter(Q(first=person) | Q(second=person)))
        merges = list(PersonMerge.objects.filter(survivor=person, state=MergeState.DONE))
    may_see = may_see_duplicates(actor)
    own = [pair for pair in pairs if may_see and actor.covers(pair.division_code)]
    return RecordedTwice(
        pairs=own,
        is_elsewhere=len(own) < len(pairs),
        merges=[merge for merge in merges if may_see and actor.covers(merge.division_code)],
    )


def address_of_survivor(*, actor: Actor, absorbed: Person) -> str:
    """Where the page of a record that went into another leads. Raises DomainError `merged_elsewhere`."""
    survivor = Person.objects.visible_to(actor).filter(merged_from=absorbed).first()
    if survivor is None:
        raise DomainError(
            "merged_elsewhere",
            _(
                "This record was merged into the record of the same person that another township serves. "
                "Ask that township or the county office."
            ),
        )
    return f"{reverse('households:person', args=[survivor.pk])}?was={absorbed.pk}"


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
