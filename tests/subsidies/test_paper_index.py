"""The paper index: every paper of a file, in order, with its day and its pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from offices.actors import Actor
from offices.enums import Role
from subsidies.documents import Document
from subsidies.enums import ApplicationState, ObjectionSubject
from subsidies.selectors.paper_index import index_of
from subsidies.services.notices import record_objection
from subsidies.services.reviews import refuse_application
from tests.subsidies.cases import Office, bring_to, enter, make_office, rules_say
from tests.subsidies.test_scans import pdf, photo, take


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Office:
    settings.HUIMIN_FILES = tmp_path
    rules_say(monkeypatch)
    return make_office()


def test_every_paper_has_its_line_with_day_and_pages(office: Office) -> None:
    case = enter(office)
    take(case, office, photo("red"))
    take(case, office, pdf(pages=3), kind=Document.HOUSEHOLD_REGISTER)
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    record_objection(notice=case.notices.get(), subject=ObjectionSubject.AMOUNT, actor=office.counter)
    index = index_of(case)
    assert [(line.leaf.name, line.leaf.pages, line.span) for line in index.lines] == [
        ("申请登记表及承诺书", 1, "1"),
        ("身份证", 1, "2"),
        ("户口簿", 3, "3–5"),
        ("村级评议", 1, "6"),
        ("村级公示", 1, "7"),
        ("异议及答复", 1, "8"),
    ]
    assert [line.number for line in index.lines] == [1, 2, 3, 4, 5, 6]
    assert index.pages == 8


def test_paper_that_nobody_scanned_is_listed_without_pages(office: Office) -> None:
    case = enter(office)
    lines = index_of(case).lines
    assert [(line.leaf.pages, line.span) for line in lines] == [(1, "1"), (None, "—"), (None, "—")]


def test_missing_papers_refusal_and_letter_are_in_the_file(office: Office) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    refused = refuse_application(application=case, actor=office.township, reason="不符合条件")
    names = [line.leaf.name for line in index_of(refused).lines]
    assert names[-1] == "不予给付决定书"
    assert any("未予通过" in name or "不予" in name or "拒" in name for name in names)
    missing = enter(office, documents=[])
    assert "一次性告知单" in [line.leaf.name for line in index_of(missing).lines]


def test_index_is_a_page_and_a_print(office: Office, page_of: Callable[..., Client]) -> None:
    case = bring_to(office, ApplicationState.GRANTED)
    browser = page_of(Role.VILLAGE)
    address = f"/subsidies/applications/{case.pk}/index/"
    assert "卷宗目录" in browser.get(address).content.decode()
    printed = browser.get(f"{address}file/")
    pages = PdfReader(io.BytesIO(printed.content)).pages
    words = "".join("".join(page.extract_text() for page in pages).split())
    for expected in ("卷宗目录", case.file_number, "县级确认", "决定书"):
        assert expected in words
