"""Kinship that cannot be, seen only when all rows lie side by side and beside the registry.

What one row shows by its numbers alone, such as a parent less than twelve years older, its reading
has refused already (rows/kin.py). Every parent there is older than the child, so parents alone can
make no circle; a spouse who is one's own child can.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import MaritalFact, Parentage
from households.rows import RowError
from households.rows.kin import YOUNGEST_PARENT
from households.services.import_sql import PERSON
from households.services.import_staging import refuse_selected

_PARENTAGE, _MARITAL = Parentage._meta.db_table, MaritalFact._meta.db_table
_SPOUSE = "配偶身份号码"
_PARENTS = {"father": "父亲身份号码", "mother": "母亲身份号码"}
_IS_CHILD = RowError(
    _SPOUSE,
    "kin_circle",
    "",
    _(
        "By the registry the person named as spouse is this person's child. "
        "Correct the number, or have the record corrected at the counter."
    ),
    {},
)
_IS_PARENT = RowError(
    _SPOUSE,
    "kin_circle",
    "",
    _(
        "By the registry the person named as spouse is this person's parent. "
        "Correct the number, or have the record corrected at the counter."
    ),
    {},
)
_IS_SPOUSE = _(
    "By the registry the person named as parent is this person's spouse. "
    "Correct the number, or have the record corrected at the counter."
)


def refuse_impossible_kin(cursor: Any, *, columns: frozenset[str]) -> None:
    """Refuse circles of kinship in the file and with the registry, and parents who by it are too young."""
    _refuse_circles(cursor)
    _refuse_couples_of_kin(cursor, columns)
    for role, header in _PARENTS.items():
        _refuse_young_parents(cursor, role, header)


def _refuse_circles(cursor: Any) -> None:
    circle = RowError(
        _SPOUSE,
        "kin_circle",
        "",
        _(
            "By this file one and the same person is spouse and child of another, so both rows were refused. "
            "Correct the numbers of the relatives."
        ),
        {},
    )
    pairs = (
        "SELECT {side}.line, {side}.name FROM arriving a JOIN arriving b ON b.id_digest = a.spouse_digest "
        "WHERE a.id_digest IN (b.father_digest, b.mother_digest)"
    )
    refuse_selected(cursor, " UNION ".join(pairs.replace("{side}", side) for side in ("a", "b")), circle)


def _refuse_couples_of_kin(cursor: Any, columns: frozenset[str]) -> None:
    """Refuse whom a row names as spouse or parent where the registry, of which the file says nothing, has
    the same two as parent and child, or as a couple.
    """
    for role, header in _PARENTS.items():
        kin = f"{_PARENTAGE} f ON f.person_id = p.id AND f.role = '{role}' AND f.parent_digest"
        couple = f"{_MARITAL} f ON f.person_id = p.id AND f.spouse_digest"
        _refuse_named(cursor, "spouse", kin, _IS_CHILD, of_named=True, is_said=header in columns)
        _refuse_named(cursor, "spouse", kin, _IS_PARENT, of_named=False, is_said=header in columns)
        is_spouse = RowError(header, "kin_circle", "", _IS_SPOUSE, {})
        for of_named in (True, False):
            _refuse_named(cursor, role, couple, is_spouse, of_named=of_named, is_said=_SPOUSE in columns)


def _refuse_named(
    cursor: Any, named: str, fact: str, error: RowError, *, of_named: bool, is_said: bool
) -> None:
    """`fact` names by number: of the relative whom a row names its own person, else of that person the relative.

    `is_said`: whether the file has the column for it, so that a changed row of the other one says it anew.
    """
    who, whom = (f"a.{named}_digest", "a.id_digest") if of_named else ("a.id_digest", f"a.{named}_digest")
    if is_said and not of_named:
        return
    speaks = (
        f"EXISTS (SELECT FROM arriving b WHERE b.id_digest = {who} AND NOT b.is_known)"
        if is_said
        else "FALSE"
    )
    refuse_selected(
        cursor,
        f"SELECT a.line, a.name FROM arriving a JOIN {PERSON} p ON p.id_number_digest = {who} "
        f"JOIN {fact} = {whom} AND f.to_on IS NULL WHERE NOT {speaks}",
        error,
    )


def _refuse_young_parents(cursor: Any, role: str, header: str) -> None:
    refuse_selected(
        cursor,
        f"SELECT a.line, a.name FROM arriving a JOIN {PERSON} p ON p.id_number_digest = a.{role}_digest "
        f"WHERE CASE WHEN a.{role}_kind = 'birth' "
        f"THEN p.birth_date + make_interval(years => {YOUNGEST_PARENT}) > a.birth_date "
        "ELSE p.birth_date >= a.birth_date END "
        "AND NOT EXISTS (SELECT FROM refused_lines r WHERE r.line = a.line)",
        RowError(
            header,
            "parent_too_young",
            "",
            _(
                "By the registry this parent is not even %(years)s years older than the child. "
                "Compare both with the cards."
            ),
            {"years": YOUNGEST_PARENT},
        ),
    )
