"""Rows of benefits that are no cash to a family: premiums, sealed lists, awards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from households.models import ExaminationYear
from offices import clock
from offices.enums import Role
from subsidies.enums import GoodsMoveKind, LetterPurpose, NominationReason, ProgrammeKind, RecognitionKind
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.fund_accounts import confirm_fund_account, propose_fund_account
from subsidies.services.goods import add_goods, hand_out_goods, move_goods
from subsidies.services.premium_answers import import_fund_answer, import_transfer_answer
from subsidies.services.priority_letters import issue_letter
from subsidies.services.recognitions import confirm_recognition, nominate_person
from subsidies.services.sealed_lists import freeze_list, freeze_supplement, seal_list
from tests.factories import make_actor, make_person
from tests.subsidies.money import (
    answer_to,
    citizen_number,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
)
from tests.subsidies.premiums import fund_says

_FIRST_SERIAL = 340


def premiums(families: int, name: str) -> dict[str, dict[str, Any]]:
    """A batch of premiums of which the fund refuses one, and accounts of its fund."""
    programme = paid_programme("PREM", kind=ProgrammeKind.PREMIUM)
    for serial in range(_FIRST_SERIAL, _FIRST_SERIAL + families + 1):
        make_grant(programme, serial=serial, name=name, account=None)
    fund(programme)
    people = make_counters()
    accounts = []
    for number in range(families + 1):
        accounts.append(
            propose_fund_account(
                actor=people.finance,
                programme=programme,
                institution="区医疗保险事业中心",
                bank="山亭农村信用社",
                account=f"62230000111122{number:02d}",
                document="来函1号",
            )
        )
        if number < families:
            confirm_fund_account(actor=people.county, account=accounts[-1])
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    approve_batch(actor=people.county, batch=batch)
    send_batch(actor=people.cashier, batch=batch)
    import_transfer_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    import_fund_answer(
        actor=people.cashier,
        batch=batch,
        content=fund_says(batch, dict.fromkeys(range(1, families + 1), "22")),
    )
    return {
        "batch of premiums": {"batch_id": batch.pk},
        "account of a fund": {"account_id": accounts[0].pk},
        "account of a fund to confirm": {"account_id": accounts[-1].pk, "step": "confirm"},
        "account of a fund to reject": {"account_id": accounts[-1].pk, "step": "reject"},
    }


def lists(families: int, name: str) -> dict[str, dict[str, Any]]:
    """A sealed list with a frozen supplement, one to seal and one to hand over, and letters of families."""
    reviewer, county = make_actor(Role.COUNTY_REVIEWER), make_actor(Role.COUNTY)
    programme = paid_programme("EXAM", kind=ProgrammeKind.POINTS)
    serials = iter(range(_FIRST_SERIAL + 10, 400))

    def examinees(year: int) -> None:
        for _one in range(families):
            grant = make_grant(programme, serial=next(serials), name=name, account=None)
            ExaminationYear.objects.create(
                person=grant.person, year=year, division_code=grant.person.division_code
            )

    examinees(2013)
    first = seal_list(actor=county, sealed_list=freeze_list(actor=reviewer, programme=programme, year=2013))
    examinees(2013)
    supplement = freeze_supplement(actor=reviewer, first=first, reason="补报")
    letters = paid_programme("PRIOR", kind=ProgrammeKind.LETTER)
    people = [make_person(name=name, number=citizen_number(next(serials))) for _one in range(families + 1)]
    issued = [
        issue_letter(
            actor=make_actor(Role.TOWNSHIP_REVIEWER),
            person=person,
            programme=letters,
            purpose=LetterPurpose.LAND,
        )
        for person in people[:-1]
    ]
    return {
        "sealed list": {"list_id": first.pk},
        "list to seal": {"list_id": supplement.pk, "step": "seal"},
        "list to discard": {"list_id": supplement.pk, "step": "discard"},
        "list to hand over": {"list_id": first.pk, "step": "send"},
        "letter": {"letter_id": issued[0].pk},
        "family with priority": {"person_id": people[-1].pk, "programme_code": letters.pk},
    }


def awards(families: int, name: str) -> dict[str, dict[str, Any]]:
    """An award with goods handed out, goods in stock, honours confirmed and waiting."""
    county, counter = make_actor(Role.COUNTY), make_actor(Role.TOWNSHIP)
    programme = paid_programme("HAPPY", kind=ProgrammeKind.AWARD)
    serials = iter(range(_FIRST_SERIAL + 30, 400))
    grants = [
        make_grant(programme, serial=next(serials), name=name, account=None) for _one in range(families)
    ]
    item = add_goods(actor=county, name="棉被", unit="床", unit_value=Decimal("250"))
    move_goods(
        actor=county,
        item=item,
        kind=GoodsMoveKind.RECEIVED,
        quantity=families + 1,
        moved_on=clock.today(),
        document="入库单1号",
    )
    for number in range(families):
        other = add_goods(actor=county, name=f"米{number}", unit="袋", unit_value=Decimal("100"))
        move_goods(
            actor=county,
            item=other,
            kind=GoodsMoveKind.RECEIVED,
            quantity=1,
            moved_on=clock.today(),
            document="入库单2号",
        )
        for each, of in ((item, grants[number]), (other, grants[0])):
            hand_out_goods(
                actor=counter, grant=of, item=each, quantity=1, moved_on=clock.today(), signed_by=name
            )
    people = [make_person(name=name, number=citizen_number(next(serials))) for _one in range(families + 1)]
    honours = [
        nominate_person(
            actor=make_actor(Role.VILLAGE),
            person=person,
            kind=RecognitionKind.PERSON,
            reasons=[NominationReason.CARES],
            present=["甲", "乙", "丙"],
        )
        for person in people
    ]
    for honour in honours[:-1]:
        confirm_recognition(actor=county, recognition=honour)
    return {
        "award": {"grant_id": grants[0].pk},
        "goods": {"item_id": item.pk},
        "honour": {"recognition_id": honours[0].pk},
        "honour to confirm": {"recognition_id": honours[-1].pk, "step": "confirm"},
        "honour to reject": {"recognition_id": honours[-1].pk, "step": "reject"},
        "person to nominate": {"person_id": people[-1].pk},
    }
