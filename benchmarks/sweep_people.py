"""A county of families for the rules to decide, made by set in the database: every fact that a rule reads.

Three generations in shares as a county has them: couples, their children at home, grown or dead, parents
who are named and not in the register, certificates lost or returned, work, school, insurance, absences.
"""

from __future__ import annotations

from typing import Any

from benchmarks.database import owner
from offices.sealing import Purpose, seal

DAY = "date '2014-01-06'"
"""The business day of the demonstration: nobody is born after it."""
PEOPLE_IN_A_FAMILY = 3.01
_FILLED = (
    "households_person", "households_household", "households_membership", "households_absence",
    "households_hukou", "households_maritalfact", "households_parentage", "households_onlychildcertificate",
    "households_employment", "households_disability", "households_examinationyear",
    "households_insuranceelsewhere",
)  # fmt: skip


def make_county(*, people: int) -> int:
    """Fill the empty registry; returns how many people there are."""
    with owner() as connection:
        connection.autocommit = True
        connection.execute("SELECT setseed(0.2014)")
        for table in _FILLED:
            # Rows made by set need no look at each other: as a restored dump, they come without triggers.
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        dropped = _without_links(connection)
        _families(connection, round(people / PEOPLE_IN_A_FAMILY))
        _children(connection)
        for fill in (_people, _kin, _homes, _hukou, _work, _papers):
            fill(connection)
        for table, name, definition in dropped:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table in _FILLED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        connection.execute("DROP TABLE made_villages, made_families, made_children, made_people")
        connection.execute("VACUUM (ANALYZE)")
        (people,) = connection.execute("SELECT count(*) FROM households_person").fetchone() or (0,)
        return int(people)


def _without_links(connection: Any) -> list[tuple[str, str, str]]:
    """Take the links and periods off that a million rows would be looked up for one by one; put on again after."""
    found = []
    for table in _FILLED:
        rows = connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype IN ('f', 'x') ORDER BY conname",
            [table],
        ).fetchall()
        for name, definition in rows:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            found.append((table, name, definition))
    return found


def _families(connection: Any, families: int) -> None:
    """Couples in the order of their births; a family's parents are as far along in the generation before."""
    connection.execute(
        "CREATE TABLE made_villages AS SELECT (row_number() OVER (ORDER BY code))::integer AS place, code "
        "FROM offices_division WHERE level = 'village'"
    )
    connection.execute(
        f"""
        CREATE TABLE made_families AS
        SELECT f.n, f.generation, f.place, v.code AS division_code, f.several,
               gen_random_uuid() AS household_id, gen_random_uuid() AS wife_id, gen_random_uuid() AS husband_id,
               (f.born_from + (f.share * f.span)::integer)::date AS wife_born,
               (f.born_from + (f.share * f.span)::integer - 900 + (random() * 1800)::integer)::date AS husband_born,
               random() AS marriage, random() AS paper, random() AS kind, random() AS wifes_kin, random() AS husbands_kin
          FROM (SELECT n, generation, place, several, random() AS village, (place - 1)::float / several AS share,
                       (ARRAY[date '1930-01-01', date '1953-01-01', date '1972-06-01'])[generation] AS born_from,
                       (ARRAY[8300, 7000, 7200])[generation] AS span
                  FROM (SELECT n, generation, (row_number() OVER (PARTITION BY generation ORDER BY n))::integer AS place,
                               (count(*) OVER (PARTITION BY generation))::integer AS several
                          FROM (SELECT n, (ARRAY[1, 1, 1, 2, 2, 2, 2, 3, 3, 3])[1 + n % 10] AS generation
                                  FROM generate_series(1, {families}) n) numbered) placed OFFSET 0) f
          JOIN made_villages v ON v.place = 1 + floor(f.village * (SELECT count(*) FROM made_villages))::integer
        """
    )
    connection.execute("CREATE UNIQUE INDEX ON made_families (generation, place)")
    connection.execute("ANALYZE made_families")


