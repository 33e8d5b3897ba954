"""The programmes that come with the installation: what is published, what is a draft, what each gives."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from households.models import Employment, Hukou, OnlyChildCertificate
from offices import clock
from offices.actors import Actor
from offices.acts_in_words import words_of
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act
from subsidies.case_forms import ProgrammeChoice
from subsidies.documents import Document, papers_of, required_documents
from subsidies.enums import Outcome, PolicyState, Standing
from subsidies.models import Application, Assessment, Bundle, PolicyVersion, Programme
from subsidies.periods import read_period
from subsidies.predicates import RuleError
from subsidies.selectors.amounts import amounts_on, collection_on
from subsidies.selectors.explanation import assess_person
from subsidies.selectors.selection import select
from subsidies.services.applications import enter_application
from subsidies.services.bundles import change_bundle
from subsidies.services.entitled_list import export_entitled
from subsidies.services.policies import SHIPPED, check_policy, load_policies
from subsidies.services.sweep import count_standings, sweep
from tests.factories import VILLAGE, make_actor, make_person
from tests.subsidies.case_families import FamilyWriter
from tests.subsidies.drafts import publish_drafts

pytestmark = pytest.mark.django_db
DAY = datetime.date(2013, 12, 31)
PUBLISHED = {"NCJF", "TFSD", "TFSC", "DSJL", "MFXJ"}
DRAFTS = {"DSYL", "MXNH", "MXNB", "ZKJF", "YXFX", "SNJL", "NCTB", "QTJL"}


def version_of(code: str) -> PolicyVersion:
    return PolicyVersion.objects.select_related("programme").get(programme=code, number=1)


def test_papers_to_bring_are_those_of_the_day() -> None:
    version = PolicyVersion.objects.filter(programme="NCJF").order_by("number")[0]
    version.parameters["documents"] = [
        {"from": "2004-01-01", "to": "2014-01-01", "value": "identity_card"},
        {"from": "2014-01-01", "to": None, "value": "bank_book"},
    ]
    for day, papers in (("2013-12-31", ("identity_card",)), ("2014-01-01", ("bank_book",))):
        assert required_documents(version, datetime.date.fromisoformat(day)) == papers
    assert Document.BANK_BOOK in required_documents(version, datetime.date(2003, 1, 1))
    case = Application(policy_version=version, entered_on=datetime.date(2013, 5, 1))
    assert papers_of(case) == ("identity_card",)


def test_what_has_a_source_is_published_and_what_is_inferred_is_a_draft_that_says_so() -> None:
    versions = PolicyVersion.objects.filter(is_shipped=True)
    by_state: dict[str, set[str]] = {}
    for state, programme in versions.values_list("state", "programme_id"):
        by_state.setdefault(state, set()).add(programme)
    assert by_state == {PolicyState.PUBLISHED: PUBLISHED, PolicyState.DRAFT: DRAFTS}
    for version in versions.filter(state=PolicyState.DRAFT):
        assert "推定" in version.remark_zh
        assert "nferred" in version.remark_en
    for version in versions:
        for rows in version.parameters.values():
            assert all(row["known"] in ("source", "memory", "inferred") for row in rows)


def test_every_draft_could_be_published_once_its_amount_is_filled_in(county: Actor) -> None:
    for code in ("SNJL", "NCTB", "QTJL"):
        with pytest.raises(DomainError, match="2013-01-01"):
            check_policy(version_of(code))
    publish_drafts()
    assert not PolicyVersion.objects.filter(state=PolicyState.DRAFT).exists()


def test_loading_again_leaves_a_draft_that_the_county_has_changed(county: Actor) -> None:
    draft = version_of("MXNH")
    draft.basis_number = "山政办发〔2010〕1号"
    draft.save()
    shipped = len(list(SHIPPED.glob("*.json")))
    assert load_policies(actor=county, county="370406") == shipped == len(PUBLISHED | DRAFTS)
    assert version_of("MXNH").basis_number == "山政办发〔2010〕1号"
    assert version_of("MXNH").state == PolicyState.DRAFT


def test_nobody_is_assessed_by_a_draft(county: Actor) -> None:
    writer = FamilyWriter()
    mother = writer.add("本人：女，1975-03-01生；女：2000-05-01生；女：2003-05-01生")
    writer.write()
    record = sweep(actor=county, as_of=DAY)
    counts = count_standings(record)
    assert set(counts) == PUBLISHED | DRAFTS
    for code in DRAFTS:
        assert counts[code].as_json() == {**dict.fromkeys(counts[code].as_json(), 0), "amount_owed": "0.00"}
        with pytest.raises(DomainError) as refused:
            assess_person(person=mother, programme=Programme.objects.get(pk=code), on=DAY)
        assert refused.value.code == "no_policy_on_day"


def test_a_draft_cannot_be_applied_for_and_the_counter_does_not_offer_it(county: Actor) -> None:
    offered = {programme.pk for programme in ProgrammeChoice().fields["programme"].queryset}  # type: ignore[attr-defined] # a model choice
    assert offered == PUBLISHED - {"MFXJ"}
    person = make_person()
    for code, why in (("MXNH", "no_policy"), ("YXFX", "not_applied_for"), ("MFXJ", "not_applied_for")):
        with pytest.raises(DomainError) as refused:
            enter_application(
                person=person, programme=Programme.objects.get(pk=code), documents=[], has_declared=True,
                actor=make_actor(Role.TOWNSHIP),
            )  # fmt: skip
        assert refused.value.code == why
        assert str(refused.value)


def test_an_award_by_selection_is_owed_to_nobody(county: Actor) -> None:
    person = make_person()
    record = sweep(actor=county, as_of=DAY)
    assert count_standings(record)["MFXJ"].as_json()["entitled"] == 0
    with pytest.raises(DomainError) as refused:
        assess_person(person=person, programme=Programme.objects.get(pk="MFXJ"), on=DAY)
    assert refused.value.code == "by_selection"
    assert amounts_on(version_of("MFXJ"), DAY).rural == Decimal("2000.00")


def test_a_family_counts_once(county: Actor) -> None:
    writer = FamilyWriter()
    mother = writer.add(
        "本人：女，1975-03-01生，光荣证2000-06-01；配偶：1974-01-01生，光荣证2000-06-01；子：2000-05-01生"
    )
    writer.add("本人：女，1975-03-01生；配偶：1974-01-01生；子：2000-05-01生")
    writer.write()
    record = sweep(actor=county, as_of=DAY)
    counted = count_standings(record)["DSJL"].as_json()
    assert (counted["entitled"], counted["unknown"], counted["amount_owed"]) == (1, 1, "120.00")
    entitled = Assessment.objects.get(programme="DSJL", outcome=Outcome.ENTITLED)
    assert entitled.person_id == mother.pk


def test_nobody_registered_means_nobody_paid(county: Actor, tmp_path: Path) -> None:
    publish_drafts()
    record = sweep(actor=county, as_of=DAY)
    for code, count in count_standings(record).items():
        told = count.as_json()
        assert set(told.values()) == {0, "0.00"}, code
    out = tmp_path / "entitled.csv"
    for programme in Programme.objects.all():
        assert export_entitled(actor=county, programme_code=programme.pk, as_of=DAY, out=out) == 0
        period = read_period("2013-12" if programme.frequency == "monthly" else "2013", programme.frequency)
        selection = select(programme=programme, period=period)
        assert (selection.count, selection.left_out, selection.total_amount) == (0, [], Decimal())


def test_an_unknown_fact_entitles_nobody_and_hides_nobody(county: Actor, tmp_path: Path) -> None:
    """Of every programme: who lacks one document is listed as unknown, is in no export, and is told what is missing."""
    publish_drafts()
    lacking = {
        "NCJF": "本人：女，1950-03-01生，居民；子：1980-01-01生",
        "TFSD": "本人：男，1955-01-01生，配偶不在册；子：1990-01-01生，2010-05-01亡",
        "TFSC": "本人：男，1955-01-01生，配偶不在册；子：1990-01-01生，残疾1级",
        "DSJL": "本人：女，1975-03-01生；子：2000-05-01生",
        "DSYL": "本人：女，1963-05-01生，光荣证1990-01-01；子：1989-01-01生",
        "MXNH": "本人：女，1975-03-01生；子：2000-05-01生",
        "MXNB": "本人：女，1975-03-01生，居民；女：2000-05-01生",
        "ZKJF": "本人：男，1998-03-01生，2013年中考；母：1975-03-01生",
        "YXFX": "本人：女，1975-03-01生；子：2000-05-01生",
        "SNJL": "本人：女，1975-03-01生，居民；女：2000-05-01生；女：2003-05-01生",
        "NCTB": "本人：女，1950-03-01生，户口不详；子：1980-01-01生",
        "QTJL": "本人：女，1975-03-01生；子：2000-05-01生",
    }
    assert set(lacking) == (PUBLISHED | DRAFTS) - {"MFXJ"}
    writer = FamilyWriter()
    people = {code: writer.add(family) for code, family in lacking.items()}
    for code, person in people.items():
        person.name = f"缺{code}"
    writer.write()
    record = sweep(actor=county, as_of=DAY)
    for code, person in people.items():
        row = Assessment.objects.get(sweep=record, programme=code, person=person)
        assert (row.outcome, row.standing) == (Outcome.UNKNOWN, Standing.UNKNOWN), code
        explained = assess_person(person=person, programme=Programme.objects.get(pk=code), on=DAY)
        assert [clause.missing for clause in explained.registry_clauses if clause.result is None]
        assert all(clause.missing for clause in explained.registry_clauses if clause.result is None)
        out = tmp_path / f"{code}.csv"
        export_entitled(actor=county, programme_code=code, as_of=DAY, out=out)
        with out.open(encoding="utf-8", newline="") as lines:
            assert person.name not in [line["姓名"] for line in csv.DictReader(lines)]


def test_the_lump_sum_is_a_share_of_the_wage_of_the_year_before_retirement(county: Actor) -> None:
    publish_drafts("DSYL")
    writer = FamilyWriter()
    words = "光荣证1990-01-01，{day}退休，企业单位；子：1989-01-01生"
    retired = {
        year: writer.add(f"本人：女，1963-05-01生，{words.format(day=f'{year}-05-01')}")
        for year in (2013, 2014)
    }
    writer.write()
    day = datetime.date(2014, 6, 30)
    record = sweep(actor=county, as_of=day)
    found = dict(Assessment.objects.filter(programme="DSYL").values_list("person_id", "annual_amount"))
    # 36,222 × 30 %; of 2013 no wage is filled in, so that who retired in 2014 has no amount yet.
    assert found == {retired[2013].pk: Decimal("10866.60"), retired[2014].pk: None}
    counted = count_standings(record)["DSYL"].as_json()
    assert (counted["entitled"], counted["amount_owed"]) == (2, "10866.60")
    explained = assess_person(person=retired[2014], programme=Programme.objects.get(pk="DSYL"), on=day)
    assert (explained.outcome, explained.annual_amount) == (Outcome.ENTITLED, None)


def test_a_lump_sum_is_rounded_to_the_cent() -> None:
    version = version_of("DSYL")
    version.parameters["average_wage"][0]["value"] = "36222.35"
    assert amounts_on(version, DAY).by_retirement == {2013: Decimal("10866.71")}


def test_the_last_quarter_collects_the_next_years_premium() -> None:
    version = version_of("MXNH")
    for day, paid, covered, amount in (
        ("2013-09-30", 2013, 2013, "70.00"),
        ("2013-10-01", 2013, 2014, "90.00"),
        ("2013-12-31", 2013, 2014, "90.00"),
        ("2014-01-01", 2014, 2014, "90.00"),
    ):
        on = datetime.date.fromisoformat(day)
        collection = collection_on(version, on)
        assert collection is not None
        assert (collection.year_paid, collection.year_covered) == (paid, covered), day
        assert amounts_on(version, on).rural == Decimal(amount), day
    assert collection_on(version_of("MXNB"), DAY) is None


def test_the_end_of_premiums_is_for_premiums_alone() -> None:
    version = version_of("SNJL")
    version.rule["all"].insert(0, {"clause": "pension", "before_pension_age": {"years": 60}})
    with pytest.raises(RuleError) as refused:
        check_policy(version)
    assert refused.value.code == "not_for_this_kind"
    for years in ("59", "49"):
        premium = version_of("MXNB")
        premium.parameters["pension_age"][0]["value"] = years
        with pytest.raises(RuleError):
            check_policy(premium)


def test_no_rule_that_is_shipped_asks_for_more_than_its_text() -> None:
    """Closed vocabulary, and the sets of each programme's clauses, so that a change of one is seen."""
    clauses = {
        entry["programme"]["code"]: [clause["clause"] for clause in entry["version"]["rule"]["all"]]
        for entry in (json.loads(path.read_text(encoding="utf-8")) for path in SHIPPED.glob("*.json"))
    }
    assert clauses["DSJL"] == ["payee", "certificate", "child", "documents"]
    assert clauses["MXNB"] == ["age", "pension", "hukou", "household", "not_insured_elsewhere", "documents"]
    assert clauses["MFXJ"] == ["chosen"]
    assert not any("declaration" in names for names in clauses.values())


