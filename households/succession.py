"""What other apps keep by village, and how it follows when villages are merged, split or moved.

A higher app registers in its AppConfig.ready(); the registry knows none of them. What is history
(closed cases, payments, acts, editions) stays under the old code; what goes on follows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.functional import Promise

from households.models import DivisionMove, Household, Person
from offices.database.new_keys import NEW_KEY


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a kind a change concerns, from one village to another (empty: stays where it is)."""

    kind: str
    from_code: str
    to_code: str
    count: int


@dataclass(slots=True)
class Following:
    """One change of divisions that is being done, at county scope, in one transaction.

    `defaults` says where each old village's rows go; people and households that go elsewhere stand in
    the temporary tables `going_people` and `going_households` (key, old_code, new_code).
    """

    change: UUID
    effective_on: datetime.date
    document: str
    defaults: dict[str, str]
    counted: list[Counted] = field(default_factory=list)

    def count(self, kind: str, rows: Sequence[tuple[str, str, int]]) -> None:
        """Say how many rows of a kind (a key of `register_counted`) follow, or stay (no new village)."""
        self.counted += [Counted(kind, old, new, number) for old, new, number in rows if number]

    def move(
        self,
        model: type[models.Model],
        *,
        where: str = "true",
        parameters: Sequence[Any] = (),
        kind: str = "",
    ) -> int:
        """Bring rows of the old villages to those that follow, by person or household where they have one.

        `where` speaks of the table as `t`. Each row is noted in `DivisionMove`. Returns how many moved.
        """
        table = model._meta.db_table
        target, join = _target(model)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {DivisionMove._meta.db_table} "
                "(id, change_id, row_table, row_id, from_code, to_code, moved_on, division_code) "
                f"SELECT {NEW_KEY}, %s, %s, t.id, t.division_code, {target}, %s, {target} "
                f"FROM {table} t JOIN old_villages d ON d.old_code = t.division_code {join} "
                f"WHERE {target} <> t.division_code AND ({where}) "
                "ON CONFLICT (change_id, row_table, row_id) DO NOTHING",
                [self.change, table, self.effective_on, *parameters],
            )
            cursor.execute(
                f"UPDATE {table} t SET division_code = m.to_code FROM {DivisionMove._meta.db_table} m "
                "WHERE m.change_id = %s AND m.row_table = %s AND m.row_id = t.id "
                "AND t.division_code = m.from_code",
                [self.change, table],
            )
            moved = int(cursor.rowcount)
        if kind:
            self.count(kind, self.moved_rows(table))
        return moved

    def moved_rows(self, table: str) -> list[tuple[str, str, int]]:
        """How many rows of a table this change has moved, by old and new village."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT from_code, to_code, count(*) FROM {DivisionMove._meta.db_table} "
                "WHERE change_id = %s AND row_table = %s GROUP BY 1, 2 ORDER BY 1, 2",
                [self.change, table],
            )
            return [(old, new, int(number)) for old, new, number in cursor.fetchall()]

    def staying(self, model: type[models.Model], kind: str, where: str = "true") -> None:
        """Count what stays under the old code as history: rows of a table that are still there."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.division_code, count(*) FROM {table} t JOIN old_villages d "
                f"ON d.old_code = t.division_code AND d.new_code <> d.old_code WHERE {where} GROUP BY 1 ORDER BY 1"
            )
            self.count(kind, [(old, "", int(number)) for old, number in cursor.fetchall()])


def _target(model: type[models.Model]) -> tuple[str, str]:
    """The new village of a row `t`, and what has to be joined for it."""
    if model is Person:
        return "coalesce(g.new_code, d.new_code)", "LEFT JOIN going_people g ON g.person_id = t.id"
    if model is Household:
        return "coalesce(g.new_code, d.new_code)", "LEFT JOIN going_households g ON g.household_id = t.id"
    names = {entry.name for entry in model._meta.get_fields()}
    joins, targets = [], []
    if "person" in names:
        joins.append("LEFT JOIN going_people p ON p.person_id = t.person_id AND p.old_code = t.division_code")
        targets.append("p.new_code")
    if "household" in names:
        joins.append(
            "LEFT JOIN going_households h ON h.household_id = t.household_id AND h.old_code = t.division_code"
        )
        targets.append("h.new_code")
    return f"coalesce({', '.join([*targets, 'd.new_code'])})", " ".join(joins)


Follower = Callable[[Following], None]
"""Moves an app's rows and counts what follows and what stays."""
Models = Sequence[type[models.Model]]
Barrier = Callable[[], datetime.date | None]
"""The first day for which figures are still open: no change may hold from before it."""

_followers: list[tuple[int, Follower]] = []
_barriers: list[Barrier] = []
_kinds: dict[str, str | Promise] = {}
_answers: dict[type[models.Model], bool] = {}


def register_succession(
    follower: Follower,
    *,
    kinds: Mapping[str, str | Promise],
    follows: Models = (),
    stays: Models = (),
    order: int = 100,
) -> None:
    """Add an app's part with the words of what it counts; lower orders move first and stand first.

    `follows` and `stays` answer for every table of the app that has a village, as `answer_for`.
    """
    _followers.append((order, follower))
    _followers.sort(key=lambda pair: pair[0])
    _kinds.update(kinds)
    answer_for(follows=follows, stays=stays)


def answer_for(*, follows: Models = (), stays: Models = ()) -> None:
    """Say of tables with a village whether their rows follow or stay; a test sees that none is forgotten."""
    _answers.update(dict.fromkeys(follows, True))
    _answers.update(dict.fromkeys(stays, False))


def answers() -> dict[type[models.Model], bool]:
    """Every table that is answered for: whether its rows follow."""
    return dict(_answers)


def register_barrier(barrier: Barrier) -> None:
    """Add who says from which day on the past may still change."""
    _barriers.append(barrier)


def let_follow(following: Following) -> None:
    """Have every app's rows follow, in order."""
    for _order, follower in _followers:
        follower(following)


def first_open_day() -> datetime.date | None:
    """The first day from which a change may hold; None if any may."""
    return max((day for barrier in _barriers if (day := barrier())), default=None)


def words_of_counted(kind: str) -> str | Promise:
    """What a count of the preview is of."""
    return _kinds.get(kind, kind)
