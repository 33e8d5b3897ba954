"""Finding records of one person: by set for the county at night, and for few right after an entry.

Blocks are joined in the database by equality (name and birth date, name and a birth date that
differs in one digit or by a swap, name and phone, birth date and last four of the number), so that
the work grows with the people and not with their pairs. Only the numbers of pairs in a common
block are opened, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from households.alike import Identity, near_dates, reasons_of, score_of
from households.enums import EventKind, PairState
from households.models import DuplicatePair, Parentage, Person
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.sealing import Purpose, digest
from offices.services.schedule import schedule

TASK = "households.find_duplicates"
LARGEST_BLOCK = 30
"""A block of more says nothing about any two of it: a family name entered as a whole name."""
FEW = 200
"""Up to so many people are looked for one by one, by index; more is work for the night."""
_CHUNK = 2000
_PERSON = Person._meta.db_table
_PARENTAGE = Parentage._meta.db_table
_FIELDS = ("name", "sex", "birth_date", "id_number", "id_number_digest", "division_code")
_DIGITS_OF_A_DAY = range(3, 9)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search came to: pairs compared, found alike, new in the queue, no longer alike."""

    compared: int
    found: int
    opened: int
    cleared: int


@dataclass(frozen=True, slots=True)
class _Likeness:
    reasons: list[str]
    score: int
    facts_digest: bytes
    division_code: str


_Pair = tuple[UUID, UUID]


def find_all_duplicates() -> SearchResult:
    """Compare everybody of the county, open what is new, clear candidates that are alike no longer.

    Idempotent; asks for no right of its own: it is the night's work, and shows nothing to anybody.
    """
    with transaction.atomic(), county_scope(), connection.cursor() as cursor:
        _begin(cursor)
        cursor.execute("SET LOCAL enable_nestloop = off")
        _join_everybody(cursor)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        compared, alike = _judge(cursor)
        opened = _keep(alike)
        cleared = _clear(alike)
        cursor.execute("DROP TABLE alike")
        return SearchResult(compared=compared, found=len(alike), opened=opened, cleared=cleared)


def find_duplicates_of(*, people: Iterable[UUID]) -> SearchResult:
    """Compare some people with the whole county, right after they were entered or changed.

    Every way of entering people calls it (file, birth, arrival, merge), as part of an act whose own
    right was asked for. Meant for few (`FEW`); costs two queries each by index.
    """
    chosen = list(dict.fromkeys(people))
    with transaction.atomic(), county_scope(), connection.cursor() as cursor:
        _begin(cursor)
        for person in Person.objects.standing().filter(pk__in=chosen):
            _look_for(cursor, person)
        compared, alike = _judge(cursor)
        opened = _keep(alike)
        cleared = _clear(alike, among=chosen)
        cursor.execute("DROP TABLE alike")
        return SearchResult(compared=compared, found=len(alike), opened=opened, cleared=cleared)


def compare_again(people: Sequence[UUID], _kind: EventKind | None = None) -> None:
    """What follows from any event: the people it wrote or changed are compared at once."""
    find_duplicates_of(people=people)


def drop_pairs_of(people: Any) -> None:
    """Drop the pairs of people whose entry into the registry is being taken back, unless merged since."""
    pairs = DuplicatePair.objects.filter(Q(first__in=people) | Q(second__in=people), merges=None)
    DuplicatePair.objects.filter(pk__in=list(pairs.values_list("pk", flat=True)))._raw_delete(pairs.db)


def load_schedule(*, actor: Actor, county: str) -> int:
    """Enter the nightly comparison of a county into the schedule, once; what an office changed stays."""
    return schedule(task=TASK, county=county, hour=2, minute=30)


def _begin(cursor: Any) -> None:
    cursor.execute("DROP TABLE IF EXISTS alike")
    cursor.execute(
        "CREATE TEMPORARY TABLE alike (first_id uuid, second_id uuid, has_phone boolean DEFAULT false, "
        "has_tail boolean DEFAULT false) ON COMMIT DROP"
    )


