"""Reads of the division tree: names of a day, and what follows a division that has ended."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from offices import clock
from offices.models import Division, DivisionSuccession


def names_of_divisions(codes: Iterable[str]) -> dict[str, str]:
    """Names of divisions by their 12-digit code, of those that have ended with a word that says so.

    A code of another county that is not known is left out.
    """
    rows = list(Division.objects.filter(pk__in=set(codes)).values_list("pk", "name", "to_on"))
    today = clock.today() if any(to_on for _code, _name, to_on in rows) else None
    return {
        code: former_name(name) if today and to_on and to_on <= today else name for code, name, to_on in rows
    }


def former_name(name: str) -> str:
    """The name of a division that there is no longer."""
    return _("former %(name)s") % {"name": name}


def names_on(codes: Iterable[str], day: datetime.date) -> dict[str, str]:
    """The names that divisions bore on a day, which need not be those they bear now."""
    wanted = set(codes)
    names = dict(Division.objects.filter(pk__in=wanted).values_list("pk", "name"))
    later = DivisionSuccession.objects.filter(
        old_code__in=wanted, new_code__in=wanted, effective_on__gt=day
    ).order_by("-effective_on")
    for row in later:
        if row.old_code == row.new_code:
            names[row.old_code] = row.old_name
    return names


def name_on(code: str, day: datetime.date) -> str:
    """The name that a division bore on a day; a code that no list knows is its own name."""
    return names_on([code], day).get(code, code)


@dataclass(frozen=True, slots=True)
class Successors:
    """What follows each division of a county that has ended, by the day of reading."""

    ended: Mapping[str, datetime.date]
    following: Mapping[str, frozenset[str]]

    def of(self, code: str) -> frozenset[str]:
        """The divisions that there are today in the place of one; itself where it has not ended."""
        found: set[str] = set()
        waiting, seen = [code], {code}
        while waiting:
            one = waiting.pop()
            if one not in self.ended:
                found.add(one)
                continue
            later = self.following.get(one, frozenset()) - seen
            seen |= later
            waiting += later
        return frozenset(found)

    def unique(self, code: str) -> str:
        """The one division that is there today in the place of another; empty if there are several."""
        found = self.of(code)
        return next(iter(found)) if len(found) == 1 else ""


def successors(county: str, on: datetime.date) -> Successors:
    """The divisions of a county (6 digits) that have ended by a day, with what followed them."""
    ended = {
        code: to_on
        for code, to_on in Division.objects.within(county).filter(to_on__lte=on).values_list("pk", "to_on")
        if to_on is not None
    }
    following: dict[str, set[str]] = defaultdict(set)
    rows = DivisionSuccession.objects.filter(old_code__in=ended, effective_on__lte=on)
    for old, new in rows.values_list("old_code", "new_code"):
        if old != new:
            following[old].add(new)
    return Successors(ended, {old: frozenset(new) for old, new in following.items()})
