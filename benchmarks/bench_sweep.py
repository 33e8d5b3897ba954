"""Who is owed what among a million people: the sweep, changed households alone, one explanation.

Side by side in one run: the product's nightly assessment, with everything that it keeps; SQL by hand that
only decides; OpenFisca-Core with its load of the registry. All must find the same people.
"""

from __future__ import annotations

import datetime
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from time import perf_counter, process_time

from django.db import connection

from benchmarks import openfisca
from benchmarks.database import owner, settle
from benchmarks.hand_written_sql import STATEMENTS, decide_by_hand
from benchmarks.measures import Contender, Limit, Measure, Result, Took, at_most_over, interleaved, timed
from benchmarks.sweep_people import fill_register, grant_some, make_county
from benchmarks.sweep_policies import publish_all
from households.enums import EventKind
from households.models import Hukou, Membership, Person
from offices import clock
from offices.actors import Actor
from offices.database.context import default_county, keep_context, open_context
from offices.services.staff import system_actor
from subsidies.consequences import assess_again
from subsidies.models import Debt, Programme, Sweep
from subsidies.selectors.explanation import assess_person
from subsidies.services.sweep import count_standings, sweep

FIRST_DAY = datetime.date(2014, 1, 6)
OF_RIVAL = ("NCJF", "TFSD", "TFSC")
OURS, ALONE, HAND = (
    "sweep of everybody for all programmes",
    "sweep of NCJF, TFSD and TFSC",
    "SQL by hand, all programmes",
)
RIVAL = "OpenFisca-Core: load, NCJF, TFSD and TFSC"
CHANGED = "1,000 changed households assessed again"
WITH_KIN = "1,000 changed households with all their kin"
PEOPLE = 1_000_000
_HOUSEHOLDS = 1000
_EXPLANATIONS = 240
_ROUNDS = 3
"""Of minutes each, at full size."""


