"""A clerk's day with the reports of other departments, on the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households import consequences, contradictions
from households.consequences import Consequence
from households.enums import DepartmentFileKind, ProposalState, Relation
from households.models import EventProposal, LifeEvent, Membership, Person
from households.proposal_work import proposal_work
from households.services.proposals import confirm_proposal
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Read
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.departments import death_of, only, report
from tests.households.life import TODAY, make_family
from tests.subsidies.money import citizen_number

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
LIST = "households:proposals"


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


def page(proposal: EventProposal) -> str:
    return reverse("households:proposal", args=[proposal.pk])


def step(proposal: EventProposal, word: str) -> str:
    return reverse("households:proposal_step", args=[proposal.pk, word])


def seen(text: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert found
    return {"seen": found[1]}


def as_it_is(proposal: EventProposal) -> EventProposal:
    with open_context(scope="370406"):
        return EventProposal.objects.get(pk=proposal.pk)


def test_report_beside_our_record_then_entered_and_taken_back(clerk: Actor, page_of: PageOf) -> None:
    family = make_family()
    proposal = only(report(clerk, [death_of(family.head, 所在村="山亭")]))
    browser = page_of(Role.TOWNSHIP)
    text = browser.get(page(proposal)).content.decode()
    assert "山民函〔2014〕3号" in text
    assert family.wife.name in text
    assert family.head.id_number.reveal() not in text
    with open_context(scope="370406"):
        assert Read.objects.filter(record_ids__contains=[family.head.pk], reason="proposal").exists()
    assert browser.post(step(proposal, "confirm")).status_code == 422
    answer = browser.post(step(proposal, "confirm"), {**seen(text), "new_head": str(family.wife.pk)})
    assert answer.status_code == 302
    with open_context(scope="370406"):
        assert Membership.objects.on(TODAY).get(person=family.wife).relation == Relation.HEAD
        event = LifeEvent.objects.standing().get()
    take_back = reverse("households:event_take_back", args=[event.pk])
    assert take_back in browser.get(page(proposal)).content.decode()
    assert browser.post(take_back).status_code == 302
    text = browser.get(page(proposal)).content.decode()
    assert 'name="seen"' in text
    assert as_it_is(proposal).state == ProposalState.PROPOSED


def test_what_follows_is_shown_first_and_told_anew_when_it_changed(
    clerk: Actor, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(number=citizen_number(1))
    proposal = only(report(clerk, [death_of(person)]))
    lines = [Consequence("领取奖励扶助金")]
    monkeypatch.setattr(consequences, "_providers", [lambda *_all: list(lines)])
    monkeypatch.setattr(contradictions, "_touchers", [lambda _kind, days: set(days)])
    browser = page_of(Role.TOWNSHIP)
    text = browser.get(page(proposal)).content.decode()
    assert "领取奖励扶助金" in text
    lines.append(Consequence("另有一项申请"))
    answer = browser.post(step(proposal, "confirm"), seen(text))
    assert answer.status_code == 422
    again = answer.content.decode()
    assert "另有一项申请" in again
    assert as_it_is(proposal).state == ProposalState.PROPOSED
    assert browser.post(step(proposal, "confirm"), seen(again)).status_code == 302
    assert as_it_is(proposal).state == ProposalState.CONFIRMED


def test_contradiction_is_said_and_the_refusal_too(clerk: Actor, page_of: PageOf) -> None:
    person = make_person(number=citizen_number(1))
    Person.objects.filter(pk=person.pk).update(died_on="2014-01-01")
    proposal = only(report(clerk, [death_of(person)]))
    browser = page_of(Role.TOWNSHIP)
    text = browser.get(page(proposal)).content.decode()
    assert "2014年1月1日" in text
    answer = browser.post(step(proposal, "confirm"), seen(text))
    assert answer.status_code == 422
    assert as_it_is(proposal).state == ProposalState.PROPOSED


def test_declining_needs_its_reason_and_can_be_taken_up(clerk: Actor, page_of: PageOf) -> None:
    proposal = only(report(clerk, [death_of(make_person(number=citizen_number(1)))]))
    browser = page_of(Role.TOWNSHIP)
    wrong = browser.post(step(proposal, "decline"), {"remark": "电话核实"})
    assert wrong.status_code == 422
    assert "电话核实" in wrong.content.decode()
    assert (
        browser.post(step(proposal, "decline"), {"reason": "papers", "remark": "户口簿"}).status_code == 302
    )
    assert "户口簿" in browser.get(page(proposal)).content.decode()
    assert browser.post(step(proposal, "decline"), {"reason": "papers"}).status_code == 422
    assert browser.post(step(proposal, "again")).status_code == 302
    assert browser.post(step(proposal, "again")).status_code == 422
    assert browser.post(step(proposal, "erase")).status_code == 404


def test_row_of_several_is_chosen_on_its_page(clerk: Actor, page_of: PageOf) -> None:
    people = [make_person(name="王秀英", number=citizen_number(serial)) for serial in (1, 2)]
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    proposal = only(report(clerk, [row]))
    browser = page_of(Role.TOWNSHIP)
    text = browser.get(page(proposal)).content.decode()
    assert all(str(person.pk) in text for person in people)
    assert browser.post(step(proposal, "whom")).status_code == 422
    assert browser.post(step(proposal, "whom"), {"person": str(people[1].pk)}).status_code == 302
    assert as_it_is(proposal).person_id == people[1].pk
    assert browser.post(step(proposal, "whom"), {"person": str(people[0].pk)}).status_code == 422


def test_list_shows_what_is_left_and_its_filters_stand_in_the_address(clerk: Actor, page_of: PageOf) -> None:
    here = make_person(name="王秀英", number=citizen_number(1))
    there = make_person(name="钱多多", number=citizen_number(2), village=OTHER_VILLAGE)
    known = make_person(name="孙已知", number=citizen_number(3))
    Person.objects.filter(pk=known.pk).update(died_on="2014-01-03")
    brought = report(make_actor(Role.COUNTY), [death_of(person) for person in (here, there, known)])
    exam = {"姓名": "王秀英", "公民身份号码": citizen_number(1), "考试年度": "2014"}
    report(clerk, [exam], DepartmentFileKind.EXAMINATIONS, document="教育局名册")
    browser = page_of(Role.TOWNSHIP)

    def shown(query: str) -> str:
        return browser.get(f"{reverse(LIST)}?{query}").content.decode()

    text = shown("")
    assert "王秀英" in text
    assert "钱多多" not in text
    assert "孙已知" not in text
    assert "教育局名册" in text
    assert "孙已知" in shown("state=known")
    assert "教育局名册" not in shown("kind=death")
    assert "教育局名册" not in shown(f"document={brought.document}")
    assert "王秀英" in shown(f"village={VILLAGE}&name=王秀英")
    assert "教育局名册" not in shown("name=李")
    assert "孙已知" in shown("state=all&sort=-name")


def test_harmless_ones_are_entered_together_and_the_others_are_named(clerk: Actor, page_of: PageOf) -> None:
    family = make_family()
    lone = [
        make_person(name=name, number=citizen_number(serial)) for serial, name in ((3, "赵一"), (4, "赵二"))
    ]
    brought = report(clerk, [death_of(person) for person in (family.head, *lone)])
    with open_context(scope="370406"):
        keys = {one.person_id: str(one.pk) for one in EventProposal.objects.filter(brought=brought)}
    browser = page_of(Role.TOWNSHIP)
    text = browser.get(reverse(LIST)).content.decode()
    assert f'value="{keys[lone[0].pk]}"' in text
    assert f'value="{keys[family.head.pk]}"' not in text
    address = f"{reverse('households:proposals_confirm')}?kind=death"
    assert browser.post(address).status_code == 422
    assert browser.post(address, {"chosen": ["1"]}).status_code == 422
    answer: Any = browser.post(address, {"chosen": list(keys.values())}, follow=True)
    assert answer.redirect_chain == [(f"{reverse(LIST)}?kind=death", 302)]
    text = answer.content.decode()
    assert family.head.name in text
    assert "赵一" not in text
    with open_context(scope="370406"):
        assert EventProposal.objects.filter(state=ProposalState.CONFIRMED).count() == 2


def test_same_role_of_another_township_finds_nothing(clerk: Actor, page_of: PageOf) -> None:
    proposal = only(report(clerk, [death_of(make_person(number=citizen_number(1)))]))
    browser = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert browser.get(page(proposal)).status_code == 404
    for word in ("confirm", "decline", "again", "whom"):
        assert browser.post(step(proposal, word)).status_code == 404
    address = reverse("households:proposals_confirm")
    assert browser.post(address, {"chosen": [str(proposal.pk)]}).status_code == 422
    county = page_of(Role.COUNTY)
    text = county.get(page(proposal)).content.decode()
    assert 'name="seen"' not in text
    assert county.post(step(proposal, "confirm")).status_code == 403


def test_work_of_the_township_counts_what_the_county_brought(
    clerk: Actor, page_of: PageOf, moved_to: Callable[[str], None]
) -> None:
    proposal = only(report(make_actor(Role.COUNTY), [death_of(make_person(number=citizen_number(1)))]))
    address = f"{reverse(LIST)}?state=proposed"
    assert address in page_of(Role.TOWNSHIP).get("/").content.decode()
    for day, is_pressing in (("2014-01-06", False), ("2014-02-01", True), ("2014-01-06", False)):
        moved_to(day)
        with open_context(actor=clerk):
            waiting = {item.url: item for item in proposal_work(clerk)}[address]
            assert (waiting.count, waiting.is_overdue) == (1, is_pressing)
    assert address not in page_of(Role.COUNTY).get("/").content.decode()
    assert "王秀英" in page_of(Role.TOWNSHIP).get(address).content.decode()
    with open_context(actor=clerk):
        confirm_proposal(actor=clerk, proposal=proposal)
    assert "王秀英" not in page_of(Role.TOWNSHIP).get(address).content.decode()


def test_counter_records_insurance_on_the_page_of_the_person(clerk: Actor, page_of: PageOf) -> None:
    person = make_person(number=citizen_number(1))
    browser = page_of(Role.TOWNSHIP)
    entry = {"happened_on": "2013-09-01", "source": "insurance", "document": "参保证明", "is_insured": "yes"}
    for word in ("pension", "medical"):
        address = reverse("households:person_event", args=[person.pk, word])
        assert browser.post(address, {**entry, "is_insured": "no"}).status_code == 422
        assert browser.post(address, entry).status_code == 302
        assert browser.post(address, {**entry, "happened_on": "2013-10-01"}).status_code == 422
        assert (
            browser.post(address, {**entry, "happened_on": "2013-11-01", "is_insured": "no"}).status_code
            == 302
        )
    text = browser.get(reverse("households:person", args=[person.pk])).content.decode()
    assert "养老保险" in text
    assert "参保证明" in text


def test_page_of_the_person_tells_of_an_open_report(clerk: Actor, page_of: PageOf) -> None:
    family = make_family()
    proposal = only(report(clerk, [death_of(family.head)]))
    browser = page_of(Role.TOWNSHIP)
    addresses = [
        reverse("households:person", args=[family.head.pk]),
        reverse("households:household", args=[family.household.pk]),
    ]
    assert all(page(proposal) in browser.get(address).content.decode() for address in addresses)
    other = reverse("households:person", args=[family.wife.pk])
    assert page(proposal) not in browser.get(other).content.decode()
    with open_context(actor=clerk):
        confirm_proposal(actor=clerk, proposal=proposal)
    browser = page_of(Role.TOWNSHIP)
    assert all(page(proposal) not in browser.get(address).content.decode() for address in addresses)
