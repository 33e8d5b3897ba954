"""Every page in both languages and both sizes: nothing for axe, the console or the safety policy to say.

In each language a page is measured at both sizes; axe reads it once, in Chinese on the desk's screen and in
English on a phone's: what it looks for does not depend on the two together. Contrast, which takes it longer than
all else together, it measures in Chinese, and on the phone on the page that shows every component.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from offices.enums import Role
from tests.browser.cases import PAGES, Rows, address_of, reader_of, username_of
from tests.browser.installation import Installation
from tests.browser.people import NARROW, WIDE, Person
from tests.doors import PEOPLE

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FIND = """async contrast => {
  const rules = {'color-contrast': {enabled: contrast}};
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false, rules});
  return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' | ' + n.failureSummary).join(' || '));
}"""
PUBLIC = ("/accounts/login/", "/notices/", "/verify/XXXX-XXXX/", "/accounts/password/reset/")


@pytest.fixture(scope="module")
def office(office_and_rows: tuple[Installation, Rows]) -> Installation:
    return office_and_rows[0]


@pytest.fixture(scope="module")
def rows(office_and_rows: tuple[Installation, Rows]) -> Rows:
    return office_and_rows[1]


DOORS_OF = {role: [door for door in PAGES if reader_of(door) == role] for role in PEOPLE}
READERS = [role for role in PEOPLE if DOORS_OF[role]]
READ_AT = {"zh-hans": WIDE, "en": NARROW}
LANGUAGES = [  # each in a process of its own
    pytest.param(code, marks=pytest.mark.xdist_group(f"every page in {code}")) for code in READ_AT
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", READERS)
def test_staff_can_use_it(
    browser: Browser, office: Installation, rows: Rows, role: Role, language: str
) -> None:
    wrong: list[str] = []
    with Person(browser, office, username_of(role), language=language) as person:
        person.context.add_init_script(AXE)
        for door in DOORS_OF[role]:
            person.go(address_of(door, rows))
            wrong += _wrong_with(person, language)
        wrong += person.complaints
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_anybody_can_use_it(browser: Browser, office: Installation, rows: Rows, language: str) -> None:
    wrong: list[str] = []
    with Person(browser, office, language=language) as anybody:
        anybody.context.add_init_script(AXE)
        for address in PUBLIC:
            anybody.go(address, status=404 if "verify" in address else 200)
            wrong += _wrong_with(anybody, language)
        wrong += anybody.complaints
    assert not wrong, "\n".join(wrong)


def _wrong_with(person: Person, language: str) -> list[str]:
    page = person.page
    wrong = []
    for size in sorted((WIDE, NARROW), key=lambda size: size != page.viewport_size):  # the present one first
        if size != page.viewport_size:
            page.set_viewport_size(size)  # type: ignore[arg-type] # width and height
        if size == READ_AT[language]:
            found = page.evaluate(FIND, size == WIDE or person.address() == reverse("gallery"))
            wrong += [f"{person.address()} at {size['width']}: {one}" for one in found]
        reach = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if reach > 1:
            wrong.append(f"{person.address()} at {size['width']}: {reach} pixels wider than the screen")
    return wrong
