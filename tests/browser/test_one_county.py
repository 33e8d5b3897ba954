"""The main job, end to end, as the people who do it: from a resident file to a paid family and a report."""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config.demonstration.accounts import ACCOUNTS, VILLAGE
from tests.browser.installation import Installation
from tests.browser.people import Person, said

SAMPLES = Path(__file__).parent.parent / "samples"
RESIDENTS = SAMPLES / "residents-sample.csv"
ENTITLED = SAMPLES / "residents-sample-entitled-2013-12-31.csv"
PROGRAMME = "NCJF"
FROM_LIST, AT_COUNTER, REFUSED = "周珍", "司马宇建", "孙艳敏"
"""Three of the village's four entitled: applied from the list, at the counter, and refused."""
NUMBERS = {FROM_LIST: "370406194511254099", AT_COUNTER: "370406193804215654"}
PAPERS = ["identity_card", "household_register", "bank_book"]
REASON = "户籍已于2013年迁出，不符合本村户籍条件。"
SHARES = {"central": "0.50", "province": "0.20", "city": "0.15", "county": "0.15"}
AS_OF, AFTER_VILLAGE, AFTER_TOWNSHIP, AFTER_COUNTY = "2013-12-31", "2014-01-08", "2014-01-16", "2014-01-24"
CHECKUP_DAY, REPORT_DAY = "2014-01-27", "2014-02-07"
At = Callable[[str], Person]


@pytest.fixture
def at(browser: Browser, office: Installation) -> Iterator[At]:
    """The desk of an account, where it is signed in once."""
    desks: dict[str, Person] = {}

    def desk(username: str) -> Person:
        if username not in desks:
            desks[username] = Person(browser, office, username)
        return desks[username]

    yield desk
    complaints = [complaint for person in desks.values() for complaint in person.complaints]
    for person in desks.values():
        person.context.close()
    assert not complaints


@pytest.mark.long
def test_from_a_resident_file_to_a_paid_family_and_a_report(
    at: At, browser: Browser, office: Installation, tmp_path: Path
) -> None:
    _the_resident_file(at("county"), tmp_path)
    _the_owed(at, office, tmp_path)
    applications = _applications(at)
    _certificates(at, applications)
    _the_way_to_the_grant(at, browser, office, applications)
    _accounts(at)
    _the_budget(at("finance"))
    batch = _the_batch(at, tmp_path)
    _the_returned_line(at, tmp_path)
    _the_check_up(at, office)
    _the_report(at, browser, office, tmp_path, batch)
    _the_trail(at, applications[FROM_LIST])
    _the_policy(at)


# 3 The resident file --------------------------------------------------------------------------
def _the_resident_file(county: Person, folder: Path) -> None:
    """Tried first, then taken, then once more: nothing changes; the faulty rows come back with reasons."""
    for way, created, unchanged in (("try", "1,495", "0"), ("take", "1,495", "0"), ("take", "0", "1,495")):
        county.go("/households/imports/new/")
        county.send(file=RESIDENTS, as_of=AS_OF, way=way)
        county.waits()
        assert county.figure(said("Created")) == created
        assert county.figure(said("Unchanged")) == unchanged
        assert county.figure(said("Rows refused")) == "12"
    path = county.downloads(folder, "form[action$='/errors/'] button")
    with path.open(encoding="utf-8-sig", newline="") as file:
        errors = list(csv.DictReader(file))
    assert list(errors[0]) == ["行号", "姓名", "列", "原值", "代码", "说明"]
    assert {int(row["行号"]) for row in errors} == set(range(1497, 1509))
    for row in errors:
        assert re.search(r"[\u4e00-\u9fff]{4}", row["说明"]), row
    assert "370406197001016800" not in path.read_text(encoding="utf-8-sig"), "a number stands in clear"


# 4 The owed -----------------------------------------------------------------------------------
def entitled() -> set[str]:
    """The numbers of the programme's entitled in the reference list."""
    with ENTITLED.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["公民身份号码"]
            for row in csv.DictReader(file)
            if (row["programme"], row["state"]) == (PROGRAMME, "entitled")
        }


def entitled_of_village() -> list[str]:
    numbers = entitled()
    with RESIDENTS.open(encoding="utf-8-sig", newline="") as file:
        return sorted(
            row["姓名"]
            for row in csv.DictReader(file)
            if row["公民身份号码"] in numbers and row["户籍地代码"] == VILLAGE
        )


