"""The same programmes decided by SQL written by hand: one statement each, that keeps nothing.

Each counts the entitled and those who are not known, by the rules as they stand on the day; nobody else
could use it for anything: there are no reasons, no amounts, no standing, no history and no register.
Whoever fails the clause that most people fail is left out before anything is joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any


def _holds(alias: str) -> str:
    return f"({alias}.from_on IS NULL OR {alias}.from_on <= %(day)s) AND ({alias}.to_on IS NULL OR {alias}.to_on > %(day)s)"


_HERE = f"""p.merged_into_id IS NULL AND p.birth_date <= %(day)s AND (p.died_on IS NULL OR p.died_on > %(day)s)
    AND NOT EXISTS (SELECT FROM households_absence a WHERE a.person_id = p.id AND {_holds("a")})"""
_LIVES = "(c.died_on IS NULL OR c.died_on > %(day)s)"
_TIES = """households_parentage t JOIN households_person c ON c.id = t.person_id
    WHERE t.parent_id IS NOT NULL AND t.kind <> 'step' AND c.merged_into_id IS NULL AND c.birth_date <= %(day)s
      AND (t.from_on IS NULL OR t.from_on <= %(day)s)
      AND (t.to_on IS NULL OR t.to_on > %(day)s OR (c.died_on <= %(day)s AND t.to_on >= c.died_on))"""
_KIDS = f"""SELECT t.parent_id, count(*) FILTER (WHERE {_LIVES}) AS living,
    count(*) FILTER (WHERE {_LIVES} AND c.sex = 'M') AS sons,
    count(*) FILTER (WHERE NOT {_LIVES}) AS died, max(c.birth_date) FILTER (WHERE {_LIVES}) AS last_born
    FROM {_TIES}"""
_HELD = """SELECT person_id, bool_or(k.to_on IS NULL OR k.to_on > %(day)s) AS is_held
    FROM households_onlychildcertificate k
    WHERE k.issued_on <= %(day)s AND (k.from_on IS NULL OR k.from_on <= %(day)s) GROUP BY person_id"""
_RURAL = "nullif({0}.hukou_type, 'resident') IN ('rural', 'defined_rural')"
_HUKOU = f"LEFT JOIN households_hukou h ON h.person_id = p.id AND {_holds('h')}"
_COUNTS = "SELECT count(*) FILTER (WHERE decided), count(*) FILTER (WHERE decided IS NULL) FROM"

_OTHERS = f"""SELECT f.parent_id, bool_or(o_tie.parent_id IS NULL) AS unnamed, bool_or(o.id IS NOT NULL) AS lives,
    bool_or(o.id IS NOT NULL AND coalesce(held.is_held, false)) AS holds,
    bool_or(o.id IS NOT NULL AND held.is_held IS NULL) AS may_hold
    FROM (SELECT t.parent_id, t.role, c.id AS child_id FROM {_TIES} AND {_LIVES}
             AND t.parent_id IN (SELECT id FROM chosen)) f
    JOIN households_parentage o_tie ON o_tie.person_id = f.child_id AND o_tie.role <> f.role AND o_tie.kind <> 'step'
     AND {_holds("o_tie")} AND (o_tie.parent_id IS NOT NULL OR o_tie.parent_digest IS NOT NULL)
    LEFT JOIN households_person o ON o.id = o_tie.parent_id AND o.birth_date <= %(day)s
     AND (o.died_on IS NULL OR o.died_on > %(day)s)
     AND NOT EXISTS (SELECT FROM households_absence a WHERE a.person_id = o.id AND {_holds("a")})
    LEFT JOIN ({_HELD}) held ON held.person_id = o.id
    GROUP BY f.parent_id"""
_OTHERS_OF_ALL = _OTHERS.replace(
    f"(SELECT t.parent_id, t.role, c.id AS child_id FROM {_TIES} AND {_LIVES}\n             AND t.parent_id IN (SELECT id FROM chosen)) f",
    f"""(SELECT * FROM (SELECT t.parent_id, t.role, c.id AS child_id, {_LIVES} AS lives,
             bool_or({_LIVES}) OVER (PARTITION BY t.parent_id) AS has_living FROM {_TIES}
             AND t.parent_id IN (SELECT id FROM chosen)) own WHERE own.lives OR NOT own.has_living) f""",
)
_PAYEE = """CASE WHEN p.sex = 'F' THEN coalesce(k.is_held, NOT coalesce(o.holds, false))
    WHEN o.holds THEN false WHEN k.is_held THEN true WHEN o.may_hold THEN false WHEN o.unnamed THEN NULL ELSE true END"""
_HOLDER = "CASE WHEN p.sex = 'F' THEN true WHEN o.lives THEN false WHEN o.unnamed THEN NULL ELSE true END"
_HOLDS_EITHER = """CASE WHEN k.is_held OR coalesce(o.holds, false) THEN true
    WHEN k.is_held IS NULL OR o.may_hold OR o.unnamed THEN NULL ELSE false END"""

_NCJF = f"""
WITH old AS MATERIALIZED (SELECT p.id FROM households_person p
    WHERE p.birth_date >= '1933-01-01' AND p.birth_date + interval '60 years' <= %(day)s AND {_HERE})
{_COUNTS} (
SELECT {_RURAL.format("h")}
   AND CASE WHEN m.state IN ('widowed', 'divorced') THEN true
            WHEN s.id IS NULL AND m.spouse_digest IS NULL THEN true
            WHEN s.id IS NULL THEN NULL
            WHEN s.died_on <= %(day)s THEN true ELSE {_RURAL.format("sh")} END AS decided
  FROM old p JOIN ({_KIDS} AND t.parent_id IN (SELECT id FROM old) GROUP BY t.parent_id) k ON k.parent_id = p.id
  {_HUKOU}
  LEFT JOIN households_maritalfact m ON m.person_id = p.id AND {_holds("m")}
  LEFT JOIN households_person s ON s.id = m.spouse_id
  LEFT JOIN households_hukou sh ON sh.person_id = s.id AND {_holds("sh")}
 WHERE k.living = 1 OR k.living = 2 AND k.sons = 0 OR k.living = 0 AND k.died > 0) d"""

_EVER_TWO = """SELECT t.parent_id FROM (SELECT t.parent_id, greatest(c.birth_date, t.from_on) AS starts,
    coalesce(least(CASE WHEN c.died_on <= %(day)s THEN c.died_on END, t.to_on), 'infinity') AS ends,
    c.id FROM households_parentage t JOIN households_person c ON c.id = t.person_id
    WHERE t.parent_id IN (SELECT id FROM chosen) AND t.kind <> 'step' AND c.merged_into_id IS NULL
      AND c.birth_date <= %(day)s AND (t.from_on IS NULL OR t.from_on <= %(day)s)) t
    JOIN (SELECT t.parent_id, greatest(c.birth_date, t.from_on) AS starts,
    coalesce(least(CASE WHEN c.died_on <= %(day)s THEN c.died_on END, t.to_on), 'infinity') AS ends,
    c.id FROM households_parentage t JOIN households_person c ON c.id = t.person_id
    WHERE t.parent_id IN (SELECT id FROM chosen) AND t.kind <> 'step' AND c.merged_into_id IS NULL
      AND c.birth_date <= %(day)s AND (t.from_on IS NULL OR t.from_on <= %(day)s)) u
      ON u.parent_id = t.parent_id AND u.id > t.id
     AND greatest(t.starts, u.starts) < least(t.ends, u.ends)"""
_TF_AGE = """CASE WHEN p.sex = 'F' OR m.state IN ('widowed', 'divorced') OR (s.id IS NOT NULL AND s.died_on <= %(day)s)
    THEN p.birth_date + interval '49 years' <= %(day)s ELSE s.birth_date + interval '49 years' <= %(day)s END"""


def _special(kids: str) -> str:
    return f"""
