"""The register of debts and late knowledge on pages: two taps, filters in the address, numbers that lead to rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from households.enums import VisitPurpose, VisitResult
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from households.services.visits import record_visit
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.models import Export, Read
from offices.work import work_for
from subsidies.enums import DebtDeed, DebtEnd, LateDecision, LateState
from subsidies.models import Debt, DebtAct, LateFinding, Programme
from subsidies.selectors.owed import newest_sweep
from subsidies.selectors.take_up import open_lines_over_time, take_up, total_of
from subsidies.services.sweep import sweep
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, make_actor, make_household
from tests.subsidies.cases import bring_to, enter, make_office
from tests.subsidies.money import make_grant, paid_programme
from tests.subsidies.test_sweep import entitled_person

pytestmark = pytest.mark.django_db
Pages = Callable[..., Client]
LIST = "/subsidies/debts/"


@pytest.fixture
def lines(county: Actor) -> list[Debt]:
    """Two families of the village and one of another township."""
    make_actor(Role.VILLAGE)
    for village in (None, None, OTHER_VILLAGE):
        mother = entitled_person(**({"village": village} if village else {}))
        make_household(mother)
    sweep(actor=county, as_of=clock.today())
    return list(Debt.objects.filter(programme="NCJF").order_by("division_code", "pk"))


def shown(page: Any) -> set[Any]:
    return {line.debt.pk for line in page.context["lines"]}


def test_a_village_sees_its_own_and_a_county_all(lines: list[Debt], page_of: Pages) -> None:
    village = page_of(Role.VILLAGE).get(f"{LIST}?programme=NCJF")
    assert shown(village) == {lines[0].pk, lines[1].pk}
    assert lines[0].person.name in village.content.decode()
    assert Read.objects.filter(reason="debts").exists()
    assert shown(page_of(Role.COUNTY).get(f"{LIST}?programme=NCJF")) == {line.pk for line in lines}
    assert shown(page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(f"{LIST}?programme=NCJF")) == {lines[2].pk}
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(f"{LIST}{lines[0].pk}/").status_code == 404
    assert page_of(Role.CLINICIAN).get(LIST).status_code == 403


def test_filters_stand_in_the_address(lines: list[Debt], page_of: Pages) -> None:
    county = page_of(Role.COUNTY)
    officer = lines[0].officer_id
    for query, wanted in (
        ("show=to_tell", lines),
        ("show=applied", []),
        ("show=declined", []),
        ("before=1990-01-01", []),
        ("before=2014-01-06", lines),
        (f"officer={officer}", lines[:2]),
        (f"place={OTHER_TOWNSHIP}", lines[2:]),
        (f"place={OTHER_VILLAGE}", lines[2:]),
        ("show=nonsense", lines),
    ):
        assert shown(county.get(f"{LIST}?programme=NCJF&{query}")) == {line.pk for line in wanted}, query


def test_two_taps_say_what_came_of_it(lines: list[Debt], page_of: Pages) -> None:
    village = page_of(Role.VILLAGE)
    address = f"{LIST}{lines[0].pk}/"
    assert "told" in village.get(address).content.decode()
    for word, deed in (("told", "told"), ("helped", "helped"), ("cannot-reach", "cannot_reach")):
        assert village.post(f"{address}{word}/").status_code == 302
        assert DebtAct.objects.filter(debt=lines[0], deed=deed).count() == 1
    assert shown(village.get(f"{LIST}?programme=NCJF&show=to_tell")) == {lines[1].pk}
    act = DebtAct.objects.get(deed=DebtDeed.CANNOT_REACH)
    assert str(act.pk) in village.get(address).content.decode()
    village.post(f"{LIST}entries/{act.pk}/take-back/")
    assert DebtAct.objects.get(deed=DebtDeed.TAKEN_BACK).undoes == act
    village.post(f"{address}declined/")
    assert Debt.objects.get(pk=lines[0].pk).closed_as == DebtEnd.DECLINED
    page = village.get(address)
    assert page.context["may_reopen"]
    refused = village.post(f"{address}told/", follow=True)
    assert [str(message) for message in refused.context["messages"]]
    village.post(f"{address}asked/")
    assert Debt.objects.get(pk=lines[0].pk).is_open
    assert village.post(f"{address}nonsense/").status_code == 404
    assert village.get(f"{address}history/").status_code == 200


def test_work_of_the_village_specialist_leads_to_its_list(lines: list[Debt]) -> None:
    village = make_actor(Role.VILLAGE)
    (item,) = (item for item in work_for(village) if item.url == f"{LIST}?show=to_tell")
    assert item.count == Debt.objects.visible_to(village).to_tell().count() == 2
    record_visit(
        actor=village,
        household=lines[0].person.membership_set.get().household,
        purpose=VisitPurpose.EXPLAIN,
        about="NCJF",
        result=VisitResult.TOLD,
        visited_on=clock.today(),
    )
    (item,) = (item for item in work_for(village) if item.url == f"{LIST}?show=to_tell")
    assert item.count == 1


def test_list_leaves_as_a_file_with_its_purpose(
    lines: list[Debt], page_of: Pages, settings: Any, tmp_path: Any
) -> None:
    settings.HUIMIN_FILES = str(tmp_path)
    village = page_of(Role.VILLAGE)
    address = f"{LIST}export/?programme=NCJF"
    assert village.get(address).status_code == 200
    asked = {"purpose": "home_visits", "reference": "", "file_format": "csv"}
    assert village.post(address, asked).status_code == 302
    export = Export.objects.get()
    assert (export.kind, export.rows) == ("subsidies.debts", 2)


def test_take_up_counts_the_offices_debt(lines: list[Debt], page_of: Pages, county: Actor) -> None:
    office = make_office()
    bring_to(office, "granted", enter(office, person=lines[0].person, programme=lines[0].programme))
    sweep(actor=county, as_of=clock.today())
    asked: dict[str, Any] = {
        "actor": make_actor(Role.COUNTY),
        "sweep": newest_sweep(until=clock.today()),
        "on": clock.today(),
        "programme": Programme.objects.get(pk="NCJF"),
    }
    places = {line.code: line for line in take_up(**asked, by_place=True)}
    own = places[lines[0].division_code[:9]]
    assert (own.entitled, own.receiving, own.owed) == (2, 1, 1)
    assert own.share == total_of([own]).share
    assert own.oldest == lines[1].owed_since
    points = open_lines_over_time(actor=make_actor(Role.COUNTY), on=clock.today())
    assert (len(points), points[-1][0]) == (12, clock.today())
    assert points[-1][1] == Debt.objects.open().count()
    assert points[0][1] == 0
    for role in (Role.COUNTY, Role.TOWNSHIP, Role.VILLAGE, Role.AUDITOR):
        page = page_of(role).get(f"{LIST}take-up/?programme=NCJF")
        assert page.status_code == 200
        assert "/subsidies/debts/?show=owed" in page.content.decode()
        assert "/subsidies/owed/?standing=unknown&amp;programme=NCJF" in page.content.decode()


def test_periods_stand_on_their_page(lines: list[Debt], page_of: Pages) -> None:
    page = page_of(Role.VILLAGE).get(f"/subsidies/owed/{lines[0].person_id}/NCJF/periods/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "2010-01-01" in text
    assert "720.00" in text


def test_late_knowledge_is_decided_on_its_page(
    county: Actor, page_of: Pages, moved_to: Callable[[str], None]
) -> None:
    grant = make_grant(paid_programme("LATE"), serial=9)
    record_death(
        actor=make_actor(Role.TOWNSHIP),
        person=grant.person,
        report=Report(clock.today() - datetime.timedelta(days=1)),
    )
    finding = LateFinding.objects.get()
    address = f"/subsidies/late/{finding.pk}/"
    assert page_of(Role.TOWNSHIP).get(address).status_code == 200
    assert page_of(Role.TOWNSHIP).get(f"{address}decide/").status_code == 403
    assert page_of(Role.VILLAGE).get(address).status_code == 403
    county_page = page_of(Role.COUNTY)
    assert finding.grant.person.name in county_page.get("/subsidies/late/").content.decode()
    seen = {"reckoning": finding.reckoning}
    for told in ({}, {"decision": "pay", "basis": "依据"}, {"decision": "leave", "basis": ""}):
        assert county_page.post(f"{address}decide/", seen | told).status_code == 422
    right = {"decision": "leave", "basis": "政发〔2014〕1号"}
    assert county_page.post(f"{address}decide/", right).status_code == 422, "which sums she saw is not said"
    assert county_page.post(f"{address}decide/", seen | right).status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.decision) == (LateState.DECIDED, LateDecision.LEAVE)
    assert county_page.get(f"{address}decide/").status_code == 302
    assert county_page.get(f"{address}history/").status_code == 200
    assert finding.pk in {
        row["finding"].pk for row in county_page.get("/subsidies/late/?state=decided").context["lines"]
    }
    (item,) = (item for item in work_for(make_actor(Role.COUNTY)) if item.url == "/subsidies/late/")
    assert item.count == 0
