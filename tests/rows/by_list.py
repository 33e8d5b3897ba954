"""Rows of cases that went by list: some before each step, some granted."""

from __future__ import annotations

from subsidies.enums import Step
from subsidies.models import Application, Grant, ListedAct
from tests.factories import VILLAGE
from tests.rows.people import NAME, Kwargs, serial_from
from tests.subsidies.cases import make_office
from tests.subsidies.listing import assess, premium, take, villagers

UNPOSTED = {"days": 7, "calendar": "calendar", "levels": []}


def by_list(families: int) -> dict[str, Kwargs]:
    office, programme = make_office(), premium(notice=UNPOSTED)
    serial = serial_from(420)

    def arrive() -> None:
        villagers(families, name=NAME, serials=serial)
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
    return rows