def _children(connection: Any) -> None:
    """Children who have no family of their own here; and who of the couples are whose children."""
    connection.execute(
        f"""
        CREATE TABLE made_children AS
        SELECT gen_random_uuid() AS id, f.n AS family, c.born, CASE WHEN random() < 0.52 THEN 'M' ELSE 'F' END AS sex,
               c.born < date '1992-01-01' AND random() < 0.5 AS is_on_her_own, random() AS link, random() AS fate
          FROM (SELECT f.*, CASE WHEN draw < 0.22 THEN 0 WHEN draw < 0.72 THEN 1 WHEN draw < 0.95 THEN 2 ELSE 3 END
                              AS many
                  FROM (SELECT *, random() AS draw FROM made_families OFFSET 0) f) f
         CROSS JOIN LATERAL (SELECT (f.wife_born + 7500 + (random() * 3000)::integer + number * 900)::date AS born
                               FROM generate_series(1, f.many) number) c
         WHERE c.born <= {DAY}
        """
    )


def _people(connection: Any) -> None:
    connection.execute(
        f"""
        CREATE TABLE made_people AS
        SELECT p.*, CASE WHEN p.fate < p.risk THEN p.born + ((0.2 + 0.8 * random()) * ({DAY} - p.born))::integer END
                    AS died_on, random() AS turn, row_number() OVER () AS number
          FROM (SELECT wife_id AS id, n AS family, 'F' AS sex, wife_born AS born, true AS is_adult, random() AS fate,
                       (ARRAY[0.25, 0.03, 0.01])[generation] AS risk, division_code, household_id
                  FROM made_families
                UNION ALL
                SELECT husband_id, n, 'M', husband_born, true, random(), (ARRAY[0.35, 0.05, 0.01])[generation],
                       division_code, household_id
                  FROM made_families
                UNION ALL
                SELECT c.id, c.family, c.sex, c.born, c.born < date '1994-01-01', c.fate, 0.04, f.division_code,
                       CASE WHEN c.is_on_her_own THEN gen_random_uuid() ELSE f.household_id END
                  FROM made_children c JOIN made_families f ON f.n = c.family) p
        """
    )
    connection.execute("ANALYZE made_people")
    connection.execute(
        """
        INSERT INTO households_person (id, name, name_sort, sex, birth_date, died_on, id_number, id_number_digest,
               id_number_tail_digest, division_code, recorded_at)
        SELECT id, '某' || number, 'mou ' || number, sex, born, died_on, %s, sha256(number::text::bytea),
               sha256((number %% 11000)::text::bytea), division_code, now()
          FROM made_people""",
        [seal("370406195302010015", Purpose.IDENTITY_NUMBER)],
    )


def _fact(table: str, columns: str, values: str, source: str) -> str:
    return (
        f"INSERT INTO {table} (id, person_id, division_code, source, document, recorded_at, {columns}) "
        f"SELECT gen_random_uuid(), p.id, p.division_code, 'file', '', now(), {values} FROM {source}"
    )


def _kin(connection: Any) -> None:
    """Marriages, and both parents of each child: some named alone, some by adoption or a later marriage."""
    state = (
        "CASE WHEN f.marriage < 0.86 THEN 'married' WHEN f.marriage < 0.91 THEN 'divorced' "
        "WHEN f.marriage < 0.96 THEN 'widowed' END"
    )
    connection.execute(
        _fact(
            "households_maritalfact",
            "state, spouse_id, spouse_digest",
            f"{state}, CASE WHEN p.turn < 0.94 THEN CASE p.sex WHEN 'F' THEN f.husband_id ELSE f.wife_id END END, "
            "CASE WHEN p.turn < 0.98 THEN sha256(p.id::text::bytea) END",
            "made_people p JOIN made_families f ON f.n = p.family AND p.id IN (f.wife_id, f.husband_id) "
            "WHERE f.marriage < 0.97",
        )
    )
    parents = "(VALUES ('mother'), ('father')) AS parent (role)"
    is_hers = "CASE parent.role WHEN 'mother' THEN f.wife_id ELSE f.husband_id END"
    kind = "CASE WHEN {0} < 0.02 THEN 'adopted' WHEN {0} < 0.05 THEN 'step' ELSE 'birth' END"
    connection.execute(
        _fact(
            "households_parentage",
            "parent_id, parent_digest, role, kind, from_on",
            f"CASE WHEN c.link < 0.97 THEN {is_hers} END, sha256(p.id::text::bytea), parent.role, "
            f"{kind.format('p.turn')}, CASE WHEN p.turn < 0.05 THEN c.born + (p.turn * 40000)::integer END",
            f"made_children c JOIN made_people p USING (id) JOIN made_families f ON f.n = c.family CROSS JOIN {parents} "
            f"WHERE c.link < 0.985 OR parent.role = 'mother'",
        )
    )
    connection.execute(
        _fact(
            "households_parentage",
            "parent_id, parent_digest, role, kind",
            f"{is_hers}, sha256(p.id::text::bytea), parent.role, 'birth'",
            f"""made_families own
            CROSS JOIN LATERAL (VALUES (own.wife_id, own.wifes_kin - 0.35), (own.husband_id, own.husbands_kin - 0.1))
                    AS child (id, link)
            JOIN made_people p ON p.id = child.id
            JOIN LATERAL (SELECT several FROM made_families WHERE generation = own.generation - 1 AND place = 1) before ON true
            JOIN made_families f ON f.generation = own.generation - 1
             AND f.place = ((own.place + child.link * 0.05 * own.several) * before.several / own.several)::integer
            CROSS JOIN {parents}
            WHERE child.link > 0""",
        )
    )


