"""Somebody of the office at her screen."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, urlsplit

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, Download, Locator, Page, Response

from config.demonstration.accounts import PASSWORD
from tests.browser.installation import Installation

WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 390, "height": 844}
_WAIT = 15_000
# What a refusal (403, 404, 422) leaves in the console of every browser.
_EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def said(english: str) -> str:
    """The words of the Chinese page."""
    with translation.override("zh-hans"):
        return gettext(english)


class Person:
    """A browser of her own, signed in with a demonstration account; `complaints` are the console's."""

    def __init__(
        self,
        browser: Browser,
        office: Installation,
        username: str = "",
        *,
        language: str = "zh-hans",
        viewport: dict[str, int] | None = None,
        scripts: bool = True,
    ) -> None:
        self.office = office
        self.username = username
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=office.url,
            locale="zh-CN",
            viewport=viewport or WIDE,  # type: ignore[arg-type] # width and height
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        self.context.add_cookies([{"name": "django_language", "value": language, "url": office.url}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(_WAIT)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if username:
            self.sign_in()

    def __enter__(self) -> Person:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()

    def sign_in(self) -> None:
        self.go("/accounts/login/")
        self.page.fill("[name=login]", self.username)
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.click("main button[type=submit]")
        assert "/accounts/login" not in self.page.url, self.text()

    def go(self, address: str, *, status: int = 200) -> int:
        """Open an address, which must answer so."""
        answer: Response | None = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, (self.username, address, answer.status, self.office.told())
        return answer.status

    def address(self) -> str:
        """Where the page is, without server and question."""
        return urlsplit(self.page.url).path

    def searches(self, text: str) -> None:
        """By the one search box."""
        self.go(f"/search/?q={quote(text)}")

    def figure(self, label: str) -> str:
        """The value of a figure tile by its label."""
        tile = self.page.locator(".figure-tile").filter(
            has=self.page.locator(".figure-label", has_text=re.compile(rf"^\s*{re.escape(label)}\s*$"))
        )
        return tile.first.locator(".figure-number").inner_text().strip()

    def text(self) -> str:
        """All words of the page, blanks made one."""
        return re.sub(r"\s+", " ", self.page.inner_text("body"))

    def sees(self, *words: str) -> None:
        shown = self.text()
        for word in words:
            assert word in shown, f"{self.username} at {self.page.url} misses {word!r} in: {shown}"

    def misses(self, *words: str) -> None:
        shown = self.text()
        for word in words:
            assert word not in shown, f"{self.username} at {self.page.url} sees {word!r}"

    def follow(self, words: str) -> None:
        """Follow the link with exactly these words in the page's own part."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=words, exact=False).first.click()

    def send(self, action: str = "", **values: str | bool | list[str] | Path) -> None:
        """Fill the form of main (whose action ends so) by the names of its fields, and send it."""
        form = self.form(action)
        for name, value in values.items():
            controls = form.locator(f"[name={name}]")
            kind = controls.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind == "select":
                named = controls.first.locator("option").filter(has_text=str(value))
                offered = controls.first.locator(f"option[value='{value}']")
                chosen = (offered if offered.count() else named).first.get_attribute("value")
                controls.first.select_option(chosen)
            elif kind in ("checkbox", "radio"):
                wanted = value if isinstance(value, list) else [str(value)]
                for control in controls.all():
                    if value is True or control.get_attribute("value") in wanted:
                        control.check()
            elif kind == "file":
                controls.first.set_input_files(str(value))
            else:
                controls.first.fill(str(value))
        with self.page.expect_navigation() as waiting:
            form.locator("button[type=submit]").first.click()
        answer = waiting.value
        assert answer is None or answer.status < 500, (self.username, self.page.url, self.office.told())

    def form(self, action: str = "") -> Locator:
        forms = self.page.locator(f"main form[action$='{action}']" if action else "main form")
        assert forms.count(), f"{self.username} at {self.page.url}: no form {action}: {self.text()}"
        return forms.first

    def downloads(self, folder: Path, button: str | Locator) -> Path:
        """Click, and keep the file that comes."""
        clicked = self.page.locator(button).first if isinstance(button, str) else button.first
        with self.page.expect_download() as waiting:
            clicked.click()
        download: Download = waiting.value
        path = folder / download.suggested_filename
        download.save_as(path)
        return path

    def waits(self, seconds: int = 60) -> None:
        """Until the long work on this page has ended; it refreshes itself."""
        self.page.locator("#progress[role=status]").wait_for(timeout=seconds * 1000)

    def moves_day_to(self, day: str) -> None:
        self.page.fill("#demo-day", day)
        with self.page.expect_navigation():
            self.page.click(".demo-clock button")

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not _EXPECTED.search(text):
            self.complaints.append(f"{self.page.url}: {text}")
