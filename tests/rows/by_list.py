"""Rows of cases that went by list: some before each step, some granted."""

from __future__ import annotations

from offices.enums import Role
from subsidies.enums import Step
from subsidies.models import Application, Grant, ListedAct
from subsidies.services.list_jobs import request_list
from tests.factories import VILLAGE, make_actor
from tests.rows.people import NAME, Kwargs
from tests.subsidies.cases import Office
from tests.subsidies.listing import SHEET, assess, premium, take, villagers

UNPOSTED = {"days": 7, "calendar": "calendar", "levels": []}
VERY_OLD = {"all": [{"clause": "age", "age_at_least": {"years": 90}}]}
"""Owed to nobody but who goes by list: lists of others stay as they are."""


def by_list(families: int) -> dict[str, Kwargs]:
    # The office of the other cases: its officers have their certificates.
    office = Office(
        counter=make_actor(Role.TOWNSHIP),
        village=make_actor(Role.VILLAGE),
        township=make_actor(Role.TOWNSHIP_REVIEWER),
        reviewer=make_actor(Role.COUNTY_REVIEWER),
        second_reviewer=make_actor(Role.COUNTY_REVIEWER, name="第二审核员"),
        county=make_actor(Role.COUNTY),
        security=make_actor(Role.SECURITY_ADMIN),
    )
    programme = premium(notice=UNPOSTED, rule=VERY_OLD)

    def arrive() -> None:
        villagers(families, name=NAME, number=None, born="1920-01-01")
        assess(programme)

    arrive()
    for step in Step:
        if step != Step.COUNTY_REVIEW:
            take(office, step, programme, place=VILLAGE)
    granted = Application.objects.filter(programme=programme).order_by("file_number")
    rows: dict[str, Kwargs] = {
        "act by list": {"act_id": ListedAct.objects.get(step=Step.VILLAGE_REVIEW).pk},
        "application by list": {"application_id": granted[0].pk},
        "grant by list": {"grant_id": Grant.objects.get(application=granted[0]).pk},
    }
    arrive()
    take(office, Step.ENTRY, programme, place=VILLAGE)
    take(office, Step.VILLAGE_REVIEW, programme, place=VILLAGE)
    arrive()
    for kind, step in (
        ("list to enter", Step.ENTRY),
        ("list for the village", Step.VILLAGE_REVIEW),
        ("list for the township", Step.TOWNSHIP_REVIEW),
        ("list to confirm", Step.COUNTY_CONFIRMATION),
        ("list to grant", Step.GRANT),
    ):
        rows[kind] = {"step": step.value, "?": f"programme={programme.pk}&place={VILLAGE}"}
    job = request_list(
        actor=office.counter,
        programme=programme,
        step=Step.ENTRY,
        division_code=VILLAGE,
        told={"declaration_document": SHEET},
    )
    rows["list that is worked on"] = {"job_id": job.pk}
    return rows
