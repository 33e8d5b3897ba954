"""Whatever happens to families, in whatever order it is reported, and whatever is taken back.

Always: nobody is in two households or in one and away, every living person is in exactly one
household or away, nobody is her own ancestor or her parent's spouse, a day before an event is not
changed by it, and an entry taken back or a merge undone leaves the registry exactly as it was.
"""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from households.enums import EventKind, HukouType, ParentageKind, Relation, Sex
from households.models import (
    Absence,
    Household,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    PersonMerge,
    RegistryTask,
)
from households.services.events.births import record_adoption, record_birth
from households.services.events.corrections import Right, correct_entry
from households.services.events.deaths import record_death
from households.services.events.facts import change_disability, convert_hukou
from households.services.events.families import join_household, name_head, split_household
from households.services.events.kin import record_parting, record_union
from households.services.events.moves import record_arrival, record_departures, record_moves, record_return
from households.services.events.parents import record_parent_of
from households.services.events.recording import Report
from households.services.events.taking_back import take_back_event
from households.services.merges import undo_merge
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor
from tests.households.duplicates import merge
from tests.households.life import TODAY, answers, images, make_family
from tests.households.resident_files import number

FIRST = datetime.date(2013, 1, 1)
days = st.integers(0, (TODAY - FIRST).days).map(lambda after: FIRST + datetime.timedelta(days=after))
places = st.integers(0, 30)
CONTRADICTIONS = ("name", "number", "death", "phone", "home", "hukou", "parents", "for_rules")


