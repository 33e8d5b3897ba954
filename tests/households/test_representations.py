"""Who stands for a person: entered with a document by one, confirmed by another, of nobody's own family."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from households.enums import (
    Relation,
    RepresentationEnd,
    RepresentationGround,
    RepresentationKind,
    RepresentationState,
)
from households.models import Representation, Representative
from households.services.own_family import keep_identity
from households.services.representations import (
    confirm_representation,
    content_of_document,
    end_representation,
    reject_representation,
)
from households.services.representative_accounts import (
    decide_representative_account,
    propose_representative_account,
)
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Staff
from tests.factories import OTHER_TOWNSHIP, make_actor, make_household, make_person
from tests.households.representing import confirmed, document, enter, heir
from tests.subsidies.money import citizen_number, give_account

AGENT, GUARDIAN, HEIRS = RepresentationKind.AGENT, RepresentationKind.GUARDIAN, RepresentationKind.HEIRS
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]


def is_known_as(actor: Actor, number: str) -> None:
    keep_identity(
        actor=make_actor(Role.SECURITY_ADMIN), staff=Staff.objects.get(pk=actor.staff_id), number=number
    )


def test_another_person_confirms_it_and_the_database_holds_that() -> None:
    entry = enter(make_person(number=citizen_number(1)), AGENT, heir(40), actor=make_actor(Role.VILLAGE))
    assert entry.people.get().account is None
    assert content_of_document(entry).startswith(b"\x89PNG")
    with (
        pytest.raises(IntegrityError, match="representation_is_confirmed_by_another_person"),
        transaction.atomic(),
    ):
        Representation.objects.filter(pk=entry.pk).update(
            state=RepresentationState.CONFIRMED, decided_by=entry.entered_by, decided_on=clock.today()
        )
    with pytest.raises(NotAllowed):
        confirm_representation(actor=make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP), representation=entry)
    done = confirm_representation(actor=make_actor(Role.TOWNSHIP_REVIEWER), representation=entry)
    assert done.state == RepresentationState.CONFIRMED
    with pytest.raises(IntegrityError, match="what was entered stays"), transaction.atomic():
        Representative.objects.filter(representation=done).update(name="别人")


@pytest.mark.parametrize(
    ("kind", "born", "fields", "code"),
    [
        (HEIRS, "1953-02-01", {}, "representation_person"),
        (AGENT, "2005-02-01", {}, "representation_person"),
        (GUARDIAN, "1953-02-01", {"ground": RepresentationGround.MINOR}, "representation_person"),
        (AGENT, "1953-02-01", {"ground": RepresentationGround.COURT}, "representation_ground"),
        (AGENT, "1953-02-01", {"to_on": datetime.date(2013, 1, 1)}, "representation_days"),
        (AGENT, "1953-02-01", {"document_on": datetime.date(2999, 1, 1)}, "representation_days"),
    ],
)
def test_what_does_not_fit_is_refused(kind: Any, born: str, fields: Any, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        enter(make_person(number=citizen_number(1), born=born), kind, heir(40), **fields)
    assert refused.value.code == code


def test_who_stands_for_somebody_is_another_living_person_under_her_own_name() -> None:
    person = make_person(number=citizen_number(1))
    make_person(number=citizen_number(2), name="孙桂英")
    make_person(number=citizen_number(3), name="李继业", died_on=clock.today())
    for serial, code in (
        (1, "representative_is_the_person"),
        (2, "representative_name"),
        (3, "representative_died"),
    ):
        with pytest.raises(DomainError) as refused:
            enter(person, AGENT, heir(serial))
        assert refused.value.code == code
    with pytest.raises(DomainError) as twice:
        enter(person, GUARDIAN, heir(40), heir(41))
    assert twice.value.code == "representative_count"


def test_a_guardian_by_age_ends_on_the_eighteenth_birthday() -> None:
    entry = enter(make_person(born="2004-02-29"), GUARDIAN, heir(40), ground=RepresentationGround.MINOR)
    assert entry.to_on == datetime.date(2022, 2, 28)


def test_a_clerk_does_not_act_for_whom_her_kin_represents() -> None:
    """The brother of a clerk is guardian: her own-family rule covers the person he stands for."""
    person = make_person(number=citizen_number(1))
    brother, clerk = (
        make_person(number=citizen_number(40), name="李继业"),
        make_person(number=citizen_number(41)),
    )
    make_household(brother, (clerk, Relation.OTHER))
    counter, reviewer = make_actor(Role.TOWNSHIP), make_actor(Role.TOWNSHIP_REVIEWER)
    is_known_as(counter, citizen_number(41))
    with pytest.raises(DomainError) as refused:
        enter(person, GUARDIAN, heir(40), actor=counter)
    assert refused.value.code == "own_family"
    entry = enter(person, GUARDIAN, heir(40), actor=make_actor(Role.VILLAGE))
    is_known_as(reviewer, citizen_number(40))
    with pytest.raises(DomainError) as again:
        confirm_representation(actor=reviewer, representation=entry)
    assert again.value.code == "own_family"
    with pytest.raises(IntegrityError, match="own family"), transaction.atomic():
        Representation.objects.filter(pk=entry.pk).update(
            state=RepresentationState.CONFIRMED, decided_by=reviewer.staff_id, decided_on=clock.today()
        )


def test_no_money_goes_to_somebody_who_works_here() -> None:
    person, official = make_person(number=citizen_number(1)), make_person(number=citizen_number(50))
    give_account(official, "6228000000000001")
    is_known_as(make_actor(Role.FINANCE), citizen_number(50))
    for given, kind in (
        (heir(50, name="王秀英"), AGENT),
        (heir(51, account="6228000000000001"), AGENT),
        (heir(51, account="6228000000000001"), GUARDIAN),
    ):
        with pytest.raises(DomainError) as refused:
            enter(person, kind, given, is_paid=True)
        assert refused.value.code == "no_official_is_paid_for_another"
    assert enter(person, GUARDIAN, heir(50, name="王秀英", account="6228000000000001"), is_paid=True).is_paid


def test_one_is_paid_at_a_time_and_an_end_has_its_reason() -> None:
    person = make_person(number=citizen_number(1))
    first = confirmed(person, GUARDIAN, heir(40), is_paid=True)
    with pytest.raises(DomainError) as refused:
        confirmed(person, AGENT, heir(41), is_paid=True)
    assert refused.value.code == "one_is_paid_for_a_person_at_a_time"
    county = make_actor(Role.COUNTY)
    ended = end_representation(
        actor=county, representation=first, reason=RepresentationEnd.CHANGED, ended_on=clock.today()
    )
    assert (ended.state, ended.to_on) == (RepresentationState.ENDED, clock.today())
    waiting = Representation.objects.get(kind=AGENT)
    with pytest.raises(DomainError) as silent:
        reject_representation(actor=county, representation=waiting, reason=" ")
    assert silent.value.code == "reason_needed"
    assert confirm_representation(actor=county, representation=waiting).is_paid


def test_a_corrected_account_waits_for_another_person() -> None:
    row = confirmed(make_person(number=citizen_number(1)), GUARDIAN, heir(40), is_paid=True).people.get()
    finance = make_actor(Role.FINANCE)
    propose_representative_account(
        actor=finance, representative=row, bank="农业银行", account="6228 4800 0000 0009", document="存折"
    )
    with pytest.raises(NotAllowed):
        decide_representative_account(actor=finance, representative=row, is_right=True)
    done = decide_representative_account(actor=make_actor(Role.COUNTY), representative=row, is_right=True)
    done.refresh_from_db()
    assert (done.bank, done.account.reveal(), done.next_account) == ("农业银行", "6228480000000009", None)


@pytest.mark.page
def test_heirs_are_entered_and_confirmed_on_pages(page_of: Any) -> None:
    person = make_person(number=citizen_number(1), died_on=datetime.date(2013, 5, 3))
    address = reverse("households:representation_new", args=[person.pk, "heirs"])
    counter = page_of(Role.TOWNSHIP)
    assert "继承人" in counter.get(reverse("households:person", args=[person.pk])).content.decode()
    typed = {
        "ground": "proof",
        "document": "山亭区简化证明第3号",
        "document_on": "2013-06-01",
        "people-TOTAL_FORMS": "4",
        "people-INITIAL_FORMS": "0",
        "people-0-name": "李继业",
        "people-0-number": citizen_number(40),
        "people-0-parts": "2",
        "people-0-bank": "农业银行",
        "people-0-account": "6228 4800 0000 0040",
        "people-1-name": "李继红",
        "people-1-number": citizen_number(40),
        "people-1-bank": "农业银行",
        "people-1-account": "6228 4800 0000 0041",
    }
    sent = document()
    refused = counter.post(
        address, {**typed, "paper": SimpleUploadedFile(sent.name, sent.content, "image/png")}
    )
    assert refused.status_code == 422
    assert "山亭区简化证明第3号" in refused.content.decode()
    assert "同一公民身份号码填写了两次" in refused.content.decode()
    typed["people-1-number"] = citizen_number(41)
    done = counter.post(address, {**typed, "paper": SimpleUploadedFile(sent.name, sent.content, "image/png")})
    entry = Representation.objects.get()
    assert done["Location"] == reverse("households:representation", args=[entry.pk])
    assert [(one.name, one.parts) for one in entry.people.all()] == [("李继业", 2), ("李继红", 1)]
    reviewer = page_of(Role.TOWNSHIP_REVIEWER)
    step = reverse("households:representation_step", args=[entry.pk, "confirm"])
    assert citizen_number(41) in reviewer.get(step).content.decode()
    assert reviewer.post(step).status_code == 302
    shown = counter.get(reverse("households:representation", args=[entry.pk])).content.decode()
    assert citizen_number(41) not in shown
    assert "1/3" in shown
