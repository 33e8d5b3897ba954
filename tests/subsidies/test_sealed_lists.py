"""Lists for other offices and priority letters: sealed by two people, put right by supplements alone."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from households.models import ExaminationYear
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Verification
from offices.pdf.print_out import print_document
from subsidies.enums import LetterPurpose, ListChange, ListState, ProgrammeKind
from subsidies.letter_papers import paper_of_letter
from subsidies.list_files import ENCODING, TEMPLATE, sheet_of_list
from subsidies.models import Grant, Programme, SealedList, SealedListEntry
from subsidies.selectors.sealed_lists import standing_entries
from subsidies.services.grants import stop_grant
from subsidies.services.priority_letters import issue_letter, withdraw_letter
from subsidies.services.sealed_lists import (
    discard_list,
    freeze_list,
    freeze_supplement,
    seal_list,
    send_list,
    take_list_file,
)
from tests.factories import VILLAGE, make_actor, make_person
from tests.subsidies.money import citizen_number, make_grant, paid_programme

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2014, 1, 6)


def points_programme() -> Programme:
    return paid_programme(
        "EXAM",
        kind=ProgrammeKind.POINTS,
        parameters={"points": [{"from": "2010-01-01", "to": None, "value": "10", "known": "memory"}]},
    )


def examinee(programme: Programme, serial: int, year: int = 2014, **fields: str) -> Grant:
    grant = make_grant(programme, serial=serial, amount="0", account=None, from_on="2014-01-01", **fields)
    ExaminationYear.objects.create(person=grant.person, year=year, division_code=VILLAGE)
    return grant


def reviewer() -> Actor:
    return make_actor(Role.COUNTY_REVIEWER)


def sealed(programme: Programme) -> SealedList:
    frozen = freeze_list(actor=reviewer(), programme=programme, year=2014)
    return seal_list(actor=make_actor(Role.COUNTY), sealed_list=frozen)


def test_a_list_is_frozen_by_one_and_sealed_by_another(county: None, client: Client) -> None:
    programme = points_programme()
    examinee(programme, 1)
    examinee(programme, 2, year=2015)
    frozen = freeze_list(actor=reviewer(), programme=programme, year=2014)
    assert (frozen.count, frozen.number, frozen.entries.get().points) == (1, "", 10)
    with pytest.raises(NotAllowed):
        seal_list(actor=reviewer(), sealed_list=frozen)
    with pytest.raises(DomainError) as twice:
        freeze_list(actor=reviewer(), programme=programme, year=2014)
    assert twice.value.code == "list_there_already"
    done = seal_list(actor=make_actor(Role.COUNTY), sealed_list=frozen)
    content = take_list_file(actor=reviewer(), sealed_list=done)
    assert hashlib.sha256(content).hexdigest() == done.digest
    lines = content.decode(ENCODING).splitlines()
    assert lines[2].startswith(f"1,王秀英,{citizen_number(1)},")
    shown = client.get(reverse("verify", args=[done.code])).content.decode()
    assert done.digest in shown
    assert "王秀英" not in shown
    sent = send_list(actor=reviewer(), sealed_list=done, recipient="区教育局", sent_on=TODAY)
    assert sent.state == ListState.SENT


def test_a_list_that_has_changed_is_not_sealed(county: None) -> None:
    programme = points_programme()
    first = examinee(programme, 1)
    examinee(programme, 2)
    frozen = freeze_list(actor=reviewer(), programme=programme, year=2014)
    stop_grant(grant=first, reason="other", event_on=datetime.date(2014, 1, 2), actor=make_actor(Role.COUNTY))
    with pytest.raises(DomainError) as changed:
        seal_list(actor=make_actor(Role.COUNTY), sealed_list=frozen)
    assert changed.value.code == "list_changed"
    discard_list(actor=reviewer(), sealed_list=frozen)
    assert sealed(programme).count == 1


def test_a_supplement_names_what_it_replaces(county: None) -> None:
    programme = points_programme()
    stays, renamed, stopped = (examinee(programme, serial) for serial in (1, 2, 3))
    first = sealed(programme)
    with pytest.raises(DomainError) as same:
        freeze_supplement(actor=reviewer(), first=first, reason="核对")
    assert same.value.code == "nothing_changed"
    renamed.person.name = "王秀瑛"
    renamed.person.save(update_fields=["name"])
    stop_grant(
        grant=stopped, reason="other", event_on=datetime.date(2014, 1, 2), actor=make_actor(Role.COUNTY)
    )
    late = examinee(programme, 4)
    supplement = seal_list(
        actor=make_actor(Role.COUNTY),
        sealed_list=freeze_supplement(actor=reviewer(), first=first, reason="姓名更正"),
    )
    changes = {
        entry.person_id: (entry.change, entry.replaces.list_id if entry.replaces else None)
        for entry in supplement.entries.select_related("replaces")
    }
    assert changes == {
        renamed.person_id: (ListChange.CORRECTED, first.pk),
        stopped.person_id: (ListChange.REMOVED, first.pk),
        late.person_id: (ListChange.ADDED, None),
    }
    assert set(standing_entries(first)) == {stays.person_id, renamed.person_id, late.person_id}
    content = take_list_file(actor=reviewer(), sealed_list=supplement).decode(ENCODING)
    assert f"{first.number} 第" in content


def test_the_database_keeps_a_sealed_list(county: None) -> None:
    programme = points_programme()
    grant = examinee(programme, 1)
    done = sealed(programme)
    for change in ({"count": 2}, {"digest": "0" * 64}, {"reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SealedList.objects.filter(pk=done.pk).update(**change)
    with pytest.raises(IntegrityError, match="entries only while it is frozen"), transaction.atomic():
        SealedListEntry.objects.create(
            list=done,
            serial=2,
            person=make_person(name="外人", number=citizen_number(9)),
            grant=grant,
            change=ListChange.ADDED,
            name="外人",
            township_name="",
            village_name="",
            division_code=VILLAGE,
        )
    frozen = SealedList.objects.create(
        programme=programme,
        year=2013,
        count=1,
        frozen_by_id=reviewer().staff_id,
        frozen_on=TODAY,
        division_code=done.division_code,
    )
    with pytest.raises(IntegrityError, match="sealed_by_another"), transaction.atomic():
        SealedList.objects.filter(pk=frozen.pk).update(sealed_by=frozen.frozen_by_id)


def test_the_sheet_has_the_digest_and_masks_numbers(county: None) -> None:
    programme = points_programme()
    examinee(programme, 1)
    done = sealed(programme)
    paper = sheet_of_list(done, list(done.entries.all()), issuer="山亭区")
    cells = paper.sections[0].tables[0].rows[0].cells
    assert citizen_number(1) not in cells
    assert paper.verification is not None
    assert paper.verification.figures_digest == done.digest
    assert print_document(paper, template=TEMPLATE).startswith(b"%PDF")


def letter_programme() -> Programme:
    return paid_programme("PRIOR", kind=ProgrammeKind.LETTER)


def test_a_letter_rests_on_an_explanation_and_says_no_name_in_public(county: None, client: Client) -> None:
    programme = letter_programme()
    person = make_person(name="李桂兰", number=citizen_number(5))
    actor = make_actor(Role.TOWNSHIP_REVIEWER)
    letter = issue_letter(actor=actor, person=person, programme=programme, purpose=LetterPurpose.LAND)
    assert letter.receipt.outcome == "entitled"
    with pytest.raises(DomainError) as again:
        issue_letter(actor=actor, person=person, programme=programme, purpose=LetterPurpose.LAND)
    assert again.value.code == "letter_there_already"
    shown = client.get(reverse("verify", args=[letter.code])).content.decode()
    assert letter.number in shown
    assert "李桂兰" not in shown
    assert "2015-01-05" in shown
    paper = paper_of_letter(letter, village="东村", issuer="山亭区")
    assert "李桂兰" in paper.opening[1]
    assert sealed(programme).entries.get().letter_id == letter.pk
    withdraw_letter(actor=actor, letter=letter, reason="条件变化")
    assert Verification.objects.get(code=letter.code).is_withdrawn
    issue_letter(actor=actor, person=person, programme=programme, purpose=LetterPurpose.LAND)


def test_no_letter_without_the_right(county: None) -> None:
    programme = letter_programme()
    young = make_person(name="王小丫", born="1990-01-01")
    with pytest.raises(DomainError) as refused:
        issue_letter(
            actor=make_actor(Role.TOWNSHIP_REVIEWER), person=young, programme=programme, purpose="land"
        )
    assert refused.value.code == "not_entitled_letter"
    with pytest.raises(NotAllowed):
        issue_letter(actor=make_actor(Role.VILLAGE), person=young, programme=programme, purpose="land")