def test_the_county_says_which_programmes_a_bundle_names(county: Actor) -> None:
    bundles = {bundle.pk: bundle.programmes for bundle in Bundle.objects.all()}
    assert bundles == {"SXJL": ["DSJL", "SNJL", "NCTB", "QTJL"], "LMYY": ["MXNH", "MXNB", "ZKJF"]}
    four = Bundle.objects.get(pk="SXJL")
    officer = make_actor(Role.COUNTY)
    with pytest.raises(NotAllowed):
        change_bundle(bundle=four, programmes=["DSJL"], actor=make_actor(Role.TOWNSHIP))
    for wrong, code in (([], "bundle_without_programmes"), (["DSJL", "XXXX"], "unknown_programme")):
        with pytest.raises(DomainError) as refused:
            change_bundle(bundle=four, programmes=wrong, actor=officer)
        assert refused.value.code == code
    changed = change_bundle(bundle=four, programmes=["MFXJ", "NCTB", "DSJL", "SNJL"], actor=officer)
    assert changed.programmes == ["DSJL", "MFXJ", "SNJL", "NCTB"]


def test_what_was_on_record_on_the_day_decides_not_what_came_later(county: Actor) -> None:
    publish_drafts("DSYL")
    worker = make_person(born="1963-05-01")
    common = {"person": worker, "division_code": VILLAGE}
    OnlyChildCertificate.objects.create(number="鲁0001", issued_on=datetime.date(1990, 1, 1), **common)
    Employment.objects.create(
        state="employed", to_on=datetime.date(2013, 5, 1), employer_code="91350100M000100Y43", **common
    )
    Employment.objects.create(
        state="retired", from_on=datetime.date(2013, 5, 1), retired_on=datetime.date(2013, 5, 1),
        employer_code="91350100M000100Y43", **common,
    )  # fmt: skip
    programme = Programme.objects.get(pk="DSYL")
    before = assess_person(person=worker, programme=programme, on=datetime.date(2013, 4, 30))
    assert before.outcome == Outcome.NOT_ENTITLED
    after = assess_person(person=worker, programme=programme, on=datetime.date(2013, 5, 1))
    assert (after.outcome, after.amount) == (Outcome.ENTITLED, Decimal("10866.60"))
    assert Hukou.objects.filter(person=worker).exists()
    assert clock.today() >= DAY


