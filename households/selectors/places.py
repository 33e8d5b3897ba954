"""Names of places: those of the county, and of the rest of China as far as its code lists know them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache

from stdnum import numdb

from offices.selectors.divisions import names_of_divisions, names_on

# `[1983-1989]南头区办事处,[1990-]南山区`: the last name is today's.
_PERIOD = re.compile(r"\[[^\]]*\]")
# What the lists call a city that is none: 市辖区, 县, 省直辖县级行政单位.
_NO_PLACE = re.compile("^市辖区$|^县$|直辖")


def names_of_places(codes: Iterable[str]) -> dict[str, str]:
    """A name for every code; a code that no list knows is its own name."""
    wanted = {code for code in codes if code}
    known = names_of_divisions(wanted)
    return {code: known.get(code) or _name_elsewhere(code) for code in wanted}


def names_of_places_on(codes: Iterable[str], day: datetime.date) -> dict[str, str]:
    """As `names_of_places`, with the names that divisions of the county bore on a day."""
    wanted = {code for code in codes if code}
    known = names_on(wanted, day)
    return {code: known.get(code) or _name_elsewhere(code) for code in wanted}


@lru_cache(maxsize=8192)
def _name_elsewhere(code: str) -> str:
    parts: list[str] = []
    # The city stands under its own code: 鼓楼区 alone may be in any of four.
    for one in (f"{code[:4]}00", code[:6]):
        for _digits, properties in numdb.get("cn/loc").info(one):
            for name in properties.values():
                today = _PERIOD.sub("", name.split(",")[-1]).strip()
                if today and today not in parts and not _NO_PLACE.search(today):
                    parts.append(today)
    return "".join(parts) or code
