"""Events for everybody, employers and compounds, associations: entered, corrected, counted."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from households.enums import (
    AssociationKind,
    AssociationServiceKind,
    ContactReason,
    EmploymentState,
    OutreachKind,
    UnitKind,
)
from households.models import Association, AssociationCount, Employment, Lodging, OutreachEvent, Unit
from households.outreach_work import outreach_work
from households.selectors.outreach import KINDS, counts_by_place
from households.selectors.units import employer_of, people_elsewhere, people_of, unrecorded_employers
from households.services.associations import change_association, count_services, record_association
from households.services.outreach import correct_event, enter_event, take_back_event
from households.services.units import (
    change_unit,
    end_lodging,
    lodge_person,
    record_unit,
    show_contact_phone,
)
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_person

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2014, 1, 6)
DAY = datetime.timedelta(days=1)
CODE, OTHER_CODE = "91350100M000100Y43", "91110000600037341L"
WRITERS = [Role.TOWNSHIP, Role.COUNTY]
READERS = [Role.VILLAGE, Role.AUDITOR, Role.COUNTY_REVIEWER, Role.TOWNSHIP_REVIEWER]


def code_of(refused: pytest.ExceptionInfo[DomainError]) -> str:
    assert str(refused.value)
    return refused.value.code


# Events -----------------------------------------------------------------------------------------


def event(**words: Any) -> OutreachEvent:
    told: dict[str, Any] = {
        "actor": make_actor(Role.TOWNSHIP),
        "kind": OutreachKind.PERFORMANCE,
        "title": "送戏下乡",
        "held_on": TODAY,
        "place": VILLAGE,
    }
    return enter_event(**{**told, **words})


@pytest.mark.parametrize("role", WRITERS)
def test_township_and_county_enter_events(county: Actor, role: Role) -> None:
    assert event(actor=make_actor(role)).division_code == VILLAGE


@pytest.mark.parametrize("role", READERS)
def test_readers_enter_no_event(county: Actor, role: Role) -> None:
    with pytest.raises(NotAllowed):
        event(actor=make_actor(role))


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("event_to_come", {"held_on": TODAY + DAY}),
        ("event_title", {"title": "  "}),
        ("event_times", {"times": 0}),
        ("event_place", {"place": "370406101999"}),
    ],
)
def test_event_that_cannot_be_is_refused(county: Actor, code: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        event(**wrong)
    assert code_of(refused) == code
    assert event()


def test_event_of_another_township_is_refused(county: Actor) -> None:
    with pytest.raises(NotAllowed):
        event(place=OTHER_VILLAGE)
    assert event(place=OTHER_VILLAGE, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))


def test_a_correction_keeps_what_was_said_and_a_taken_back_entry_counts_no_longer(county: Actor) -> None:
    made = event()
    words = {"kind": OutreachKind.CULTURAL, "title": "文化节", "held_on": TODAY, "place": VILLAGE}
    counter = make_actor(Role.TOWNSHIP)
    correct_event(actor=counter, event=made, times=2, audience=300, **words)
    assert [row.title for row in made.events.all()] == ["送戏下乡"]
    take_back_event(actor=counter, event=made)
    with pytest.raises(Stale):
        correct_event(actor=counter, event=made, times=2, audience=None, **words)
    with pytest.raises(Stale):
        take_back_event(actor=counter, event=made)
    county_counts = counts_by_place(actor=make_actor(Role.COUNTY), from_on=TODAY, to_on=TODAY + DAY)
    assert sum(county_counts[-1].numbers) == 0


def test_an_event_is_held_at_least_once_in_the_database_too(county: Actor) -> None:
    made = event()
    with pytest.raises(DatabaseError, match="outreach_is_held_at_least_once"), transaction.atomic():
        sql("UPDATE households_outreachevent SET times = 0 WHERE id = %s", [made.pk])
    sql("UPDATE households_outreachevent SET times = 2 WHERE id = %s", [made.pk])


def test_counts_by_place_add_up_and_keep_the_order_of_the_list(county: Actor) -> None:
    event(times=3)
    event(place=TOWNSHIP, kind=OutreachKind.MEDIA)
    event(place=OTHER_VILLAGE, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), times=5)
    event(place="370406000000", actor=make_actor(Role.COUNTY), kind=OutreachKind.CULTURAL)
    event(held_on=TODAY - 40 * DAY, times=9)
    january = {"from_on": datetime.date(2014, 1, 1), "to_on": datetime.date(2014, 2, 1)}
    rows = counts_by_place(actor=make_actor(Role.COUNTY), **january)
    total = dict(zip([*KINDS, "all"], rows[-1].numbers, strict=True))
    assert (total["performance"], total["media"], total["cultural"], total["all"]) == (8, 1, 1, 10)
    assert total["all"] == sum(row.numbers[-1] for row in rows[:-1])
    assert rows[0].numbers[-1] == 1, "the county's own stands first"
    below = counts_by_place(actor=make_actor(Role.TOWNSHIP), **january)
    assert below[-1].numbers[-1] == 4


def test_counts_page_takes_a_year_or_a_month(county: Actor, page_of: Callable[..., Client]) -> None:
    event(times=7)
    browser, address = page_of(Role.COUNTY), reverse("households:outreach_counts")
    assert browser.get(address).context["total"].numbers[-1] == 7
    assert browser.get(address, {"period": "2013-12"}).context["total"].numbers[-1] == 0
    assert browser.get(address, {"period": "2013-12"}).context["last"] == datetime.date(2013, 12, 31)
    assert browser.get(address, {"period": "Januar"}).status_code == 422


def test_event_pages(county: Actor, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.TOWNSHIP)
    words = {
        "kind": "cultural",
        "title": "人口文化节",
        "held_on": "2014-01-05",
        "place": VILLAGE,
        "times": "1",
    }
    assert browser.post(reverse("households:outreach_event_new"), words).status_code == 302
    refused = browser.post(reverse("households:outreach_event_new"), {**words, "held_on": "2014-02-01"})
    assert refused.status_code == 422
    assert "人口文化节" in refused.content.decode()
    with open_context(scope="370406"):
        made = OutreachEvent.objects.get()
    correct = reverse("households:outreach_event_correct", args=[made.pk])
    assert browser.post(correct, {**words, "title": "文化节"}).status_code == 302
    assert (
        "人口文化节"
        in browser.get(reverse("households:outreach_event_history", args=[made.pk])).content.decode()
    )
    take_back = reverse("households:outreach_event_take_back", args=[made.pk])
    assert browser.post(take_back).status_code == 302
    assert "文化节" not in browser.get(reverse("households:outreach_events")).content.decode()


# Units ------------------------------------------------------------------------------------------


def unit(**words: Any) -> Unit:
    told: dict[str, Any] = {
        "actor": make_actor(Role.TOWNSHIP),
        "kind": UnitKind.ENTERPRISE,
        "name": "山亭水泥厂",
        "place": VILLAGE,
        "credit_code": CODE,
    }
    return record_unit(**{**told, **words})


def employ(village: str = VILLAGE, code: str = CODE, state: str = EmploymentState.EMPLOYED) -> Any:
    person = make_person(village=village)
    Employment.objects.create(person=person, state=state, employer_code=code, division_code=village)
    return person


@pytest.mark.parametrize("role", WRITERS)
def test_township_and_county_record_units(county: Actor, role: Role) -> None:
    made = unit(actor=make_actor(role), phone="0632-8811200")
    assert str(made.phone) == "*******1200"


@pytest.mark.parametrize("role", READERS)
def test_readers_record_no_unit(county: Actor, role: Role) -> None:
    with pytest.raises(NotAllowed):
        unit(actor=make_actor(role))


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("credit_code_check_character", {"credit_code": CODE[:-1] + "4"}),
        ("credit_code_characters", {"credit_code": "123"}),
        ("unit_code_missing", {"credit_code": ""}),
        ("unit_code_missing", {"kind": UnitKind.COMPOUND, "credit_code": "", "is_payer": True}),
        ("unit_name", {"name": " "}),
        ("unit_place", {"place": TOWNSHIP}),
        ("unit_period", {"from_on": TODAY, "to_on": TODAY}),
        ("phone_number", {"phone": "12"}),
    ],
)
def test_unit_that_cannot_be_is_refused(county: Actor, code: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        unit(**wrong)
    assert code_of(refused) == code
    assert unit()


def test_a_credit_code_belongs_to_one_unit_of_the_county(county: Actor) -> None:
    other = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    unit(actor=other, place=OTHER_VILLAGE)
    with open_context(actor=make_actor(Role.TOWNSHIP)), pytest.raises(DomainError) as refused:
        unit()
    assert code_of(refused) == "unit_code_known"
    assert unit(credit_code=OTHER_CODE)
    assert unit(kind=UnitKind.COMPOUND, credit_code="")
    assert unit(kind=UnitKind.COMPOUND, credit_code="")


def test_who_employs_has_a_credit_code_in_the_database_too(county: Actor) -> None:
    made = unit()
    with pytest.raises(DatabaseError, match="who_employs_or_pays"), transaction.atomic():
        sql("UPDATE households_unit SET credit_code = '' WHERE id = %s", [made.pk])
    sql("UPDATE households_unit SET credit_code = '', kind = 'compound' WHERE id = %s", [made.pk])


def test_a_change_keeps_the_phone_and_what_was_said(county: Actor) -> None:
    made = unit(phone="0632-8811200")
    words = {"kind": UnitKind.ENTERPRISE, "place": VILLAGE, "credit_code": CODE}
    changed = change_unit(
        actor=make_actor(Role.COUNTY), unit=made, name="山亭建材公司", is_payer=True, **words
    )
    assert (changed.is_payer, str(changed.phone)) == (True, "*******1200")
    assert "山亭水泥厂" in [row.name for row in made.events.all()]
    with pytest.raises(NotAllowed):
        change_unit(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), unit=made, name="山亭", **words)


def test_the_employer_is_found_wherever_it_lies(county: Actor) -> None:
    worker, retired, nobody = employ(), employ(state=EmploymentState.RETIRED), make_person()
    paying = unit(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), place=OTHER_VILLAGE, is_payer=True)
    with open_context(actor=make_actor(Role.VILLAGE)):
        assert not Unit.objects.exists()
        found = employer_of(person=worker, on=TODAY)
        assert found is not None
        assert (found.pk, found.is_payer) == (paying.pk, True)
        assert employer_of(person=retired, on=TODAY) == found, "who retired from there is paid by it"
        assert employer_of(person=nobody, on=TODAY) is None
    ended = Unit.objects.filter(pk=paying.pk)
    ended.update(to_on=TODAY)
    assert employer_of(person=worker, on=TODAY) is None
    assert employer_of(person=worker, on=TODAY - DAY) is not None


@pytest.mark.parametrize(("elsewhere", "shown"), [(4, None), (5, 5)])
def test_few_people_served_elsewhere_are_no_number(county: Actor, elsewhere: int, shown: int | None) -> None:
    made = unit()
    own = employ()
    for _one in range(elsewhere):
        employ(OTHER_VILLAGE)
    actor = make_actor(Role.TOWNSHIP)
    with open_context(actor=actor):
        assert [row.person for row in people_of(actor=actor, unit=made, on=TODAY)] == [own]
        assert people_elsewhere(actor=actor, unit=made, on=TODAY) == shown


def test_employers_without_a_unit_are_listed(county: Actor) -> None:
    employ(), employ(), employ(code=OTHER_CODE)
    employ(OTHER_VILLAGE, code="12100000425006133D")
    unit(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), place=OTHER_VILLAGE, credit_code=OTHER_CODE)
    actor = make_actor(Role.TOWNSHIP)
    with open_context(actor=actor):
        found = unrecorded_employers(actor=actor, on=TODAY)
    assert [(row.credit_code, row.people) for row in found] == [(CODE, 2)]


def test_a_compound_houses_people_from_a_day_to_a_day(county: Actor) -> None:
    compound, other = (unit(kind=UnitKind.COMPOUND, credit_code="", name=name) for name in ("一院", "二院"))
    person, counter = make_person(), make_actor(Role.TOWNSHIP)
    first = lodge_person(actor=counter, unit=compound, person=person, from_on=TODAY - 9 * DAY)
    second = lodge_person(actor=counter, unit=other, person=person, from_on=TODAY - 2 * DAY)
    first.refresh_from_db()
    assert first.to_on == TODAY - 2 * DAY
    with pytest.raises(DomainError) as refused:
        lodge_person(actor=counter, unit=compound, person=person, from_on=TODAY - 4 * DAY)
    assert code_of(refused) == "lodging_later_entry"
    with pytest.raises(DomainError) as refused:
        lodge_person(actor=counter, unit=compound, person=person, from_on=TODAY + DAY)
    assert code_of(refused) == "lodging_to_come"
    with pytest.raises(DomainError) as refused:
        lodge_person(actor=counter, unit=unit(), person=person, from_on=TODAY)
    assert code_of(refused) == "not_a_compound"
    with pytest.raises(DomainError) as refused:
        end_lodging(actor=counter, lodging=second, to_on=TODAY - 2 * DAY)
    assert code_of(refused) == "lodging_end"
    end_lodging(actor=counter, lodging=second, to_on=TODAY)
    with pytest.raises(Stale):
        end_lodging(actor=counter, lodging=second, to_on=TODAY)
    assert not people_of(actor=counter, unit=other, on=TODAY).exists()
    assert people_of(actor=counter, unit=other, on=TODAY - DAY).exists()
    with pytest.raises(DatabaseError, match="one_compound_at_a_time"), transaction.atomic():
        Lodging.objects.create(person=person, unit=compound, division_code=VILLAGE)


@pytest.mark.parametrize("role", READERS)
def test_readers_lodge_nobody(county: Actor, role: Role) -> None:
    compound = unit(kind=UnitKind.COMPOUND, credit_code="")
    with pytest.raises(NotAllowed):
        lodge_person(actor=make_actor(role), unit=compound, person=make_person(), from_on=TODAY)


def test_a_contact_is_shown_for_a_reason(county: Actor) -> None:
    made = unit(phone="0632-8811200")
    shown = show_contact_phone(actor=make_actor(Role.VILLAGE), partner=made, reason=ContactReason.BENEFIT)
    assert shown == "06328811200"
    assert Act.objects.get(verb="households.show_contact").detail == {"reason": "benefit"}
    with pytest.raises(NotAllowed):
        show_contact_phone(actor=make_actor(Role.AUDITOR), partner=made, reason=ContactReason.BENEFIT)
    with pytest.raises(DomainError) as refused:
        show_contact_phone(
            actor=make_actor(Role.VILLAGE),
            partner=unit(credit_code=OTHER_CODE),
            reason=ContactReason.BENEFIT,
        )
    assert code_of(refused) == "nothing_recorded"


def test_unit_pages(county: Actor, page_of: Callable[..., Client]) -> None:
    worker = employ()
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:unit_new")
    listed = browser.get(reverse("households:unit_unrecorded")).content.decode()
    assert f"{address}?code={CODE}" in listed
    assert CODE in browser.get(address, {"code": CODE}).content.decode()
    words = {
        "kind": "enterprise",
        "name": "山亭水泥厂",
        "credit_code": CODE,
        "place": VILLAGE,
        "phone": "0632-8811200",
    }
    refused = browser.post(address, {**words, "credit_code": CODE[:-1] + "4"})
    assert refused.status_code == 422
    assert "山亭水泥厂" in refused.content.decode()
    assert browser.post(address, words).status_code == 302
    with open_context(scope="370406"):
        made = Unit.objects.get()
    page = browser.get(reverse("households:unit", args=[made.pk])).content.decode()
    assert worker.name in page
    assert "06328811200" not in page
    phone = reverse("households:unit_phone", args=[made.pk])
    assert "06328811200" not in browser.get(phone).content.decode()
    assert "06328811200" in browser.post(phone, {"reason": "benefit"}).content.decode()
    for query, found in (
        ({"name": CODE}, 1),
        ({"name": "水泥"}, 1),
        ({"payer": "on"}, 0),
        ({"kind": "compound"}, 0),
    ):
        assert browser.get(reverse("households:units"), query).context["listing"].total == found
    elsewhere = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert elsewhere.get(reverse("households:unit", args=[made.pk])).status_code == 404


# Associations -----------------------------------------------------------------------------------


def association(**words: Any) -> Association:
    told: dict[str, Any] = {
        "actor": make_actor(Role.COUNTY),
        "kind": AssociationKind.HOMETOWN,
        "name": "山亭在深圳异地协会",
        "place_code": "440300",
        "place_name": "广东省深圳市",
    }
    return record_association(**{**told, **words})


AGREED = {"agreement_from": datetime.date(2013, 1, 1), "agreement_document": "双向协作协议书〔2013〕3号"}


@pytest.mark.parametrize("role", [*READERS, Role.TOWNSHIP])
def test_only_the_county_records_associations(county: Actor, role: Role) -> None:
    with pytest.raises(NotAllowed):
        association(actor=make_actor(role))
    made = association()
    assert made.place_code == "440300000000"
    with pytest.raises(NotAllowed):
        count_services(actor=make_actor(role), association=made, month=datetime.date(2013, 12, 1), numbers={})


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("association_name", {"name": " "}),
        ("association_place", {"place_code": "4403"}),
        ("agreement_document", {"agreement_from": TODAY}),
        ("agreement_document", {"agreement_to": TODAY}),
        ("agreement_period", {**AGREED, "agreement_to": datetime.date(2013, 1, 1)}),
        ("phone_number", {"phone": "12"}),
    ],
)
def test_association_that_cannot_be_is_refused(county: Actor, code: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        association(**wrong)
    assert code_of(refused) == code
    assert association(**AGREED, phone="0755-8811200")
    with pytest.raises(DomainError) as refused:
        association()
    assert code_of(refused) == "association_known"


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("agreement_has_its_day_and_its_document", "agreement_document = ''"),
        ("agreement_ends_after_it_begins", "agreement_to = '2012-12-31'"),
    ],
)
def test_an_agreement_is_whole_in_the_database_too(county: Actor, constraint: str, change: str) -> None:
    made = association(**AGREED)
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        sql(f"UPDATE households_association SET {change} WHERE id = %s", [made.pk])


def test_an_agreement_that_ends_soon_is_work_until_it_is_renewed(county: Actor) -> None:
    def waiting() -> int:
        return [item.count for item in outreach_work(make_actor(Role.COUNTY))][-1]

    made = association(**AGREED, agreement_to=TODAY + 59 * DAY)
    association(name="二", **AGREED, agreement_to=TODAY + 60 * DAY)
    association(name="三", **AGREED, agreement_to=TODAY)
    association(name="四")
    assert waiting() == 1
    change_association(
        actor=make_actor(Role.COUNTY),
        association=made,
        kind=AssociationKind.HOMETOWN,
        name=made.name,
        place_code=made.place_code,
        place_name=made.place_name,
        **AGREED,
        agreement_to=datetime.date(2016, 1, 1),
    )
    assert waiting() == 0
    assert (
        Act.objects.get(verb="households.change_association").detail["former"]["agreement_to"] == "2014-03-06"
    )


def test_services_are_counted_by_month_and_replaced(county: Actor) -> None:
    made, december = association(), datetime.date(2013, 12, 1)
    explained = AssociationServiceKind.EXPLAINED

    def count(**numbers: int) -> None:
        count_services(
            actor=make_actor(Role.COUNTY),
            association=made,
            month=december,
            numbers={AssociationServiceKind(kind): number for kind, number in numbers.items()},
        )

    count(explained=12, papers=3)
    count(explained=10, papers=0)
    counted = AssociationCount.objects.filter(association=made, month=december)
    assert dict(counted.values_list("kind", "number")) == {explained: 10}, "nothing of papers is left"
    for month in (datetime.date(2013, 12, 2), datetime.date(2014, 2, 1)):
        with pytest.raises(DomainError) as refused:
            count_services(actor=make_actor(Role.COUNTY), association=made, month=month, numbers={})
        assert code_of(refused) == "count_month"
    with pytest.raises(DomainError) as refused:
        count(explained=-1)
    assert code_of(refused) == "count_number"


def test_association_pages(county: Actor, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.COUNTY)
    words = {
        "kind": "hometown",
        "name": "异地协会",
        "place_code": "440300",
        "place_name": "深圳",
        "phone": "0755-8811200",
    }
    assert (
        browser.post(reverse("households:association_new"), {**words, "place_code": "4"}).status_code == 422
    )
    assert browser.post(reverse("households:association_new"), words).status_code == 302
    made = Association.objects.get()
    count = reverse("households:association_count", args=[made.pk])
    numbers = dict.fromkeys(AssociationServiceKind.values, "4")
    assert browser.post(count, {"month": "2013", **numbers}).status_code == 422
    assert browser.post(count, {"month": "2013-12", **numbers}).status_code == 302
    change = reverse("households:association_change", args=[made.pk])
    assert browser.post(change, {**words, "phone": "", "place_name": "广东深圳"}).status_code == 302
    text = page_of(Role.TOWNSHIP).get(reverse("households:association", args=[made.pk])).content.decode()
    assert "广东深圳" in text
    assert "*******1200" in text
    listed = reverse("households:associations")
    for query, found in (({"agreement": "none"}, 1), ({"agreement": "ends"}, 0), ({"name": "广东"}, 1)):
        assert browser.get(listed, query).context["listing"].total == found