def main(*, quick: bool) -> Result:
    """Make the county and its register, sweep it a night, then measure; quick: a fortieth of it."""
    people = make_county(people=25_000 if quick else PEOPLE)
    actor = _system()
    with open_context(actor=actor):
        programmes = publish_all(actor=actor)
    days = _Days()
    with open_context(actor=actor), clock.held(FIRST_DAY):
        sweep(actor=actor, as_of=FIRST_DAY - datetime.timedelta(days=1))
    grant_some()
    fill_register()
    settle()
    _sweep(actor, days.following())
    settle()
    bench = _Bench(actor, days, households=_HOUSEHOLDS // 40 if quick else _HOUSEHOLDS)
    with tempfile.TemporaryDirectory() as folder:
        python = openfisca.make_environment(Path(folder) / "openfisca")
        contenders = {
            OURS: bench.sweep,
            HAND: bench.by_hand,
            CHANGED: bench.assess_changed,
            WITH_KIN: bench.assess_kin,
            ALONE: bench.sweep_three,
            RIVAL: lambda: bench.by_rival(python),
        }
        found = interleaved(contenders, rounds=1 if quick else _ROUNDS)
    bench.check()
    explained = bench.explain()
    middle = statistics.median(explained)
    ours, rival = found[OURS].median / len(STATEMENTS), found[RIVAL].median / len(OF_RIVAL)
    compared = {
        name: Contender(found[name], Measure(f"{name}: work", tuple(worked)))
        for name, worked in bench.worked.items()
    }
    shares = compared[CHANGED].over(compared[OURS])
    return Result(
        title="Entitlement",
        words=(
            f"{people:,} people with every fact that a rule reads; {len(STATEMENTS)} programmes, of which {programmes} are "
            "shipped as drafts and were published with what a county has to fill in. The sweep is that of a further "
            "night: everybody gathered, decided and compared, with reasons, standing, amounts, history and the register of "
            f"debts kept ({bench.lines:,} lines). The SQL by hand counts the entitled and the unknown, one statement a "
            "programme, and keeps nothing; OpenFisca-Core loads the registry and decides three of them. All found the "
            "same numbers of entitled and unknown. The hukou of somebody in each household changes, which her rules and "
            "those of her spouse read; with all kin it is taken for anything, as a death or a birth, which the rules of "
            "grandparents and of brothers and sisters read. Seconds are those of the clock; work is the time on processors of this "
            "process and the server, and of an explanation milliseconds of it. An environment of its own holds OpenFisca-Core: it is under the AGPL and no "
            "part of the product."
        ),
        measures=(
            *found.values(),
            *(one.work for one in compared.values()),
            Measure("one explanation, half of them within", (middle,), unit="ms"),
            Measure("one explanation, 95 of 100 within", (_share(explained, 0.95),), unit="ms"),
        ),
        limits=(
            at_most_over(
                OURS,
                ratios=compared[OURS].over(compared[HAND]),
                limit=2,
                of="SQL by hand that only decides",
            ),
            Limit(
                "a programme, of all that are swept, beside OpenFisca-Core with its load",
                f"{ours:.2f} s beside {rival:.2f} s",
                "less",
                ours < rival,
            ),
            Limit(
                "the same three programmes swept alone, beside OpenFisca-Core with its load",
                f"{found[ALONE].median:.2f} s beside {found[RIVAL].median:.2f} s",
                "less",
                found[ALONE].median < found[RIVAL].median,
            ),
            Limit(
                CHANGED,
                f"{shares[0]:.1%} of a full sweep, in work {shares[1]:.1%}",
                "at most 1 %",
                max(shares) <= 0.01,
            ),
            Limit("one explanation", f"{middle:.1f} ms", "at most 20 ms", middle <= 20),
        ),
    )


def _system() -> Actor:
    with keep_context():
        return system_actor(default_county())


class _Days:
    """Business days, one after another."""

    def __init__(self) -> None:
        self.day = FIRST_DAY - datetime.timedelta(days=1)

    def following(self) -> datetime.date:
        self.day += datetime.timedelta(days=1)
        return self.day


def _sweep(actor: Actor, day: datetime.date, programmes: tuple[str, ...] | None = None) -> Sweep:
    with open_context(actor=actor), clock.held(day):
        return sweep(actor=actor, as_of=day, programmes=programmes)


class _Bench:
    """What is measured, and what each found on which day."""

    def __init__(self, actor: Actor, days: _Days, *, households: int) -> None:
        self.actor = actor
        self.days = days
        self.households = households
        self.worked: dict[str, list[float]] = {}
        self.found: dict[tuple[str, datetime.date], dict[str, tuple[int, int]]] = {}

    @property
    def lines(self) -> int:
        with open_context(actor=self.actor):
            return Debt.objects.open().count()

    def sweep(self) -> float:
        """A new business day's, as every night."""
        day = self.days.following()
        records: list[Sweep] = []
        took = timed(lambda: records.append(_sweep(self.actor, day)))
        record = records[0]
        with open_context(actor=self.actor):
            counted = {code: one.as_json() for code, one in count_standings(record).items()}
        self.found[OURS, day] = {
            code: (counted[code]["entitled"], counted[code]["unknown"]) for code in STATEMENTS
        }
        settle()
        return self._noted(OURS, took)

    def by_hand(self) -> float:
        with owner() as direct:
            direct.execute("SET work_mem = '96MB'")

            def decide() -> None:
                self.found[HAND, self.days.day], _seconds = decide_by_hand(direct, day=self.days.day)

            return self._noted(HAND, timed(decide))

    def sweep_three(self) -> float:
        began = perf_counter()
        _sweep(self.actor, self.days.day, OF_RIVAL)
        return perf_counter() - began

    def by_rival(self, python: Path) -> float:
        told = openfisca.run_round(python, day=self.days.day)
        self.found[RIVAL, self.days.day] = told.found
        return told.total

    def assess_changed(self) -> float:
        """The hukou of one of each household changes, and back again: what the event's followers do at its commit."""
        return self._changed(CHANGED, EventKind.HUKOU)

    def assess_kin(self) -> float:
        """The same, as if anything about them might have changed."""
        return self._changed(WITH_KIN, None)

    def _changed(self, name: str, kind: EventKind | None) -> float:
        took = []
        with open_context(actor=self.actor), clock.held(self.days.day):
            changed = list(
                Membership.objects.order_by("household_id", "person_id")
                .distinct("household_id")
                .values_list("person_id", flat=True)[: self.households * 7 : 7]
            )
        for before, after in (("rural", "urban"), ("urban", "rural")):
            with open_context(actor=self.actor), clock.held(self.days.day):
                rows = Hukou.objects.filter(person__in=changed, hukou_type=before)
                if before == "rural":
                    turned = list(rows.values_list("pk", flat=True))
                Hukou.objects.filter(pk__in=turned).update(hukou_type=after)
            with open_context(actor=self.actor), clock.held(self.days.day):
                took.append(timed(lambda: assess_again(changed, kind)))
        mean = [statistics.mean(part) for part in zip(*map(astuple, took), strict=True)]
        return self._noted(name, Took(*mean))

    def _noted(self, name: str, took: Took) -> float:
        self.worked.setdefault(name, []).append(took.worked)
        return took.seconds

    def check(self) -> None:
        """All found the same people, programme by programme, each day."""
        for (who, day), theirs in self.found.items():
            ours = self.found[OURS, day]
            for code, counts in theirs.items():
                if tuple(counts) != ours[code]:
                    raise AssertionError(f"{who}, {code}, {day}: {counts} beside the sweep's {ours[code]}")

    def explain(self) -> list[float]:
        """Milliseconds of work of one explanation each: of anybody, for one programme after another."""
        found = []
        with open_context(actor=self.actor), clock.held(self.days.day):
            programmes = list(Programme.objects.filter(pk__in=STATEMENTS))
            people = list(Person.objects.standing().order_by("id_number_digest")[:_EXPLANATIONS])
            for place, person in enumerate(people):
                with _worked() as spent:
                    assess_person(
                        person=person, programme=programmes[place % len(programmes)], on=self.days.day
                    )
                if place >= len(programmes):
                    found += spent
        return sorted(found)


@contextmanager
def _worked() -> Iterator[list[float]]:
    """Milliseconds that the server's process of this connection and this one were on a processor (Linux)."""
    spent: list[float] = []
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    began = int(server.read_text(encoding="ascii").split()[0]) / 1e9 + process_time()
    yield spent
    spent.append((int(server.read_text(encoding="ascii").split()[0]) / 1e9 + process_time() - began) * 1e3)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