WITH chosen AS MATERIALIZED (SELECT p.id, p.sex, p.birth_date
    FROM ({kids}) k JOIN households_person p ON p.id = k.parent_id WHERE p.birth_date >= '1933-01-01' AND {_HERE})
{_COUNTS} (
SELECT {_TF_AGE} AS decided
  FROM chosen p
  LEFT JOIN households_maritalfact m ON m.person_id = p.id AND {_holds("m")}
  LEFT JOIN households_person s ON s.id = m.spouse_id
 WHERE NOT EXISTS (SELECT FROM ({_EVER_TWO}) two WHERE two.parent_id = p.id)) d"""


_TFSD = _special(
    f"""SELECT t.parent_id FROM {_TIES} AND t.parent_id IN (SELECT t.parent_id FROM {_TIES} AND NOT {_LIVES})
    GROUP BY t.parent_id HAVING count(*) FILTER (WHERE {_LIVES}) = 0"""
)
_TFSC = _special(
    f"""SELECT t.parent_id FROM {_TIES} AND t.parent_id IN (SELECT t.parent_id FROM households_disability g
        JOIN households_parentage t ON t.person_id = g.person_id WHERE g.grade <= 3 AND {_holds("g")})
    GROUP BY t.parent_id HAVING count(*) FILTER (WHERE {_LIVES}) = 1
       AND bool_or({_LIVES} AND EXISTS (SELECT FROM households_disability g WHERE g.person_id = c.id AND g.grade <= 3 AND {_holds("g")}))"""
)

_DSJL = f"""
WITH chosen AS MATERIALIZED (SELECT p.id, p.sex FROM ({_KIDS} GROUP BY t.parent_id) k
    JOIN households_person p ON p.id = k.parent_id
   WHERE k.living = 1 AND k.last_born + interval '18 years' > %(day)s AND {_HERE})
{_COUNTS} (SELECT {_PAYEE} AND k.is_held AS decided FROM chosen p
  LEFT JOIN ({_HELD}) k ON k.person_id = p.id LEFT JOIN ({_OTHERS}) o ON o.parent_id = p.id) d"""

_QTJL = _DSJL.replace(" AND k.last_born + interval '18 years' > %(day)s", "")

_DSYL = f"""
WITH chosen AS MATERIALIZED (SELECT p.id, p.sex, e.retired, e.kind FROM households_person p
    LEFT JOIN (SELECT e.person_id,
         CASE WHEN e.retired_on IS NOT NULL THEN e.retired_on <= %(day)s AND e.retired_on >= '2013-01-01'
              WHEN nullif(e.state, '') <> 'retired' THEN false END AS retired,
         CASE WHEN e.state = 'laid_off' THEN 'laid_off' WHEN e.state IN ('no_employer', 'public') THEN 'other'
              WHEN nullif(e.employer_code, '') IS NULL THEN NULL
              WHEN left(e.employer_code, 1) = '9' THEN 'enterprise' ELSE 'other' END AS kind
      FROM households_employment e WHERE {_holds("e")}) e ON e.person_id = p.id
   WHERE p.birth_date + interval '45 years' <= %(day)s AND {_HERE}
     AND e.retired IS NOT FALSE AND e.kind IS DISTINCT FROM 'other')
{_COUNTS} (SELECT p.retired AND {_HOLDS_EITHER} AND (p.kind = 'enterprise' OR (p.kind = 'laid_off' AND {_PAYEE})) AS decided
  FROM chosen p LEFT JOIN ({_HELD}) k ON k.person_id = p.id
  LEFT JOIN ({_OTHERS_OF_ALL}) o ON o.parent_id = p.id) d"""


def _premium(flags: str, condition: str, scheme: str, age: str) -> str:
    return f"""
