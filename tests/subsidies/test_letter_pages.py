"""A letter is delivered and an appeal goes its way on the pages, as the people of the offices do it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import ApplicationState
from subsidies.models import Appeal, AppealTerms, DecisionLetter
from subsidies.services import reviews
from tests.subsidies.cases import Office, enter, make_office, rules_say

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def test_refusal_is_delivered_appealed_against_and_corrected(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = reviews.refuse_application(application=enter(office), actor=office.township, reason="未满60周岁")
    letter = DecisionLetter.objects.get()
    address = f"/subsidies/decisions/{letter.pk}/"
    counter = page_of(Role.TOWNSHIP)
    assert "尚未送达的决定书" in counter.get("/").content.decode()
    shown = counter.get(address).content.decode()
    for words in (letter.number, "未满60周岁", "山亭区人民政府", "文件正在生成"):
        assert words in shown
    assert counter.get(f"{address}file/").status_code == 302
    given = {"method": "family", "on": "2014-01-06", "recipient": "王强", "relation": ""}
    assert counter.post(f"{address}deliver/", given).status_code == 422
    assert counter.post(f"{address}deliver/", {**given, "relation": "儿子"}).status_code == 302
    assert "2014年3月7日" in counter.get(address).content.decode()
    said = {"kind": "review", "via": "counter", "received_on": "2014-01-06"}
    assert counter.post(f"{address}appeal/", said).status_code == 422
    assert counter.post(f"{address}appeal/", {**said, "grounds": "出生日期登记错了"}).status_code == 302
    appeal = f"/subsidies/appeals/{Appeal.objects.get().pk}/"
    reviewer = page_of(Role.COUNTY_REVIEWER)
    assert "待受理的申诉" in reviewer.get("/").content.decode()
    assert reviewer.post(f"{appeal}accept/").status_code == 302
    assert reviewer.post(f"{appeal}extend/", {"reason": ""}).status_code == 422
    decision = {"result": "changed", "reasons": "户口簿属实", "remedy_from_on": "2014-01-01"}
    assert reviewer.post(f"{appeal}decide/", {**decision, "remedy_amount": ""}).status_code == 422
    assert reviewer.post(f"{appeal}decide/", {**decision, "remedy_amount": "960"}).status_code == 302
    county = page_of(Role.COUNTY)
    assert "待落实的申诉结果" in county.get("/").content.decode()
    assert county.post(f"{appeal}carry-out/").status_code == 302
    case.refresh_from_db()
    assert case.state == ApplicationState.GRANTED
    assert county.get(f"/verify/{letter.verification.code}/").status_code == 200


def test_terms_begin_on_a_day_and_end_those_before(office: Office, page_of: Callable[..., Client]) -> None:
    county = page_of(Role.COUNTY)
    form = county.get("/subsidies/decisions/terms/new/").context["form"]
    given = {name: form[name].value() for name in form.fields}
    given |= {"document": "山政发〔2014〕1号", "court_months": 3}
    assert (
        county.post("/subsidies/decisions/terms/new/", {**given, "from_on": "2014-01-01"}).status_code == 422
    )
    assert (
        county.post("/subsidies/decisions/terms/new/", {**given, "from_on": "2014-05-01"}).status_code == 302
    )
    before, after = AppealTerms.objects.order_by("from_on")
    assert (before.to_on, after.court_months) == (after.from_on, 3)
    assert "山政发〔2014〕1号" in county.get("/subsidies/decisions/terms/").content.decode()
