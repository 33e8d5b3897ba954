"""A village whose families go by list: a premium with its policy, people owed it, and the acts as the office does them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any
from uuid import UUID

from households.models import Person
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import FREQUENCIES, PolicyState, ProgrammeKind, Step, StopRule, Unit
from subsidies.models import Notice, PolicyVersion, Programme
from subsidies.services.listed_acts import Listed
from subsidies.services.listed_entry import enter_listed
from subsidies.services.listed_grants import grant_listed
from subsidies.services.listed_reviews import (
    confirm_listed,
    review_listed_in_township,
    review_listed_in_village,
)
from subsidies.services.sweep import sweep
from tests.factories import TOWNSHIP, VILLAGE, make_actor, make_person
from tests.subsidies.cases import NOTICE, PRESENT, Office, move_day
from tests.subsidies.money import citizen_number

COUNTY = "370406000000"
SHEET = "2014年度代缴保费名册（签字页）"
RATES = [
    {"from": "2009-01-01", "to": "2015-01-01", "value": "70.00", "known": "memory"},
    {"from": "2015-01-01", "to": None, "value": "90.00", "known": "memory"},
]
RULE = {
    "all": [
        {"clause": "hukou", "hukou_type_in": {"types": ["rural"]}},
        {"clause": "elsewhere", "not": {"insured_elsewhere": {"scheme": "medical"}}},
    ]
}
PLACES = {
    Step.ENTRY: TOWNSHIP,
    Step.VILLAGE_REVIEW: VILLAGE,
    Step.TOWNSHIP_REVIEW: TOWNSHIP,
    Step.COUNTY_CONFIRMATION: COUNTY,
    Step.GRANT: COUNTY,
}


def premium(
    code: str = "LIST",
    *,
    kind: str = ProgrammeKind.PREMIUM,
    notice: dict[str, Any] = NOTICE,
    rule: dict[str, Any] = RULE,
    **fields: Any,
) -> Programme:
    """A premium of rural residents, collected from October on, with three notices unless said."""
    programme = Programme.objects.create(
        code=code,
        name_zh="代缴保费",
        name_en="Premium",
        unit=Unit.PERSON,
        kind=kind,
        frequency=FREQUENCIES[kind][0],
        **fields,
    )
    PolicyVersion.objects.create(
        programme=programme,
        number=1,
        state=PolicyState.PUBLISHED,
        from_on=datetime.date(2009, 1, 1),
        basis_title="代缴办法",
        rule=rule,
        parameters={
            "amount": RATES,
            "collected_from_month": [{"from": "2009-01-01", "to": None, "value": "10"}],
        },
        notice=notice,
        funding=[{"source": "county", "share": "1"}],
        stop_rule=StopRule.END_OF_YEAR,
        drafted_by_id=make_actor(Role.COUNTY, name="拟稿").staff_id,
        approved_by_id=make_actor(Role.COUNTY, name="审定").staff_id,
        published_at=clock.now(),
    )
    return programme


def villagers(count: int, **fields: Any) -> list[Person]:
    """Families of the village, each with a number."""
    return [
        make_person(**{"name": f"王{'甲乙丙丁戊己庚辛'[n]}", "number": citizen_number(n + 11), **fields})
        for n in range(count)
    ]


def assess(programme: Programme) -> None:
    """The night's assessment of today."""
    sweep(actor=make_actor(Role.COUNTY), as_of=clock.today())


def after_notices() -> None:
    """Move to the day after the last notice that hangs."""
    last = Notice.objects.order_by("-last_day").values_list("last_day", flat=True).first()
    if last and last >= clock.today():
        move_day(last + datetime.timedelta(days=1))


def take(
    office: Office,
    step: str,
    programme: Programme,
    *,
    place: str = "",
    chosen: Collection[UUID] | None = None,
    actor: Actor | None = None,
) -> Listed:
    """Take a step by list as the person who would."""
    where: dict[str, Any] = {"programme": programme, "division_code": place or PLACES[Step(step)]}
    match step:
        case Step.ENTRY:
            return enter_listed(
                actor=actor or office.counter, declaration_document=SHEET, people=chosen, **where
            )
        case Step.VILLAGE_REVIEW:
            return review_listed_in_village(
                actor=actor or office.village,
                opinion="情况属实",
                present=PRESENT,
                applications=chosen,
                **where,
            )
        case Step.TOWNSHIP_REVIEW:
            return review_listed_in_township(
                actor=actor or office.township, opinion="同意上报", applications=chosen, **where
            )
        case Step.COUNTY_CONFIRMATION:
            return confirm_listed(
                actor=actor or office.reviewer, opinion="予以确认", applications=chosen, **where
            )
    return grant_listed(actor=actor or office.county, applications=chosen, **where)


def bring_list_to(office: Office, step: str, programme: Programme) -> Listed:
    """Take every step by list up to and with one, the business day moved through the notices."""
    for one in PLACES:
        after_notices()
        done = take(office, one, programme)
        if one == step:
            return done
    raise AssertionError(step)
