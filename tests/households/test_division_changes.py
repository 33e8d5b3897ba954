"""Villages merge, split, are renamed and move: families follow, history stays."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from households.enums import Relation, UnitKind, VisitNext, VisitPurpose, VisitResult
from households.models import (
    DivisionChange,
    DivisionChangeLine,
    DivisionMove,
    FormerPlace,
    Household,
    Hukou,
    Membership,
    Person,
    RegistryTask,
    Residence,
)
from households.services.division_changes import applying
from households.services.division_changes.applying import do_change, gather_stragglers
from households.services.division_changes.drafting import confirm_change, draft_change, withdraw_change
from households.services.events.checks import check_place
from households.services.units import record_unit
from households.services.visits import record_visit
from households.tasks import do_division_change
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role, SuccessionKind
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division, DivisionSuccession, RoleGrant
from offices.selectors.divisions import names_of_divisions, names_on
from offices.services.divisions import load_divisions
from tests.conftest import sql
from tests.factories import make_actor, make_household, make_person
from tests.households.divisions import FIRST, NEW, OTHER_NEW, SECOND, THIRD, confirm, do_due, done, prepare

DAY = datetime.date(2014, 1, 6)


def _family(village: str, number: str, name: str = "王秀英") -> tuple[Person, Household]:
    person = make_person(village=village, name=name)
    return person, make_household(person, number=number)


def test_merged_village_has_every_family_and_its_old_place_is_known(county: Actor) -> None:
    one, house = _family(FIRST, "17")
    other, other_house = _family(SECOND, "17")
    change = done(SuccessionKind.MERGE, (FIRST, FIRST, "大前村"), (SECOND, FIRST, "大前村"))
    assert change.state == "applied", change.job.message
    house.refresh_from_db()
    other_house.refresh_from_db()
    other.refresh_from_db()
    assert (house.division_code, house.number) == (FIRST, "17")
    assert (other_house.division_code, other_house.number) == (FIRST, "17-201")
    assert other.division_code == FIRST
    former = FormerPlace.objects.get(household=other_house)
    assert (former.place_code, former.number, former.until_on) == (SECOND, "17", DAY)
    ended = Division.objects.get(pk=SECOND)
    assert ended.to_on == DAY
    assert Division.objects.get(pk=FIRST).name == "大前村"
    for model in (Residence, Hukou):
        rows = (
            model.objects.filter(person=other)
            .order_by("to_on")
            .values_list("place_code", "from_on", "to_on", "division_code")
        )
        assert list(rows) == [(SECOND, None, DAY, FIRST), (FIRST, DAY, None, FIRST)]
    assert one.residence_set.count() == 1


def test_split_takes_the_chosen_households(county: Actor) -> None:
    stays, _house = _family(FIRST, "1")
    goes, goes_house = _family(FIRST, "2")
    change = prepare(
        SuccessionKind.SPLIT,
        (FIRST, FIRST, "前村", True),
        (FIRST, NEW, "新村", False),
        chosen=[goes_house],
        to=NEW,
    )
    confirm(change)
    for person, code in ((stays, FIRST), (goes, NEW)):
        person.refresh_from_db()
        assert person.division_code == code
    assert Division.objects.get(pk=NEW).parent_id == "370406101000"


def test_roles_of_an_ended_village_go_on(county: Actor) -> None:
    specialist = make_actor(Role.VILLAGE, SECOND)
    change = done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    assert change.state == "applied", change.job.message
    grants = RoleGrant.objects.filter(staff=specialist.staff_id).order_by("from_on")
    assert [(one.division_id, one.from_on, one.to_on) for one in grants] == [
        (SECOND, datetime.date(2000, 1, 1), DAY),
        (OTHER_NEW, DAY, None),
    ]


def test_split_follows_the_family_wherever_its_members_live(county: Actor) -> None:
    """Hukou of who works elsewhere, the dead, and who lives with others: each goes with her household."""
    head, house = _family(FIRST, "2")
    worker = make_person(village=FIRST, name="王建国", born="1980-01-01")
    Residence.objects.filter(person=worker).update(place_code="440305000000")
    Membership.objects.create(person=worker, household=house, relation=Relation.SON, division_code=FIRST)
    alone = make_person(village=FIRST, name="李大妈")
    change = prepare(
        SuccessionKind.SPLIT,
        (FIRST, FIRST, "前村", True),
        (FIRST, NEW, "新村", False),
        chosen=[house],
        to=NEW,
    )
    confirm(change)
    for person, code in ((head, NEW), (worker, NEW), (alone, FIRST)):
        person.refresh_from_db()
        assert person.division_code == code
    assert Residence.objects.on(DAY).get(person=worker).place_code == "440305000000"
    assert Hukou.objects.on(DAY).get(person=worker).place_code == NEW
    assert Hukou.objects.on(DAY - datetime.timedelta(days=1)).get(person=worker).place_code == FIRST


def test_split_without_the_old_village_sends_the_rest_to_the_default(county: Actor) -> None:
    stays, _house = _family(FIRST, "1")
    goes, house = _family(FIRST, "2")
    second = NEW[:-1] + "9"
    change = prepare(
        SuccessionKind.SPLIT,
        (FIRST, NEW, "东村", True),
        (FIRST, second, "西村", False),
        chosen=[house],
        to=second,
    )
    confirm(change)
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (stays.division_code, goes.division_code) == (NEW, second)
    assert Division.objects.get(pk=FIRST).to_on == DAY


def test_renamed_village_changes_its_name_and_nothing_else(county: Actor) -> None:
    person, house = _family(FIRST, "1")
    was = Division.objects.get(pk=FIRST).name
    done(SuccessionKind.RENAME, (FIRST, FIRST, "和谐村"))
    house.refresh_from_db()
    person.refresh_from_db()
    assert (house.division_code, person.division_code) == (FIRST, FIRST)
    assert not FormerPlace.objects.exists()
    assert names_on([FIRST], DAY - datetime.timedelta(days=1)) == {FIRST: was}
    assert names_on([FIRST], DAY) == names_of_divisions([FIRST]) == {FIRST: "和谐村"}


def test_change_waits_for_its_day_and_can_be_withdrawn_until_then(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    person, _house = _family(SECOND, "1")
    change = confirm(
        prepare(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"), on=datetime.date(2014, 2, 1))
    )
    assert (change.state, change.job_id) == ("confirmed", None)
    assert do_due() == 0
    moved_to("2014-02-01")
    assert do_due() == 1
    change.refresh_from_db()
    person.refresh_from_db()
    assert (change.state, change.applied_on, person.division_code) == (
        "applied",
        datetime.date(2014, 2, 1),
        OTHER_NEW,
    )
    other = prepare(SuccessionKind.RENAME, (FIRST, FIRST, "和谐村"), on=datetime.date(2014, 3, 1))
    assert withdraw_change(actor=make_actor(Role.COUNTY), change=other).state == "withdrawn"
    # The village is free for another change of that day.
    assert prepare(SuccessionKind.RENAME, (FIRST, FIRST, "新前村"), on=datetime.date(2014, 3, 1))
    with pytest.raises(Stale):
        withdraw_change(actor=make_actor(Role.COUNTY), change=change)


def test_preview_is_what_is_done_and_changes_nothing(county: Actor) -> None:
    one, house = _family(FIRST, "17")
    _other, _house = _family(SECOND, "17")
    specialist = make_actor(Role.VILLAGE, SECOND)
    change = prepare(SuccessionKind.MERGE, (FIRST, FIRST, "大前村"), (SECOND, FIRST, "大前村"))
    counted = {(row["kind"], row["from"], row["to"]): row["count"] for row in change.preview["counted"]}
    assert counted["households", SECOND, FIRST] == counted["people", SECOND, FIRST] == 1
    assert ("people", FIRST, FIRST) not in counted
    assert change.preview["numbers"] == [
        {"old_code": SECOND, "old_number": "17", "new_code": FIRST, "new_number": "17-201"}
    ]
    assert [row["staff"] for row in change.preview["roles"]] == [str(specialist.staff_id)]
    assert Division.objects.get(pk=SECOND).to_on is None
    assert not DivisionSuccession.objects.exists()
    assert not FormerPlace.objects.exists()
    assert RoleGrant.objects.filter(staff=specialist.staff_id).count() == 1
    before = change.preview
    assert confirm(change).preview["counted"] == before["counted"]
    house.refresh_from_db()
    assert house.number == "17"
    assert one.residence_set.count() == 1


REFUSED: list[tuple[str, SuccessionKind, list[tuple[str, ...]]]] = [
    ("merge_of_two", SuccessionKind.MERGE, [(FIRST, NEW, "村")]),
    ("village_unknown", SuccessionKind.RENAME, [("370406101999", "370406101999", "村")]),
    ("village_unknown", SuccessionKind.TRANSFER, [("370406101000", OTHER_NEW, "村")]),
    ("code_form", SuccessionKind.TRANSFER, [(FIRST, "3704061022", "村")]),
    ("code_elsewhere", SuccessionKind.TRANSFER, [(FIRST, "370405102298", "村")]),
    ("code_not_village", SuccessionKind.TRANSFER, [(FIRST, "370406102000", "村")]),
    ("code_used", SuccessionKind.TRANSFER, [(FIRST, "370406102200", "村")]),
    ("township_unknown", SuccessionKind.TRANSFER, [(FIRST, "370406199298", "村")]),
    ("same_township", SuccessionKind.TRANSFER, [(FIRST, NEW, "村")]),
    ("name_missing", SuccessionKind.TRANSFER, [(FIRST, OTHER_NEW, " ")]),
    ("rename_keeps_code", SuccessionKind.RENAME, [(FIRST, NEW, "村")]),
    ("one_for_one", SuccessionKind.TRANSFER, [(FIRST, OTHER_NEW, "村"), (SECOND, OTHER_NEW, "村")]),
    ("split_into_two", SuccessionKind.SPLIT, [(FIRST, FIRST, "村")]),
]


@pytest.mark.parametrize(("code", "kind", "lines"), REFUSED)
def test_what_cannot_be_is_refused(
    county: Actor, code: str, kind: SuccessionKind, lines: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(DomainError) as refused:
        prepare(kind, *lines)
    assert refused.value.code == code
    assert str(refused.value)


def test_village_that_has_ended_cannot_be_changed_again(county: Actor) -> None:
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    for kind, lines, code in (
        (SuccessionKind.RENAME, [(SECOND, SECOND, "村")], "village_ended"),
        (SuccessionKind.TRANSFER, [(FIRST, SECOND, "村")], "same_township"),
        (SuccessionKind.MERGE, [(FIRST, SECOND, "村"), (THIRD, SECOND, "村")], "code_used"),
        (SuccessionKind.RENAME, [(OTHER_NEW, OTHER_NEW, "村")], "village_not_yet"),
    ):
        with pytest.raises(DomainError) as refused:
            prepare(kind, *lines)
        assert refused.value.code == code


def test_two_changes_of_a_village_on_one_day_are_refused(county: Actor) -> None:
    day = datetime.date(2014, 3, 1)
    prepare(SuccessionKind.MERGE, (FIRST, FIRST, "村"), (SECOND, FIRST, "村"), on=day)
    for lines in ([(SECOND, OTHER_NEW, "村")], [(FIRST, OTHER_NEW, "村")]):
        with pytest.raises(DomainError) as refused:
            prepare(SuccessionKind.TRANSFER, *lines, on=day)
        assert refused.value.code == "other_change"
    assert prepare(SuccessionKind.RENAME, (FIRST, FIRST, "另村"), on=datetime.date(2014, 4, 1))
    line = DivisionChangeLine.objects.filter(effective_on=day).first()
    assert line is not None
    other = DivisionChange.objects.get(effective_on=datetime.date(2014, 4, 1))
    with pytest.raises(IntegrityError, match="one_change_of_a_village_on_a_day"), transaction.atomic():
        sql(
            "UPDATE households_divisionchangeline SET effective_on = %s WHERE change_id = %s", [day, other.pk]
        )


def test_who_prepared_a_change_does_not_confirm_it(county: Actor) -> None:
    change = prepare(SuccessionKind.RENAME, (FIRST, FIRST, "和谐村"))
    drafter = make_actor(Role.COUNTY)
    with pytest.raises(DomainError) as refused:
        confirm_change(actor=drafter, change=change)
    assert refused.value.code == "same_person"
    with (
        pytest.raises(IntegrityError, match="division_change_is_confirmed_by_another_person"),
        transaction.atomic(),
    ):
        sql(
            "UPDATE households_divisionchange SET state = 'confirmed', confirmed_by_id = drafted_by_id, "
            "confirmed_on = now(), confirmed_at = now()"
        )
    for role in (Role.TOWNSHIP, Role.FINANCE, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            confirm_change(actor=make_actor(role), change=change)
    with pytest.raises(NotAllowed):
        draft_change(
            actor=make_actor(Role.TOWNSHIP),
            kind=SuccessionKind.RENAME,
            effective_on=DAY,
            document="x",
            lines=[],
        )


def test_change_is_done_once(county: Actor) -> None:
    person, _house = _family(SECOND, "1")
    change = done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    history = person.events.count()  # type: ignore[attr-defined] # row history
    facts = Residence.objects.filter(person=person).count()
    do_division_change("370406", str(change.job_id))
    assert do_due() == 0
    assert gather_stragglers() == 0
    assert person.events.count() == history  # type: ignore[attr-defined] # as above
    assert Residence.objects.filter(person=person).count() == facts == 2


def test_what_was_under_way_is_gathered_in_the_night(county: Actor) -> None:
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    late = make_person(village=SECOND, name="赵晚")
    late_house = make_household(late, number="9")
    assert gather_stragglers() == 1
    late.refresh_from_db()
    late_house.refresh_from_db()
    assert (late.division_code, late_house.division_code) == (OTHER_NEW, OTHER_NEW)
    assert Residence.objects.on(DAY).get(person=late).place_code == OTHER_NEW


def test_role_that_somebody_holds_for_both_villages_is_held_once(county: Actor) -> None:
    first = make_actor(Role.VILLAGE, FIRST, name="双村")
    with open_context(scope=""):
        RoleGrant.objects.create(
            staff_id=first.staff_id, role=Role.VILLAGE, division_id=SECOND, from_on=datetime.date(2013, 1, 1)
        )
    done(SuccessionKind.MERGE, (FIRST, FIRST, "村"), (SECOND, FIRST, "村"))
    held = RoleGrant.objects.filter(staff=first.staff_id).valid_on(DAY)
    assert [grant.division_id for grant in held] == [FIRST]


def test_reference_list_undoes_no_change(county: Actor) -> None:
    done(SuccessionKind.RENAME, (FIRST, FIRST, "和谐村"))
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    load_divisions(actor=county, county="370406")
    assert Division.objects.get(pk=FIRST).name == "和谐村"
    assert Division.objects.get(pk=SECOND).to_on == DAY
    assert Division.objects.get(pk=OTHER_NEW).name == "西村"
    assert names_of_divisions([SECOND])[SECOND].startswith("原")


def test_event_of_a_day_before_leads_to_the_village_of_today(county: Actor) -> None:
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    before = DAY - datetime.timedelta(days=3)
    assert check_place(SECOND, before) == OTHER_NEW
    assert check_place(OTHER_NEW, before) == OTHER_NEW
    with pytest.raises(DomainError):
        check_place(SECOND, DAY)


def test_worker_that_is_killed_leaves_nothing_and_the_next_one_finishes(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _house = _family(SECOND, "1")
    change = prepare(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    actor = make_actor(Role.COUNTY_REVIEWER)
    confirmed = confirm_change(actor=actor, change=change)

    class Killed(BaseException):
        """The worker's end, in the middle of its work."""

    def dies(**_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed), transaction.atomic():
        patched.setattr(applying, "pass_on_roles", dies)
        do_change(actor=county, job_id=confirmed.job_id)
    person.refresh_from_db()
    assert person.division_code == SECOND
    assert Division.objects.get(pk=SECOND).to_on is None
    assert not DivisionMove.objects.exists()
    do_division_change("370406", str(confirmed.job_id))
    confirmed.refresh_from_db()
    person.refresh_from_db()
    assert (confirmed.state, person.division_code) == ("applied", OTHER_NEW)