class Lives(RuleBasedStateMachine):
    """Two families of two townships and the clerk of the county's counters."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)
        self.clerk = make_actor(Role.TOWNSHIP, "370406")
        self.stack.enter_context(open_context(actor=self.clerk))
        for village, serial in ((VILLAGE, 401), (OTHER_VILLAGE, 402)):
            make_family(village=village, serial=serial)
        self.entries: list[tuple[LifeEvent | PersonMerge, Any]] = []
        self.made = 0

    def teardown(self) -> None:
        self.stack.close()

    # What the rules choose among; places wrap around, so that every number chooses somebody.
    def person(self, place: int) -> Person:
        people = list(Person.objects.standing().order_by("id"))
        return people[place % len(people)]

    def household(self, place: int) -> Household:
        households = list(Household.objects.order_by("id"))
        return households[place % len(households)]

    def next(self) -> int:
        self.made += 1
        return self.made

    def record(self, day: datetime.date, act: Any, *, is_of_the_past: bool = False, **arguments: Any) -> None:
        """Record something: days before are not changed unless it puts them right; what is refused changes nothing."""
        before = images()
        earlier = [FIRST - datetime.timedelta(days=1), *(day - datetime.timedelta(days=n) for n in (40, 1))]
        then = [answers(one) for one in earlier]
        try:
            recorded = act(actor=self.clerk, report=Report(day, document="证明"), **arguments)
        except DomainError as refusal:
            assert "%(" not in str(refusal)
            assert images() == before, refusal.code
            return
        assert is_of_the_past or [answers(one) for one in earlier] == then
        self.entries.append((recorded[0] if isinstance(recorded, list) else recorded, before))

    @rule(day=days, who=places, partner=places, where=places, is_girl=st.booleans())
    def birth(self, day: datetime.date, who: int, partner: int, where: int, is_girl: bool) -> None:
        one, other = self.person(who), self.person(partner)
        self.record(
            day,
            record_birth,
            household=self.household(where),
            name=f"王{'一二三四五六七八九十'[self.next() % 10]}",
            sex=Sex.FEMALE if is_girl else Sex.MALE,
            mother=one if one.sex == Sex.FEMALE else None,
            father=other if other.sex == Sex.MALE else None,
            hukou_type=HukouType.RURAL,
        )

    @rule(day=days, who=places, parent=places, where=places)
    def adoption(self, day: datetime.date, who: int, parent: int, where: int) -> None:
        one = self.person(parent)
        self.record(
            day,
            record_adoption,
            household=self.household(where),
            child=self.person(who),
            mother=one if one.sex == Sex.FEMALE else None,
            father=one if one.sex == Sex.MALE else None,
        )

    @rule(day=days, who=places, head=places, is_named=st.booleans())
    def death(self, day: datetime.date, who: int, head: int, is_named: bool) -> None:
        self.record(
            day, record_death, person=self.person(who), new_head=self.person(head) if is_named else None
        )

    @rule(day=days, who=places, spouse=places)
    def union(self, day: datetime.date, who: int, spouse: int) -> None:
        self.record(day, record_union, person=self.person(who), spouse=self.person(spouse))

    @rule(day=days, who=places)
    def parting(self, day: datetime.date, who: int) -> None:
        self.record(day, record_parting, person=self.person(who))

    @rule(
        day=days,
        who=places,
        to=st.sampled_from([VILLAGE, OTHER_VILLAGE, "370404"]),
        hukou=st.booleans(),
        is_new=st.booleans(),
    )
    def move(self, day: datetime.date, who: int, to: str, hukou: bool, is_new: bool) -> None:
        self.record(
            day,
            record_moves,
            people=[self.person(who)],
            to_place=to,
            hukou_moves=hukou,
            household_number=f"N{self.next()}" if is_new else "",
        )

    @rule(day=days, who=places, hukou=st.booleans())
    def departure(self, day: datetime.date, who: int, hukou: bool) -> None:
        self.record(day, record_departures, people=[self.person(who)], hukou_moves=hukou)

    @rule(day=days, who=places, where=places)
    def comes_back(self, day: datetime.date, who: int, where: int) -> None:
        household = self.household(where)
        self.record(
            day,
            record_return,
            person=self.person(who),
            village=household.division_code,
            household_number=household.number,
        )

    @rule(day=days, is_joining=st.booleans())
    def arrival(self, day: datetime.date, is_joining: bool) -> None:
        self.record(
            day,
            record_arrival,
            village=VILLAGE,
            household_number="000401" if is_joining else f"A{self.next()}",
            name="孙远",
            sex=Sex.MALE,
            born_on=datetime.date(1985, 6, 1),
            hukou_type=HukouType.URBAN,
            number=number("19850601", self.next() * 2 + 1),
        )

    @rule(day=days, who=st.lists(places, min_size=1, max_size=3))
    def split(self, day: datetime.date, who: list[int]) -> None:
        people = list({one.pk: one for one in map(self.person, who)}.values())
        membership = Membership.objects.on(day).filter(person=people[0]).select_related("household").first()
        if membership:
            self.record(
                day, split_household, household=membership.household, people=people, number=f"S{self.next()}"
            )

    @rule(day=days, who=places, where=places, is_head=st.booleans())
    def join(self, day: datetime.date, who: int, where: int, is_head: bool) -> None:
        self.record(
            day,
            join_household,
            people=[self.person(who)],
            household=self.household(where),
            is_head=is_head,
        )

    @rule(day=days, who=places)
    def head(self, day: datetime.date, who: int) -> None:
        person = self.person(who)
        membership = Membership.objects.on(day).filter(person=person).select_related("household").first()
        if membership:
            self.record(day, name_head, household=membership.household, head=person)

    @rule(day=days, who=places, grade=st.integers(1, 4))
    def disability(self, day: datetime.date, who: int, grade: int) -> None:
        self.record(day, change_disability, person=self.person(who), grade=grade)

    @rule(day=days, who=places, kind=st.sampled_from(HukouType))
    def hukou(self, day: datetime.date, who: int, kind: HukouType) -> None:
        self.record(day, convert_hukou, person=self.person(who), hukou_type=kind)

    @rule(day=days, who=places, parent=places, kind=st.sampled_from(ParentageKind), is_wrong=st.booleans())
    def parent(self, day: datetime.date, who: int, parent: int, kind: ParentageKind, is_wrong: bool) -> None:
        self.record(
            day,
            record_parent_of,
            is_of_the_past=kind is ParentageKind.BIRTH,
            child=self.person(who),
            parent=self.person(parent),
            kind=kind,
            is_former_wrong=is_wrong,
        )

    @rule(
        day=days,
        who=places,
        how=st.sampled_from(["alive", "other day", "sex", "born", "number"]),
        by=st.integers(1, 60),
    )
    def correction(self, day: datetime.date, who: int, how: str, by: int) -> None:
        person = self.person(who)
        right = {
            "alive": Right(is_alive=True),
            "other day": Right(died_on=FIRST + datetime.timedelta(days=by)),
            "sex": Right(sex=Sex.MALE if person.sex == Sex.FEMALE else Sex.FEMALE, number=""),
            "born": Right(born_on=person.birth_date - datetime.timedelta(days=by), number=""),
            "number": Right(number=""),
        }
        self.record(day, correct_entry, is_of_the_past=True, person=person, right=right[how])

    @rule(who=places, twin=places, taken=st.sets(st.sampled_from(CONTRADICTIONS)), stays=st.booleans())
    def merge(self, who: int, twin: int, taken: set[str], stays: bool) -> None:
        """Two records are found to be one person; of contradictions the other's word is `taken` or not."""
        kept, gone = self.person(who), self.person(twin)
        if kept == gone:
            return
        before = self.with_events()
        try:
            merged = merge(kept, gone, actor=self.clerk, **dict.fromkeys(taken, gone))
        except DomainError as refusal:
            # The search clears a pair that is no longer alike, and then nobody merges it.
            assert refusal.code in ("merge_hindered", "state_changed")
            assert self.with_events() == before
            return
        self.entries.append((merged, before))
        if not stays:
            self.take_back_the_last()

    def with_events(self) -> dict[str, Any]:
        """A merge takes events along, so that those that stand are again as they were too."""
        standing = "SELECT to_jsonb(t) FROM households_lifeevent t WHERE state = 'recorded' ORDER BY t.id"
        return {**images(), "events": sql(standing)}

    def take_back(self, entry: LifeEvent | PersonMerge) -> None:
        if isinstance(entry, PersonMerge):
            undo_merge(merge=entry, actor=self.clerk)
        else:
            take_back_event(event=entry, actor=self.clerk)

    @rule()
    def take_back_the_last(self) -> None:
        if self.entries:
            entry, before = self.entries.pop()
            self.take_back(entry)
            if before is not None:
                assert (self.with_events() if isinstance(entry, PersonMerge) else images()) == before

    @rule(place=places)
    def take_back_any(self, place: int) -> None:
        if not self.entries:
            return
        index = place % len(self.entries)
        before = images()
        try:
            self.take_back(self.entries[index][0])
        except DomainError as refusal:
            assert refusal.code in ("changed_since", "built_upon", "later_merge")
            assert images() == before
            return
        # What was before the later entries is not known any more without this one.
        later = [(entry, None) for entry, _before in self.entries[index + 1 :]]
        self.entries[index:] = later

    @invariant()
    def everybody_is_somewhere_once(self) -> None:
        newest = [one.happened_on for one, _before in self.entries[-2:] if isinstance(one, LifeEvent)]
        for day in {FIRST, TODAY, *newest, *(day - datetime.timedelta(days=1) for day in newest)}:
            living = Person.objects.living_on(day)
            places = [
                *Membership.objects.on(day).filter(person__in=living).values_list("person_id", flat=True),
                *Absence.objects.on(day).filter(person__in=living).values_list("person_id", flat=True),
            ]
            assert sorted(places) == sorted(living.values_list("pk", flat=True)), day

    @invariant()
    def nobody_is_her_own_ancestor(self) -> None:
        parents: dict[Any, set[Any]] = {}
        for child, parent in Parentage.objects.values_list("person_id", "parent_id"):
            parents.setdefault(child, set()).add(parent)
        for person in parents:
            seen, waiting = set(), set(parents[person])
            while waiting:
                one = waiting.pop()
                assert one != person
                seen.add(one)
                waiting |= parents.get(one, set()) - seen

    @invariant()
    def nobody_is_the_spouse_of_her_own_parent(self) -> None:
        kin = set(Parentage.objects.filter(parent__isnull=False).values_list("person_id", "parent_id"))
        couples = set(MaritalFact.objects.filter(spouse__isnull=False).values_list("person_id", "spouse_id"))
        assert not kin & (couples | {(spouse, person) for person, spouse in couples})

    @invariant()
    def a_household_without_one_living_head_has_its_task(self) -> None:
        living = Membership.objects.on(TODAY).filter(person__in=Person.objects.living_on(TODAY))
        wanted = set()
        for household in Household.objects.all():
            members = living.filter(household=household)
            heads = members.filter(relation=Relation.HEAD).count()
            if members.exists() and heads != 1:
                kind = RegistryTask.Kind.NO_HEAD if heads == 0 else RegistryTask.Kind.TWO_HEADS
                wanted.add((household.pk, kind))
        assert set(RegistryTask.objects.open().values_list("household_id", "kind")) == wanted


@pytest.mark.slow
@pytest.mark.django_db
def test_random_lives_leave_the_registry_sound() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking costs minutes of a database
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_every_kind_of_event_has_a_rule() -> None:
    """The facts of employment, certificate, examination and insurance go the way of disability's."""
    assert len(EventKind) == 21
