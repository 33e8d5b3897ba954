"""Children and the parents they share, as rows that are reckoned once before anything is joined to them."""

from __future__ import annotations

from households.enums import ParentageKind
from households.models import Absence, Disability, Parentage, Person
from subsidies.predicates.base import DAY
from subsidies.predicates.sql import SUBJECTS, holds, lives, rows_of, table


def children_rows(*, with_step: bool, of: str | None = SUBJECTS) -> str:
    """One row for each child a parent ever had by birth or adoption (or as a step-child), up to the day.

    `of`: the parents (None: every parent). `is_hers` is whether the parentage holds on the day, or held
    when the child died; `starts` and `ends` bound the days on which the child lived as hers.
    """
    kinds = "" if with_step else f"AND parentage.kind <> '{ParentageKind.STEP.value}'"
    return f"""
        SELECT parentage.parent_id, parentage.kind, parentage.role, parentage.source, parentage.document,
               parentage.from_on, parentage.to_on, child.id AS child_id, child.sex, child.birth_date,
               CASE WHEN child.died_on <= {DAY} THEN child.died_on END AS died_on,
               disability.grade, disability.source AS grade_source,
               disability.document AS grade_document, disability.from_on AS grade_from,
               disability.to_on AS grade_to,
               (parentage.to_on IS NULL OR parentage.to_on > {DAY}
                OR (child.died_on <= {DAY} AND parentage.to_on >= child.died_on)) AS is_hers,
               greatest(child.birth_date, parentage.from_on) AS starts,
               coalesce(least(child.died_on, parentage.to_on), 'infinity') AS ends
          FROM {rows_of(Parentage, "parentage", "parent_id", of=of)}
          JOIN {table(Person)} child ON child.id = parentage.person_id
          LEFT JOIN {table(Disability)} disability
                 ON disability.person_id = child.id AND {holds("disability")}
         WHERE parentage.parent_id IS NOT NULL
           AND child.merged_into_id IS NULL
           AND child.birth_date <= {DAY}
           AND (parentage.from_on IS NULL OR parentage.from_on <= {DAY})
           {kinds}"""


def kin(*, of: str | None) -> str:
    """Of the children of some parents (`of`; None: of all), by birth or adoption, what the rules count."""
    return f"""
        SELECT parent_id, role, child_id, sex, birth_date, died_on, grade, is_hers, starts, ends
          FROM ({children_rows(with_step=False, of=of)}) child"""


def families(rows: str) -> str:
    """Numbers of each parent's children; `ever_two`: two of them once lived at the same time."""
    return f"""
        SELECT parent_id,
               count(*) FILTER (WHERE is_hers AND died_on IS NULL) AS living,
               count(*) FILTER (WHERE is_hers AND died_on IS NULL AND sex = 'M') AS living_sons,
               max(birth_date) FILTER (WHERE is_hers AND died_on IS NULL) AS last_born_on,
               count(*) FILTER (WHERE is_hers AND died_on IS NOT NULL) AS died,
               bool_or(is_overlapping) AS ever_two,
               array_agg(grade) FILTER (WHERE is_hers AND died_on IS NULL AND grade IS NOT NULL) AS grades
          FROM (SELECT family.*,
                       starts < ends AND starts < max(ends) OVER (
                           PARTITION BY parent_id ORDER BY starts, ends
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_overlapping
                  FROM {rows} family) family
         GROUP BY parent_id"""


def other_parents() -> str:
    """Of each subject: the other parents, by birth or adoption, of her living children (or, if none lives, of the dead).

    `lives`: one of them lives and is not away from the county; `holds` and `may_hold`: such a one
    has the only-child certificate, or has none on record; `is_unnamed`: one was named and is not in
    the register.
    """
    is_here = f"({lives('other')} AND away.id IS NULL)"
    return f"""
        SELECT family.parent_id,
               bool_or(tie.parent_id IS NULL) AS is_unnamed,
               bool_or({is_here}) AS lives,
               bool_or({is_here} AND coalesce(held.is_held, false)) AS holds,
               bool_or({is_here} AND held.is_held IS NULL) AS may_hold
          FROM (SELECT own.*, bool_or(own.died_on IS NULL) OVER (PARTITION BY own.parent_id) AS has_living
                  FROM {SUBJECTS} JOIN kin own ON own.parent_id = {SUBJECTS}.id
                 WHERE own.is_hers) family
          JOIN {table(Parentage)} tie
            ON tie.person_id = family.child_id AND tie.role <> family.role
           AND tie.kind <> '{ParentageKind.STEP.value}' AND {holds("tie")}
           AND (tie.parent_id IS NOT NULL OR tie.parent_digest IS NOT NULL)
          LEFT JOIN {table(Person)} other ON other.id = tie.parent_id
          LEFT JOIN {table(Absence)} away ON away.person_id = other.id AND {holds("away")}
          LEFT JOIN certificates held ON held.person_id = other.id
         WHERE family.died_on IS NULL OR NOT family.has_living
         GROUP BY family.parent_id"""


def named_by_children() -> str:
    """The keys of the parents of the subjects' children."""
    return (
        f"SELECT theirs.parent_id FROM {rows_of(Parentage, 'mine', 'parent_id', of=SUBJECTS)} "
        f"JOIN {table(Parentage)} theirs ON theirs.person_id = mine.person_id WHERE theirs.parent_id IS NOT NULL"
    )