WITH homes AS MATERIALIZED (SELECT m.household_id, {flags}
    FROM households_membership m JOIN households_person p ON p.id = m.person_id
    JOIN ({_KIDS} GROUP BY t.parent_id) k ON k.parent_id = p.id LEFT JOIN ({_HELD}) c ON c.person_id = p.id
   WHERE {_holds("m")} AND p.merged_into_id IS NULL AND p.birth_date <= %(day)s
     AND (p.died_on IS NULL OR p.died_on > %(day)s)
     AND (k.living = 1 OR k.living = 2 AND k.sons = 0) GROUP BY m.household_id)
{_COUNTS} (
SELECT {_RURAL.format("h")} AND {condition}
   AND NOT CASE WHEN i.person_id IS NOT NULL THEN true WHEN e.state IN ('employed', 'public') THEN NULL ELSE false END
       AS decided
  FROM households_person p
  LEFT JOIN households_membership m ON m.person_id = p.id AND {_holds("m")}
  LEFT JOIN homes USING (household_id)
  {_HUKOU}
  LEFT JOIN households_employment e ON e.person_id = p.id AND {_holds("e")}
  LEFT JOIN (SELECT person_id FROM households_insuranceelsewhere i WHERE scheme = '{scheme}' AND {_holds("i")}) i
    ON i.person_id = p.id
 WHERE {_HERE} AND {age} (m.household_id IS NULL OR homes.household_id IS NOT NULL)) d"""


_MXNH = _premium(
    "bool_or(k.living = 2 OR coalesce(c.is_held, false)) AS is_so, bool_or(k.living = 1 AND c.is_held IS NULL) AS is_open",
    "CASE WHEN homes.is_so THEN true WHEN homes.is_open OR m.household_id IS NULL THEN NULL ELSE false END",
    "medical",
    "",
)
_MXNB = _premium(
    "bool_or(k.sons = 0) AS is_so",
    "CASE WHEN homes.is_so THEN true WHEN m.household_id IS NULL THEN NULL ELSE false END",
    "pension",
    "p.birth_date + interval '16 years' <= %(day)s AND p.birth_date + interval '60 years' > %(day)s AND",
)

_ZKJF = f"""
WITH chosen AS MATERIALIZED (SELECT p.id, x.year IS NOT NULL AS is_named FROM households_person p
    LEFT JOIN households_examinationyear x ON x.person_id = p.id AND {_holds("x")}
   WHERE (x.year = extract(year FROM %(day)s::date) OR x.year IS NULL
          AND extract(year FROM %(day)s::date) - extract(year FROM p.birth_date) BETWEEN 14 AND 17) AND {_HERE})
{_COUNTS} (
SELECT CASE WHEN p.is_named THEN true END AND (
       CASE WHEN f.is_one THEN true WHEN f.is_open OR f.person_id IS NULL OR f.unnamed THEN NULL ELSE false END OR
       CASE WHEN f.are_two THEN true WHEN f.person_id IS NULL OR f.unnamed THEN NULL ELSE false END AND {_RURAL.format("h")}) AS decided
  FROM chosen p {_HUKOU}
  LEFT JOIN (SELECT o.person_id, bool_or(o.parent_id IS NULL) AS unnamed,
                    bool_or(coalesce(k.living = 1 AND held.is_held, false)) AS is_one,
                    bool_or(coalesce(k.living = 1 AND held.is_held IS NULL, false)) AS is_open,
                    bool_or(coalesce(k.living = 2 AND k.sons = 0, false)) AS are_two
               FROM households_parentage o
               LEFT JOIN ({_KIDS} AND t.parent_id IN (SELECT parent_id FROM households_parentage WHERE person_id IN (SELECT id FROM chosen))
                           GROUP BY t.parent_id) k ON k.parent_id = o.parent_id
               LEFT JOIN ({_HELD}) held ON held.person_id = o.parent_id
              WHERE o.person_id IN (SELECT id FROM chosen) AND o.kind <> 'step' AND {_holds("o")}
              GROUP BY o.person_id) f ON f.person_id = p.id) d"""

_FAMILIES = f"""chosen AS MATERIALIZED (SELECT p.id, p.sex, k.living FROM ({_KIDS} GROUP BY t.parent_id) k
    JOIN households_person p ON p.id = k.parent_id WHERE ({{0}}) AND {_HERE})"""
_YXFX = f"""
WITH {_FAMILIES.format("k.living = 1 OR k.living = 2 AND k.sons = 0")}
{_COUNTS} (SELECT {_HOLDER} AND CASE WHEN p.living = 1 THEN {_HOLDS_EITHER} ELSE {_RURAL.format("h")} END AS decided
  FROM chosen p {_HUKOU}
  LEFT JOIN ({_HELD}) k ON k.person_id = p.id LEFT JOIN ({_OTHERS}) o ON o.parent_id = p.id) d"""
_SNJL = f"""
WITH {_FAMILIES.format("k.living = 2 AND k.sons = 0")}
{_COUNTS} (SELECT {_HOLDER} AND {_RURAL.format("h")} AS decided
  FROM chosen p {_HUKOU} LEFT JOIN ({_OTHERS}) o ON o.parent_id = p.id) d"""

STATEMENTS: Mapping[str, str] = {
    "NCJF": _NCJF, "TFSD": _TFSD, "TFSC": _TFSC, "DSJL": _DSJL, "DSYL": _DSYL, "MXNH": _MXNH, "MXNB": _MXNB,
    "ZKJF": _ZKJF, "YXFX": _YXFX, "SNJL": _SNJL, "NCTB": _NCJF, "QTJL": _QTJL,
}  # fmt: skip


def decide_by_hand(connection: Any, *, day: Any) -> tuple[dict[str, tuple[int, int]], dict[str, float]]:
    """How many are entitled and unknown by programme, and the seconds that each took."""
    found: dict[str, tuple[int, int]] = {}
    seconds: dict[str, float] = {}
    for code, statement in STATEMENTS.items():
        began = perf_counter()
        found[code] = connection.execute(statement, {"day": day}).fetchone()
        seconds[code] = perf_counter() - began
    return found, seconds
