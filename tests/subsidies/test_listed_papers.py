"""A family granted by list asks later: what was known then is said to the byte, and its letter is issued."""

from __future__ import annotations

import datetime
import time

import pytest

from households.models import Hukou, Person
from offices import clock
from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.errors import NotAllowed
from offices.models import Division
from offices.services.staff import system_actor
from subsidies.enums import LetterKind, Step
from subsidies.models import Application, DecisionLetter, ExplanationReceipt, Grant, ListedAct
from subsidies.models.receipts import Occasion
from subsidies.selectors.letters import text_of
from subsidies.services.grants import grant_benefit
from subsidies.services.letters import issuer_of
from subsidies.services.listed_papers import issue_listed_letter
from subsidies.services.receipts import keep_explanation
from tests.factories import OTHER_TOWNSHIP, make_actor
from tests.subsidies.cases import Office, make_office, move_day
from tests.subsidies.listing import after_notices, assess, bring_list_to, premium, villagers


@pytest.mark.django_db(transaction=True)
def test_the_receipt_is_what_would_have_been_kept_then() -> None:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        office, programme = make_office(), premium()
        (person,) = villagers(1)
        assess(programme)
        bring_list_to(office, Step.GRANT, programme)
    with open_context(actor=system):
        act = ListedAct.objects.get(step=Step.COUNTY_CONFIRMATION)
        grant = Grant.objects.get()
        assert not ExplanationReceipt.objects.exists()
        assert not DecisionLetter.objects.exists()
    time.sleep(0.01)
    with open_context(actor=system):
        at_once = keep_explanation(
            actor=office.county,
            person=person,
            programme=programme,
            on=act.acted_on,
            occasion=Occasion.ASKED,
            known_at=act.known_at,
        )
    with open_context(actor=system):
        Hukou.objects.filter(person=person).update(hukou_type="urban")
        Person.objects.filter(pk=person.pk).update(died_on=clock.today())
        move_day(clock.today() + datetime.timedelta(days=300))
    with open_context(actor=system):
        letter = issue_listed_letter(grant=grant, actor=office.county)
        receipt = letter.receipt
    assert receipt is not None
    assert receipt.content == at_once.content
    assert (receipt.known_at, receipt.as_of, receipt.occasion) == (
        act.known_at,
        act.acted_on,
        Occasion.DECIDED,
    )
    assert receipt.outcome == "entitled"


@pytest.fixture
def office(county: Actor) -> Office:
    return make_office()


@pytest.mark.django_db
def test_a_letter_is_issued_once_by_the_office_in_the_county_s_name(office: Office) -> None:
    programme = premium()
    villagers(2)
    assess(programme)
    bring_list_to(office, Step.GRANT, programme)
    first, second = Grant.objects.order_by("application__file_number")
    letter = issue_listed_letter(grant=first, actor=office.counter)
    assert (letter.kind, letter.grant_id) == (LetterKind.GRANTED, first.pk)
    county = Division.objects.get(pk="370406000000")
    assert text_of(letter).issuer == issuer_of(county)
    assert letter.receipt is not None
    # No time limit of the family runs before it is delivered.
    assert list(DecisionLetter.objects.undelivered()) == [letter]
    assert issue_listed_letter(grant=first, actor=office.county) == letter
    for refused in (office.village, office.reviewer, make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)):
        with pytest.raises(NotAllowed):
            issue_listed_letter(grant=second, actor=refused)
    assert DecisionLetter.objects.count() == 1


@pytest.mark.django_db
def test_who_was_confirmed_by_list_and_granted_alone_has_a_letter_with_its_facts(office: Office) -> None:
    programme = premium()
    villagers(1)
    assess(programme)
    bring_list_to(office, Step.COUNTY_CONFIRMATION, programme)
    after_notices()
    grant = grant_benefit(application=Application.objects.get(), actor=office.county)
    letter = grant.letters.get()
    assert letter.receipt is not None
    assert letter.receipt.as_of == ListedAct.objects.get(step=Step.COUNTY_CONFIRMATION).acted_on
    assert "农业" in letter.content or "农村" in letter.content