def test_change_that_cannot_be_done_says_why_and_waits(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    change = confirm(
        prepare(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"), on=datetime.date(2014, 2, 1))
    )
    Division.objects.create(code=OTHER_NEW, name="占用", level="village", parent_id="370406102000")
    moved_to("2014-02-01")
    do_due()
    change.refresh_from_db()
    assert (change.state, change.job.state) == ("confirmed", "failed")
    assert OTHER_NEW in change.job.message
    assert do_due() == 0, "somebody reads why before it is tried again"
    assert withdraw_change(actor=make_actor(Role.COUNTY), change=change).state == "withdrawn"


def test_open_work_follows_and_what_is_settled_stays(county: Actor) -> None:
    _person, house = _family(SECOND, "1")
    village = make_actor(Role.VILLAGE, SECOND)
    given = {"actor": village, "household": house, "purpose": VisitPurpose.DELIVER, "visited_on": DAY}
    over = record_visit(result=VisitResult.TOLD, **given)
    waits = record_visit(result=VisitResult.NOT_THERE, next_step=VisitNext.COME_AGAIN, next_on=DAY, **given)
    task = RegistryTask.objects.create(
        kind=RegistryTask.Kind.NO_HEAD, household=house, opened_on=DAY, division_code=SECOND
    )
    unit = record_unit(actor=make_actor(Role.TOWNSHIP), kind=UnitKind.COMPOUND, name="大院", place=SECOND)
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    for row, code in ((waits, OTHER_NEW), (task, OTHER_NEW), (unit, OTHER_NEW)):
        row.refresh_from_db()
        assert row.division_code == code, row
    over.refresh_from_db()
    assert over.division_code == SECOND
    assert {row.row_table for row in DivisionMove.objects.all()} >= {
        "households_person",
        "households_visit",
        "households_registrytask",
        "households_unit",
    }
