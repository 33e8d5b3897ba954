"""Three programmes as vectorised variables of OpenFisca-Core, with its load of the registry.

Runs in an environment of its own (requirements/bench.txt): OpenFisca-Core is under the AGPL, is used as a
separate program to measure against, and is neither imported by the product nor shipped with it.

`python openfisca_rival.py CONNECTION SCHEMA DAY`: one JSON object of seconds and counts.
"""

from __future__ import annotations

import datetime
import json
import sys
from time import perf_counter

import numpy as np
import psycopg
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

NONE = -1
FAR = 10**7
EPOCH = datetime.date(1900, 1, 1)
TIE = build_entity(key="tie", plural="ties", label="A child of a parent", is_person=True)
PARENT = build_entity(
    key="parent",
    plural="parents",
    label="A parent with her children",
    roles=[{"key": "child", "plural": "children", "label": "Children"}],
)
_DAYS = "coalesce({} - date '1900-01-01', -1)"
_HOLDS = "({0}.from_on IS NULL OR {0}.from_on <= '{1}') AND ({0}.to_on IS NULL OR {0}.to_on > '{1}')"
_HUKOU = "CASE {} WHEN 'rural' THEN 1 WHEN 'defined_rural' THEN 1 WHEN 'urban' THEN 0 ELSE -1 END"
OF_TIES = ("parent", "born", "died", "is_son", "starts", "ends", "grade")
OF_PARENTS = (
    "birth",
    "is_woman",
    "is_here",
    "rural",
    "marriage",
    "spouse",
    "spouse_birth",
    "spouse_died",
    "spouse_rural",
)


def day_number(day: datetime.date) -> int:
    return (day - EPOCH).days


def years_before(day: datetime.date, years: int) -> int:
    """Who was born on or before it has reached the age on the day."""
    return day_number(day.replace(year=day.year - years))


def fetch(connection: psycopg.Connection, statement: str, columns: int) -> np.ndarray:
    """All cells are whole numbers: COPY brings them as fast as PostgreSQL gives them."""
    with connection.cursor().copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)") as copy:
        text = b"".join(copy).replace(b"\n", b",")
    return np.fromstring(text.rstrip(b","), dtype=np.int64, sep=",").reshape(-1, columns)


def registry(connection: psycopg.Connection, day: datetime.date) -> tuple[np.ndarray, np.ndarray]:
    """Parents with their own facts and their spouse's, and their ties to children, numbered alike."""
    connection.execute("SET work_mem = '96MB'")
    connection.execute(
        "CREATE TEMPORARY TABLE numbered AS SELECT parent_id, row_number() OVER () - 1 AS n "
        "FROM (SELECT DISTINCT parent_id FROM households_parentage WHERE parent_id IS NOT NULL) p"
    )
    connection.execute("ANALYZE numbered")
    ties = f"""SELECT n.n, {_DAYS.format("c.birth_date")}, {_DAYS.format(f"CASE WHEN c.died_on <= '{day}' THEN c.died_on END")},
        (c.sex = 'M')::int, {_DAYS.format("greatest(c.birth_date, t.from_on)")}, {_DAYS.format("t.to_on")}, coalesce(g.grade, 0)
        FROM numbered n JOIN households_parentage t USING (parent_id) JOIN households_person c ON c.id = t.person_id
        LEFT JOIN households_disability g ON g.person_id = c.id AND {_HOLDS.format("g", day)}
        WHERE t.kind <> 'step' AND c.merged_into_id IS NULL AND c.birth_date <= '{day}'
          AND (t.from_on IS NULL OR t.from_on <= '{day}')"""
    parents = f"""SELECT {_DAYS.format("p.birth_date")}, (p.sex = 'F')::int,
        ((p.died_on IS NULL OR p.died_on > '{day}') AND a.id IS NULL AND p.merged_into_id IS NULL)::int,
        {_HUKOU.format("h.hukou_type")},
        CASE WHEN m.state IN ('widowed', 'divorced') THEN 2 WHEN m.id IS NULL THEN 0 ELSE 1 END,
        CASE WHEN s.id IS NOT NULL THEN 2 WHEN m.spouse_digest IS NOT NULL THEN 1 ELSE 0 END,
        {_DAYS.format("s.birth_date")}, coalesce((s.died_on <= '{day}')::int, 0), {_HUKOU.format("sh.hukou_type")}
        FROM numbered n JOIN households_person p ON p.id = n.parent_id
        LEFT JOIN households_absence a ON a.person_id = p.id AND {_HOLDS.format("a", day)}
        LEFT JOIN households_hukou h ON h.person_id = p.id AND {_HOLDS.format("h", day)}
        LEFT JOIN households_maritalfact m ON m.person_id = p.id AND {_HOLDS.format("m", day)}
        LEFT JOIN households_person s ON s.id = m.spouse_id
        LEFT JOIN households_hukou sh ON sh.person_id = s.id AND {_HOLDS.format("sh", day)}
        ORDER BY n.n"""
    return fetch(connection, parents, len(OF_PARENTS)), fetch(connection, ties, len(OF_TIES))


