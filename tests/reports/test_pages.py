"""The pages of reports: who sees what, that figures lead to their rows, and the print's way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Job, Read
from offices.work import work_for
from reports.models import Edition, PrintedReport
from reports.services.editions import summarise
from reports.tasks import print_edition
from subsidies.enums import StopReason
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor
from tests.reports.month import COUNTY, DECEMBER, JANUARY, book, grant, paid_batch

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
READERS = (
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.AUDITOR,
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.HUIMIN_FILES = str(tmp_path / "files")


@pytest.fixture
def months(county: Actor) -> Edition:
    """Two townships with grants and payments of January, December summarised before."""
    grant(name="王秀英", village=VILLAGE)
    grant(name="李桂兰", village=VILLAGE)
    grant(name="周玉芬", village=OTHER_VILLAGE)
    grant("2013-01-01", "2014-01-01", StopReason.DIED, name="孙某", village=OTHER_VILLAGE)
    paid_batch(returned={"王秀英": "01"})
    book(TOWNSHIP, held_on="2014-01-03", booked=3)
    summarise(actor=county, month=DECEMBER)
    return summarise(actor=county, month=JANUARY).edition


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def january(division: str = COUNTY) -> str:
    return f"{reverse('reports:dashboard')}?month=2014-01&division={division}"


def test_the_dashboard_shows_figures_that_lead_to_their_rows(months: Edition, page_of: PageOf) -> None:
    text = text_of(page_of(Role.COUNTY), january())
    for words in ("山亭区", "2014年1月", "试行扶助", "店子镇", "西集镇", "2,880.00", "<5", "本月尚未结束"):
        assert words in text, words
    links = {unescape(link) for link in re.findall(r'href="([^"]+)"', text) if "/reports/months/" in link}
    assert any("measure=closing" in link and "division=370406101000" in link for link in links)
    assert any("measure=paid" in link for link in links)
    browser = page_of(Role.COUNTY)
    for link in links:
        assert browser.get(link).status_code == 200, link


def test_every_number_of_table_1_is_the_number_of_its_rows(months: Edition, page_of: PageOf) -> None:
    browser = page_of(Role.AUDITOR)
    text = text_of(browser, january())
    found = re.findall(r'<a href="(/reports/months/[^"]*grants/[^"]*)">([\d,]+)</a>', text)
    assert len(found) > 8
    for link, shown in found:
        rows = text_of(browser, link)
        assert f"<strong>{shown}</strong>" in rows, link


def test_rows_name_the_persons_and_the_reading_is_logged(months: Edition, page_of: PageOf) -> None:
    browser = page_of(Role.FINANCE)
    text = text_of(browser, "/reports/months/2014-01/payments/?measure=month")
    assert "李桂兰" in text
    assert "2,880.00" in text
    assert "3704061953" not in text
    returned = text_of(browser, "/reports/months/2014-01/payments/?measure=returned")
    assert "<strong>1</strong>" in returned
    assert "王秀英" in returned
    assert "960.00" in returned
    ended = text_of(browser, "/reports/months/2014-01/grants/?measure=exits.died")
    assert "孙某" in ended
    with open_context(scope=settings.HUIMIN_COUNTY):
        assert Read.objects.filter(page="reports:payment_rows").exists()
        assert Read.objects.filter(page="reports:grant_rows").exists()


def test_a_township_sees_its_own_and_nothing_else(months: Edition, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    text = text_of(browser, "/reports/?month=2014-01")
    assert "店子镇" in text
    assert "西集镇" not in text
    for url in (january(OTHER_TOWNSHIP), january(COUNTY), january("370406999000"), january("x")):
        text_of(browser, url, 404)
    own = Edition.objects.newest(kind="monthly", period="2014-01", division_code=TOWNSHIP)
    other = Edition.objects.newest(kind="monthly", period="2014-01", division_code=OTHER_TOWNSHIP)
    assert own
    assert other
    text_of(browser, reverse("reports:edition", args=[own.pk]))
    text_of(browser, reverse("reports:edition_history", args=[own.pk]))
    for name in ("edition", "edition_history"):
        text_of(browser, reverse(f"reports:{name}", args=[other.pk]), 404)
        text_of(browser, reverse(f"reports:{name}", args=[months.pk]), 404)
    assert browser.post(reverse("reports:edition_print", args=[other.pk])).status_code == 404
    names = text_of(browser, "/reports/months/2014-01/payments/?measure=paid")
    assert "李桂兰" in names
    assert "周玉芬" not in names
    listed = text_of(browser, "/reports/months/2014-01/grants/?measure=closing&division=370406102000")
    assert "周玉芬" not in listed


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_reports(months: Edition, page_of: PageOf, role: Role) -> None:
    if role == Role.SYSTEM:
        return
    browser = page_of(role)
    expected = 200 if role in READERS else 403
    for url in (
        "/reports/",
        "/reports/editions/",
        "/reports/months/2014-01/grants/?measure=closing",
        "/reports/months/2014-01/payments/?measure=paid",
    ):
        assert browser.get(url).status_code == expected, url
    answer = browser.post("/reports/months/2013-12/summarise/")
    assert answer.status_code == (302 if role == Role.COUNTY else 403)


def test_nobody_signed_in_is_led_to_the_entrance(months: Edition, client: Client) -> None:
    for url in ("/reports/", reverse("reports:edition", args=[months.pk])):
        assert client.get(url).status_code == 302


def test_a_month_without_an_edition_says_so(county: Actor, page_of: PageOf) -> None:
    browser = page_of(Role.COUNTY)
    assert "本月尚未汇总" in text_of(browser, "/reports/?month=2013-12")
    assert "本月尚未汇总" in text_of(browser, "/reports/?month=1999-01")
    text_of(browser, "/reports/?month=2014-02", 422)
    text_of(browser, "/reports/?month=banana", 422)
    text_of(browser, "/reports/months/banana/grants/", 404)
    assert browser.post("/reports/months/banana/summarise/").status_code == 404
    assert browser.post("/reports/months/2014-02/summarise/").status_code == 422
    assert browser.post("/reports/months/2013-12/summarise/").status_code == 302
    assert "第1版" in text_of(browser, "/reports/?month=2013-12")
    assert "立即汇总" not in text_of(page_of(Role.AUDITOR), "/reports/?month=2013-11")


def test_rows_of_an_unknown_measure_are_nobodys(months: Edition, page_of: PageOf) -> None:
    browser = page_of(Role.COUNTY)
    for kind in ("grants", "payments"):
        assert "周玉芬" in text_of(browser, f"/reports/months/2014-01/{kind}/")
        assert "周玉芬" not in text_of(browser, f"/reports/months/2014-01/{kind}/?measure=all")
        unknown = f"/reports/months/2014-01/{kind}/?measure=paid&division=370502000000"
        assert "周玉芬" not in text_of(browser, unknown)


def test_the_auditor_prints_downloads_and_verifies(months: Edition, page_of: PageOf, client: Client) -> None:
    browser = page_of(Role.AUDITOR)
    answer = browser.post(
        reverse("reports:edition_print", args=[months.pk]), {"roster": "with", "language": "zh-hans"}
    )
    assert answer.status_code == 302
    assert "等待" in text_of(browser, answer["Location"])
    job = Job.objects.get(kind="reports.print_edition")
    print_edition(settings.HUIMIN_COUNTY, str(job.pk))
    text = text_of(browser, answer["Location"])
    printed = PrintedReport.objects.select_related("file", "verification").get()
    assert printed.file.sha256 in text
    file = browser.get(reverse("reports:print_file", args=[printed.pk]))
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == printed.file.sha256 == file["X-Content-SHA256"]
    assert printed.file.sha256 in text_of(browser, reverse("reports:edition", args=[months.pk]))
    verified = text_of(Client(), reverse("verify", args=[printed.verification.code]))
    assert printed.file.sha256 in verified
    assert "王秀英" not in verified
    other = page_of(Role.TOWNSHIP)
    assert other.get(reverse("reports:print_file", args=[printed.pk])).status_code == 404
    assert other.get(reverse("reports:print", args=[job.pk])).status_code == 404


def test_work_of_today(county: Actor, moved_to: Callable[[str], None]) -> None:
    office, auditor = make_actor(Role.COUNTY), make_actor(Role.AUDITOR)

    def waiting(actor: Actor) -> dict[str, int]:
        return {item.title: item.count for item in work_for(actor) if "/reports/" in item.url}

    assert list(waiting(office).values()) == [1]
    assert list(waiting(auditor).values()) == [0]
    summarise(actor=county, month=DECEMBER)
    assert list(waiting(office).values()) == [0]
    assert list(waiting(auditor).values()) == [1]


def test_pages_in_english_have_no_chinese_words_of_ours(months: Edition, page_of: PageOf) -> None:
    browser = page_of(Role.COUNTY)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = text_of(browser, january())
    for words in ("Owed and not yet receiving", "Table 1: Changes of qualifications", "Trial assistance"):
        assert words in text
    assert "应享未享" not in text


def test_the_dashboard_asks_the_database_little(
    months: Edition, page_of: PageOf, django_assert_max_num_queries: Any
) -> None:
    browser = page_of(Role.COUNTY)
    browser.get(january())
    with django_assert_max_num_queries(60):
        browser.get(january())
