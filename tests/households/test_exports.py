"""Lists as files: what the page shows and no more, for a purpose, marked, logged, for its maker alone."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from households.enums import HukouType, MaritalState, Relation, VisitPurpose, VisitResult
from households.models import (
    Disability,
    Household,
    Hukou,
    MaritalFact,
    Person,
    RegistryTask,
    Residence,
)
from households.resources import LISTS
from households.services.visits import record_visit
from offices import exports as limits
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import ExportFormat, ExportPurpose, ExportState, JobState, Role
from offices.errors import DomainError, NotAllowed
from offices.exports import ListExport, export_kinds
from offices.models import Act, Export, Read, RoleGrant, StoredFile
from offices.selectors.divisions import name_on
from offices.services import exports
from offices.services.exports import (
    drop_export_files,
    make_list_export,
    open_export,
    request_list_export,
)
from offices.services.files import content_of
from offices.tasks import make_export
from tests.factories import OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_household, make_person
from tests.subsidies.money import citizen_number, give_account

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
COUNTY = settings.HUIMIN_COUNTY
NUMBER = citizen_number(77)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.HUIMIN_FILES = str(tmp_path / "files")


@pytest.fixture
def families(county: Actor) -> dict[str, Household]:
    """Two families of a village, one of another township; one head's name looks like a formula."""
    head = make_person(name="=2+3", number=NUMBER)
    wife = make_person(name="𠮷田", born="1955-10-02")
    give_account(head, "6228000012345678")
    for person in (head, wife):
        MaritalFact.objects.create(person=person, state=MaritalState.WIDOWED, division_code=VILLAGE)
        Disability.objects.create(person=person, grade=2, division_code=VILLAGE)
    return {
        "first": make_household(head, (wife, Relation.SPOUSE), number="000001"),
        "second": make_household(make_person(name="王秀英"), number="000002"),
        "elsewhere": make_household(make_person(name="赵刚", village=OTHER_VILLAGE), number="000009"),
    }


def export(
    actor: Actor,
    what: str = "families",
    query: str = "",
    *,
    purpose: ExportPurpose = ExportPurpose.ANNUAL_REVIEW,
    reference: str = "",
    file_format: ExportFormat = ExportFormat.CSV,
) -> Export:
    with open_context(actor=actor):
        return request_list_export(
            actor=actor,
            kind=LISTS[what],
            query=QueryDict(query),
            purpose=purpose,
            reference=reference,
            file_format=file_format,
        )


def rows_of(made: Export) -> list[list[str]]:
    assert made.file is not None
    content = b"".join(content_of(made.file))
    if made.file_format == ExportFormat.XLSX:
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def table_of(page: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert body is not None
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<td.*?>(.*?)</td>", line, re.DOTALL)
        ]
        for line in re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    ]


@pytest.mark.parametrize("query", ["", "sort=-number", f"village={VILLAGE}&sort=-head", "number=000002"])
def test_the_file_holds_what_the_page_shows(
    families: dict[str, Household], page_of: PageOf, query: str
) -> None:
    page = page_of(Role.TOWNSHIP, TOWNSHIP).get(f"/households/?{query}").content.decode()
    rows = rows_of(export(make_actor(Role.TOWNSHIP), query=query))
    shown = [[cell.replace("=2+3", "'=2+3") for cell in row] for row in table_of(page)]
    assert shown
    assert rows[1:-1] == shown
    assert rows[0] == ["村（居）", "户编号", "户主", "健在成员"]