def _look_for(cursor: Any, person: Person) -> None:
    cursor.execute(
        f"""
        INSERT INTO alike (first_id, second_id, has_phone, has_tail)
        SELECT least(p.id, %(own)s), greatest(p.id, %(own)s),
               coalesce(p.phone_digest = %(phone)s, false), coalesce(p.id_number_tail_digest = %(tail)s, false)
          FROM {_PERSON} p
         WHERE p.merged_into_id IS NULL AND p.id <> %(own)s
           AND ((p.birth_date = ANY(%(days)s) AND p.name = %(name)s)
             OR (p.id_number_tail_digest = %(tail)s AND p.birth_date = %(birth)s)
             OR (p.phone_digest = %(phone)s AND p.name = %(name)s))
         LIMIT {LARGEST_BLOCK}
        """,
        {
            "own": person.pk,
            "name": person.name,
            "birth": person.birth_date,
            "days": [person.birth_date, *near_dates(person.birth_date)],
            "tail": person.id_number_tail_digest,
            "phone": person.phone_digest,
        },
    )


def _join_everybody(cursor: Any) -> None:
    cursor.execute("DROP TABLE IF EXISTS identities")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE identities ON COMMIT DROP AS
        SELECT id, name, sex, birth_date, to_char(birth_date, 'YYYYMMDD') AS day,
               phone_digest, id_number_tail_digest AS tail
          FROM {_PERSON} WHERE merged_into_id IS NULL
        """
    )
    cursor.execute("ANALYZE identities")
    _join_block(cursor, "name, birth_date")
    _join_block(cursor, "phone_digest, name")
    _join_block(cursor, "tail, birth_date")
    near = "a.name = b.name AND a.sex = b.sex AND a.id < b.id AND a.day <> b.day"
    for place in _DIGITS_OF_A_DAY:
        one, two = (f"overlay({alias}.day placing '_' from {place} for 1)" for alias in "ab")
        _join(cursor, f"{near} AND {one} = {two}")
    one, two = (_digits_in_order(alias) for alias in "ab")
    differing = " + ".join(
        f"(substr(a.day, {place}, 1) <> substr(b.day, {place}, 1))::int" for place in _DIGITS_OF_A_DAY
    )
    _join(cursor, f"{near} AND left(a.day, 2) = left(b.day, 2) AND {one} = {two} AND {differing} = 2")
    _join(
        cursor,
        "a.name = b.name AND a.sex = b.sex AND a.id <> b.id AND substr(a.day, 3) = substr(b.day, 3) "
        "AND b.birth_date = (a.birth_date + interval '100 years')::date",
    )
    cursor.execute("DROP TABLE identities")


def _digits_in_order(alias: str) -> str:
    """A number that two days share exactly when they have the same digits, in whatever order."""
    return " + ".join(f"power(10, substr({alias}.day, {place}, 1)::int)" for place in _DIGITS_OF_A_DAY)


def _join_block(cursor: Any, key: str) -> None:
    """Everybody with the same key beside each other, where not too many share it."""
    names = key.split(", ")
    known = " AND ".join(f"{name} IS NOT NULL" for name in names)
    same = " AND ".join(f"{{0}}.{name} = k.{name}" for name in names)
    _insert(
        cursor,
        f"(SELECT {key} FROM identities WHERE {known} GROUP BY {key} "
        f"HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}) k "
        f"JOIN identities a ON {same.format('a')} JOIN identities b ON {same.format('b')} AND a.id < b.id",
    )


def _join(cursor: Any, condition: str) -> None:
    _insert(cursor, f"identities a JOIN identities b ON {condition}")


def _insert(cursor: Any, source: str) -> None:
    cursor.execute(
        "INSERT INTO alike (first_id, second_id, has_phone, has_tail) "
        "SELECT least(a.id, b.id), greatest(a.id, b.id), coalesce(a.phone_digest = b.phone_digest, false), "
        f"coalesce(a.tail = b.tail, false) FROM {source}"
    )


_PAIRS = f"""
SELECT a.first_id, a.second_id, bool_or(a.has_phone), bool_or(a.has_tail),
       EXISTS (SELECT FROM {_PARENTAGE} x
                 JOIN {_PARENTAGE} y ON y.person_id = a.second_id AND y.role = x.role
                 LEFT JOIN {_PERSON} own ON own.id = x.parent_id
                 LEFT JOIN {_PERSON} other ON other.id = y.parent_id
                WHERE x.person_id = a.first_id
                  AND (x.parent_id = y.parent_id OR x.parent_digest = y.parent_digest OR own.name = other.name))
  FROM alike a GROUP BY a.first_id, a.second_id
