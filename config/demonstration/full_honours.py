"""Honours of the full county's year, and the goods of its awards."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from config.demonstration.cases import DAY, PRESENT
from config.demonstration.full_plan import Plan
from config.demonstration.officers import Officers, acting
from households.enums import Sex
from households.models import Membership, Person
from offices import clock
from subsidies.enums import GoodsMoveKind, GrantState, NominationReason, RecognitionKind
from subsidies.models import GoodsItem, Grant
from subsidies.services.goods import add_goods, hand_out_goods, move_goods
from subsidies.services.recognitions import confirm_recognition, nominate_person, reject_recognition

GOODS_OF_A_FAMILY = (("棉被", "床", Decimal("180.00"), 2), ("食用油", "桶", Decimal("70.00"), 2))
"""Name, unit, value of one (yuan) and how many a model family receives: 500 yuan in all."""
_REASONS = list(NominationReason)


def hand_out_awards(plan: Plan) -> None:
    """Every model family signs for its goods at the township's counter; some are damaged, some are left."""
    officers = Officers()
    bought_on = datetime.date(2013, 10, 8)
    items: list[tuple[GoodsItem, int]] = []
    with clock.demonstration_day(bought_on):
        for name, unit, value, count in GOODS_OF_A_FAMILY:
            item = add_goods(actor=acting("county"), name=name, unit=unit, unit_value=value)
            for kind, quantity, document in (
                (GoodsMoveKind.RECEIVED, count * plan.model_families + 12, "入库单〔2013〕7号"),
                (GoodsMoveKind.LOST, 2, "报损单〔2013〕1号"),
            ):
                move_goods(
                    actor=acting("county"),
                    item=item,
                    kind=kind,
                    quantity=quantity,
                    moved_on=bought_on,
                    document=document,
                )
            items.append((item, count))
    given = Grant.objects.filter(programme_id="MFXJ", state=GrantState.LIVE).select_related("person")
    for number, grant in enumerate(given.order_by("from_on", "application__file_number")):
        day = datetime.date(2013, 11, 4) + DAY * (number % 20)
        with clock.demonstration_day(day):
            for item, count in items:
                hand_out_goods(
                    actor=officers.counter(grant.division_code),
                    grant=grant,
                    item=item,
                    quantity=count,
                    moved_on=day,
                    signed_by=grant.person.name,
                )


def honour_people(plan: Plan, say: Callable[[str], None]) -> None:
    """Good daughters- and mothers-in-law and exemplary persons, nominated in the villages, confirmed by the county."""
    women = _members(sex=Sex.FEMALE)
    young: list[UUID] = []
    old: list[UUID] = []
    for key, born in women:
        (young if born > datetime.date(1968, 1, 1) else old).append(key)
    everybody = [key for key, _born in _members()]
    half = plan.in_laws // 2
    wanted = (
        (RecognitionKind.DAUGHTER_IN_LAW, young, plan.in_laws - half),
        (RecognitionKind.MOTHER_IN_LAW, old, half),
        (RecognitionKind.PERSON, everybody, plan.individuals),
    )
    officers = Officers()
    for kind, keys, many in wanted:
        say(f"  … {kind.label}: {many}")
        # One more of each waits for the county, and one it did not confirm.
        chosen = _spread(keys, many + 2)
        for number, person in enumerate(Person.objects.filter(pk__in=chosen).order_by("division_code", "pk")):
            _honour(officers, person, kind, number, many)


def _honour(officers: Officers, person: Person, kind: RecognitionKind, number: int, many: int) -> None:
    nominated_on = datetime.date(2013, 3, 1) + DAY * (number % 200)
    with clock.demonstration_day(nominated_on):
        made = nominate_person(
            actor=officers.village(person.division_code),
            person=person,
            kind=kind,
            reasons=[_REASONS[number % len(_REASONS)]],
            present=PRESENT,
        )
    if number > many:
        return
    with clock.demonstration_day(nominated_on + DAY * 14):
        decide = confirm_recognition if number < many else reject_recognition
        decide(actor=officers.county, recognition=made)


def _members(**of: object) -> list[tuple[UUID, datetime.date]]:
    """Living grown-up members of households, by village; always in the same order."""
    grown_up = datetime.date(1988, 1, 1)
    at_home = Membership.objects.on(datetime.date(2013, 3, 1)).values("person_id")
    people = Person.objects.filter(died_on=None, birth_date__lt=grown_up, pk__in=at_home, **of)
    return list(
        people.order_by("division_code", "birth_date", "name_sort", "pk").values_list("pk", "birth_date")
    )


def _spread(keys: Sequence[UUID], many: int) -> list[UUID]:
    return [keys[number * len(keys) // many] for number in range(many)]
