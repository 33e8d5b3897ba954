"""Somebody who lives in another township than her household: who works with her, and who sees what of her."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from households.enums import Relation, VisitNext, VisitPurpose, VisitResult
from households.models import Household, Membership, Person, Visit
from households.resources import LISTS
from households.selectors.families_over_time import members_then
from households.selectors.people import household_lines, members_of
from households.selectors.search import find_families
from households.services.events.moves import record_departures, record_moves
from households.services.homes import FACTS
from households.services.visits import record_visit, take_back_visit
from households.sheets import HOUSEHOLD_SHEET, PERSON_SHEET
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.exports import ListResource, Mark
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.duplicates import merge
from tests.households.life import Family, make_family, report

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
TODAY = datetime.date(2014, 1, 6)
NEIGHBOURS = "370406101201"
MARK = Mark(title="档案", by="某某", day=TODAY, purpose="年审", code="ABC", sentence="")
ELSEWHERE = "由其他乡镇服务"


@pytest.fixture
def family(county: Actor) -> Family:
    """A couple and their daughter; the head has moved his home alone to another township."""
    family = make_family()
    move(family.head, to=OTHER_VILLAGE)
    return family


def move(person: Person, *, to: str) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    record_moves(actor=clerk, people=[person], report=report("2014-01-02"), to_place=to)
    person.refresh_from_db()


def page(browser: Client, name: str, record: Any, **query: str) -> Any:
    answer = browser.get(reverse(f"households:{name}", args=[record.pk]), query)
    assert answer.status_code == 200
    return answer


def words(answer: Any) -> list[str]:
    return [url.rsplit("/", 2)[-2] for _words, url in answer.context["links"]]


# Who serves her ---------------------------------------------------------------------------------------


def test_who_serves_her_records_what_happens_to_her(family: Family, page_of: PageOf) -> None:
    shown = page(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP), "person", family.head)
    assert {"move", "departure"} <= set(words(shown))
    assert "return" not in words(shown)


def test_who_left_the_county_comes_back(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    record_departures(
        actor=make_actor(Role.TOWNSHIP), people=[family.head], report=report("2014-01-02"), to_place=""
    )
    shown = page(page_of(Role.TOWNSHIP), "person", family.head)
    assert "return" in words(shown)
    assert not {"move", "departure"} & set(words(shown))


def test_her_page_names_the_household_and_its_village_without_a_link(family: Family, page_of: PageOf) -> None:
    shown = page(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP), "person", family.head)
    text = shown.content.decode()
    assert shown.context["household"] == family.household
    assert shown.context["household_village"]
    assert f"{family.household.number} · {shown.context['household_village']}" in text
    assert f'href="{reverse("households:household", args=[family.household.pk])}"' not in text
    for other in (family.wife, family.daughter):
        assert other.name not in text
    at_home = page(page_of(Role.COUNTY), "person", family.head).content.decode()
    assert reverse("households:household", args=[family.household.pk]) in at_home


def test_every_fact_goes_with_her(family: Family, page_of: PageOf) -> None:
    for model in FACTS:
        assert not model.objects.filter(person=family.head).exclude(division_code=OTHER_VILLAGE).exists()
    facts = page(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP), "person", family.head).context["facts"]
    homes = [fact.is_current for fact in facts if fact.label == gettext("Lives in")]
    assert homes == [True, False]


def test_her_sheet_and_facts_name_the_household(family: Family) -> None:
    actor = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    with open_context(actor=actor):
        sheet = PERSON_SHEET.compose(actor, family.head, TODAY, MARK)
    assert family.household.number in dict(sheet.pairs)[gettext("Household number")]
    facts = next(table for table in sheet.tables if table.title == gettext("What is known, and from where"))
    (line,) = [row for row in facts.rows if row[0] == gettext("Household")]
    assert family.household.number in line[1]
    assert str(Relation.HEAD.label) in line[1]


def test_two_villages_of_one_township_are_as_far_apart(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    move(family.wife, to=NEIGHBOURS)
    shown = page(page_of(Role.VILLAGE, NEIGHBOURS), "person", family.wife)
    assert {"move", "departure"} <= set(words(shown))
    assert family.household.number in shown.content.decode()
    assert family.head.name not in shown.content.decode()


# Visits ------------------------------------------------------------------------------------------------


def visit(actor: Actor, household: Household, person: Person | None, **told: Any) -> Visit:
    words = {"purpose": VisitPurpose.DELIVER, "result": VisitResult.TOLD, "visited_on": TODAY, **told}
    with open_context(actor=actor):
        return record_visit(actor=actor, household=household, person=person, **words)


def test_who_serves_a_person_visits_her_alone(family: Family) -> None:
    there, here = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), make_actor(Role.TOWNSHIP)
    made = visit(there, family.household, family.head)
    assert made.division_code == OTHER_VILLAGE
    for actor, person in ((there, None), (there, family.wife), (here, family.head)):
        with pytest.raises(NotAllowed):
            visit(actor, family.household, person)
    assert visit(here, family.household, family.wife).division_code == VILLAGE
    assert visit(here, family.household, None).division_code == VILLAGE
    with open_context(actor=there):
        assert take_back_visit(actor=there, visit=made).state == "taken_back"


def test_what_the_family_declined_at_home_is_not_brought_to_her_elsewhere(family: Family) -> None:
    there, here = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), make_actor(Role.TOWNSHIP)
    visit(here, family.household, None, result=VisitResult.DECLINED)
    with pytest.raises(DomainError) as refused:
        visit(there, family.household, family.head)
    assert refused.value.code == "visit_declined_before"


def test_visit_is_recorded_listed_and_taken_back_from_her_page(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    address = reverse("households:visit_new", args=[family.household.pk])
    assert address in page(browser, "person", family.head).content.decode()
    form = browser.get(address).context["form"]
    assert [key for key, _name in form.fields["person"].choices] == [str(family.head.pk)]
    told = {"purpose": "deliver", "result": "told", "next_step": "none", "visited_on": "2014-01-06"}
    assert browser.post(address, told).status_code == 422
    made = browser.post(address, {**told, "person": str(family.head.pk)})
    her_page = reverse("households:person", args=[family.head.pk])
    assert made["Location"] == her_page
    with open_context(scope="370406"):
        recorded = Visit.objects.get()
    listed = browser.get(reverse("households:visits")).content.decode()
    assert family.household.number in listed
    assert her_page in listed
    for name in ("visit_take_back", "visit_history"):
        assert her_page in page(browser, name, recorded).content.decode()
    back = browser.post(reverse("households:visit_take_back", args=[recorded.pk]))
    assert back["Location"] == her_page


def test_a_visit_to_who_has_moved_on_since_names_nobody_in_her_place(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    visit(make_actor(Role.TOWNSHIP), family.household, family.wife)
    move(family.wife, to=OTHER_VILLAGE)
    (line,) = page_of(Role.TOWNSHIP).get(reverse("households:visits")).context["lines"]
    assert line.whom == ELSEWHERE


def test_a_family_of_which_nobody_is_served_is_not_visited(family: Family, page_of: PageOf) -> None:
    stranger = make_household(make_person(name="赵刚"))
    address = reverse("households:visit_new", args=[stranger.pk])
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(address).status_code == 404


def test_a_promise_to_her_is_settled_where_she_is_served(family: Family, page_of: PageOf) -> None:
    there = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    promised = {"next_step": VisitNext.COME_AGAIN, "next_on": TODAY}
    made = visit(there, family.household, family.head, result=VisitResult.NOT_THERE, **promised)
    browser = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert browser.post(reverse("households:visit_settle", args=[made.pk])).status_code == 302
    with open_context(scope="370406"):
        assert Visit.objects.get().settled_on == TODAY


# What her household says of her -------------------------------------------------------------------------


def test_household_shows_her_without_name(family: Family, page_of: PageOf) -> None:
    shown = page(page_of(Role.TOWNSHIP), "household", family.household)
    head, wife, daughter = shown.context["members"]
    assert (head.person, head.relation, head.sex, head.birth_year, head.is_living) == (
        None, Relation.HEAD, "M", 1953, True,
    )  # fmt: skip
    assert (head.age, head.hukou, head.account, head.lives_elsewhere, head.parents) == (
        None,
        None,
        None,
        "",
        (),
    )
    assert [wife.person, daughter.person] == [family.wife, family.daughter]
    table = shown.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert ELSEWHERE in table
    assert "1953-02-01" not in table
    assert family.head.name not in shown.content.decode()
    assert not shown.context["tasks"]


def test_lists_search_export_and_sheet_count_her(family: Family, page_of: PageOf) -> None:
    listed = page_of(Role.TOWNSHIP).get(reverse("households:households"))
    (line,) = listed.context["lines"]
    assert (line.heads, line.is_head_elsewhere, line.is_without_head, line.living) == ([], True, False, 3)
    assert "没有健在户主" not in listed.content.decode()
    clerk = make_actor(Role.TOWNSHIP)
    with open_context(actor=clerk):
        (hit,) = find_families(clerk, family.household.number)
        assert ELSEWHERE in hit.detail  # type: ignore[union-attr] # a hit
        assert "3" in hit.detail.rsplit("·", 1)[1]  # type: ignore[union-attr] # a hit
        sheet = HOUSEHOLD_SHEET.compose(clerk, family.household, TODAY, MARK)
    pairs = dict(sheet.pairs)
    assert pairs[gettext("Head")] == ELSEWHERE
    assert pairs[gettext("Living members")] == "3"
    assert sheet.tables[0].rows[0][:4] == (ELSEWHERE, Relation.HEAD.label, "男", "1953")
    assert set(sheet.tables[0].rows[0][4:]) == {"—"}


def told(resource: ListResource, line: Any) -> dict[str, Any]:
    return {name: resource.export_field(field, line) for name, field in resource.fields.items()}


def test_exports_count_her_and_leave_her_without_name(family: Family) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    with open_context(actor=clerk):
        families = LISTS["families"].resource(on=TODAY)
        (line,) = families.lines([family.household])
        assert told(families, line)["head"] == ELSEWHERE
        assert line.living == 3
        members = LISTS["members"].resource(on=TODAY)
        lines = list(members.lines([family.household]))
    head = told(members, lines[0])
    assert (head["name"], head["relation"], head["born_on"]) == (ELSEWHERE, "户主", "1953")
    assert not any(head[name] for name in ("age", "died_on", "id_number", "hukou", "home", "parents", "bank"))
    assert members.reads == [("households.person", (family.wife.pk, family.daughter.pk))]


def test_search_names_the_household_of_who_lives_elsewhere(family: Family) -> None:
    there = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    with open_context(actor=there):
        (hit,) = find_families(there, family.head.name)
    assert family.household.number in hit.detail  # type: ignore[union-attr] # a hit


def test_household_whose_members_all_live_elsewhere_is_not_called_empty(
    family: Family, page_of: PageOf
) -> None:
    for other in (family.wife, family.daughter):
        move(other, to=OTHER_VILLAGE)
    shown = page(page_of(Role.TOWNSHIP), "household", family.household)
    assert [member.person for member in shown.context["members"]] == [None] * 3
    assert "empty-state" not in shown.content.decode().split("<tbody>")[0]
    assert shown.context["children_elsewhere"] == []


def test_child_of_the_household_who_is_served_elsewhere_is_a_member_alone(
    county: Actor, page_of: PageOf
) -> None:
    family = make_family()
    move(family.daughter, to=OTHER_VILLAGE)
    shown = page(page_of(Role.TOWNSHIP), "household", family.household)
    assert [member.relation for member in shown.context["members"]] == ["head", "spouse", "daughter"]
    assert shown.context["children_elsewhere"] == []


def test_parents_page_tells_of_a_child_who_is_served_elsewhere(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    move(family.daughter, to=OTHER_VILLAGE)
    for role, division in ((Role.TOWNSHIP, None), (Role.VILLAGE, None)):
        shown = page(page_of(role, division), "person", family.wife)
        (child,) = shown.context["relatives"]
        assert (child.person, child.is_known, child.document) == (None, True, "")
        assert ELSEWHERE in shown.content.decode()
        assert family.daughter.name not in shown.content.decode()
    (child,) = page(page_of(Role.COUNTY), "person", family.wife).context["relatives"]
    assert child.person == family.daughter


def test_household_without_anybody_has_words_of_its_own(family: Family) -> None:
    Membership.objects.update(to_on=TODAY)
    (empty,) = household_lines([family.household], on=TODAY)
    assert (empty.living, empty.is_without_head, empty.head) == (0, False, gettext("No living member"))
    assert members_of(household=family.household, on=TODAY) == []


def test_family_without_a_head_is_still_told(county: Actor) -> None:
    family = make_family()
    Membership.objects.filter(person=family.head).update(to_on=TODAY)
    (line,) = household_lines([family.household], on=TODAY)
    assert (line.living, line.is_without_head, line.head) == (2, True, gettext("Without a living head"))


# As it was, and as it was known --------------------------------------------------------------------------


def test_of_who_is_served_elsewhere_the_past_tells_no_more(family: Family, page_of: PageOf) -> None:
    shown = page(page_of(Role.TOWNSHIP), "household", family.household, on="2014-01-06")
    head, wife, _daughter = shown.context["members"]
    assert (head.person_id, head.name, head.birth_date, head.age, head.home) == (None, "", None, None, "")
    assert (head.relation, head.sex, head.birth_year, head.is_living) == (Relation.HEAD, "M", 1953, True)
    assert (wife.name, wife.birth_date) == (family.wife.name, family.wife.birth_date)
    assert wife.home
    table = shown.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert "1953</td>" in table
    assert "1953-" not in table


@pytest.mark.django_db(transaction=True)
def test_record_that_was_merged_later_was_known_by_its_name() -> None:
    clerk, county = make_actor(Role.TOWNSHIP), make_actor(Role.COUNTY)
    with open_context(actor=county):
        family = make_family()
        twin = make_person(name="王晓丽", born="1980-03-11")
        Membership.objects.create(
            person=twin, household=family.household, relation=Relation.DAUGHTER, division_code=VILLAGE
        )
    before = clock.now()
    with open_context(actor=county):
        merge(family.daughter, twin, actor=county)
    with open_context(actor=clerk, read_only=True):
        known = members_then(household=family.household, actor=clerk, on=TODAY, before=before)
        assert {one.name for one in known if one.relation == Relation.DAUGHTER} == {"王小丽", "王晓丽"}


def test_who_serves_her_now_sees_what_was_known_of_her_before_and_the_former_township_no_more(
    family: Family, page_of: PageOf
) -> None:
    answer = page(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP), "person_history", family.head)
    told = {(change.label, change.after) for line in answer.context["lines"] for change in line.changes}
    assert told == {
        (f"{gettext('Lives in')} · {gettext('Until')}", "2014年1月2日"),
        ("村（居）", "东庄村委会"),
    }
    assert "王小丽" not in answer.content.decode()
    former = page_of(Role.TOWNSHIP).get(reverse("households:person_history", args=[family.head.pk]))
    assert former.status_code == 404


def test_history_of_a_person_who_came_names_no_relative_of_the_former_township(
    county: Actor, page_of: PageOf
) -> None:
    family = make_family()
    record_parent = {"parent": family.wife, "parent_digest": family.wife.id_number_digest}
    of_daughter = family.daughter.parentage_set.get(role="father")
    type(of_daughter).objects.filter(pk=of_daughter.pk).update(role="mother", kind="step", **record_parent)
    move(family.daughter, to=OTHER_VILLAGE)
    text = page(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP), "person_history", family.daughter).content.decode()
    assert gettext("Another record") in text
    assert family.head.name not in text
