"""Awards, goods and honours of the demonstration, and the account of a fund that waits to be confirmed."""

from __future__ import annotations

from decimal import Decimal

from config.demonstration.accounts import VILLAGE
from config.demonstration.officers import acting
from households.enums import Sex
from households.models import Membership, Person
from offices import clock
from subsidies.enums import GoodsMoveKind, NominationReason, RecognitionKind
from subsidies.models import Programme, Recognition
from subsidies.services.fund_accounts import propose_fund_account
from subsidies.services.goods import add_goods, move_goods
from subsidies.services.nominations import nominate_family
from subsidies.services.recognitions import confirm_recognition, nominate_person

_GOODS = (("棉被", "床", "180.00", 40), ("食用油", "桶", "75.00", 60))
_PRESENT = ["王建国", "李明", "孙桂英"]


def make_honours() -> None:
    """Make what is missing; again without effect."""
    if Recognition.objects.exists():
        return
    village, county = acting("village"), acting("county")
    people = _people(3)
    kinds = (RecognitionKind.DAUGHTER_IN_LAW, RecognitionKind.MOTHER_IN_LAW)
    for person, kind in zip(people, kinds, strict=False):
        made = nominate_person(
            actor=village,
            person=person,
            kind=kind,
            reasons=[NominationReason.CARES, NominationReason.HARMONY],
            present=_PRESENT,
        )
        if kind == RecognitionKind.DAUGHTER_IN_LAW:
            confirm_recognition(actor=county, recognition=made)
    for person in people[2:]:
        nominate_family(
            actor=acting("township"),
            person=person,
            programme=Programme.objects.get(pk="MFXJ"),
            reasons=[NominationReason.NEIGHBOURS, NominationReason.LEARNING],
        )
    for name, unit, value, count in _GOODS:
        item = add_goods(actor=county, name=name, unit=unit, unit_value=Decimal(value))
        move_goods(
            actor=county,
            item=item,
            kind=GoodsMoveKind.RECEIVED,
            quantity=count,
            moved_on=clock.today(),
            document="入库单〔2014〕1号",
        )
    propose_fund_account(
        actor=acting("finance"),
        programme=Programme.objects.get(pk="MXNH"),
        institution="山亭区新型农村合作医疗管理办公室",
        bank="山亭农村信用社",
        account="370406000011112222",
        document="山合管办〔2013〕5号",
    )


def _people(count: int) -> list[Person]:
    """Living grown-up members of households in the village of the demonstration, always the same ones."""
    grown_up = clock.today().replace(year=clock.today().year - 40)
    members = Membership.objects.on(clock.today()).values("person_id")
    return list(
        Person.objects.filter(
            division_code=VILLAGE, died_on=None, sex=Sex.FEMALE, birth_date__lt=grown_up, pk__in=members
        ).order_by("name_sort", "id_number_digest")[:count]
    )
