"""Prints of an edition: names and money on paper, kept sealed, verifiable by anybody, proved again."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.errors import NotAllowed
from offices.models import Act, Job, StoredFile, Verification
from offices.services.files import content_of
from reports.models import Edition, PrintedReport
from reports.pdf import of_edition
from reports.selectors.verification import verify_reports
from reports.services.editions import summarise
from reports.services.printing import keep_print, prepare_print, request_print
from reports.tasks import print_edition
from subsidies.enums import StopReason
from tests.conftest import as_owner
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor
from tests.reports.month import JANUARY, book, grant, paid_batch
from tests.reports.reading import Pages, told_by

pytestmark = [pytest.mark.django_db, pytest.mark.page]
COUNTY = settings.HUIMIN_COUNTY


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.HUIMIN_FILES = str(tmp_path / "files")


@pytest.fixture
def edition(county: Actor) -> Edition:
    """January 2014: four were paid, one payment came back, one grant ended, three check-ups booked."""
    grant(name="王秀英", village=VILLAGE)
    grant(name="李𬭎", village=VILLAGE)
    grant(name="阿依古丽·买买提", village=OTHER_VILLAGE)
    grant(name="赵退票", village=OTHER_VILLAGE)
    grant("2013-01-01", "2014-01-01", StopReason.DIED, name="孙某")
    paid_batch(returned={"赵退票": "01"})
    book(TOWNSHIP, held_on="2014-01-03", booked=3)
    book(OTHER_TOWNSHIP, held_on="2014-01-03", booked=20)
    return summarise(actor=county, month=JANUARY).edition


def printed_by(
    actor: Actor, edition: Edition, *, has_roster: bool = True, language: str = "zh-hans"
) -> PrintedReport:
    job = request_print(actor=actor, edition=edition, language=language, has_roster=has_roster)
    print_edition(COUNTY, str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    return PrintedReport.objects.get(pk=job.result["printed"])


def pages_of(printed: PrintedReport) -> Pages:
    return Pages(b"".join(content_of(printed.file)))


def test_the_auditor_reads_the_money_and_the_names(edition: Edition, client: Client) -> None:
    printed = printed_by(make_actor(Role.AUDITOR), edition)
    paper = pages_of(printed)
    for words in (
        "山亭区2014年1月",
        "试行扶助：期初5＋新增0－退出1＝期末4。",
        "3,840.00",
        "2,880.00",
        "王秀英",
        "李𬭎",
        "阿依古丽·买买提",
        "店子镇",
        "西集镇",
        "仅供审计使用",
        "“*”表示",
        edition.figures_digest,
        printed.verification.code,
    ):
        assert words in paper.flat, words
    assert "赵退票" not in paper.flat
    assert "37040619530201" not in paper.flat
    assert "6223" not in paper.flat
    assert hashlib.sha256(paper.file).hexdigest() == printed.file.sha256 == printed.verification.file_digest
    fonts = told_by("pdffonts", paper.file).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)
    answer = client.get(f"/verify/{printed.verification.code}/")
    assert answer.status_code == 200
    assert printed.file.sha256 in answer.content.decode()
    assert edition.figures_digest in answer.content.decode()


def test_a_print_without_roster_names_nobody(edition: Edition) -> None:
    paper = pages_of(printed_by(make_actor(Role.AUDITOR), edition, has_roster=False))
    assert "王秀英" not in paper.flat
    assert "3,840.00" in paper.flat


def test_the_english_print_has_no_chinese_heading(edition: Edition) -> None:
    paper = pages_of(printed_by(make_actor(Role.COUNTY), edition, language="en"))
    assert "Monthlyreport" in paper.flat
    assert "Trialassistance" in paper.flat
    assert "期初" not in paper.flat


def test_a_long_roster_is_cut_with_a_sentence(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_edition, "MOST_PAYEES", 2)
    paper = pages_of(printed_by(make_actor(Role.AUDITOR), edition))
    assert "仅列出前2笔（共4笔" in paper.flat
    assert "阿依古丽" not in paper.flat
    assert "本月发放4笔，计3,840.00元" in paper.flat


def test_a_township_prints_its_own_alone(edition: Edition, county: Actor) -> None:
    own = Edition.objects.newest(kind="monthly", period="2014-01", division_code=TOWNSHIP)
    assert own is not None
    township = make_actor(Role.TOWNSHIP)
    paper = pages_of(printed_by(township, own))
    assert "王秀英" in paper.flat
    assert "阿依古丽" not in paper.flat
    assert "西集镇" not in paper.flat
    assert "2,880.00" in paper.flat
    with pytest.raises(NotAllowed):
        request_print(actor=township, edition=edition, language="zh-hans", has_roster=True)
    with pytest.raises(NotAllowed):
        request_print(actor=make_actor(Role.CLINICIAN), edition=edition, language="zh-hans", has_roster=True)


def test_a_restatement_says_what_it_changes(edition: Edition, county: Actor) -> None:
    grant(name="新来的")
    second = summarise(actor=county, month=JANUARY).edition
    assert second.number == 2
    paper = pages_of(printed_by(make_actor(Role.AUDITOR), second))
    assert "本表为当月第2版" in paper.flat
    assert "期末人数4→5" in paper.flat
    former = pages_of(printed_by(make_actor(Role.AUDITOR), edition))
    assert "本表为当月第1版" in former.flat
    assert "期末4。" in former.flat


def test_a_message_delivered_twice_prints_once(edition: Edition) -> None:
    auditor = make_actor(Role.AUDITOR)
    job = request_print(actor=auditor, edition=edition, language="zh-hans", has_roster=False)
    print_edition(COUNTY, str(job.pk))
    print_edition(COUNTY, str(job.pk))
    assert PrintedReport.objects.count() == 1
    assert Act.objects.filter(verb="reports.print_edition").count() == 1
    sheet = prepare_print(actor=auditor, edition=edition, language="zh-hans", has_roster=False)
    assert keep_print(actor=auditor, sheet=sheet, content=b"late", job_id=job.pk) is None
    assert StoredFile.objects.filter(purpose="report").count() == 1


def test_who_lost_her_role_gets_no_print(edition: Edition) -> None:
    job = request_print(actor=make_actor(Role.AUDITOR), edition=edition, language="zh-hans", has_roster=False)
    Job.objects.filter(pk=job.pk).update(result=job.result | {"role": "finance"})
    print_edition(COUNTY, str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.message
    assert not PrintedReport.objects.exists()


def test_the_command_writes_the_same_file_that_is_kept(edition: Edition, tmp_path: Path) -> None:
    out, told = tmp_path / "report.pdf", StringIO()
    words = ("--kind", "monthly", "--period", "2014-01", "--division", "370406")
    call_command("render_report", *words, "--out", str(out), "--json", stdout=told)
    answer = json.loads(told.getvalue())
    assert hashlib.sha256(out.read_bytes()).hexdigest() == answer["sha256"]
    assert "王秀英" in Pages(out.read_bytes()).flat
    assert Verification.objects.get(code=answer["code"]).file_digest == answer["sha256"]


@pytest.mark.parametrize("kind", ["annual", "roster", "notice", "audit"])
def test_other_kinds_are_refused_in_words(county: Actor, kind: str, tmp_path: Path) -> None:
    complained = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "render_report",
            *("--kind", kind, "--period", "2013", "--division", "370406", "--out", str(tmp_path / "x.pdf")),
            stderr=complained,
        )
    assert ended.value.code == 1
    assert "暂未提供" in complained.getvalue()


def test_what_was_tampered_with_is_found(edition: Edition, county: Actor, tmp_path: Path) -> None:
    printed = printed_by(make_actor(Role.AUDITOR), edition, has_roster=False)
    verdict = verify_reports()
    assert (verdict.editions, verdict.prints, verdict.findings) == (12, 1, ())
    with as_owner(), open_context(actor=county):
        Verification.objects.filter(pk=printed.verification_id).update(file_digest="0" * 64)
        edition.figures.filter(code="t1.money.closing").update(value=7)
    rules = {finding.rule for finding in verify_reports().findings}
    assert rules == {
        "digest_is_that_of_the_figures",
        "closing_is_opening_new_less_exits",
        "townships_add_up",
        "verification_page_tells_the_file",
    }
    for file in (tmp_path / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    assert "print_is_kept" in {finding.rule for finding in verify_reports().findings}


def test_verifying_by_command_ends_with_its_result(edition: Edition, county: Actor) -> None:
    told = StringIO()
    call_command("verify_reports", "--json", stdout=told)
    assert json.loads(told.getvalue()) == {"editions": 12, "prints": 0, "findings": [], "failed": False}
    edition.figures.filter(code="t1.money.closing").update(value=7)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_reports", stdout=StringIO())
    assert ended.value.code == 1