def test_visits_and_migrants_leave_as_their_pages_show_them(families: dict[str, Household]) -> None:
    for at, village in (("first", VILLAGE), ("elsewhere", OTHER_VILLAGE)):
        record_visit(
            actor=make_actor(Role.VILLAGE, village), household=families[at], purpose=VisitPurpose.DELIVER,
            result=VisitResult.TOLD, visited_on=datetime.date(2014, 1, 5),
        )  # fmt: skip
    comer, leaver = make_person(name="赵来"), make_person(name="钱外")
    Hukou.objects.filter(person=comer).update(place_code="440305000000")
    Residence.objects.filter(person=leaver).update(place_code="440305000000")
    shenzhen, village = "广东省深圳市南山区", name_on(VILLAGE, datetime.date(2014, 1, 6))
    clerk = make_actor(Role.TOWNSHIP)
    head, visit, _mark = rows_of(export(clerk, "visits"))
    assert head[:6] == ["日期", "村（居）", "户编号", "对象", "事由", "结果"]
    assert visit[:3] == ["2014-01-05", village, "000001"]
    assert visit[4] == "送达材料"
    head, row, _mark = rows_of(export(clerk, "migrants"))
    assert head[:4] == ["姓名", "服务村（居）", "户籍地", "居住地"]
    assert row[:4] == ["赵来", village, shenzhen, village]
    assert rows_of(export(clerk, "migrants", "which=elsewhere"))[1][:4] == [
        "钱外",
        village,
        village,
        shenzhen,
    ]


def test_rows_of_another_township_never_leave(families: dict[str, Household]) -> None:
    for what, query in (("families", ""), ("members", f"village={VILLAGE}"), ("tasks", "")):
        RegistryTask.objects.get_or_create(
            kind="no_head",
            household=families["elsewhere"],
            closed_on=None,
            defaults={"opened_on": datetime.date(2014, 1, 2), "division_code": OTHER_VILLAGE},
        )
        RegistryTask.objects.get_or_create(
            kind="no_head",
            household=families["first"],
            closed_on=None,
            defaults={"opened_on": datetime.date(2014, 1, 2), "division_code": VILLAGE},
        )
        text = str(rows_of(export(make_actor(Role.TOWNSHIP), what, query)))
        assert "000001" in text
        assert "000009" not in text
        assert "赵刚" not in text


def test_a_village_of_another_township_is_refused_not_ignored(families: dict[str, Household]) -> None:
    with pytest.raises(DomainError) as refusal:
        export(make_actor(Role.TOWNSHIP), query=f"village={OTHER_VILLAGE}")
    assert refusal.value.code == "filters_not_understood"


def test_members_are_masked_and_what_rules_alone_read_is_not_there(families: dict[str, Household]) -> None:
    made = export(make_actor(Role.VILLAGE), "members", file_format=ExportFormat.XLSX)
    rows = rows_of(made)
    text = str(rows)
    assert "𠮷田" in text
    assert "=2+3" in text
    assert NUMBER not in text
    assert f"370{'*' * 13}{NUMBER[-2:]}" in text
    assert "6228000012345678" not in text
    assert "5678" in text
    for word in ("丧偶", "已婚", "widow", "残疾", "grade"):
        assert word not in text
    with open_context(scope=COUNTY):
        reads = Read.objects.filter(reason="export", record_type="households.person")
        assert {key for read in reads for key in read.record_ids} == set(
            Person.objects.filter(division_code=VILLAGE).values_list("pk", flat=True)
        )


def test_no_export_has_a_column_for_what_rules_alone_read() -> None:
    for kind in export_kinds():
        if isinstance(kind, ListExport):
            words = " ".join(
                [*kind.resource.fields, *kind.resource(on=datetime.date(2014, 1, 6)).get_export_headers()]
            )
            assert not re.search(
                r"marital|marriage|widow|divorc|disab|grade|婚|丧偶|离异|残疾|birth_count|children", words
            ), kind.code


def test_members_leave_village_by_village(families: dict[str, Household]) -> None:
    with pytest.raises(DomainError) as refusal:
        export(make_actor(Role.TOWNSHIP), "members")
    assert refusal.value.code == "village_not_chosen"
    assert len(rows_of(export(make_actor(Role.TOWNSHIP), "members", f"village={VILLAGE}"))) == 5


