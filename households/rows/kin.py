"""Whom a row names as spouse, father and mother, and whether that can be."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from households.enums import ParentageKind, Sex
from households.rows.dates import on_birthday
from households.rows.identity import Identity, citizen_number
from households.rows.notes import Notes
from households.rows.words import PARENTAGE_KINDS, refuse_word
from offices.errors import DomainError
from offices.identifiers import CitizenNumber, clean_number

# Plain texts: looking up an enum's value for every row costs more than comparing it.
_MALE, _FEMALE = Sex.MALE.value, Sex.FEMALE.value
_BIRTH = ParentageKind.BIRTH.value
_TAKEN_IN = frozenset({ParentageKind.ADOPTED.value, ParentageKind.STEP.value})
YOUNGEST_PARENT = 12
_LINK_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Kin:
    """Identity numbers of relatives, empty where none is named; kinds empty without a parent.

    A number that cannot be read is kept as it stands: somebody is named, and who it is
    remains unknown.
    """

    spouse: str
    father: str
    mother: str
    father_kind: str
    mother_kind: str


NO_KIN = Kin("", "", "", "", "")


def read_kin(
    *,
    identity: Identity | None,
    spouse: str,
    father: str,
    mother: str,
    kind: str,
    father_kind: str,
    mother_kind: str,
    notes: Notes,
) -> Kin:
    """Links and kinds of kinship of one row.

    A link that cannot be read is a warning: the error is the relative's, and her own row is
    refused for it. A link that contradicts this row refuses it.
    """
    own = identity.number if identity else ""
    common = _read_kind("亲子关系", kind, notes)
    kind_of_father = _read_kind("父子关系", father_kind, notes) or common
    kind_of_mother = _read_kind("母子关系", mother_kind, notes) or common
    spouse_number, spouse_read = _read_link("配偶身份号码", spouse, own, notes)
    father_number, father_read = _read_link("父亲身份号码", father, own, notes)
    mother_number, mother_read = _read_link("母亲身份号码", mother, own, notes)
    if identity and spouse_read and spouse_read.sex == identity.sex:
        notes.warn(
            "配偶身份号码",
            spouse,
            "spouse_same_sex",
            _("The spouse's number says the same sex as this person's. Compare both with the cards."),
        )
    if father_read:
        _check_parent("父亲身份号码", father, father_read, _MALE, kind_of_father, identity, notes)
    if mother_read:
        _check_parent("母亲身份号码", mother, mother_read, _FEMALE, kind_of_mother, identity, notes)
    if spouse_number and spouse_number in (father_number, mother_number):
        notes.refuse(
            "配偶身份号码",
            spouse,
            "link_repeated",
            _("The same number stands for the spouse and for a parent. Correct one of them."),
        )
    if (kind or father_kind or mother_kind) and not (father_number or mother_number):
        notes.warn(
            "亲子关系",
            kind or father_kind or mother_kind,
            "kind_without_parent",
            _("A kind of parentage is given, but no parent. Fill in the parent's number."),
        )
    return Kin(
        spouse_number,
        father_number,
        mother_number,
        (kind_of_father or _BIRTH) if father_number else "",
        (kind_of_mother or _BIRTH) if mother_number else "",
    )


def _read_kind(column: str, text: str, notes: Notes) -> str:
    if not text:
        return ""
    kind = PARENTAGE_KINDS.get(text, "")
    if not kind:
        refuse_word(notes, column, text, PARENTAGE_KINDS)
    return kind


def _read_link(column: str, text: str, own: str, notes: Notes) -> tuple[str, CitizenNumber | None]:
    if not text:
        return "", None
    try:
        citizen = citizen_number(text)
    except DomainError:
        notes.warn(
            column,
            text,
            "link_unreadable",
            _(
                "This relative's number is not a valid identity number, so nobody can be found by it. Correct it."
            ),
        )
        return clean_number(text)[:_LINK_LENGTH], None
    if citizen.number == own:
        notes.refuse(
            column,
            text,
            "link_to_self",
            _("This is the person's own number. Enter the relative's number or leave the cell empty."),
        )
    return citizen.number, citizen


def _check_parent(
    column: str,
    text: str,
    parent: CitizenNumber,
    sex: str,
    kind: str,
    identity: Identity | None,
    notes: Notes,
) -> None:
    if parent.sex != sex:
        notes.refuse(
            column,
            text,
            "parent_sex",
            _(
                "The number says the other sex than a parent in this column has. Exchange father and mother if need be."
            ),
        )
    if identity is None:
        return
    if kind in _TAKEN_IN:
        # A step-parent may be young, but nobody is younger than the child he raises.
        if parent.born_on >= identity.birth_date:
            notes.refuse(
                column,
                text,
                "parent_younger",
                _("By the numbers this parent is not older than the child. Compare both with the cards."),
            )
    elif on_birthday(parent.born_on, YOUNGEST_PARENT) > identity.birth_date:
        notes.refuse(
            column,
            text,
            "parent_too_young",
            _(
                "By the numbers this parent is not even %(years)s years older than the child. "
                "Compare both with the cards."
            ),
            years=YOUNGEST_PARENT,
        )