"""


def _judge(cursor: Any) -> tuple[int, dict[_Pair, _Likeness]]:
    """Open the numbers of the pairs of a block and keep those for which a rule speaks."""
    cursor.execute("ANALYZE alike")
    cursor.execute(_PAIRS)
    rows = cursor.fetchall()
    found: dict[_Pair, _Likeness] = {}
    for chunk in _chunks(rows):
        people = Person.objects.only(*_FIELDS).in_bulk({row[0] for row in chunk} | {row[1] for row in chunk})
        for first_id, second_id, has_phone, has_tail, has_parent in chunk:
            first, second = people[first_id], people[second_id]
            reasons = reasons_of(
                identity_of(first),
                identity_of(second),
                has_parent_in_common=has_parent,
                has_phone_in_common=has_phone,
                has_tail_in_common=has_tail,
            )
            if reasons:
                found[first_id, second_id] = _Likeness(
                    reasons=[reason.value for reason in reasons],
                    score=score_of(reasons, has_same_sex=first.sex == second.sex),
                    facts_digest=facts_digest(first, second),
                    division_code=common_division(first.division_code, second.division_code),
                )
    return len(rows), found


def identity_of(person: Person) -> Identity:
    """What identifies a record, in clear: only for comparing, never for a page."""
    return Identity(
        name=person.name,
        sex=person.sex,
        birth_date=person.birth_date,
        number=person.id_number.reveal() if person.id_number else "",
    )


def facts_digest(first: Person, second: Person) -> bytes:
    """What a decision about two records was about: their names, births, sexes and numbers."""
    said = (
        f"{one.pk}\x1f{one.name}\x1f{one.sex}\x1f{one.birth_date}\x1f{(one.id_number_digest or b'').hex()}"
        for one in (first, second)
    )
    return digest("\x1e".join(said), Purpose.RESIDENT_ROW)


def common_division(first: str, second: str) -> str:
    """The smallest division that has both villages: village, township or county, twelve digits."""
    for length in (12, 9, 6):
        if first[:length] == second[:length]:
            return first[:length].ljust(12, "0")
    raise ValueError((first, second))


def _keep(alike: dict[_Pair, _Likeness]) -> int:
    """Write what was found; a decision stands until what it was about has changed."""
    opened = 0
    today = clock.today()
    for chunk in _chunks(alike.items()):
        known = {
            (pair.first_id, pair.second_id): pair
            for pair in DuplicatePair.objects.select_for_update(of=("self",)).filter(
                first__in=[first for (first, _second), _likeness in chunk]
            )
        }
        new, changed = [], []
        for (first, second), likeness in chunk:
            pair = known.get((first, second))
            if pair is None:
                new.append(
                    DuplicatePair(first_id=first, second_id=second, found_on=today, **_written(likeness))
                )
            elif _is_news(pair, likeness):
                opened += pair.state != PairState.CANDIDATE
                _reopen(pair, likeness)
                changed.append(pair)
        DuplicatePair.objects.bulk_create(new)
        DuplicatePair.objects.bulk_update(
            changed, [*_written_names(), "state", "decided_by", "decided_on"], batch_size=_CHUNK
        )
        opened += len(new)
    return opened


def _is_news(pair: DuplicatePair, likeness: _Likeness) -> bool:
    if pair.state == PairState.MERGED:
        return False
    if pair.state in (PairState.SAME, PairState.DIFFERENT):
        return pair.facts_digest != likeness.facts_digest
    return pair.state == PairState.CLEARED or any(
        getattr(pair, name) != value for name, value in _written(likeness).items()
    )


def _reopen(pair: DuplicatePair, likeness: _Likeness) -> None:
    pair.state = PairState.CANDIDATE
    pair.decided_by = pair.decided_on = None
    for name, value in _written(likeness).items():
        setattr(pair, name, value)


def _written(likeness: _Likeness) -> dict[str, Any]:
    return {name: getattr(likeness, name) for name in _written_names()}


def _written_names() -> tuple[str, ...]:
    return ("reasons", "score", "facts_digest", "division_code")


def _clear(alike: dict[_Pair, _Likeness], *, among: Iterable[UUID] | None = None) -> int:
    """Candidates that no rule finds any more leave the queue; what somebody decided stays."""
    waiting = DuplicatePair.objects.standing().filter(state=PairState.CANDIDATE)
    if among is not None:
        chosen = list(among)
        waiting = waiting.filter(first__in=chosen) | waiting.filter(second__in=chosen)
    gone = [
        key
        for key, first, second in waiting.values_list("pk", "first_id", "second_id")
        if (first, second) not in alike
    ]
    return DuplicatePair.objects.filter(pk__in=gone, state=PairState.CANDIDATE).update(
        state=PairState.CLEARED
    )


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
