"""Two records made one: everything follows, what forbids it is said, and it is undone exactly."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from households.enums import (
    DuplicateReason,
    MaritalState,
    MergeState,
    PairState,
    ParentRole,
    Relation,
    Sex,
    VisitPurpose,
    VisitResult,
)
from households.merging import mergeables
from households.models import (
    AmbiguousRow,
    BankAccount,
    DuplicatePair,
    Hukou,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    PersonMerge,
    RegistryTask,
    Residence,
)
from households.models.facts import DatedFact
from households.selectors.search import find_person_by_number
from households.services.duplicate_search import find_all_duplicates
from households.services.duplicates import decide_pair
from households.services.events.deaths import record_death
from households.services.events.facts import record_certificate
from households.services.events.moves import record_moves
from households.services.merge_facts import overlap, without
from households.services.merges import _REFERENCES, merge_people, preview_merge, undo_merge
from households.services.visits import record_visit
from offices import clock
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, make_actor, make_household, make_person
from tests.households.duplicates import images, merge, moved_by_table, pair_of, shown_by_table, two
from tests.households.life import refused, report
from tests.households.registry import SON, bring, codes, row
from tests.subsidies.money import citizen_number, give_account, make_grant, paid_programme

pytestmark = pytest.mark.django_db


def test_everything_follows_and_the_record_is_shown_nowhere(county: Any) -> None:
    kept, gone = two()
    home = make_household(kept)
    make_household(gone)
    give_account(gone, "6223000000000001")
    child = make_person(name="王小明", born="1980-03-11")
    Parentage.objects.create(
        person=child, parent=gone, role=ParentRole.MOTHER, kind="birth", division_code=child.division_code
    )
    merge(kept, gone)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert Parentage.objects.get().parent == kept
    assert BankAccount.objects.get().person == kept
    assert list(Membership.objects.on(clock.today()).values_list("person", "household")) == [
        (kept.pk, home.pk)
    ]
    assert set(Person.objects.living_on(clock.today())) == {kept, child}
    assert set(Person.objects.visible_to(county)) == {kept, child}
    assert find_person_by_number(citizen_number(2)) == kept
    assert DuplicatePair.objects.get().state == PairState.MERGED


@pytest.mark.parametrize("whose", ["kept", "gone"])
def test_of_a_contradiction_the_chosen_record_is_kept(county: Any, whose: str) -> None:
    kept, gone = two()
    Hukou.objects.filter(person=gone).update(hukou_type="urban", from_on=datetime.date(2000, 1, 1))
    chosen = {"kept": kept, "gone": gone}[whose]
    made = merge(kept, gone, hukou=chosen)
    held = [
        (row.hukou_type, row.from_on, row.to_on)
        for row in Hukou.objects.filter(person=kept).order_by("from_on")
        if row.from_on is None or row.from_on != row.to_on
    ]
    day = datetime.date(2000, 1, 1)
    assert held == (
        [("rural", None, None)] if whose == "kept" else [("urban", day, None), ("rural", None, day)]
    )
    before = undo_and_count(made)
    assert before == (1, 1)


def undo_and_count(made: PersonMerge) -> tuple[int, int]:
    undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    return (
        Hukou.objects.filter(person=made.survivor_id).count(),
        Hukou.objects.filter(person=made.absorbed_id).count(),
    )


def test_a_contradiction_must_be_decided(county: Any) -> None:
    kept, gone = two()
    with pytest.raises(DomainError) as refused:
        merge_people(actor=make_actor(Role.COUNTY), pair=pair_of(kept, gone), keep=kept.pk, chosen={})
    assert refused.value.code == "choice_missing"
    assert str(refused.value)


def test_the_real_number_takes_the_place_of_the_temporary_one_and_goes_back(county: Any) -> None:
    kept, gone = two()
    before = images()
    made = merge(kept, gone, number=gone)
    kept.refresh_from_db()
    assert kept.id_number.reveal() == citizen_number(2)
    assert find_person_by_number(citizen_number(1)) == kept
    undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    assert _but_pairs(images()) == _but_pairs(before)


def _but_pairs(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {table: rows for table, rows in found.items() if table != "households_duplicatepair"}


def test_a_number_on_one_record_alone_is_kept(county: Any) -> None:
    kept, gone = make_person(), make_person(number=citizen_number(2))
    merge(kept, gone)
    kept.refresh_from_db()
    assert kept.id_number.reveal() == citizen_number(2)


def test_the_record_follows_the_home_that_is_right(county: Any) -> None:
    kept, gone = make_person(number=citizen_number(1)), make_person(village=OTHER_VILLAGE)
    make_household(kept)
    make_household(gone)
    merge(kept, gone, home=gone)
    kept.refresh_from_db()
    assert kept.division_code == OTHER_VILLAGE
    assert set(Residence.objects.on(clock.today()).values_list("person", "place_code")) == {
        (kept.pk, OTHER_VILLAGE)
    }
    assert set(Hukou.objects.filter(person=kept).values_list("division_code", flat=True)) == {OTHER_VILLAGE}


def test_a_household_that_lost_its_head_is_a_task_until_the_merge_is_undone(county: Any) -> None:
    kept, gone = two()
    make_household(kept)
    left = make_household(gone, (make_person(name="王小明", born="1980-03-11"), Relation.SON))
    made = merge(kept, gone)
    assert RegistryTask.objects.get().household == left
    undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    assert not RegistryTask.objects.exists()


def test_an_event_that_both_records_have_stays_where_it_is(county: Any) -> None:
    kept, gone = two()
    counter = make_actor(Role.TOWNSHIP)
    for person, day in ((kept, 1), (gone, 1), (gone, 2)):
        LifeEvent.objects.create(
            kind="move",
            person=person,
            happened_on=datetime.date(2013, 1, day),
            reported_on=datetime.date(2013, 1, 3),
            recorded_by_id=counter.staff_id,
            recorded_role=Role.TOWNSHIP,
            division_code=person.division_code,
        )
    merge(kept, gone)
    assert LifeEvent.objects.filter(person=kept).count() == 2
    assert LifeEvent.objects.get(person=gone).happened_on == datetime.date(2013, 1, 1)


def test_children_of_both_records_are_compared_at_once(county: Any) -> None:
    kept, gone = two()
    for parent in (kept, gone):
        child = make_person(name="王小明", born="1980-03-11", number=None)
        Parentage.objects.create(
            person=child,
            parent=parent,
            role=ParentRole.MOTHER,
            kind="birth",
            division_code=child.division_code,
        )
    merge(kept, gone)
    assert DuplicatePair.objects.get(state=PairState.CANDIDATE).reasons[0] == DuplicateReason.SAME_PARENT


def test_nobody_is_merged_with_her_own_kin(county: Any) -> None:
    mother, child = two()
    Parentage.objects.create(
        person=child, parent=mother, role=ParentRole.MOTHER, kind="birth", division_code=child.division_code
    )
    with pytest.raises(DomainError) as refused:
        merge(mother, child)
    assert refused.value.code == "merge_hindered"
    assert str(refused.value)


def test_nobody_is_merged_with_her_own_grandchild(county: Any) -> None:
    grandmother, grandchild = two()
    mother = make_person(name="王小丽", born="1975-01-01")
    for child, parent in ((grandchild, mother), (mother, grandmother)):
        Parentage.objects.create(
            person=child,
            parent=parent,
            role=ParentRole.MOTHER,
            kind="birth",
            division_code=child.division_code,
        )
    for keep, go in ((grandmother, grandchild), (grandchild, grandmother)):
        with pytest.raises(DomainError) as refused:
            merge(keep, go)
        assert refused.value.code == "merge_hindered"
        assert "长辈" in str(refused.value)


@pytest.mark.parametrize("is_child", [True, False], ids=["child of the spouse", "parent of the spouse"])
@pytest.mark.parametrize("is_named", [True, False], ids=["names the spouse", "is named by the spouse"])
def test_nobody_becomes_the_spouse_of_her_own_parent_or_child(
    county: Any, is_child: bool, is_named: bool
) -> None:
    wife, kin = two()
    husband = make_person(name="王建国", born="1953-02-01", sex=Sex.MALE)
    person, spouse = (wife, husband) if is_named else (husband, wife)
    MaritalFact.objects.create(
        person=person, spouse=spouse, state=MaritalState.MARRIED, division_code=person.division_code
    )
    child, parent = (kin, husband) if is_child else (husband, kin)
    role = ParentRole.FATHER if is_child else ParentRole.MOTHER
    Parentage.objects.create(
        person=child, parent=parent, role=role, kind="birth", division_code=child.division_code
    )
    for keep, go in ((wife, kin), (kin, wife)):
        with pytest.raises(DomainError) as refused:
            merge(keep, go)
        assert refused.value.code == "merge_hindered"
        assert "配偶" in str(refused.value)


def test_every_row_that_moves_is_shown_first(county: Any) -> None:
    kept, gone = two()
    pair = pair_of(kept, gone)
    other = make_person(name="王秀瑛", number=citizen_number(9))
    merge(gone, other)
    actor = make_actor(Role.VILLAGE)
    house = make_household(gone)
    record_visit(
        actor=actor, household=house, person=gone, purpose=VisitPurpose.DELIVER, result=VisitResult.TOLD,
        visited_on=clock.today(),
    )  # fmt: skip
    record_certificate(
        actor=actor,
        person=gone,
        report=report("2014-01-02"),
        number="鲁1",
        issued_on=datetime.date(1986, 5, 1),
    )
    task = RegistryTask.objects.create(
        kind=RegistryTask.Kind.AMBIGUOUS, household=house, opened_on=clock.today(), closed_on=clock.today(),
        division_code=gone.division_code,
    )  # fmt: skip
    AmbiguousRow.objects.create(
        task=task, brought=bring(county, [row()]), line=2, row_key=b"1" * 32, name=gone.name,
        birth_date=gone.birth_date, sex=gone.sex, chosen=gone, settled_by_id=actor.staff_id,
        settled_on=clock.today(), division_code=gone.division_code,
    )  # fmt: skip
    plan = preview_merge(actor=make_actor(Role.COUNTY), pair=pair, keep=kept.pk)
    made = merge(kept, gone)
    assert shown_by_table(plan) == moved_by_table(made)
    assert set(moved_by_table(made)) >= {
        "households_person", "households_ambiguousrow", "households_visit", "households_lifeevent",
    }  # fmt: skip


def test_a_merge_is_kept_once_the_record_has_changed(county: Any) -> None:
    kept, gone = two()
    give_account(gone, "6223000000000001")
    made = merge(kept, gone)
    BankAccount.objects.filter(person=kept).update(bank="山亭农商银行")
    with pytest.raises(DomainError) as refused:
        undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    assert refused.value.code == "changed_since"
    assert PersonMerge.objects.get().state == MergeState.DONE


def test_merges_in_a_row_are_undone_from_the_last(county: Any) -> None:
    first, second = two()
    third = make_person(number=citizen_number(3))
    give_account(first, "6223000000000001")
    pair_of(first, second), pair_of(second, third)
    start = images()
    one = merge(second, first)
    between = images()
    other = merge(third, second)
    first.refresh_from_db()
    assert first.merged_into == third
    assert BankAccount.objects.get().person == third
    with pytest.raises(DomainError) as refused:
        undo_merge(actor=make_actor(Role.COUNTY), merge=one)
    assert refused.value.code == "later_merge"
    assert str(refused.value)
    undo_merge(actor=make_actor(Role.COUNTY), merge=other)
    assert images() == between
    undo_merge(actor=make_actor(Role.COUNTY), merge=one)
    assert images() == start
    with pytest.raises(Stale):
        undo_merge(actor=make_actor(Role.COUNTY), merge=one)


def test_a_pair_is_merged_once(county: Any) -> None:
    kept, gone = two()
    pair = pair_of(kept, gone)
    merge(kept, gone)
    with pytest.raises(Stale):
        merge_people(actor=make_actor(Role.COUNTY), pair=pair, keep=kept.pk, chosen={})


def test_two_persons_are_not_merged(county: Any) -> None:
    kept, gone = two()
    pair = decide_pair(actor=make_actor(Role.COUNTY), pair=pair_of(kept, gone), is_same=False)
    with pytest.raises(Stale):
        merge_people(actor=make_actor(Role.COUNTY), pair=pair, keep=kept.pk, chosen={})


def test_a_third_record_cannot_be_merged_with_one_that_is_gone(county: Any) -> None:
    kept, gone = two()
    third = make_person(number=citizen_number(3))
    waiting = pair_of(gone, third)
    merge(kept, gone)
    assert not DuplicatePair.objects.waiting().filter(pk=waiting.pk).exists()
    for act in (
        lambda: decide_pair(actor=make_actor(Role.COUNTY), pair=waiting, is_same=True),
        lambda: preview_merge(actor=make_actor(Role.COUNTY), pair=waiting, keep=third.pk),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "record_is_merged"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.TOWNSHIP, Role.COUNTY)])
def test_who_may_not_merge(county: Any, role: Role) -> None:
    kept, gone = two()
    pair, actor = pair_of(kept, gone), make_actor(role)
    for act in (
        lambda: merge_people(actor=actor, pair=pair, keep=kept.pk, chosen={}),
        lambda: preview_merge(actor=actor, pair=pair, keep=kept.pk),
        lambda: decide_pair(actor=actor, pair=pair, is_same=True),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_township_merges_within_itself_and_moves_no_money(county: Any) -> None:
    kept, gone = two()
    with pytest.raises(NotAllowed):
        merge(kept, gone, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))
    made = merge(kept, gone, actor=make_actor(Role.TOWNSHIP))
    assert undo_merge(actor=make_actor(Role.TOWNSHIP), merge=made).state == MergeState.UNDONE
    grant = make_grant(paid_programme(), serial=3)
    with pytest.raises(NotAllowed) as refused:
        merge(kept, grant.person, actor=make_actor(Role.TOWNSHIP))
    assert refused.value.code == "merge_moves_money"
    far = make_person(village=OTHER_VILLAGE)
    with pytest.raises(NotAllowed):
        merge(kept, far, actor=make_actor(Role.TOWNSHIP))


def test_a_file_with_the_former_number_is_told_so(county: Any) -> None:
    kept, gone = two()
    merge(kept, gone)
    brought = bring(county, [row(姓名="王秀英", 公民身份号码=citizen_number(2))])
    assert codes(brought) == [(2, "merged_number")]


def test_a_file_that_names_a_parent_by_the_former_number_finds_her(county: Any) -> None:
    kept, gone = two()
    merge(kept, gone)
    bring(county, [row(姓名="王小明", 公民身份号码=SON, 母亲身份号码=citizen_number(2))])
    assert Parentage.objects.get().parent == kept


def test_every_reference_to_a_person_is_answered_for(county: Any) -> None:
    """A new table that names a person must say how it follows a merge; see households.merging."""
    kept_as_they_are = {("DuplicatePair", "first"), ("DuplicatePair", "second")} | {
        ("PersonMerge", "survivor"),
        ("PersonMerge", "absorbed"),
        ("NameToken", "person"),
        # Leads to the record that stayed, in whose village a trigger puts it: see proposals_follow_people.
        ("EventProposal", "person"),
    }
    answered = {(model.__name__, name) for model, name in _REFERENCES} | kept_as_they_are
    answered |= {(model.__name__, name) for part in mergeables() for model, name in part.references}
    named = {
        (relation.related_model.__name__, relation.field.name)
        for relation in Person._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and not relation.related_model.__name__.endswith("Event")
    }
    named |= {("LifeEvent", "person"), ("LifeEvent", "other")}
    facts = {(model.__name__, "person") for model in DatedFact.__subclasses__()}
    assert named - answered - facts == set()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("number", {"birth_date": datetime.date(1970, 1, 1)}),
        ("number", {"sex": Sex.MALE}),
        ("death", {"died_on": datetime.date(1974, 1, 1)}),
    ],
)
def test_what_is_chosen_fits_the_kin_on_record(county: Any, code: str, fields: dict[str, Any]) -> None:
    kept, gone = two(born="1950-03-01")
    Person.objects.filter(pk=gone.pk).update(**fields)
    gone.refresh_from_db()
    child = make_person(name="王小明", born="1975-03-11")
    Parentage.objects.create(
        person=child, parent=kept, role=ParentRole.MOTHER, kind="birth", division_code=child.division_code
    )
    with pytest.raises(DomainError) as refused:
        merge(kept, gone, **{code: gone})
    assert refused.value.code == "merge_hindered"
    merge(kept, gone, **{code: kept})


def test_an_earlier_birth_that_is_chosen_fits_her_mother(county: Any) -> None:
    kept, gone = two(born="1950-03-01")
    Person.objects.filter(pk=gone.pk).update(birth_date=datetime.date(1940, 3, 1))
    gone.refresh_from_db()
    mother = make_person(name="王大娘", born="1930-01-01")
    Parentage.objects.create(
        person=kept, parent=mother, role=ParentRole.MOTHER, kind="birth", division_code=kept.division_code
    )
    with pytest.raises(DomainError) as refused:
        merge(kept, gone, number=gone)
    assert refused.value.code == "merge_hindered"
    merge(kept, gone, number=kept)


def test_kin_that_did_not_fit_before_hinders_no_merge(county: Any) -> None:
    kept, gone = two(born="1970-01-01")
    child = make_person(name="王小明", born="1975-03-11")
    Parentage.objects.create(
        person=child, parent=gone, role=ParentRole.MOTHER, kind="birth", division_code=child.division_code
    )
    merge(kept, gone)
    assert Parentage.objects.get().parent == kept


def test_no_kind_of_fact_is_forgotten() -> None:
    from households.services.merge_facts import FACT_KINDS

    assert {model for kind in FACT_KINDS for model in kind.models} == set(DatedFact.__subclasses__())


def test_the_search_leaves_merged_records_out(county: Any) -> None:
    kept, gone = two()
    merge(kept, gone)
    assert find_all_duplicates().found == 0


def _on(day: int) -> datetime.date:
    return datetime.date(2000, 1, day)


@pytest.mark.parametrize(
    ("period", "taken", "left"),
    [
        ((None, None), [], [(None, None)]),
        ((None, None), [(None, None)], []),
        ((_on(5), None), [(None, _on(5))], [(_on(5), None)]),
        ((None, None), [(_on(5), _on(9))], [(None, _on(5)), (_on(9), None)]),
        ((_on(1), _on(9)), [(_on(3), _on(4)), (_on(6), None)], [(_on(1), _on(3)), (_on(4), _on(6))]),
        ((_on(1), _on(9)), [(_on(4), _on(4))], [(_on(1), _on(9))]),
        ((_on(4), _on(4)), [], []),
    ],
)
def test_what_others_leave_of_a_period(period: Any, taken: Any, left: Any) -> None:
    assert without(period, taken) == left
    assert not any(overlap(part, other) for part in left for other in taken)


def test_a_death_that_is_chosen_is_not_before_what_happened_to_her(county: Any) -> None:
    kept, gone = two()
    Person.objects.filter(pk=gone.pk).update(died_on=datetime.date(2010, 1, 1))
    make_household(kept)
    record_moves(
        actor=make_actor(Role.TOWNSHIP), people=[kept], report=report("2013-05-01"), to_place="370404"
    )
    with pytest.raises(DomainError) as refusal:
        merge(kept, gone, death=gone)
    assert refusal.value.code == "merge_hindered"
    assert "2013-05-01" in str(refusal.value)
    merge(kept, gone, death=kept)


def test_nothing_is_recorded_for_a_record_that_has_gone_meanwhile(county: Any) -> None:
    """A clerk opened it before, or waited for the merge to be done."""
    kept, gone = two()
    make_household(kept)
    merge(kept, gone)
    said = refused(
        "person_is_merged",
        record_death,
        actor=make_actor(Role.TOWNSHIP),
        person=gone,
        report=report("2013-01-01"),
    )
    assert gone.name in said
