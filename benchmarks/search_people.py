"""A county of people to search among, made by set in the database: a million in a few minutes.

Family names keep to their villages, as they do: half of a village bears one of two names of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

from benchmarks.database import owner
from offices.identifiers import check_character
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest, seal

# Shares of a thousand after the counts of the seventh census; the rest is spread evenly.
_FAMILIES = {
    "王": 79, "李": 73, "张": 80, "刘": 54, "陈": 45, "杨": 31, "黄": 22, "赵": 21, "吴": 20, "周": 19,
    "徐": 14, "孙": 13, "马": 12, "朱": 12, "胡": 11, "郭": 11, "何": 11, "林": 10, "高": 10, "罗": 10,
}  # fmt: skip
_OTHER_FAMILIES = "郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤单仇解区查尉褚璩"
_GIVEN = {
    "英": 40, "秀": 35, "华": 34, "文": 32, "明": 30, "玉": 30, "国": 28, "建": 27, "丽": 26, "红": 25,
    "军": 24, "伟": 24, "芳": 22, "平": 22, "兰": 21, "桂": 21, "志": 20, "春": 20, "小": 20, "海": 18,
    "金": 18, "永": 17, "德": 17, "梅": 16, "霞": 16, "强": 15, "荣": 15, "晓": 15, "云": 15, "敏": 14,
}  # fmt: skip
_OTHER_GIVEN = "静杰勇艳涛超刚磊洋辉鹏飞波斌宇浩凯健俊帆雪琳娟慧莹颖佳欣婷露瑶怡悦涵梓轩子涵一诺思琪雨桐嘉豪子豪天佑凤莲淑珍素琴惠清素爱香银玲巧云翠花树林福财贵祥瑞庆繁令宪昭宪庆广兴维垂佑钦绍念显扬瑾瑜璇玥晗睿煜烨炜彬彦昊𠮷"


@dataclass(frozen=True, slots=True)
class County:
    """What was made: how many people, and microseconds for each row without and with its tokens."""

    people: int
    row_without_tokens: float
    row_with_tokens: float
    numbers: tuple[str, ...]


def make_county(*, people: int) -> County:
    """Fill the empty registry; with the triggers of the registry on, as an import writes it."""
    with owner() as connection:
        connection.autocommit = True
        _prepare(connection, people)
        columns = (
            "id, name, name_sort, sex, birth_date, died_on, id_number, id_number_digest, id_number_tail_digest, "
            "phone_digest, phone_tail_digest, division_code, recorded_at"
        )
        seconds = {}
        # A tenth tells how long the rows take without their tokens; all are then written as an import does.
        for tokens, many in (("DISABLE", people // 10), ("ENABLE", people)):
            connection.execute(f"ALTER TABLE households_person {tokens} TRIGGER name_tokens_of_new_people")
            connection.execute(
                "TRUNCATE households_person, households_nametoken, households_household CASCADE"
            )
            began = monotonic()
            connection.execute(
                f"INSERT INTO households_person ({columns}) SELECT {columns} FROM made_people LIMIT {many}"
            )
            seconds[tokens] = (monotonic() - began) / many * 1e6
        _households(connection)
        numbers = _known_numbers(connection)
        connection.execute("DROP TABLE made_people, made_families, made_given, made_tails, made_villages")
        connection.execute("VACUUM (ANALYZE)")
    return County(people, seconds["DISABLE"], seconds["ENABLE"], numbers)


def _prepare(connection: Any, people: int) -> None:
    connection.execute("SELECT setseed(0.2013)")
    for table, common, rest, key in (
        ("made_families", _FAMILIES, _OTHER_FAMILIES, sort_key),
        ("made_given", _GIVEN, _OTHER_GIVEN, lambda given: sort_key(f"王{given}")[len(sort_key("王")) :]),
    ):
        connection.execute(
            f'CREATE TABLE {table} (place serial, written text, key text COLLATE "C", PRIMARY KEY (place))'
        )
        left = (1000 - sum(common.values())) / len(rest)
        shares = [*common.items(), *((written, max(1, round(left))) for written in rest)]
        with connection.cursor().copy(f"COPY {table} (written, key) FROM STDIN") as copy:
            for written, share in shares:
                for _one in range(share):
                    copy.write_row((written, key(written)))
    connection.execute("CREATE TABLE made_tails (place serial PRIMARY KEY, number bytea, phone bytea)")
    tails = [f"{serial:03d}{last}" for last in "0123456789X" for serial in range(1000)]
    with connection.cursor().copy("COPY made_tails (number, phone) FROM STDIN") as copy:
        for place, tail in enumerate(tails):
            copy.write_row(
                (
                    digest(tail, Purpose.IDENTITY_NUMBER_TAIL),
                    digest(f"{place % 10000:04d}", Purpose.PHONE_TAIL),
                )
            )
    connection.execute(
        "CREATE TABLE made_villages AS SELECT row_number() OVER (ORDER BY code)::integer AS place, code "
        "FROM offices_division WHERE level = 'village'"
    )
    sealed = seal("370406195302010015", Purpose.IDENTITY_NUMBER)
    connection.execute(
        f"""
        CREATE TABLE made_people AS
        SELECT gen_random_uuid() AS id, f.written || g.written || coalesce(l.written, '') AS name,
               f.key || g.key || coalesce(l.key, '') AS name_sort,
               CASE WHEN random() < 0.5 THEN 'M' ELSE 'F' END AS sex,
               date '1930-01-01' + (random() * 30000)::integer AS birth_date,
               CASE WHEN random() < 0.06 THEN date '2013-06-01' END AS died_on,
               %s::bytea AS id_number, sha256(p.n::text::bytea) AS id_number_digest,
               t.number AS id_number_tail_digest, sha256(('p' || p.n)::bytea) AS phone_digest,
               t.phone AS phone_tail_digest, v.code AS division_code, now() AS recorded_at
          FROM (SELECT n, 1 + n %% (SELECT count(*) FROM made_villages) AS village, random() AS own, (SELECT count(*) FROM made_families)::integer AS families,
                       1 + (random() * 998)::integer AS family, 1 + (random() * 998)::integer AS given,
                       1 + (random() * 998)::integer AS later, 1 + (random() * 10998)::integer AS tail
                  FROM generate_series(1, {people}) AS n OFFSET 0) AS p
          JOIN made_villages v ON v.place = p.village
          JOIN made_families f
            ON f.place = CASE WHEN p.own < 0.5 THEN 1 + (v.place * 37 + (p.n %% 2) * 411) %% p.families
                              ELSE least(p.family, p.families) END
          JOIN made_given g ON g.place = least(p.given, 990)
          LEFT JOIN made_given l ON l.place = least(p.later, 990) AND p.n %% 4 > 0
          JOIN made_tails t ON t.place = p.tail
        """,
        [sealed],
    )


def _households(connection: Any) -> None:
    """Three people each, numbered in each village; in every second township by a longer number."""
    connection.execute("TRUNCATE households_membership, households_household CASCADE")
    for table in ("households_membership", "households_household"):
        for (name,) in connection.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'x')",
            [table],
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    connection.execute(
        """
        CREATE TABLE made_members AS
        SELECT id AS person_id, division_code, (row_number() OVER village - 1) / 3 AS household,
               (row_number() OVER village) % 3 AS place
          FROM made_people WINDOW village AS (PARTITION BY division_code ORDER BY id)
        """
    )
    connection.execute(
        """
        INSERT INTO households_household (id, number, division_code, recorded_at)
        SELECT gen_random_uuid(), CASE WHEN substr(division_code, 9, 1)::integer % 2 = 0
               THEN lpad((household + 1)::text, 6, '0') ELSE division_code || lpad((household + 1)::text, 5, '0') END,
               division_code, now()
          FROM (SELECT DISTINCT division_code, household FROM made_members) AS made
        """
    )
    connection.execute(
        """
        INSERT INTO households_membership
               (id, person_id, household_id, relation, source, document, recorded_at, division_code)
        SELECT gen_random_uuid(), m.person_id, h.id, CASE m.place WHEN 1 THEN 'head' ELSE 'other' END,
               'file', '', now(), m.division_code
          FROM made_members m
          JOIN (SELECT id, division_code, right(number, 5)::integer - 1 AS household FROM households_household) h
         USING (division_code, household)
        """
    )
    connection.execute("DROP TABLE made_members")


def _known_numbers(connection: Any) -> tuple[str, ...]:
    """Give some people, one in each of many villages, numbers and phones that can be asked for."""
    people = connection.execute(
        "SELECT DISTINCT ON (division_code) id FROM households_person ORDER BY division_code, id LIMIT 40"
    ).fetchall()
    numbers = []
    for place, (person,) in enumerate(people):
        first = f"37040619530201{place:03d}"
        number = first + check_character(first)
        connection.execute(
            "UPDATE households_person SET id_number_digest = %s, phone_digest = %s WHERE id = %s",
            [
                digest(number, Purpose.IDENTITY_NUMBER),
                digest(f"138{place:08d}", Purpose.PHONE),
                person,
            ],
        )
        numbers.append(number)
    return tuple(numbers)