def given(name: str, of: object) -> type[Variable]:
    """An input."""
    fields = {"value_type": int, "entity": of, "definition_period": DateUnit.ETERNITY, "default_value": NONE}
    return type(name, (Variable,), fields)


def reckoned(name: str, of: object, formula: object) -> type[Variable]:
    """A variable of a day."""
    fields = {"value_type": int, "entity": of, "definition_period": DateUnit.DAY, "formula": formula}
    return type(name, (Variable,), fields)


def is_hers(ties, period):  # type: ignore[no-untyped-def] # OpenFisca's formulas
    day = day_number(period.start.date)
    died, ends = ties("died", period), ties("ends", period)
    return (ends == NONE) | (ends > day) | ((died != NONE) & (ends >= died))


def lives(ties, period):  # type: ignore[no-untyped-def]
    return (ties("died", period) == NONE) & (ties("is_hers", period) == 1)


def is_dead(ties, period):  # type: ignore[no-untyped-def]
    return (ties("died", period) != NONE) & (ties("is_hers", period) == 1)


def lives_as_son(ties, period):  # type: ignore[no-untyped-def]
    return ties("lives", period) * ties("is_son", period)


def is_disabled(ties, period):  # type: ignore[no-untyped-def]
    grade = ties("grade", period)
    return ties("lives", period) * ((grade >= 1) & (grade <= 3))


def overlaps(ties, period):  # type: ignore[no-untyped-def]
    """Lived at the same time as an elder one: in the order of births, before the last end so far."""
    died, until = ties("died", period), ties("ends", period)
    ends = np.minimum(np.where(died == NONE, FAR, died), np.where(until == NONE, FAR, until))
    starts, parent = ties("starts", period), ties("parent", period).astype(np.int64)
    order = np.lexsort((ends, starts, parent))
    base = parent[order] * (FAR + 1)
    latest = np.maximum.accumulate(base + ends[order])
    found = np.zeros(len(order), dtype=bool)
    is_same = parent[order][1:] == parent[order][:-1]
    found[order[1:]] = is_same & (starts[order][1:] < latest[:-1] - base[:-1]) & (starts < ends)[order][1:]
    return found


def summed(name: str):  # type: ignore[no-untyped-def]
    return lambda parents, period: parents.sum(parents.members(name, period))


def both(true, possible):  # type: ignore[no-untyped-def]
    """1 entitled, 0 not, -1 not known."""
    return np.where(true, 1, np.where(possible, NONE, 0))


