"""Chromium and an installation to open in it.

Nothing here is pytest-playwright's session-wide browser: while Playwright runs, Django refuses its
database in the same process, so it runs for one module at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from script import libraries
from tests.browser.cases import Rows, office_with_cases
from tests.browser.installation import Installation, installation_up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("xdist_group"):  # one installation a module, in one process
                item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Without a graphics card it paints by itself: its own stand-in for one, in a process more, takes twice as long.
        flags = ["--no-sandbox", "--disable-gpu", "--in-process-gpu"]
        opened = playwright.chromium.launch(executable_path=libraries.browser(), args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def office(template: str) -> Iterator[Installation]:
    """An installation for the tests of one module, with accounts and reference data and no case."""
    with installation_up(template, day="2013-12-31") as served:
        yield served


@pytest.fixture(scope="module")
def office_and_rows(template: str, shared_folder: Path) -> Iterator[tuple[Installation, Rows]]:
    """An installation with cases of every kind, and what their addresses need."""
    with office_with_cases(template, shared_folder, day="2013-12-31") as served:
        yield served