def _the_owed(at: At, office: Installation, folder: Path) -> None:
    village = at("village")
    village.go("/subsidies/owed/")
    village.send("assess/")
    village.waits()
    village.go(f"/subsidies/owed/?programme={PROGRAMME}")
    names = village.page.locator("#owed tbody a[href*='/households/people/']").all_inner_texts()
    assert sorted(name.strip() for name in names) == entitled_of_village()
    assert len(names) == 4
    office.manage("export_entitled", "--programme", PROGRAMME, "--as-of", AS_OF, str(folder / "entitled.csv"))
    with (folder / "entitled.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["公民身份号码"] for row in csv.DictReader(file)} == entitled()
    swept = office.ask("sweep", "--as-of", AS_OF)["programmes"][PROGRAMME]
    assert (swept["owed"], swept["receiving"], swept["unknown"]) == (138, 0, 15)
    explained = office.ask(
        "explain", "--person", NUMBERS[FROM_LIST], "--programme", PROGRAMME, "--as-of", AS_OF
    )
    assert (explained["outcome"], explained["amount"]) == ("entitled", "960.00")


# 5 The applications ---------------------------------------------------------------------------
def _applications(at: At) -> dict[str, str]:
    """Their addresses by the applicant's name."""
    counter = at("township")
    addresses = {}
    counter.go(f"/subsidies/owed/?programme={PROGRAMME}&place={VILLAGE}")
    for name in (FROM_LIST, REFUSED):
        counter.go(f"/subsidies/owed/?programme={PROGRAMME}&place={VILLAGE}")
        row = counter.page.locator("#owed tbody tr", has_text=name)
        with counter.page.expect_navigation():
            row.locator("a[href*='applications/new']").click()
        counter.send(documents=PAPERS, has_declared=True)
        counter.sees(name)
        addresses[name] = counter.address()
    # At the counter, without the bank book: all that is missing is named once.
    counter.searches(NUMBERS[AT_COUNTER])
    counter.follow(AT_COUNTER)
    with counter.page.expect_navigation():
        counter.page.locator("main a[href*='applications/new']").first.click()
    counter.send(programme=PROGRAMME)
    counter.send(documents=PAPERS[:2], has_declared=True)
    addresses[AT_COUNTER] = counter.address()
    counter.sees(said("Papers are missing"))
    counter.go(f"{addresses[AT_COUNTER]}papers/")
    counter.send("", documents=PAPERS[2:])
    counter.misses(said("Papers are missing"))
    return addresses


def _certificates(at: At, applications: dict[str, str]) -> None:
    """Without a certificate of that day nobody reviews; the reason says so. Then three are issued."""
    village = at("village")
    village.go(f"{applications[FROM_LIST]}review/")
    village.send(present="王建国\n李明\n孙桂英", opinion="情况属实，同意上报。")
    village.sees("执法证")
    village.go(applications[FROM_LIST])
    village.misses("情况属实")
    security = at("security-admin")
    for account in ACCOUNTS:
        if account.username in ("village", "township-reviewer", "county-reviewer"):
            security.go("/enforcement/certificates/new/")
            security.send(staff=account.name, from_on="2013-01-01")
            security.sees(account.name)


def _the_way_to_the_grant(
    at: At, browser: Browser, office: Installation, applications: dict[str, str]
) -> None:
    village, town, reviewer, county = (
        at(name) for name in ("village", "township-reviewer", "county-reviewer", "county")
    )
    town.go(f"{applications[REFUSED]}refuse/")
    town.send(reason="")
    town.go(f"{applications[REFUSED]}refuse/")
    town.send(reason=REASON)
    town.sees(REASON)
    cases = [applications[FROM_LIST], applications[AT_COUNTER]]
    for case in cases:
        village.go(f"{case}review/")
        village.send(present="王建国\n李明\n孙桂英", opinion="情况属实，同意上报。")
    with Person(browser, office) as passer_by:
        passer_by.go("/notices/")
        passer_by.sees(FROM_LIST, AT_COUNTER)
        passer_by.misses(REFUSED, NUMBERS[FROM_LIST])
    town.go(f"{cases[0]}review/")
    town.send(opinion="公示期未满。")
    town.go(cases[0])
    town.misses("公示期未满。")
    county.go("/")
    county.moves_day_to(AFTER_VILLAGE)
    for case in cases:
        town.go(f"{case}review/")
        town.send(opinion="材料齐全，同意上报。")
    county.moves_day_to(AFTER_TOWNSHIP)
    for case in cases:
        reviewer.go(f"{case}review/")
        reviewer.send(opinion="符合条件，予以确认。")
    county.moves_day_to(AFTER_COUNTY)
    for case in cases:
        county.go(f"{case}grant/")
        county.send()
        county.sees("960.00")


# 6 The money ----------------------------------------------------------------------------------
def _accounts(at: At) -> None:
    """Entered by one, confirmed by another; who entered it cannot confirm it."""
    for place, name in enumerate((FROM_LIST, AT_COUNTER)):
        _account(at, name, f"6223 0200 0000 00{place} 1234")


def _account(at: At, name: str, number: str) -> None:
    counter, town = at("township"), at("township-reviewer")
    counter.searches(NUMBERS[name])
    counter.follow(name)
    person = counter.address()
    counter.go(f"{person}accounts/")
    counter.send(bank="枣庄农村商业银行城头支行", account=number, document="存折复印件")
    assert counter.page.locator("form[action$='/confirm/']").count() == 0
    town.go(f"{person}accounts/")
    town.send("/confirm/")
    town.sees(said("From today on the money goes to this account."))


def _the_budget(finance: Person) -> None:
    for source, share in SHARES.items():
        finance.go("/subsidies/budget/new/")
        finance.send(
            programme=PROGRAMME, year="2014", source=source, amount=f"{10000 * float(share):.2f}",
            document="山财预〔2014〕1号",
        )  # fmt: skip
        line = finance.address()
        finance.go(f"{line}appropriate/")
        finance.send(
            amount=f"{10000 * float(share) + 1:.2f}", appropriated_on=AFTER_COUNTY, document="拨款1号"
        )
        finance.go(f"{line}appropriate/")
        finance.send(amount=f"{10000 * float(share):.2f}", appropriated_on=AFTER_COUNTY, document="拨款1号")
        assert finance.address() == line


def _the_batch(at: At, folder: Path) -> str:
    """Made, approved and sent by three people; one line comes back."""
    batch = _made_and_sent(at, count=2, total="1,920.00")
    cashier = at("cashier")
    answer = _answer(_bank_file(cashier, folder), folder, returned={AT_COUNTER: "02"})
    cashier.go(f"{batch}answer/")
    cashier.send(file=answer, paid_on=AFTER_COUNTY)
    cashier.sees(FROM_LIST, AT_COUNTER, "960.00")
    _close(at("finance"), batch)
    return batch


def _the_returned_line(at: At, folder: Path) -> None:
    """The account is put right by two people; the money goes out again and arrives."""
    counter = at("township")
    counter.go("/subsidies/returns/")
    counter.sees(AT_COUNTER)
    counter.misses(FROM_LIST)
    _account(at, AT_COUNTER, "6223 0200 0000 009 8888")
    batch = _made_and_sent(at, count=1, total="960.00")
    cashier = at("cashier")
    answer = _answer(_bank_file(cashier, folder), folder, returned={})
    cashier.go(f"{batch}answer/")
    cashier.send(file=answer, paid_on=AFTER_COUNTY)
    _close(at("finance"), batch)
    counter.go("/subsidies/returns/")
    counter.misses(AT_COUNTER)


def _made_and_sent(at: At, *, count: int, total: str) -> str:
    finance, county, cashier = at("finance"), at("county"), at("cashier")
    finance.go(f"/subsidies/batches/new/?programme={PROGRAMME}&period=2014")
    finance.sees(total)
    finance.page.locator("main form[method=post] button").click()
    finance.page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}/$"))
    batch = finance.address()
    finance.go(f"{batch}approve/", status=403)
    county.go(f"{batch}send/", status=403)
    county.go(f"{batch}approve/")
    county.send()
    cashier.go(f"{batch}send/")
    cashier.send()
    assert cashier.figure(said("Lines")) == str(count)
    assert cashier.figure(said("Total")).startswith(total)
    return batch


