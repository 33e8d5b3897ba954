"""Awards by selection, their goods, and honours without money."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from households.models import Person
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.pdf.print_out import print_document
from subsidies.enums import ApplicationState, GoodsMoveKind, ProgrammeKind, RecognitionKind, RecognitionState
from subsidies.letter_papers import TEMPLATE, certificate_of_award, certificate_of_recognition
from subsidies.models import BudgetLine, GoodsItem, Grant, Nomination, Programme
from subsidies.services.goods import add_goods, hand_out_goods, move_goods
from subsidies.services.nominations import nominate_family
from subsidies.services.recognitions import confirm_recognition, nominate_person
from tests.factories import make_actor, make_household, make_person
from tests.subsidies.cases import Office, bring_to, make_office
from tests.subsidies.money import citizen_number, make_grant, paid_programme

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2014, 1, 6)
COUNTY_PAYS = [{"source": "county", "share": "1"}]
PRESENT = ["甲", "乙", "丙"]


@pytest.fixture
def office(county: None) -> Office:
    return make_office()


def award_programme() -> Programme:
    def value(amount: str) -> list[dict[str, object]]:
        return [{"from": "2013-01-01", "to": None, "value": amount, "known": "source"}]

    return paid_programme(
        "AWARD",
        kind=ProgrammeKind.AWARD,
        shares=COUNTY_PAYS,
        rule={"all": [{"clause": "chosen", "chosen_by_nomination": {}}]},
        parameters={"amount": value("2000.00"), "goods_amount": value("500.00")},
    )


def family(serial: int = 1) -> Person:
    person = make_person(name="张玉兰", number=citizen_number(serial))
    make_household(person)
    return person


def budget(programme: Programme, amount: str) -> None:
    BudgetLine.objects.create(
        programme=programme,
        year=2014,
        source="county",
        amount=Decimal(amount),
        document="预算1号",
        made_by_id=make_actor(Role.FINANCE).staff_id,
        made_on=TODAY,
        division_code="370406000000",
    )


def test_a_nominated_family_goes_the_way_of_an_application(office: Office) -> None:
    programme = award_programme()
    budget(programme, "5000")
    person = family()
    case = nominate_family(
        actor=office.counter, person=person, programme=programme, reasons=["harmony", "cares"]
    )
    assert Nomination.objects.get(application=case).reasons == ["cares", "harmony"]
    with pytest.raises(DomainError) as again:
        nominate_family(actor=office.counter, person=person, programme=programme, reasons=["cares"])
    assert again.value.code in ("already_applied", "nominated_already")
    done = bring_to(office, ApplicationState.GRANTED, case)
    grant = Grant.objects.get(application=done)
    assert (done.annual_amount, grant.annual_amount) == (Decimal("2000.00"), Decimal("1500.00"))
    assert done.steps.get(step="village_review", result="passed").present
    assert print_document(certificate_of_award(grant, village="东村", issuer="山亭区"), template=TEMPLATE)


def test_an_award_beyond_its_budget_is_refused(office: Office) -> None:
    programme = award_programme()
    budget(programme, "1000")
    case = nominate_family(actor=office.counter, person=family(), programme=programme, reasons=["cares"])
    with pytest.raises(DomainError) as refused:
        bring_to(office, ApplicationState.GRANTED, case)
    assert refused.value.code == "award_beyond_budget"


def goods(stock: int = 2) -> GoodsItem:
    county = make_actor(Role.COUNTY)
    item = add_goods(actor=county, name="棉被", unit="床", unit_value=Decimal("250"))
    if stock:
        move_goods(
            actor=county,
            item=item,
            kind=GoodsMoveKind.RECEIVED,
            quantity=stock,
            moved_on=TODAY,
            document="入库单1号",
        )
    item.refresh_from_db()
    return item


def test_goods_are_handed_out_against_signature_and_never_more_than_there_are(county: None) -> None:
    item = goods(2)
    programme = award_programme()
    first, second = (make_grant(programme, serial=serial, account=None) for serial in (1, 2))
    counter = make_actor(Role.TOWNSHIP)

    def hand(grant: Grant, quantity: int = 2, signed_by: str = "张玉兰") -> None:
        hand_out_goods(
            actor=counter, grant=grant, item=item, quantity=quantity, moved_on=TODAY, signed_by=signed_by
        )

    with pytest.raises(DomainError) as unsigned:
        hand(first, signed_by=" ")
    assert unsigned.value.code == "signature_needed"
    hand(first)
    for grant, code in ((first, "handed_out_already"), (second, "out_of_stock")):
        with pytest.raises(DomainError) as refused:
            hand(grant, quantity=1)
        assert refused.value.code == code
    item.refresh_from_db()
    assert item.stock == 0
    GoodsItem.objects.filter(pk=item.pk).update(stock=50)
    item.refresh_from_db()
    assert item.stock == 0
    cash = make_grant(paid_programme(), serial=3, account=None)
    with pytest.raises(DomainError) as none:
        hand(cash, quantity=1)
    assert none.value.code == "no_award"


def test_an_honour_is_confirmed_by_another_and_verified_without_a_name(county: None, client: Client) -> None:
    person = make_person(name="李秀云", number=citizen_number(4))
    made = nominate_person(
        actor=make_actor(Role.VILLAGE),
        person=person,
        kind=RecognitionKind.DAUGHTER_IN_LAW,
        reasons=["cares"],
        present=PRESENT,
    )
    with pytest.raises(NotAllowed):
        confirm_recognition(actor=make_actor(Role.TOWNSHIP_REVIEWER), recognition=made)
    with pytest.raises(DomainError) as twice:
        nominate_person(
            actor=make_actor(Role.VILLAGE),
            person=person,
            kind=RecognitionKind.DAUGHTER_IN_LAW,
            reasons=["cares"],
            present=PRESENT,
        )
    assert twice.value.code == "honoured_already"
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(decided_by=made.nominated_by_id)
    done = confirm_recognition(actor=make_actor(Role.COUNTY), recognition=made)
    assert done.state == RecognitionState.CONFIRMED
    shown = client.get(reverse("verify", args=[done.code])).content.decode()
    assert done.number in shown
    assert "李秀云" not in shown
    paper = certificate_of_recognition(done, village="东村", issuer="山亭区")
    assert "李秀云" in paper.opening[1]


@pytest.mark.parametrize(("reasons", "present"), [([], PRESENT), (["cares"], ["甲", "甲", "乙"])])
def test_a_nomination_needs_reasons_and_witnesses(
    county: None, reasons: list[str], present: list[str]
) -> None:
    with pytest.raises(DomainError):
        nominate_person(
            actor=make_actor(Role.VILLAGE),
            person=make_person(),
            kind=RecognitionKind.PERSON,
            reasons=reasons,
            present=present,
        )
