"""The counter's pages of events: entered, told what follows, recorded, taken back; a family of another day."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households import consequences
from households.consequences import Consequence
from households.enums import EventState, Relation
from households.models import Household, LifeEvent, Membership, Person, Residence
from households.services.events.deaths import record_death
from households.services.events.facts import change_disability
from households.services.events.kin import record_parting, record_union
from households.services.events.moves import record_moves
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, make_actor, make_household, make_person
from tests.households.life import Family, make_family, report

pytestmark = pytest.mark.django_db
D = datetime.date
PageOf = Callable[..., Client]


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


def where(kind: str, *, person: Person | None = None, household: Household | None = None) -> str:
    if person is not None:
        return reverse("households:person_event", args=[person.pk, kind])
    assert household is not None
    return reverse("households:household_event", args=[household.pk, kind])


def said(day: str = "2014-01-02", **values: Any) -> dict[str, Any]:
    return {"happened_on": day, "source": "document", "document": "证明", **values}


def test_a_birth_is_entered_at_the_counter(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.VILLAGE)
    address = where("birth", household=family.household)
    assert browser.get(address).status_code == 200
    entered = said(name="王安", boy_or_girl="M", mother=str(family.daughter.pk), hukou_type="rural")
    answer = browser.post(address, entered | {"mother": ""})
    assert answer.status_code == 422
    assert "王安" in answer.content.decode(), "what was typed is kept"
    answer = browser.post(address, entered)
    assert answer.status_code == 302
    child = Person.objects.get(name="王安")
    assert Membership.objects.get(person=child).relation == Relation.GRANDSON
    page = browser.get(reverse("households:household", args=[family.household.pk])).content.decode()
    assert "王安" in page
    assert "2014-01-02" in page


def test_a_death_names_the_next_head_in_the_same_form(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    address = where("death", person=family.head)
    assert 'name="new_head"' in browser.get(address).content.decode()
    assert 'name="new_head"' not in browser.get(where("death", person=family.wife)).content.decode()
    assert browser.post(address, said(new_head=str(family.wife.pk))).status_code == 302
    family.head.refresh_from_db()
    assert family.head.died_on == D(2014, 1, 2)
    assert Membership.objects.on(D(2014, 1, 2)).get(person=family.wife).relation == Relation.HEAD


def test_a_death_without_a_next_head_says_that_a_task_waits(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    answer = browser.post(where("death", person=family.head), said(), follow=True)
    assert family.household.number in str([str(message) for message in answer.context["messages"]])


@pytest.fixture
def told() -> Iterator[list[Consequence]]:
    """Something follows from every event."""
    lines = [Consequence("正在领取奖励扶助")]
    consequences.register_consequence(lambda _actor, _kind, _person, _on: lines)
    yield lines
    consequences._providers.pop()


def test_what_follows_is_read_before_the_event_is_recorded(
    family: Family, page_of: PageOf, told: list[Consequence]
) -> None:
    browser = page_of(Role.TOWNSHIP)
    address = where("death", person=family.wife)
    answer = browser.post(address, said())
    assert answer.status_code == 200
    assert "正在领取奖励扶助" in answer.content.decode()
    assert not LifeEvent.objects.exists()
    seen = answer.context["seen"]
    other_day = browser.post(address, said("2014-01-03", seen=seen))
    assert other_day.status_code == 200, "another entry is told anew"
    assert browser.post(address, said(seen=seen)).status_code == 302
    assert LifeEvent.objects.get().happened_on == D(2014, 1, 2)


def test_a_refusal_comes_before_what_follows(
    family: Family, page_of: PageOf, told: list[Consequence]
) -> None:
    browser = page_of(Role.TOWNSHIP)
    answer = browser.post(where("death", person=family.wife), said("2014-02-01"))
    assert answer.status_code == 422
    assert "正在领取奖励扶助" not in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("move", {"movers": "wife", "what": "home", "to_village": OTHER_VILLAGE}),
        ("departure", {"movers": "wife", "outside_code": "370404", "hukou_moves": "on"}),
        ("hukou", {"hukou_type": "defined_rural"}),
        ("employment", {"state": "retired", "retired_on": "2013-02-01"}),
        ("disability", {"grade": "2"}),
        ("certificate", {"number": "SD1", "issued_on": "1981-05-01"}),
        ("examination", {"year": "2014"}),
        ("parting", {}),
    ],
)
def test_every_form_of_a_person_records(
    family: Family, page_of: PageOf, kind: str, values: dict[str, str]
) -> None:
    browser = page_of(Role.TOWNSHIP)
    if "movers" in values:
        values = values | {"movers": str(family.wife.pk)}
    address = where(kind, person=family.wife)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {}).status_code == 422
    answer = browser.post(address, said(**values))
    assert answer.status_code == 302, answer.context["form"].errors
    assert LifeEvent.objects.get().document == "证明"


def test_a_wrong_number_of_the_spouse_is_said_at_its_field(family: Family, page_of: PageOf) -> None:
    address = where("spouse", person=family.daughter)
    answer = page_of(Role.TOWNSHIP).post(address, said(number="370406194701011234"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["number"]


def test_a_correction_that_changes_nothing_is_said_of_the_whole_form(family: Family, page_of: PageOf) -> None:
    person = family.daughter
    entered = said(name=person.name, boy_or_girl=person.sex, born_on=str(person.birth_date))
    answer = page_of(Role.TOWNSHIP).post(where("correction", person=person), entered)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["__all__"]


def test_every_form_of_a_household_records(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    other = make_family(serial=402)
    child = make_person(name="王小满", born="2010-05-05")
    make_household(make_person(name="周全", born="1970-01-01"), (child, Relation.OTHER), number="C1")
    wife, daughter = str(family.wife.pk), str(family.daughter.pk)
    for word, at, values in (
        ("split", family, {"movers": [daughter], "new_head": daughter, "household_number": "88"}),
        ("join", other, {"movers": [str(other.daughter.pk)], "village": family.household.division_code,
                         "household_number": family.household.number}),
        ("head", family, {"new_head": wife, f"relation_{family.head.pk.hex}": "spouse"}),
        ("arrival", family, {"name": "孙小", "boy_or_girl": "F", "born_on": "2010-01-01", "hukou_type": "rural"}),
    ):  # fmt: skip
        answer = browser.post(where(word, household=at.household), said(**values))
        assert answer.status_code == 302, (word, answer.context["form"].errors)
    assert Household.objects.filter(number="88").exists()
    assert Membership.objects.on(D(2014, 1, 2)).get(person=family.wife).relation == Relation.HEAD
    adopted = browser.post(
        where("adoption", household=Household.objects.get(number="C1")),
        said(child=str(child.pk), mother=wife, elsewhere_number=""),
    )
    assert adopted.status_code == 422, "who is no member of the household is given by her number"
    arrived = browser.post(
        reverse("households:arrival_new"),
        said(name="孙小二", boy_or_girl="F", born_on="2011-01-01", hukou_type="rural", hukou_place="370404",
             village=family.household.division_code, household_number="A1"),
    )  # fmt: skip
    assert arrived.status_code == 302
    assert Household.objects.filter(number="A1").exists()


def test_a_home_in_another_county_is_named_and_is_no_move_within(family: Family, page_of: PageOf) -> None:
    record_moves(
        actor=make_actor(Role.TOWNSHIP),
        people=[family.daughter],
        report=report("2014-01-02"),
        to_place="440305",
    )
    browser = page_of(Role.TOWNSHIP)
    household = reverse("households:household", args=[family.household.pk])
    for address in (household, reverse("households:person", args=[family.daughter.pk])):
        page = browser.get(address).content.decode()
        assert "广东省深圳市南山区" in page
        assert "440305" not in page
        assert "迁往区外居住" in page
        assert "区内迁移" not in page
    then = browser.get(household, {"on": "2014-01-03"}).content.decode()
    assert "广东省深圳市南山区" in then
    assert "440305" not in then


def test_spouses_are_listed_as_a_changed_family_relation_only(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    groom = make_person(name="赵强", born="1979-01-01", sex="M")
    record_union(
        actor=make_actor(Role.TOWNSHIP), person=family.daughter, report=report("2014-01-02"), spouse=groom
    )
    for address in (
        reverse("households:person", args=[family.daughter.pk]),
        reverse("households:household", args=[family.household.pk]),
        reverse("households:person_history", args=[family.daughter.pk]),
    ):
        page = browser.get(address).content.decode()
        table = page.split("</nav>")[-1]
        assert "结婚" not in table
        assert "赵强" not in page
    assert (
        "家庭关系变更"
        in browser.get(reverse("households:person", args=[family.daughter.pk])).content.decode()
    )


def test_no_list_and_no_act_says_what_only_rules_may_read(family: Family, page_of: PageOf) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    change_disability(actor=clerk, person=family.wife, report=report("2014-01-02", "残疾证第12号"), grade=2)
    record_parting(actor=clerk, person=family.wife, report=report("2014-01-03", "离婚证第9号"))
    browser = page_of(Role.TOWNSHIP)
    for address in (
        reverse("households:person", args=[family.wife.pk]),
        reverse("households:household", args=[family.household.pk]),
    ):
        page = browser.get(address).content.decode()
        assert "第12号" not in page
        assert "第9号" not in page
        assert "政策相关信息变更" in page
    assert not Act.objects.filter(detail__kind__in=["disability", "divorce"]).exists()


def test_an_entry_is_taken_back_on_its_page(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    event = record_death(actor=make_actor(Role.TOWNSHIP), person=family.wife, report=report("2014-01-02"))
    address = reverse("households:event_take_back", args=[event.pk])
    assert address in browser.get(reverse("households:person", args=[family.wife.pk])).content.decode()
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 302
    event.refresh_from_db()
    assert event.state == EventState.TAKEN_BACK
    assert browser.post(address).status_code in (403, 422)


def test_the_household_page_shows_the_family_of_a_day(family: Family, page_of: PageOf) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    record_moves(
        actor=clerk, people=[family.daughter], report=report("2013-06-01"), to_place=OTHER_VILLAGE,
        hukou_moves=True, household_number="9",
    )  # fmt: skip
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:household", args=[family.household.pk])
    before = browser.get(address, {"on": "2013-05-31"})
    assert len(before.context["members"]) == 3
    assert "王小丽" not in before.content.decode(), "she is served by another township now"
    assert len(browser.get(address, {"on": "2013-06-01"}).context["members"]) == 2
    assert browser.get(address, {"on": "2013-02-30"}).status_code == 422
    county = page_of(Role.COUNTY)
    assert "王小丽" in county.get(address, {"on": "2013-05-31"}).content.decode()


def test_the_household_page_shows_the_family_as_it_was_known_on_any_day(
    family: Family, page_of: PageOf
) -> None:
    for model in (Person, Membership, Residence):
        sql(f"UPDATE {model._meta.db_table} SET recorded_at = recorded_at - interval '90 days'")
    record_death(actor=make_actor(Role.TOWNSHIP), person=family.head, report=report("2014-01-02"))
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:household", args=[family.household.pk])

    def known(days_ago: int) -> list[bool]:
        day = (clock.now() - datetime.timedelta(days=days_ago)).astimezone(clock.CHINA).date()
        answer = browser.get(address, {"on": "2014-01-03", "known_on": day.isoformat()})
        assert answer.status_code == 200
        return [one.is_living for one in answer.context["members"]]

    assert known(0) == [False, True, True]
    assert known(2) == [True, True, True], "the death was entered later"
    assert known(100) == [], "nobody of the family was known"
    moment = browser.get(address, {"on": "2014-01-03"}).context["then"].fields["known"].choices[-1][0]
    assert browser.get(address, {"known_on": "2013-01-01", "known": moment}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_the_family_as_it_was_known_before_a_later_entry() -> None:
    from households.selectors.families_over_time import instants_of, members_then

    clerk = make_actor(Role.TOWNSHIP)
    with open_context(actor=clerk):
        family = make_family()
    with open_context(actor=clerk):
        record_death(actor=clerk, person=family.head, report=report("2013-06-01"), new_head=family.wife)
    with open_context(actor=clerk):
        record_moves(actor=clerk, people=[family.wife], report=report("2013-03-01"), to_place="370404")
    with open_context(actor=clerk, read_only=True):
        instants = instants_of(household=family.household)
        assert [one.kind for one in instants][:2] == ["move", "death"]

        def heads(before: Any) -> list[tuple[str, str]]:
            rows = members_then(household=family.household, actor=clerk, on=D(2013, 7, 1), before=before)
            return [(row.name, row.home) for row in rows if row.relation == Relation.HEAD and row.is_living]

        assert heads(None) == [("李秀英", "山东省枣庄市峄城区")]
        assert heads(instants[0].at) == [("李秀英", heads(instants[1].at)[0][1])]
        assert heads(instants[1].at)[0][0] == "王建国"