def _homes(connection: Any) -> None:
    """Who left the county is in no household; a household is in its family's village."""
    connection.execute(
        _fact("households_absence", "place_code, from_on", "'', date '2010-03-01' + (p.turn * 50000)::integer",
              "made_people p WHERE p.turn < 0.02")
    )  # fmt: skip
    connection.execute(
        """
        INSERT INTO households_household (id, number, division_code, recorded_at)
        SELECT DISTINCT ON (household_id) household_id, lpad(number::text, 7, '0'), division_code, now()
          FROM made_people ORDER BY household_id, number"""
    )
    connection.execute(
        _fact("households_membership", "household_id, relation", "p.household_id, 'other'",
              "made_people p WHERE p.turn >= 0.025")
    )  # fmt: skip


def _hukou(connection: Any) -> None:
    connection.execute(
        _fact(
            "households_hukou",
            "hukou_type, place_code",
            "CASE WHEN k.kind < 0.63 THEN 'rural' WHEN k.kind < 0.71 THEN 'defined_rural' WHEN k.kind < 0.9 THEN 'urban' "
            "ELSE 'resident' END, p.division_code",
            "made_people p JOIN made_families f ON f.n = p.family "
            "CROSS JOIN LATERAL (SELECT CASE WHEN p.turn > 0.9 THEN (p.turn - 0.9) * 10 ELSE f.kind END AS kind) k "
            "WHERE p.turn < 0.97",
        )
    )


def _work(connection: Any) -> None:
    """Adults' work: the retired with their day, mostly; who has an employer with its code, mostly."""
    connection.execute(
        _fact(
            "households_employment",
            "state, retired_on, employer_code",
            """CASE WHEN w.draw < 0.45 THEN 'no_employer' WHEN w.draw < 0.6 THEN 'employed' WHEN w.draw < 0.7 THEN 'public'
               WHEN w.draw < 0.8 THEN 'laid_off' ELSE CASE WHEN p.born < date '1966-01-01' THEN 'retired'
               ELSE 'no_employer' END END,
               CASE WHEN w.draw > 0.81 AND p.born < date '1966-01-01'
                    THEN least(greatest(p.born + 18300, date '2008-01-01'), date '2013-12-20') END,
               CASE WHEN w.draw < 0.45 OR w.draw > 0.97 THEN '' WHEN w.draw BETWEEN 0.6 AND 0.7 THEN '12100000425006133D'
                    ELSE '91350100M000100Y43' END""",
            "(SELECT *, random() AS draw FROM made_people WHERE is_adult OFFSET 0) w JOIN made_people p USING (id) "
            "WHERE p.turn < 0.8",
        )
    )
    for scheme in ("medical", "pension"):
        connection.execute(
            _fact("households_insuranceelsewhere", "scheme", f"'{scheme}'",
                  "made_people p WHERE is_adult AND random() < 0.08")
        )  # fmt: skip


