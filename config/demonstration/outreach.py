"""Visits, events, employers and associations of the demonstration, made by the services as who would."""

from __future__ import annotations

import datetime

from django.db.models import Count

from config.demonstration.accounts import COUNTY, TOWNSHIP, VILLAGE
from config.demonstration.officers import Officers, acting
from households.enums import (
    AssociationKind,
    AssociationServiceKind,
    OutreachKind,
    UnitKind,
    VisitNext,
    VisitPurpose,
    VisitResult,
)
from households.models import Association, Employment, Household, OutreachEvent, Unit, Visit
from households.selectors.units import WORKING
from households.services.associations import count_services, record_association
from households.services.outreach import enter_event
from households.services.units import record_unit
from households.services.visits import record_visit
from offices import clock
from offices.models import Division

CULTURAL_EVENTS, PERFORMANCES = 26, 100
"""As many as the district had in 2013."""
_UNITS = (
    "山亭区水泥有限公司",
    "鲁南果品加工厂",
    "翼云石材有限公司",
    "山亭区供销合作社",
    "城头豆制品有限公司",
)
_ASSOCIATIONS = (
    (AssociationKind.HOMETOWN, "山亭驻深圳异地协会", "440300", "广东省深圳市", datetime.date(2014, 2, 20)),
    (AssociationKind.HOMETOWN, "山亭驻青岛异地协会", "370200", "山东省青岛市", datetime.date(2016, 1, 1)),
    (AssociationKind.CHAMBER, "枣庄商会山亭联络处", "310100", "上海市", None),
)


def make_outreach() -> None:
    """Make what is missing; again without effect."""
    if not OutreachEvent.objects.exists():
        _events()
    if not Visit.objects.exists():
        _visits()
    if not Unit.objects.exists():
        _units()
    if not Association.objects.exists():
        _associations()


def _events() -> None:
    townships = list(Division.objects.townships().within(COUNTY[:6]).order_by("code"))
    county = acting("county")
    for number in range(CULTURAL_EVENTS):
        place = townships[number % len(townships)]
        enter_event(
            actor=county,
            kind=OutreachKind.CULTURAL,
            title=f"{place.name}人口文化节",
            held_on=datetime.date(2013, 1, 12) + datetime.timedelta(days=13 * number),
            place=place.code,
        )
    for number in range(PERFORMANCES // 4):
        place = townships[number * 3 % len(townships)]
        enter_event(
            actor=county,
            kind=OutreachKind.PERFORMANCE,
            title="送戏下乡巡回演出",
            held_on=datetime.date(2013, 2, 3) + datetime.timedelta(days=12 * number),
            place=place.code,
            times=4,
        )
    for month in range(1, 13):
        enter_event(
            actor=county,
            kind=OutreachKind.MEDIA,
            title="区电视台“惠民在身边”专栏",
            held_on=datetime.date(2013, month, 28),
            place=COUNTY,
            times=4,
        )


def _visits() -> None:
    """To families of the village account's own village, and one promise that has come due."""
    officers = Officers()
    families = list(Household.objects.filter(division_code=VILLAGE).order_by("number")[:8])
    results = (
        (VisitPurpose.EXPLAIN, "NCJF", VisitResult.TOLD, VisitNext.COUNTER),
        (VisitPurpose.APPLY, "NCJF", VisitResult.APPLIED, VisitNext.NONE),
        (VisitPurpose.EXPLAIN, "NCJF", VisitResult.NOT_THERE, VisitNext.COME_AGAIN),
        (VisitPurpose.EXPLAIN, "NCJF", VisitResult.DECLINED, VisitNext.NONE),
        (VisitPurpose.DELIVER, "", VisitResult.TOLD, VisitNext.NONE),
    )
    for number, family in enumerate(families):
        purpose, about, result, next_step = results[number % len(results)]
        visited_on = datetime.date(2013, 12, 23) + datetime.timedelta(days=number)
        with clock.demonstration_day(visited_on):
            record_visit(
                actor=officers.village(VILLAGE),
                household=family,
                purpose=purpose,
                about=about,
                result=result,
                visited_on=visited_on,
                next_step=next_step,
                next_on=datetime.date(2014, 1, 6) if next_step == VisitNext.COME_AGAIN else None,
            )


def _units() -> None:
    """The employers of most people; the others stand among the units not yet recorded."""
    employers = (
        Employment.objects.filter(state__in=WORKING)
        .exclude(employer_code="")
        .values("employer_code")
        .annotate(people=Count("pk"))
        .order_by("-people", "employer_code")[: len(_UNITS)]
    )
    for name, row in zip(_UNITS, employers, strict=False):
        record_unit(
            actor=acting("county"),
            kind=UnitKind.ENTERPRISE,
            name=name,
            place=VILLAGE,
            credit_code=row["employer_code"],
            is_payer=True,
            contact_name="刘经理",
            phone="0632-8811300",
        )
    record_unit(
        actor=acting("township"),
        kind=UnitKind.COMPOUND,
        name="翼云小区",
        place=Division.objects.villages().within(TOWNSHIP[:9]).order_by("code")[0].code,
        contact_name="物业服务中心",
        phone="0632-8811400",
    )


def _associations() -> None:
    for kind, name, code, area, ends_on in _ASSOCIATIONS:
        association = record_association(
            actor=acting("county"),
            kind=kind,
            name=name,
            place_code=code,
            place_name=area,
            agreement_from=datetime.date(2013, 1, 1),
            agreement_to=ends_on,
            agreement_document="流动人口服务协作协议书",
            contact_name="协会秘书处",
            phone="0632-8811500",
        )
        for month in (10, 11, 12):
            numbers = {kind: month + 3 * place for place, kind in enumerate(AssociationServiceKind)}
            count_services(
                actor=acting("county"),
                association=association,
                month=datetime.date(2013, month, 1),
                numbers=numbers,
            )
