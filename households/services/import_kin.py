"""Kinship that cannot be, seen only when all rows lie side by side and beside the registry.

What one row shows by its numbers alone, such as a parent less than twelve years older, its reading
has refused already (rows/kin.py). Every parent there is older than the child, so parents alone can
make no circle; a spouse who is one's own child can.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Parentage
from households.rows import RowError
from households.rows.kin import YOUNGEST_PARENT
from households.services.import_sql import PERSON
from households.services.import_staging import refuse_selected

_PARENTAGE = Parentage._meta.db_table


def refuse_impossible_kin(cursor: Any) -> None:
    """Refuse circles of kinship in the file, and parents who by the registry are too young."""
    _refuse_circles(cursor)
    for role, header in (("father", "父亲身份号码"), ("mother", "母亲身份号码")):
        _refuse_young_parents(cursor, role, header)


def _refuse_circles(cursor: Any) -> None:
    circle = RowError(
        "配偶身份号码",
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
    refuse_selected(
        cursor,
        f"SELECT a.line, a.name FROM arriving a JOIN {PERSON} p ON p.id_number_digest = a.spouse_digest "
        f"JOIN {_PARENTAGE} f ON f.person_id = p.id AND f.parent_digest = a.id_digest AND f.to_on IS NULL "
        "WHERE NOT EXISTS (SELECT FROM arriving b WHERE b.id_digest = a.spouse_digest)",
        RowError(
            "配偶身份号码",
            "kin_circle",
            "",
            _(
                "By the registry the person named as spouse is this person's child. "
                "Correct the number, or have the record corrected at the counter."
            ),
            {},
        ),
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
