"""The one search box among a million people: every kind of question, as the application role.

What is measured is how long the server works for all queries of one search, from the first to what is
shown beside the last person found. Of a shared machine the clock would tell how busy the others are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from benchmarks.measures import ROUNDS, Limit, Measure, Result
from benchmarks.search_people import County, make_county
from households.selectors.search import find_families
from offices.actors import Actor
from offices.database.context import default_county, open_context
from offices.divisions import full_code
from offices.enums import Role
from offices.ids import new_id
from offices.models import Division

LIMIT_MS = 10.0
_TIMES = 6


def main(*, quick: bool) -> Result:
    """Make the county, ask every question at county, township and village, and set p95 beside the limit."""
    county = make_county(people=20_000 if quick else 1_000_000)
    measures, limits = [], []
    for kind, questions in _questions(county).items():
        for place, actor in _actors().items():
            took = _asked(actor, questions, times=3 if quick else _TIMES * ROUNDS)
            name = f"{kind}, {place}"
            measures.append(Measure(name, (_share(took, 0.5),), unit="ms"))
            p95 = _share(took, 0.95)
            limits.append(
                Limit(
                    f"{name}: 95 of 100 searches", f"{p95:.1f} ms", f"under {LIMIT_MS:g} ms", p95 < LIMIT_MS
                )
            )
    measures += [
        Measure("a person's row written without tokens", (county.row_without_tokens,), unit="µs"),
        Measure("a person's row written with its tokens", (county.row_with_tokens,), unit="µs"),
    ]
    return Result(
        title="Search",
        words=(
            f"{county.people:,} people of a county, row-level security on. Milliseconds that the database "
            "works for all queries of one search: the median of the questions of a kind, and below what 95 of 100 stay under."
        ),
        measures=tuple(measures),
        limits=tuple(limits),
    )


def _questions(county: County) -> Mapping[str, tuple[str, ...]]:
    return {
        "whole name": ("张英", "王秀英", "李建国", "孔繁森", "张伟"),
        "common family name": ("张", "王", "李", "刘"),
        "family name of few villages": ("孔", "璩", "尉", "仇"),
        "beginning of a name": ("张秀", "王建", "孔令", "单玉"),
        "common part of a name": ("英", "秀", "华", "秀英", "建国"),
        "rare part of a name": ("𠮷", "繁", "令宪", "睿煜"),
        "pinyin of a family name": ("zhang", "wang", "li", "shan"),
        "whole pinyin": ("zhangwei", "wangxiuying", "zengjing", "wang xiu"),
        "pinyin of a part": ("ying", "xiuying", "yu", "jianguo"),
        "pinyin only begun": ("zhangw", "xi", "yin", "wangxiuy", "zh"),
        "initials": ("z", "zx", "wxy", "xy", "zjg"),
        "mixed": ("王xy", "王x", "wang秀", "zhw", "wangxy"),
        "identity number": county.numbers[:10],
        "last four of a number": ("0015", "123X", "8888", "4217"),
        "phone": tuple(f"138{place:08d}" for place in range(10)),
        "household number": ("000001", "000123", "00012", "0000", "3704061", "37040610120000001"),
        "nobody": ("乂乂", "qqqq", "zzyzx", "99999999999"),
    }


def _actors() -> Mapping[str, Actor]:
    with open_context(scope=default_county()):
        township = Division.objects.townships().within(default_county()).order_by("code")[1].code
        village = Division.objects.villages().within(township[:9]).order_by("code")[0].code
    return {
        "county": _actor(Role.COUNTY, full_code(default_county())),
        "township": _actor(Role.TOWNSHIP, township),
        "village": _actor(Role.VILLAGE, village),
    }


def _actor(role: Role, code: str) -> Actor:
    return Actor(staff_id=new_id(), username="measure", name="", role=role, division_code=code)


def _asked(actor: Actor, questions: tuple[str, ...], *, times: int) -> list[float]:
    """Milliseconds in the database of each search; the first of each question warms it and is not counted."""
    found = []
    for question in questions:
        for time in range(times + 1):
            with open_context(actor=actor), _worked() as milliseconds:
                find_families(actor, question)
            if time:
                found += milliseconds
    return sorted(found)


@contextmanager
def _worked() -> Iterator[list[float]]:
    """Milliseconds that the server worked for this connection in the block, whoever else kept it waiting."""
    found: list[float] = []
    began = _at_work()
    yield found
    found.append((_at_work() - began) / 1e6)


def _at_work() -> int:
    """Nanoseconds that the server's process of this connection was on a processor (Linux)."""
    process = connection.connection.info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0])


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