def _papers(connection: Any) -> None:
    """Certificates of families whose first child came after 1979, disabilities, entries for the examination."""
    connection.execute(
        _fact(
            "households_onlychildcertificate",
            "number, issued_on, from_on, to_on",
            "'某' || p.number, f.wife_born + 9500, f.wife_born + 9500, "
            "CASE WHEN p.turn < 0.05 THEN date '2012-01-01' END",
            "made_families f JOIN made_people p ON p.id = CASE WHEN f.paper < 0.4 THEN f.wife_id ELSE f.husband_id END "
            "WHERE f.paper < 0.55 AND f.generation > 1 AND f.wife_born + 9500 < date '2012-01-01'",
        )
    )
    connection.execute(
        _fact("households_disability", "grade", "1 + (p.number % 4)::integer",
              "made_people p WHERE random() < 0.03")
    )  # fmt: skip
    connection.execute(
        _fact(
            "households_examinationyear",
            "year",
            "extract(year FROM p.born)::integer + 15 + (p.number % 2)::integer",
            "made_people p WHERE p.born BETWEEN date '1995-09-01' AND date '2000-08-31' AND random() < 0.7",
        )
    )


def grant_some() -> None:
    """Three in five of the owed receive what they are owed: applied for, confirmed, granted last year."""
    with owner() as connection:
        connection.autocommit = True
        staff = "(SELECT id FROM offices_staff ORDER BY id LIMIT 1)"
        cases = ("subsidies_application", "subsidies_grant")
        for table in cases:  # their steps and papers are not made
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute(
            """
            CREATE TEMPORARY TABLE made_cases AS
            SELECT gen_random_uuid() AS id, row_number() OVER () AS number, a.programme_id, a.policy_version_id,
                   a.person_id, a.division_code, a.annual_amount
              FROM subsidies_assessment a
             WHERE a.standing = 'owed' AND substr(a.person_id::text, 36) < '9'
               AND a.sweep_id = (SELECT id FROM subsidies_sweep ORDER BY as_of DESC LIMIT 1)"""
        )
        connection.execute(
            f"""
            INSERT INTO subsidies_application (id, file_number, programme_id, policy_version_id, person_id, division_code,
                   state, entered_on, entered_by_id, documents_brought, documents_missing, confirmations, annual_amount,
                   decided_on, refusal_reason)
            SELECT id, 'made-' || number, programme_id, policy_version_id, person_id, division_code, 'granted',
                   date '2013-03-01', {staff}, '{{}}', '{{}}', 1, annual_amount, date '2013-06-01', ''
              FROM made_cases"""
        )
        connection.execute(
            """
            INSERT INTO subsidies_grant (id, application_id, programme_id, policy_version_id, person_id, state, from_on,
                   annual_amount, confirmed_on, stop_reason, division_code)
            SELECT gen_random_uuid(), id, programme_id, policy_version_id, person_id, 'live', date '2013-01-01',
                   coalesce(annual_amount, 0), date '2013-06-01', '', division_code
              FROM made_cases"""
        )
        for table in cases:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fill_register() -> None:
    """The register of debts as earlier nights have left it: a line for everybody owed or one document short."""
    with owner() as connection:
        connection.execute("ALTER TABLE subsidies_debt DISABLE TRIGGER USER")
        connection.execute(
            """
            INSERT INTO subsidies_debt (id, programme_id, policy_version_id, person_id, state, standing, missing,
                   opened_on, owed_since, is_since_exact, reckoned_on, annual_amount, arrears_amount, last_deed,
                   closed_as, division_code)
            SELECT gen_random_uuid(), a.programme_id, a.policy_version_id, a.person_id, 'open', a.standing, a.missing,
                   s.as_of, CASE WHEN a.standing = 'owed' THEN date '2013-01-01' END, a.standing = 'owed', s.as_of,
                   a.annual_amount, 0, '', '', a.division_code
              FROM (SELECT a.*, ARRAY(SELECT key FROM jsonb_each(a.reasons) WHERE value = 'null' ORDER BY key) AS missing
                      FROM subsidies_assessment a) a
              JOIN subsidies_sweep s ON s.id = a.sweep_id
              JOIN subsidies_programme p ON p.code = a.programme_id AND p.kind <> 'letter'
             WHERE (a.standing = 'owed' OR a.standing = 'unknown' AND cardinality(a.missing) = 1)
               AND NOT EXISTS (SELECT FROM subsidies_grant g
                                WHERE g.person_id = a.person_id AND g.programme_id = a.programme_id)"""
        )
        connection.commit()
        connection.execute("ALTER TABLE subsidies_debt ENABLE TRIGGER USER")
