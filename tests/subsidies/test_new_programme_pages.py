"""From an empty page to families on the list: a county enters a programme, two people publish it."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from households.models import Hukou, Person
from offices.actors import Actor
from offices.enums import Role
from offices.models import Job
from subsidies.enums import PolicyState, Standing
from subsidies.models import Application, Assessment, PolicyVersion, Programme
from subsidies.services.sweep import sweep
from subsidies.tasks import run_simulation
from tests.factories import make_actor
from tests.households.registry import SAMPLE, bring
from tests.subsidies.new_programmes import entered, published, terms
from tests.subsidies.policies import COUNTY, approver, author, desk, draft_of, rows_typed
from tests.subsidies.test_calculator_page import ask
from tests.subsidies.test_policy_pages import refused, saved

pytestmark = pytest.mark.django_db
NEW = "/subsidies/programmes/new/"
TYPED = {
    "code": "GLWW",
    "name_zh": "高龄父母慰问金",
    "name_en": "Gift to aged parents",
    "unit": "person",
    "kind": "cash",
    "frequency": "yearly",
    "is_posted": "on",
}
DAY = datetime.date(2014, 1, 6)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def in_english(browser: Client) -> Client:
    browser.post("/i18n/setlang/", {"language": "en"})
    return browser


def test_from_an_empty_page_to_the_families_who_are_owed(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    moved_to("2014-01-06")
    bring(county, SAMPLE)
    writer, second = desk(author()), desk(approver())
    village = desk(make_actor(Role.VILLAGE))
    assert NEW in text_of(writer.get("/subsidies/programmes/"))
    assert NEW not in text_of(village.get("/subsidies/programmes/"))

    begun = writer.post(NEW, {**TYPED, "code": "glww"})
    draft = PolicyVersion.objects.get(programme="GLWW")
    assert begun.url == f"/subsidies/policies/{draft.pk}/"
    page = writer.get(begun.url)
    assert {lack.part for lack in page.context["lacks"]} == {
        "basis", "amounts", "conditions", "notice", "funding", "stop",
    }  # fmt: skip
    for part in {lack.part for lack in page.context["lacks"]}:
        assert f'id="{part}"' in text_of(page), "what is missing leads to where it is entered"
    for address in ("/subsidies/programmes/", "/subsidies/programmes/GLWW/"):
        assert "GLWW" in text_of(writer.get(address))
    assert "GLWW" not in text_of(village.get("/subsidies/programmes/"))
    assert village.get("/subsidies/programmes/GLWW/").status_code == 404

    draft = saved(
        writer, draft, "basis/", basis_title="关于发放高龄父母慰问金的通知", basis_number="山政办发〔2014〕1号",
        from_on="2014-01-01",
    )  # fmt: skip
    for condition, values in (
        ("age_at_least", {"value_years": "70", "by_years": "+"}),
        ("hukou_type_in", {"value_types": ["rural", "defined_rural"], "by_types": "="}),
    ):
        draft = saved(writer, draft, f"conditions/top/add/?condition={condition}", **values)
    draft = saved(writer, draft, "values/amount/", **rows_typed(("2014-01-01", "", "500")))
    draft = saved(writer, draft, "notice/", days="7", calendar="calendar", levels=["village", "township"])
    draft = saved(writer, draft, "funding/", county="60", township="40")
    draft = saved(writer, draft, "stop-rule/", stop_rule="end_of_month")
    page = writer.get(f"/subsidies/policies/{draft.pk}/")
    assert page.context["lacks"] == []
    assert page.context["differences"] == []
    assert "发至当月底" in text_of(page)

    asked = writer.post(
        f"/subsidies/policies/{draft.pk}/simulate/", {"revision": draft.revision, "as_of": "2014-01-06"}
    )
    run_simulation(COUNTY, str(Job.objects.get(kind="subsidies.run_simulation").pk))
    assert writer.get(asked.url).url == f"/subsidies/policies/{draft.pk}/#simulation"
    total = writer.get(f"/subsidies/policies/{draft.pk}/").context["simulation"]["total"]
    assert (total["before"], total["gained"]) == (0, total["after"])
    draft = saved(writer, draft, "submit/")
    assert "须由县级其他人员审定" in refused(writer, draft, "publish/")
    confirm = text_of(second.get(f"/subsidies/policies/{draft.pk}/publish/"))
    assert "GLWW" in confirm
    draft = saved(second, draft, "publish/")
    assert draft.state == PolicyState.PUBLISHED

    sweep(actor=county, as_of=DAY)
    found = Assessment.objects.filter(programme="GLWW", standing=Standing.OWED)
    aged = Person.objects.filter(birth_date__lte=datetime.date(1944, 1, 6), died_on=None)
    rural = Hukou.objects.filter(hukou_type__in=["rural", "defined_rural"], to_on=None)
    expected = set(aged.filter(pk__in=rural.values("person")).values_list("pk", flat=True))
    assert set(found.values_list("person", flat=True)) == expected
    assert len(expected) == total["after"] > 5
    assert set(found.values_list("annual_amount", flat=True)) == {Decimal("500.00")}


def test_whatever_comes_after_works_for_a_new_programme(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    moved_to("2014-01-06")
    bring(county, SAMPLE)
    published()
    sweep(actor=county, as_of=DAY)
    owed = Assessment.objects.filter(programme="GLWW", standing=Standing.OWED).order_by("division_code")[0]
    counter = desk(make_actor(Role.TOWNSHIP, owed.division_code[:9]))
    for browser, address in (
        (counter, "/"),
        (counter, "/subsidies/owed/?programme=GLWW"),
        (counter, "/subsidies/debts/?programme=GLWW"),
        (counter, f"/subsidies/owed/{owed.person_id}/GLWW/"),
        (counter, f"/subsidies/applications/new/?person={owed.person_id}"),
        (desk(make_actor(Role.VILLAGE)), "/subsidies/programmes/GLWW/"),
        (desk(make_actor(Role.FINANCE)), "/subsidies/budget/new/"),
        (desk(author()), "/subsidies/debts/take-up/?programme=GLWW"),
        (desk(author()), "/"),
    ):
        for language in ("zh-hans", "en"):
            browser.post("/i18n/setlang/", {"language": language})
            answer = browser.get(address)
            assert answer.status_code == 200, address
            if address != "/":
                name = "Gift to aged parents" if language == "en" else "高龄父母慰问金"
                assert name in text_of(answer), address
    form = {"documents": ["identity_card", "household_register"], "has_declared": "on"}
    address = f"/subsidies/applications/new/?person={owed.person_id}&programme=GLWW"
    answer = counter.post(address, form)
    assert answer.status_code == 302, text_of(answer)
    assert Application.objects.get(person=owed.person_id).file_number == "GLWW-2014-00001"
    told = text_of(ask(born="1930-02-01"))
    assert "高龄父母慰问金" in told


@pytest.mark.parametrize(
    ("wrong", "field", "zh", "en"),
    [
        ({"code": "NCJF"}, "code", "编号NCJF已用于", "The code NCJF is that of"),
        ({"code": "双女"}, "code", "二至八位大写字母或数字", "two to eight capital letters or digits"),
        ({"kind": "letter"}, "frequency", "请据此改选", "Choose so."),
        ({"kind": "points", "unit": "household"}, "unit", "请选择以个人为单位", "Choose the person"),
        (
            {"kind": "letter", "frequency": "request"},
            "is_posted",
            "不公示姓名",
            "no name is posted",
        ),
        ({"name_zh": ""}, "name_zh", "必填", "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    county: Actor, wrong: dict[str, str], field: str, zh: str, en: str
) -> None:
    browser = desk(author())
    for language, sentence in (("zh-hans", zh), ("en", en)):
        browser.post("/i18n/setlang/", {"language": language})
        answer = browser.post(NEW, {**TYPED, **wrong})
        assert answer.status_code == 422
        assert sentence in str(answer.context["form"][field].errors)
        assert 'value="Gift to aged parents"' in text_of(answer)
    assert not Programme.objects.filter(name_zh=TYPED["name_zh"]).exists()


def test_an_english_name_is_not_demanded(county: Actor) -> None:
    desk(author()).post(NEW, {**TYPED, "name_en": ""})
    with override("en"):
        assert Programme.objects.get(pk="GLWW").name == "高龄父母慰问金"


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.AUDITOR])
def test_nobody_but_the_county_opens_the_page(county: Actor, role: Role) -> None:
    assert desk(make_actor(role)).get(NEW).status_code == 403


def test_what_it_is_is_corrected_on_the_draft_s_page_until_it_is_published(county: Actor) -> None:
    draft = entered()
    writer, second = desk(author()), desk(approver())
    address = f"/subsidies/policies/{draft.pk}/programme/"
    assert address in text_of(writer.get(f"/subsidies/policies/{draft.pk}/"))
    typed = {name: value for name, value in TYPED.items() if name != "code"}
    assert "公示" in refused(
        second, draft, "programme/", **{**typed, "kind": "letter", "frequency": "request"}
    )
    draft = saved(second, draft, "programme/", **{**typed, "frequency": "once", "name_zh": "一次性慰问金"})
    programme = Programme.objects.get(pk="GLWW")
    assert (programme.frequency, programme.name_zh, programme.code) == ("once", "一次性慰问金", "GLWW")
    assert approver().staff_id in draft.authors
    draft.revision = 0
    assert "他人已保存" in refused(writer, draft, "programme/", **typed)
    assert Programme.objects.get(pk="GLWW").name_zh == "一次性慰问金"

    running = draft_of("NCJF")
    page = text_of(writer.get(f"/subsidies/policies/{running.pk}/"))
    assert f"/subsidies/policies/{running.pk}/programme/" not in page
    assert writer.get(f"/subsidies/policies/{running.pk}/programme/").status_code == 302
    assert "另行新增项目" in refused(writer, running, "programme/", **typed)


def test_discarding_the_only_draft_says_that_the_programme_goes_with_it(county: Actor) -> None:
    draft = entered()
    writer = desk(author())
    assert "随草案" in text_of(writer.get(f"/subsidies/policies/{draft.pk}/discard/"))
    draft = saved(writer, draft, "discard/")
    assert draft.state == PolicyState.DISCARDED
    assert "GLWW" not in text_of(writer.get("/subsidies/programmes/"))
    assert writer.get(f"/subsidies/policies/{draft.pk}/").status_code == 200
    assert writer.get("/subsidies/programmes/GLWW/").status_code == 200
    writer.post("/subsidies/programmes/GLWW/draft/")
    assert PolicyVersion.objects.get(programme="GLWW", state=PolicyState.DRAFT).number == 2
    assert "GLWW" in text_of(writer.get("/subsidies/programmes/"))


def test_both_languages_say_what_a_new_programme_is(county: Actor) -> None:
    draft = entered(unit="household")
    browser = desk(author())
    page = text_of(browser.get(f"/subsidies/policies/{draft.pk}/"))
    assert "户" in page
    assert terms().name_zh in page
    page = text_of(in_english(browser).get(f"/subsidies/policies/{draft.pk}/"))
    for words in ("What the programme is", "Household", "Cash", "Yearly", "When its reason ends"):
        assert words in page
    assert "Entered by the county, not published yet" in text_of(browser.get("/subsidies/programmes/"))
