"""The registry's pages: what each shows, to whom, and what is written down when they are opened."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.enums import ParentRole, Relation
from households.models import Household, Parentage, Person, ResidentImport
from households.services.imports import run_import
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act, Read
from subsidies.services.sweep import sweep
from tests.factories import OTHER_VILLAGE as FAR_VILLAGE
from tests.factories import make_actor, make_household, make_person
from tests.households.registry import HEAD, bring, family, row
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE, as_csv, number
from tests.subsidies.cases import enter, make_office, make_programme, rules_say
from tests.subsidies.money import make_grant, paid_programme

pytestmark = pytest.mark.django_db

PageOf = Callable[..., Client]
TOWNSHIP = VILLAGE[:9]


@pytest.fixture
def families(county: Actor) -> Iterator[None]:
    """A family in each of two townships, there before anybody opens a page."""
    bring(county, [{**cells, "手机号": "13812345678"} for cells in family()])
    elsewhere = row(
        姓名="赵刚", 公民身份号码=number("19600101", 481), 户籍地代码=OTHER_VILLAGE, 户编号="000009"
    )
    bring(county, [elsewhere])
    return


def seen(model: type, **fields: object) -> object:
    with open_context(scope="370406"):
        return model.objects.get(**fields)


def pages_of(person: Person, household: Household) -> list[str]:
    return [
        reverse("households:household", args=[household.pk]),
        reverse("households:household_history", args=[household.pk]),
        reverse("households:person", args=[person.pk]),
        reverse("households:person_history", args=[person.pk]),
    ]


VIEWERS = [
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
]
STRANGERS = [
    Role.CLINICIAN,
    Role.FINANCE,
    Role.CASHIER,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
]


def division_of(role: Role) -> str | None:
    if role in (Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER):
        return TOWNSHIP
    return VILLAGE if role == Role.VILLAGE else None


@pytest.mark.parametrize("role", VIEWERS)
def test_viewers_see_their_families(families: None, page_of: PageOf, role: Role) -> None:
    person, household = seen(Person, name="王建国"), seen(Household, number="000001")
    browser = page_of(role, division_of(role))
    assert b"000001" in browser.get(reverse("households:households")).content
    for address in pages_of(person, household):
        assert browser.get(address).status_code == 200, address


@pytest.mark.parametrize("role", STRANGERS)
def test_others_see_no_family(families: None, page_of: PageOf, role: Role) -> None:
    person, household = seen(Person, name="王建国"), seen(Household, number="000001")
    browser = page_of(role)
    for address in [reverse("households:households"), *pages_of(person, household)]:
        assert browser.get(address).status_code == 403, address
    assert 'class="hit"' not in browser.get("/search/?q=王建国").content.decode()


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER])
def test_family_of_another_township_is_not_found(families: None, page_of: PageOf, role: Role) -> None:
    person, household = seen(Person, name="赵刚"), seen(Household, number="000009")
    browser = page_of(role, division_of(role))
    for address in pages_of(person, household):
        assert browser.get(address).status_code == 404, address
    assert b"000009" not in browser.get(reverse("households:households")).content


def test_household_page_shows_ages_and_masks_numbers(families: None, page_of: PageOf) -> None:
    household = seen(Household, number="000001")
    text = (
        page_of(Role.TOWNSHIP, TOWNSHIP)
        .get(reverse("households:household", args=[household.pk]))
        .content.decode()
    )
    assert "60" in text
    assert HEAD not in text
    assert "370*************" in text
    for word in ("已婚", "丧偶", "离异", "married"):
        assert word not in text


def test_opening_a_family_is_written_down(families: None, page_of: PageOf) -> None:
    person = seen(Person, name="王建国")
    page_of(Role.TOWNSHIP, TOWNSHIP).get(reverse("households:person", args=[person.pk]))
    with open_context(scope="370406"):
        assert Read.objects.filter(record_ids__contains=[person.pk]).exists()


def test_number_is_shown_for_a_reason_only(families: None, page_of: PageOf) -> None:
    person = seen(Person, name="王建国")
    address = reverse("households:show_number", args=[person.pk, "number"])
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    assert HEAD not in browser.get(address).content.decode()
    refused = browser.post(address, {})
    assert refused.status_code == 422
    assert HEAD not in refused.content.decode()
    shown = browser.post(address, {"reason": "person_present"})
    assert HEAD in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    with open_context(scope="370406"):
        act = Act.objects.get(verb="households.show_in_full")
        assert act.detail == {"what": "number", "reason": "person_present"}
        assert Read.objects.filter(reason="person_present").exists()


def test_auditor_is_shown_no_number(families: None, page_of: PageOf) -> None:
    person = seen(Person, name="王建国")
    address = reverse("households:show_number", args=[person.pk, "number"])
    assert page_of(Role.AUDITOR).post(address, {"reason": "person_present"}).status_code == 403


def test_family_elsewhere_needs_the_whole_number_and_a_reason(families: None, page_of: PageOf) -> None:
    address = reverse("households:elsewhere")
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    whole = number("19600101", 481)
    assert browser.post(address, {"number": whole[-4:], "reason": "person_present"}).status_code == 422
    assert browser.post(address, {"number": whole}).status_code == 422
    nobody = browser.post(address, {"number": number("19610101", 481), "reason": "person_present"})
    assert nobody.status_code == 422
    found = browser.post(address, {"number": whole, "reason": "person_present"})
    assert "赵刚" in found.content.decode()
    with open_context(scope="370406"):
        assert Act.objects.get(verb="households.open_family_elsewhere").division_code == OTHER_VILLAGE


@pytest.mark.parametrize(
    "asked", ["王建国", "王建", HEAD, HEAD[-4:], "13812345678", "5678"], ids=lambda text: str(len(text))
)
def test_search_finds_the_person_and_logs_it(families: None, page_of: PageOf, asked: str) -> None:
    answer = page_of(Role.TOWNSHIP, TOWNSHIP).get("/search/", {"q": asked})
    assert "王建国" in answer.content.decode()
    person = seen(Person, name="王建国")
    with open_context(scope="370406"):
        assert Read.objects.filter(record_ids__contains=[person.pk], reason="search").exists()


def test_search_stays_within_scope(families: None, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    for asked in ("赵刚", number("19600101", 481), "000009"):
        assert 'class="hit"' not in browser.get("/search/", {"q": asked}).content.decode()


@pytest.mark.parametrize("address", ["/search/?q=%00", "/search/?q=王%00", "/verify/%00/", "/verify/A%00B/"])
def test_character_that_no_database_takes_is_no_fault_of_the_program(page_of: PageOf, address: str) -> None:
    assert page_of(Role.TOWNSHIP, TOWNSHIP).get(address).status_code in {200, 404}


def test_history_says_what_changed(families: None, county: Actor, page_of: PageOf) -> None:
    changed = [{**cells, "手机号": "13812345678"} for cells in family()]
    changed[0]["户口性质"] = "非农业"
    changed[0]["手机号"] = "13912345679"
    bring(county, changed)
    person = seen(Person, name="王建国")
    text = (
        page_of(Role.TOWNSHIP, TOWNSHIP)
        .get(reverse("households:person_history", args=[person.pk]))
        .content.decode()
    )
    assert "*******5678" in text
    assert "*******5679" in text
    assert "13912345679" not in text


def upload(browser: Client, rows: list[dict[str, str]], **fields: str) -> object:
    header = list(rows[0])
    file = as_csv([header, *([cells[name] for name in header] for cells in rows)])
    content = io.BytesIO(file.read())
    content.name = "residents.csv"
    return browser.post(
        reverse("households:import_new"), {"file": content, "as_of": "2014-01-06", "way": "take", **fields}
    )


def test_uploaded_file_goes_its_way_to_the_result(
    county: Actor,
    page_of: PageOf,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = []
    monkeypatch.setattr(
        "offices.services.jobs.current_app.send_task", lambda name, args: sent.append((name, args))
    )
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        answer = upload(browser, [row(), row(公民身份号码="12")])
    assert answer.status_code == 302  # type: ignore[attr-defined] # a response
    brought = seen(ResidentImport)
    assert sent == [("households.run_import", ["370406", str(brought.job_id)])]  # type: ignore[attr-defined] # an import
    address = reverse("households:import", args=[brought.pk])  # type: ignore[attr-defined] # an import
    assert "hx-get" in browser.get(address).content.decode()
    with open_context(scope="370406"):
        run_import(import_id=brought.pk)  # type: ignore[attr-defined] # an import
    text = browser.get(address).content.decode()
    assert "hx-get" not in text.split('id="main"')[1]
    assert "身份证" in text or "身份号码" in text
    download = browser.post(reverse("households:import_remarks", args=[brought.pk, "errors"]))  # type: ignore[attr-defined]
    assert b"".join(download.streaming_content).startswith("\ufeff行号,姓名".encode())
    with open_context(scope="370406"):
        assert Act.objects.filter(verb="households.download_remarks").exists()


def test_import_of_another_township_is_not_found(county: Actor, page_of: PageOf) -> None:
    brought = bring(county, [row()])
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    assert browser.get(reverse("households:import", args=[brought.pk])).status_code == 404
    assert browser.post(reverse("households:import_remarks", args=[brought.pk, "errors"])).status_code == 404


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.TOWNSHIP_REVIEWER, Role.AUDITOR, Role.COUNTY_REVIEWER])
def test_only_counter_and_county_bring_files(county: Actor, page_of: PageOf, role: Role) -> None:
    assert upload(page_of(role), [row()]).status_code == 403  # type: ignore[attr-defined] # a response


def test_file_for_a_day_to_come_is_refused_at_its_field(county: Actor, page_of: PageOf) -> None:
    answer = upload(page_of(Role.COUNTY), [row()], as_of="2014-02-01")
    assert answer.status_code == 422  # type: ignore[attr-defined] # a response
    with open_context(scope="370406"):
        assert not ResidentImport.objects.exists()


def test_household_page_asks_as_often_for_many_members(county: Actor, page_of: PageOf) -> None:
    """How often is on record in tests/query_counts.json; here, that it does not grow with the family."""
    asked = []
    for first, members in ((101, 3), (301, 9)):
        numbers = [number("19700101", first + 2 * n) for n in range(members)]
        others = [row(公民身份号码=one, 户主关系="其他", 户编号=str(first)) for one in numbers[1:]]
        bring(county, [row(公民身份号码=numbers[0], 户编号=str(first)), *others])
        household = Household.objects.get(number=str(first))
        browser = page_of(Role.TOWNSHIP, TOWNSHIP)
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(reverse("households:household", args=[household.pk]))  # type: ignore[attr-defined] # a test client
        assert answer.status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_the_household_page_shows_what_is_received_owed_and_on_its_way(
    county: Actor, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch)
    granted = make_grant(paid_programme("PAID"), serial=300, name="王秀英")
    head = make_person(name="王建国", born="1950-02-01", sex="M")
    household = make_household(head, (granted.person, Relation.SPOUSE))
    case = enter(make_office(), person=head, programme=make_programme("CASE", name_zh="在办扶助"))
    owed = make_programme("OWED", name_zh="应享扶助")
    sweep(actor=make_actor(Role.COUNTY), as_of=clock.today())
    page = page_of(Role.TOWNSHIP).get(reverse("households:household", args=[household.pk])).content.decode()
    assert reverse("subsidies:grant", args=[granted.pk]) in page
    assert reverse("subsidies:application", args=[case.pk]) in page
    assert reverse("subsidies:explanation", args=[head.pk, owed.pk]) in page
    assert "应享扶助" in page


def test_children_who_belong_to_other_households_stand_on_the_page_of_their_parents(
    county: Actor, page_of: PageOf
) -> None:
    head = make_person(name="王建国", sex="M")
    household = make_household(head)
    married_out = make_person(name="王小丽", born="1980-03-11")
    served_elsewhere = make_person(name="王小强", born="1982-03-11", sex="M", village=FAR_VILLAGE)
    for child in (married_out, served_elsewhere):
        make_household(child)
        Parentage.objects.create(
            person=child, parent=head, role=ParentRole.FATHER, division_code=child.division_code
        )
    address = reverse("households:household", args=[household.pk])
    page = page_of(Role.TOWNSHIP).get(address).content.decode()
    assert reverse("households:person", args=[married_out.pk]) in page
    assert "王建国之女" in page
    assert "王建国之子" in page
    assert "王小强" not in page
    assert "由其他乡镇服务" in page
    assert "王小强" in page_of(Role.COUNTY).get(address).content.decode()