def _bank_file(cashier: Person, folder: Path) -> Path:
    row = cashier.page.locator("tr", has_text=".txt")
    return cashier.downloads(folder, row.locator("form[action*='/files/'] button"))


def _answer(path: Path, folder: Path, *, returned: dict[str, str]) -> Path:
    """The bank's answer: the same rows with the result behind."""
    header, *lines = path.read_bytes().decode("gb18030").splitlines()
    answered = [f"{line}|{returned.get(line.split('|')[1], '00')}" for line in lines]
    answer = folder / f"answer-{path.name}"
    answer.write_bytes("".join(f"{line}\r\n" for line in [header, *answered]).encode("gb18030"))
    return answer


def _close(finance: Person, batch: str) -> None:
    """Approved = file = bank = ledger, or it stays open."""
    finance.go(f"{batch}close/")
    finance.send()
    assert finance.address() == batch
    finance.sees(said("Everything agrees. The batch is closed."))
    finance.misses(said("Differs"))


# 8 The check-up -------------------------------------------------------------------------------
def _the_check_up(at: At, office: Installation) -> None:
    """The last place is given once; the counter keeps a number, the station alone sees the name."""
    office.make_station()
    clinic, counter, other = at("clinician"), at("township"), at("township-2")
    clinic.go("/checkups/sessions/new/")
    clinic.send(station="山亭区计划生育服务站", held_on=CHECKUP_DAY, starts_at="08:30", places="1")
    session = clinic.address()
    other.go(f"{session}book/")
    counter.go(f"{session}book/")
    counter.send(name="李桂芳", phone="13806320000")
    booking = counter.address()
    assert "/bookings/" in booking
    counter.misses("李桂芳")
    other.send(name="王桂芝")
    assert other.address() == f"{session}book/"
    other.sees("1")
    other.go(booking, status=404)
    at("county").go("/")
    at("county").moves_day_to(CHECKUP_DAY)
    clinic.go(f"{session}reception/")
    clinic.sees("李桂芳")
    clinic.send("/attend/")
    clinic.send("/complete/")
    counter.go(booking)
    counter.misses("李桂芳")