def test_pages_say_what_is_a_draft_and_why(county: Actor, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.COUNTY)
    listed = browser.get("/subsidies/programmes/").content.decode()
    assert listed.count(">草案<") == len(DRAFTS)
    for words in (
        "四项奖励",
        "两免一优",
        "120.00",
        "10分",
        "10,866.60（2013年退休）",
        "90.00（保障2014年度，2014年缴款）",
    ):
        assert words in listed
    for programme in Programme.objects.all():
        answer = browser.get(f"/subsidies/programmes/{programme.pk}/")
        page = answer.content.decode()
        assert answer.status_code == 200
        version = version_of(programme.pk)
        assert version.remark_zh in page
        assert ("草案：不据以测算和认定" in page) == (programme.pk in DRAFTS)
    assert browser.get("/subsidies/programmes/XXXX/").status_code == 404


def test_a_bundle_is_changed_on_its_page(county: Actor, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.COUNTY)
    address = "/subsidies/programmes/bundles/LMYY/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"programmes": []}).status_code == 422
    assert browser.post(address, {"programmes": ["MXNH", "ZKJF"]}).status_code == 302
    assert Bundle.objects.get(pk="LMYY").programmes == ["MXNH", "ZKJF"]
    act = Act.objects.get(verb="subsidies.change_bundle")
    assert (act.detail["code"], act.detail["programmes"]) == ("LMYY", ["MXNH", "ZKJF"])
    told = {code: browser.get(f"/subsidies/programmes/bundles/{code}/history/") for code in ("LMYY", "SXJL")}
    words = str(words_of("subsidies.change_bundle"))
    assert [words in answer.content.decode() for answer in told.values()] == [True, False]


def test_explanations_of_awards_and_drafts_offer_no_application(
    county: Actor, page_of: Callable[..., Client]
) -> None:
    person = make_person(born="1975-03-01")
    browser = page_of(Role.TOWNSHIP)
    for code in ("MFXJ", "MXNH", "YXFX"):
        answer = browser.get(f"/subsidies/owed/{person.pk}/{code}/")
        assert answer.status_code == 200
        assert "applications/new" not in answer.content.decode().split("<main")[1]
