"""The people of a day and what is known of them, as SQL relations that predicates read.

`subject` is a common table expression that the caller gives: one row for each person asked
about (id, division_code, sex, birth_date, died_on). Each further relation is a LEFT JOIN to it
with at most one row a person, so that what is not known is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import models

from households.enums import ParentageKind
from households.models import Disability, Hukou, MaritalFact, Parentage, Person
from subsidies.predicates.base import DAY


def table(model: type[models.Model]) -> str:
    """The quoted name of a model's table."""
    return f'"{model._meta.db_table}"'


def holds(alias: str, *, day: str = DAY) -> str:
    """Whether a dated fact holds on a day: its period is [from, to)."""
    return (
        f"({alias}.from_on IS NULL OR {alias}.from_on <= {day}) "
        f"AND ({alias}.to_on IS NULL OR {alias}.to_on > {day})"
    )


def lives(alias: str, *, day: str = DAY) -> str:
    """Living on a day: born on or before it and not dead on or before it."""
    return f"({alias}.birth_date <= {day} AND ({alias}.died_on IS NULL OR {alias}.died_on > {day}))"


def of_age(column: str, years: str, *, day: str) -> str:
    """An age is reached on the birthday; born on 29 February, on the 28th of a common year."""
    return f"({column} + make_interval(years => {years})) <= {day}"


def children_rows(*, with_step: bool) -> str:
    """One row for each child a subject ever had by birth or adoption (or as a step-child), up to the day.

    `is_hers` is whether the parentage holds on the day, or held when the child died; `starts` and
    `ends` bound the days on which the child lived as hers.
    """
    kinds = "" if with_step else f"AND parentage.kind <> '{ParentageKind.STEP.value}'"
    return f"""
        SELECT parentage.parent_id, parentage.kind, parentage.source, parentage.document,
               parentage.from_on, parentage.to_on, child.id AS child_id, child.sex, child.birth_date,
               CASE WHEN child.died_on <= {DAY} THEN child.died_on END AS died_on,
               disability.grade, disability.source AS grade_source,
               disability.document AS grade_document, disability.from_on AS grade_from,
               disability.to_on AS grade_to,
               (parentage.to_on IS NULL OR parentage.to_on > {DAY}
                OR (child.died_on <= {DAY} AND parentage.to_on >= child.died_on)) AS is_hers,
               greatest(child.birth_date, parentage.from_on) AS starts,
               coalesce(least(child.died_on, parentage.to_on), 'infinity') AS ends
          FROM {table(Parentage)} parentage
          JOIN {table(Person)} child ON child.id = parentage.person_id
          LEFT JOIN {table(Disability)} disability
                 ON disability.person_id = child.id AND {holds("disability")}
         WHERE parentage.parent_id IN (SELECT id FROM subject)
           AND child.merged_into_id IS NULL
           AND child.birth_date <= {DAY}
           AND (parentage.from_on IS NULL OR parentage.from_on <= {DAY})
           {kinds}"""


def _children(name: str, *, with_step: bool) -> str:
    """Numbers of a subject's children; `ever_two`: two of them once lived at the same time."""
    return f"""
  LEFT JOIN (
        SELECT parent_id,
               count(*) FILTER (WHERE is_hers AND died_on IS NULL) AS living,
               count(*) FILTER (WHERE is_hers AND died_on IS NULL AND sex = 'M') AS living_sons,
               count(*) FILTER (WHERE is_hers AND died_on IS NOT NULL) AS died,
               bool_or(is_overlapping) AS ever_two,
               array_agg(grade) FILTER (WHERE is_hers AND died_on IS NULL AND grade IS NOT NULL) AS grades
          FROM (SELECT family.*,
                       starts < ends AND starts < max(ends) OVER (
                           PARTITION BY parent_id ORDER BY starts, ends
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_overlapping
                  FROM ({children_rows(with_step=with_step)}) family) family
         GROUP BY parent_id) {name} ON {name}.parent_id = subject.id"""


def _hukou() -> str:
    return f"""
  LEFT JOIN {table(Hukou)} hukou ON hukou.person_id = subject.id AND {holds("hukou")}"""


def _marriage() -> str:
    return f"""
  LEFT JOIN {table(MaritalFact)} marriage ON marriage.person_id = subject.id AND {holds("marriage")}"""


def _spouse() -> str:
    return f"""
  LEFT JOIN {table(Person)} spouse ON spouse.id = marriage.spouse_id"""


def _spouse_hukou() -> str:
    return f"""
  LEFT JOIN {table(Hukou)} spouse_hukou
         ON spouse_hukou.person_id = spouse.id AND {holds("spouse_hukou")}"""


_RELATIONS: dict[str, tuple[tuple[str, ...], Callable[[], str]]] = {
    "hukou": ((), _hukou),
    "marriage": ((), _marriage),
    "spouse": (("marriage",), _spouse),
    "spouse_hukou": (("marriage", "spouse"), _spouse_hukou),
    "children": ((), lambda: _children("children", with_step=False)),
    "children_and_step": ((), lambda: _children("children_and_step", with_step=True)),
}
"""Each relation with those it rests on, in the order in which they are joined."""


def joins(names: Iterable[str]) -> str:
    """The joins that bring the named relations to `subject`."""
    wanted = set(names) - {"subject"}
    for name in tuple(wanted):
        wanted.update(_RELATIONS[name][0])
    return "".join(text() for name, (_rests_on, text) in _RELATIONS.items() if name in wanted)


def subject(*conditions: str) -> str:
    """The common table expression of the people asked about; conditions read `subject`'s columns."""
    where = " AND ".join(("subject.merged_into_id IS NULL", *conditions))
    return (
        f"subject AS MATERIALIZED (SELECT subject.id, subject.division_code, subject.sex, "
        f"subject.birth_date, subject.died_on FROM {table(Person)} subject WHERE {where})"
    )