def test_the_record_says_who_what_and_what_for(families: dict[str, Household]) -> None:
    actor = make_actor(Role.TOWNSHIP)
    made = export(actor, query="number=000001", purpose=ExportPurpose.OTHER, reference="山卫计〔2014〕3号")
    assert made.state == ExportState.READY
    assert (made.rows, made.requested_role, made.division_code) == (1, Role.TOWNSHIP, TOWNSHIP)
    assert made.filters == {"number": ["000001"]}
    mark = rows_of(made)[-1][0]
    for words in ("#", actor.name, "2014", "山卫计〔2014〕3号", made.code):
        assert words in mark
    with open_context(scope=COUNTY):
        act = Act.objects.get(verb="offices.export")
        assert act.by_id == actor.staff_id
        assert act.record_id == made.pk
        assert act.detail["sha256"] == made.sha256
        assert act.detail["purpose"] == "other"
        assert "000001" not in str(act.detail)
        read = Read.objects.get(reason="export")
        assert read.record_ids == [families["first"].pk]


def test_a_purpose_is_required(families: dict[str, Household], page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    address = reverse("households:export", args=["families"])
    for given in (
        {},
        {"purpose": "case_file", "file_format": "csv"},
        {"purpose": "other", "file_format": "csv"},
    ):
        assert browser.post(address, given).status_code == 422, given
    with open_context(scope=COUNTY):
        assert not Export.objects.exists()
        assert not Read.objects.filter(reason="export").exists()
    answer = browser.post(address, {"purpose": "annual_review", "file_format": "xlsx"}, follow=True)
    assert answer.status_code == 200
    with open_context(scope=COUNTY):
        assert Export.objects.get().state == ExportState.READY


def test_the_database_wants_the_document_of_another_purpose(families: dict[str, Household]) -> None:
    made = export(make_actor(Role.TOWNSHIP))
    with open_context(scope=COUNTY):
        for change in ({"purpose": "other", "reference": ""}, {"sha256": ""}, {"state": "waiting"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Export.objects.filter(pk=made.pk).update(**change)


@pytest.mark.parametrize(
    "role",
    [Role.CLINICIAN, Role.FINANCE, Role.CASHIER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN],
)
def test_who_sees_no_family_exports_none(families: dict[str, Household], page_of: PageOf, role: Role) -> None:
    with pytest.raises(NotAllowed):
        export(make_actor(role))
    browser = page_of(role)
    address = reverse("households:export", args=["families"])
    assert browser.get(address).status_code == 403
    assert browser.post(address, {"purpose": "annual_review", "file_format": "csv"}).status_code == 403


def test_nobody_but_its_maker_opens_the_file(families: dict[str, Household], page_of: PageOf) -> None:
    made = export(make_actor(Role.TOWNSHIP))
    address = reverse("export_file", args=[made.pk])
    for role in (Role.COUNTY, Role.AUDITOR, Role.TOWNSHIP_REVIEWER, Role.AUDIT_ADMIN):
        assert page_of(role).post(address).status_code == 404, role
    with open_context(scope=COUNTY), pytest.raises(NotAllowed):
        open_export(actor=make_actor(Role.COUNTY), export=made)
    answer: Any = page_of(Role.TOWNSHIP, TOWNSHIP).post(address)
    assert answer.status_code == 200
    assert b"000001" in b"".join(answer.streaming_content)
    assert answer["Cache-Control"] == "no-store"
    with open_context(scope=COUNTY):
        assert Act.objects.filter(verb="offices.open_export").count() == 1


def test_a_file_is_traced_by_its_code(families: dict[str, Household], page_of: PageOf) -> None:
    made, other = export(make_actor(Role.TOWNSHIP)), export(make_actor(Role.VILLAGE))
    for role in (Role.COUNTY, Role.AUDITOR, Role.AUDIT_ADMIN):
        text = page_of(role).get(f"/offices/exports/?code={made.code.lower()}").content.decode()
        assert made.code in text
        assert other.code not in text
        assert make_actor(Role.TOWNSHIP).name in text
    assert other.code not in page_of(Role.TOWNSHIP, TOWNSHIP).get("/offices/exports/").content.decode()


def test_a_list_too_long_is_refused_as_a_whole(
    families: dict[str, Household], monkeypatch: pytest.MonkeyPatch, page_of: PageOf
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    with pytest.raises(DomainError) as refusal:
        export(make_actor(Role.TOWNSHIP))
    assert refusal.value.code == "too_long_to_export"
    assert not Export.objects.exists()
    page = page_of(Role.TOWNSHIP, TOWNSHIP).get(reverse("households:export", args=["families"]))
    assert str(refusal.value) in page.content.decode()


def test_an_empty_list_is_not_exported(families: dict[str, Household]) -> None:
    with pytest.raises(DomainError) as refusal:
        export(make_actor(Role.TOWNSHIP), query="number=404")
    assert refusal.value.code == "nothing_to_export"


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(limits, "_ROWS_AT_A_TIME", 1)


def test_a_long_list_is_written_by_a_worker(
    families: dict[str, Household], long: None, page_of: PageOf
) -> None:
    made = export(make_actor(Role.TOWNSHIP))
    assert made.state == ExportState.WAITING
    assert (
        "000001"
        not in page_of(Role.TOWNSHIP, TOWNSHIP).get(reverse("export", args=[made.pk])).content.decode()
    )
    assert "正在生成的文件" in page_of(Role.TOWNSHIP, TOWNSHIP).get("/").content.decode()
    make_export(COUNTY, str(made.job_id))
    make_export(COUNTY, str(made.job_id))  # a message delivered twice
    with open_context(scope=COUNTY):
        made.refresh_from_db()
        assert made.state == ExportState.READY
        assert made.job is not None
        assert made.job.state == JobState.DONE
        assert Act.objects.filter(verb="offices.export").count() == 1
        assert StoredFile.objects.filter(purpose="offices.make_export").count() == 1
        text = str(rows_of(made))
    assert "000001" in text
    assert "000002" in text
    assert "000009" not in text


def test_who_lost_her_role_meanwhile_gets_nothing(families: dict[str, Household], long: None) -> None:
    actor = make_actor(Role.TOWNSHIP)
    made = export(actor)
    with open_context(scope=COUNTY):
        RoleGrant.objects.filter(staff_id=actor.staff_id).update(to_on=datetime.date(2014, 1, 1))
    make_export(COUNTY, str(made.job_id))
    with open_context(scope=COUNTY):
        made.refresh_from_db()
        assert made.state == ExportState.REFUSED
        assert made.refusal
        assert made.file is None


def test_the_file_is_dropped_after_a_week_and_the_record_stays(
    families: dict[str, Household], county: Actor, page_of: PageOf
) -> None:
    made, new = export(make_actor(Role.TOWNSHIP)), export(make_actor(Role.TOWNSHIP))
    Export.objects.filter(pk=made.pk).update(requested_at=timezone.now() - datetime.timedelta(days=8))
    assert drop_export_files(actor=county) == 1
    made.refresh_from_db()
    new.refresh_from_db()
    assert made.file is None
    assert new.file is not None
    assert made.state == ExportState.READY
    page = page_of(Role.TOWNSHIP, TOWNSHIP)
    assert page.get(reverse("export", args=[made.pk])).status_code == 200
    assert page.post(reverse("export_file", args=[made.pk])).status_code == 422


def test_an_export_made_once_is_not_made_again(families: dict[str, Household]) -> None:
    actor = make_actor(Role.TOWNSHIP)
    made = export(actor)
    with open_context(actor=actor), pytest.raises(DomainError) as refusal:
        make_list_export(actor=actor, export=made)
    assert refusal.value.code == "state_changed"


def test_the_form_says_what_will_leave(families: dict[str, Household], page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    address = reverse("households:export", args=["members"])
    text = browser.get(f"{address}?village={VILLAGE}").content.decode()
    assert "光荣证" in text
    assert "王秀英" not in text
    assert "请先在名单中选定" in browser.get(address).content.decode()
    assert browser.get(reverse("households:export", args=["nothing"])).status_code == 404


def test_an_english_reader_gets_english_headings(families: dict[str, Household]) -> None:
    from django.utils import translation

    with translation.override("en"):
        rows = rows_of(export(make_actor(Role.TOWNSHIP)))
    assert rows[0] == ["Village", "Household number", "Head", "Living members"]
    assert rows[-1][0].startswith("# Taken out by ")


def test_hukou_is_said_in_words(families: dict[str, Household]) -> None:
    text = str(rows_of(export(make_actor(Role.VILLAGE), "members")))
    assert str(HukouType.RURAL.label) in text