# 9 The report ---------------------------------------------------------------------------------
def _the_report(at: At, browser: Browser, office: Installation, folder: Path, batch: str) -> None:
    county, auditor = at("county"), at("auditor")
    county.go("/")
    county.moves_day_to(REPORT_DAY)
    county.go("/reports/?month=2014-01")
    county.send("/summarise/")
    county.sees("1,920.00")
    month = office.ask("summarise", "--month", "2014-01")
    figures = office.ask("figures", "--kind", "monthly", "--period", "2014-01", "--division", "370406")
    assert month["figures"] == figures["figures"]
    counted = {
        code.rpartition(".")[2]: value
        for code, value in figures["figures"].items()
        if code.startswith("t1.ncjf.")
    }
    assert (counted["opening"], counted["new"], counted["closing"]) == (0, 2, 2), figures
    number = auditor_number(at, batch)
    shown = office.ask("payment_batch", "show", number)
    assert "1920.00" in str(shown)
    auditor.go("/reports/editions/?month=2014-01")
    with auditor.page.expect_navigation():
        auditor.page.locator("main tbody tr", has_text="山亭区").locator("a").first.click()
    auditor.send("/print/", roster="with", language="zh-hans")
    auditor.waits(90)
    digest = auditor.page.locator("dd.digest").inner_text()
    code = auditor.page.locator("main a[href*='/verify/']").first.get_attribute("href") or ""
    path = auditor.downloads(folder, "main a[href*='/prints/']")
    text = re.sub(r"\s+", "", _text_of(path))
    for words in ("1,920.00", FROM_LIST, AT_COUNTER):
        assert words in text, words
    assert REFUSED not in text
    assert NUMBERS[FROM_LIST] not in text
    with Person(browser, office) as anybody:
        assert anybody.go(code) == 200
        anybody.sees(digest)
        anybody.misses(FROM_LIST)
        anybody.go("/verify/XXXX-XXXX-XXXX/", status=404)


def auditor_number(at: At, batch: str) -> str:
    auditor = at("auditor")
    auditor.go(batch)
    found = re.search(r"\d{4}-[\w-]+|[A-Z]+[\w-]*\d+", auditor.page.title())
    assert found, auditor.page.title()
    return found[0]


def _text_of(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout


# 10 The trail ---------------------------------------------------------------------------------
def _the_trail(at: At, application: str) -> None:
    """Who did what in which role stands on the record's own page, and in the auditor's list."""
    auditor = at("auditor")
    auditor.go(f"{application}history/")
    names = {account.username: account.name for account in ACCOUNTS}
    auditor.sees(
        *(names[one] for one in ("township", "village", "township-reviewer", "county-reviewer", "county"))
    )
    auditor.go("/offices/acts/")
    auditor.sees(names["county"])


# 11 The policy --------------------------------------------------------------------------------
def _the_policy(at: At) -> None:
    """An amount is raised: the county sees whom it touches, and a second person publishes it."""
    county, second = at("county"), at("county-2")
    county.go(f"/subsidies/programmes/{PROGRAMME}/")
    county.send("draft/")
    draft = county.address()
    county.go(f"{draft}basis/")
    county.send(from_on="2014-07-01")
    county.go(f"{draft}values/amount/")
    county.send(**{"row3-from_on": "2014-07-01", "row3-value": "1200"})
    county.sees("960.00", "1,200.00")
    county.send("simulate/")
    county.page.wait_for_url(f"**{draft}#simulation", timeout=60_000)
    assert int(county.figure(said("Amount changes")).replace(",", "")) > 100
    county.go(f"{draft}submit/")
    county.send()
    county.misses(said("Approve and publish"))
    second.go("/")
    second.sees(said("Policy versions to approve"))
    second.go(f"{draft}publish/")
    second.send()
    second.sees(said("The version is published."))