def ncjf(parents, period):  # type: ignore[no-untyped-def]
    day = period.start.date
    birth = parents("birth", period)
    living, sons, dead = parents("living", period), parents("sons", period), parents("dead", period)
    here = (
        (parents("is_here", period) == 1)
        & (birth >= day_number(datetime.date(1933, 1, 1)))
        & (birth <= years_before(day, 60))
        & ((living == 1) | ((living == 2) & (sons == 0)) | ((living == 0) & (dead > 0)))
    )
    spouse, rural = parents("spouse", period), parents("rural", period)
    excused = (
        (parents("marriage", period) == 2)
        | (spouse == 0)
        | ((spouse == 2) & (parents("spouse_died", period) == 1))
    )
    theirs = np.where(excused, 1, np.where(spouse == 2, parents("spouse_rural", period), NONE))
    return both(here & (rural == 1) & (theirs == 1), here & (rural != 0) & (theirs != 0))


def special(parents, period, clause):  # type: ignore[no-untyped-def]
    day = period.start.date
    own, theirs = parents("birth", period), parents("spouse_birth", period)
    here = (
        (parents("is_here", period) == 1)
        & (own >= day_number(datetime.date(1933, 1, 1)))
        & (parents("ever_two", period) == 0)
        & clause
    )
    by_own = (
        (parents("is_woman", period) == 1)
        | (parents("marriage", period) == 2)
        | ((parents("spouse", period) == 2) & (parents("spouse_died", period) == 1))
    )
    limit = years_before(day, 49)
    age = np.where(by_own, own <= limit, np.where(parents("spouse", period) == 2, theirs <= limit, NONE))
    return both(here & (age == 1), here & (age != 0))


def tfsd(parents, period):  # type: ignore[no-untyped-def]
    return special(parents, period, (parents("dead", period) > 0) & (parents("living", period) == 0))


def tfsc(parents, period):  # type: ignore[no-untyped-def]
    return special(parents, period, (parents("disabled", period) > 0) & (parents("living", period) == 1))


def make_system() -> TaxBenefitSystem:
    system = TaxBenefitSystem([TIE, PARENT])
    system.add_variables(
        *(given(name, TIE) for name in OF_TIES),
        *(given(name, PARENT) for name in OF_PARENTS),
        *(
            reckoned(one.__name__, TIE, one)
            for one in (is_hers, lives, is_dead, lives_as_son, is_disabled, overlaps)
        ),
        *(
            reckoned(name, PARENT, summed(of))
            for name, of in (
                ("living", "lives"),
                ("dead", "is_dead"),
                ("sons", "lives_as_son"),
                ("disabled", "is_disabled"),
                ("ever_two", "overlaps"),
            )
        ),
        *(reckoned(one.__name__, PARENT, one) for one in (ncjf, tfsd, tfsc)),
    )
    return system


def main(address: str, schema: str, written: str) -> None:
    day = datetime.date.fromisoformat(written)
    system = make_system()
    with psycopg.connect(address, options=f"-c search_path={schema},public") as connection:
        began = perf_counter()
        parents, ties = registry(connection, day)
        # A group of OpenFisca has a member: who has no child on the day is in none, and entitled to none.
        numbers, members = np.unique(ties[:, 0], return_inverse=True)
        parents, ties[:, 0] = parents[numbers], members
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("tie", np.arange(len(ties)))
        group = builder.declare_entity("parent", np.arange(len(parents)))
        builder.join_with_persons(group, ties[:, 0], np.full(len(ties), "child"))
        simulation = builder.build(system)
        for names, table in ((OF_TIES, ties), (OF_PARENTS, parents)):
            for place, name in enumerate(names):
                simulation.set_input(name, "ETERNITY", table[:, place])
        loaded = perf_counter() - began
    found, seconds = {}, {}
    for code in ("NCJF", "TFSD", "TFSC"):
        began = perf_counter()
        result = simulation.calculate(code.lower(), written)
        seconds[code] = perf_counter() - began
        found[code] = [int((result == 1).sum()), int((result == NONE).sum())]
    json.dump({"load": loaded, "seconds": seconds, "found": found}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:4])
