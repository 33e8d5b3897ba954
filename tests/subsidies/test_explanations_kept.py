"""An explanation that was given stays to the byte; the past can be explained as it was known; now says now."""

from __future__ import annotations

import datetime
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from households.enums import ParentRole, Sex
from households.models import Hukou, OnlyChildCertificate, Parentage, Person
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from households.services.events.taking_back import take_back_event
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act, Export, Read
from subsidies.enums import Outcome, PolicyState
from subsidies.models import ExplanationReceipt, PolicyVersion, Programme
from subsidies.models.receipts import Occasion
from subsidies.selectors.explanation import assess_person
from subsidies.services.receipts import keep_explanation, said_in
from tests.conftest import as_owner, sql
from tests.factories import VILLAGE, make_actor, make_person

DAY = datetime.date(2013, 12, 31)
NUMBER = "370406195302010027"
Pages = Callable[..., Client]


def family() -> tuple[Person, Person]:
    """A rural mother of one living son, who fulfils every clause on the day."""
    mother = make_person(born="1953-02-01", number=NUMBER)
    son = make_person(name="子", born="1980-01-01", sex=Sex.MALE)
    Parentage.objects.create(person=son, parent=mother, role=ParentRole.MOTHER, division_code=VILLAGE)
    return mother, son


def explained(**options: Any) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("explain", json=True, stdout=out, **options)
    return out.getvalue()


def new_version_from(day: str) -> PolicyVersion:
    """Publish a successor that pays more and asks for another age, past the services."""
    old = PolicyVersion.objects.get(programme_id="NCJF", to_on=None)
    first = datetime.date.fromisoformat(day)
    PolicyVersion.objects.filter(pk=old.pk).update(to_on=first)
    parameters = {
        **old.parameters,
        "amount": [{"from": day, "to": None, "value": "1200.00", "known": "inferred"}],
        "age": [{"from": "2004-01-01", "to": None, "value": "61", "known": "inferred"}],
    }
    return PolicyVersion.objects.create(
        programme_id="NCJF",
        number=old.number + 1,
        state=PolicyState.PUBLISHED,
        published_at=clock.now(),
        is_shipped=True,
        from_on=first,
        basis_title=old.basis_title,
        rule=old.rule,
        parameters=parameters,
        funding=old.funding,
        stop_rule=old.stop_rule,
        drafted_by_id=old.drafted_by_id,
    )


@pytest.fixture
def committed(transactional_db: None) -> Actor:
    """Row history is dated by the transaction, so what changes when must be transactions of their own."""
    return make_actor(Role.COUNTY)


@pytest.mark.parametrize("change", ["late death", "correction", "policy"])
def test_the_past_is_explained_as_it_was_known_and_a_receipt_stays(committed: Actor, change: str) -> None:
    with open_context(actor=committed):
        mother, son = family()
        programme = Programme.objects.get(pk="NCJF")
    with open_context(actor=committed):
        receipt = keep_explanation(
            actor=committed, person=mother, programme=programme, on=DAY, occasion=Occasion.ASKED
        )
    asked = {"person": NUMBER, "programme": "NCJF", "as_of": DAY}
    before = explained(**asked)
    assert json.loads(before)["outcome"] == "entitled"
    moment = sql("SELECT clock_timestamp()")[0][0]
    time.sleep(0.01)
    with open_context(actor=committed):
        if change == "late death":
            Person.objects.filter(pk=son.pk).update(died_on=datetime.date(2013, 6, 1))
            daughter = make_person(name="女", born="1978-01-01")
            for child in (daughter, make_person(name="次", born="1982-01-01", sex=Sex.MALE)):
                Parentage.objects.create(
                    person=child, parent=mother, role=ParentRole.MOTHER, division_code=VILLAGE
                )
        elif change == "correction":
            Hukou.objects.filter(person=mother).update(hukou_type="urban", document="更正2号")
        else:
            new_version_from("2013-07-01")
    now = explained(**asked)
    assert now != before, "the plain explanation says what is known now"
    assert json.loads(now)["outcome"] == "not_entitled"
    assert explained(**asked, known_at=moment) == before
    assert explained(**asked, known_at=receipt.known_at) == before
    assert explained(receipt=receipt.code) == before


def test_what_happens_after_the_day_changes_nothing(committed: Actor) -> None:
    with open_context(actor=committed):
        mother, son = family()
    asked = {"person": NUMBER, "programme": "NCJF", "as_of": DAY}
    before = explained(**asked)
    with open_context(actor=committed):
        Person.objects.filter(pk=son.pk).update(died_on=datetime.date(2014, 2, 1))
        Hukou.objects.filter(person=mother).update(to_on=datetime.date(2014, 3, 1))
        Hukou.objects.create(
            person=mother,
            hukou_type="urban",
            place_code=VILLAGE,
            division_code=VILLAGE,
            from_on=datetime.date(2014, 3, 1),
        )
        new_version_from("2015-01-01")
    assert explained(**asked) == before


@pytest.mark.django_db
def test_a_certificate_of_later_and_a_later_event_change_nothing_before(county: Actor) -> None:
    """What was not known stays not known: of her own certificate and of the other parent's."""
    mother, child = make_person(born="1975-02-01"), make_person(name="子", born="2005-01-01", sex=Sex.MALE)
    father = make_person(born="1974-02-01", sex=Sex.MALE)
    for parent, role in ((mother, ParentRole.MOTHER), (father, ParentRole.FATHER)):
        Parentage.objects.create(person=child, parent=parent, role=role, division_code=VILLAGE)
    programme = Programme.objects.get(pk="DSJL")

    def answers() -> list[str]:
        return [
            json.dumps(assess_person(person=one, programme=programme, on=DAY).as_json())
            for one in (mother, father)
        ]

    before = answers()
    assert json.loads(before[0])["outcome"] == "unknown"
    later = datetime.date(2014, 1, 5)
    for parent in (mother, father):
        OnlyChildCertificate.objects.create(
            person=parent, number="鲁1", issued_on=later, from_on=later, division_code=VILLAGE
        )
    assert answers() == before
    # One that was issued before and is shown later is known of before, and that changes the answer.
    OnlyChildCertificate.objects.filter(person=mother).update(issued_on="2006-01-01", from_on="2006-01-01")
    assert json.loads(answers()[0])["outcome"] == "entitled"


def test_a_death_is_shown_with_its_paper_also_as_it_was_known(committed: Actor) -> None:
    with open_context(actor=committed):
        _mother, son = family()
        event = record_death(
            actor=make_actor(Role.TOWNSHIP),
            person=son,
            report=Report(datetime.date(2013, 6, 1), document="死亡证明第8号"),
        )
    asked = {"person": NUMBER, "programme": "NCJF", "as_of": DAY}
    before = explained(**asked)
    assert "死亡证明第8号" in before
    moment = sql("SELECT clock_timestamp()")[0][0]
    time.sleep(0.01)
    with open_context(actor=committed):
        take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert "死亡证明第8号" not in explained(**asked)
    assert explained(**asked, known_at=moment) == before


def test_nobody_is_known_before_she_came(committed: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    moment = sql("SELECT clock_timestamp()")[0][0]
    with open_context(actor=committed):
        family()
    with pytest.raises(SystemExit) as ended:
        explained(person=NUMBER, programme="NCJF", as_of=DAY, known_at=moment)
    assert ended.value.code == 1


@pytest.mark.django_db
def test_a_receipt_cannot_be_changed(county: Actor) -> None:
    mother, _son = family()
    receipt = keep_explanation(
        actor=county,
        person=mother,
        programme=Programme.objects.get(pk="NCJF"),
        on=DAY,
        occasion=Occasion.ASKED,
    )
    assert Act.objects.filter(verb="subsidies.keep_explanation").exists()
    for statement in (
        "UPDATE subsidies_explanationreceipt SET content = ''",
        "DELETE FROM subsidies_explanationreceipt",
    ):
        with pytest.raises(Exception, match="permission denied"), open_context(actor=county):
            sql(statement)
    said = said_in(receipt)
    assert said["explanation"]["outcome"] == Outcome.ENTITLED
    assert said["arithmetic"] == ["每年960.00元 × 1年（2013年）＝960.00元"]
    receipt.content = receipt.content.replace("960", "690")
    with pytest.raises(Exception, match=r"摘要|digest"):
        said_in(receipt)


@pytest.mark.django_db
def test_pages_print_and_show_what_was_given(county: Actor, page_of: Pages, moved_to: Any) -> None:
    moved_to("2013-12-31")
    mother, _son = family()
    browser = page_of(Role.TOWNSHIP)
    address = f"/subsidies/owed/{mother.pk}/NCJF/"
    page = browser.get(address).content.decode()
    assert "960.00元" in page
    assert browser.post(f"{address}print/", {}).status_code == 422
    assert not ExplanationReceipt.objects.exists()
    sent = browser.post(f"{address}print/?day=2013-12-31", {"purpose": "person_asked"})
    assert sent.status_code == 302
    receipt = ExplanationReceipt.objects.get()
    assert (receipt.occasion, receipt.as_of) == (Occasion.PRINTED, DAY)
    assert Export.objects.get().subject_id == receipt.pk
    assert receipt.code in browser.get(address).content.decode()
    kept = browser.get(f"/subsidies/explanations/{receipt.pk}/")
    assert receipt.digest in kept.content.decode()
    assert Read.objects.filter(page="subsidies:receipt").exists()
    assert (
        page_of(Role.TOWNSHIP, "370406102").get(f"/subsidies/explanations/{receipt.pk}/").status_code == 404
    )


@pytest.mark.django_db
def test_not_yet_says_what_would_change_it(county: Actor) -> None:
    mother, _son = family()
    programme = Programme.objects.get(pk="NCJF")
    from subsidies.selectors.arithmetic import changes_of

    early = assess_person(person=mother, programme=programme, on=datetime.date(2012, 6, 1))
    (words,) = changes_of(early)
    assert "2013年2月1日" in words
    Hukou.objects.filter(person=mother).update(hukou_type="resident")
    open_one = assess_person(person=mother, programme=programme, on=DAY)
    assert open_one.outcome is Outcome.UNKNOWN
    assert changes_of(open_one)


@pytest.mark.django_db
def test_a_policy_for_later_days_changes_the_forecast_and_nothing_else(county: Actor) -> None:
    mother, _son = family()
    programme, early = Programme.objects.get(pk="NCJF"), datetime.date(2012, 6, 1)
    before = assess_person(person=mother, programme=programme, on=early).as_json()
    new_version_from("2013-01-01")
    after = assess_person(person=mother, programme=programme, on=early).as_json()
    assert (before.pop("would_qualify"), after.pop("would_qualify")) == ("2013-02-01", "2014-02-01")
    assert after == before


@pytest.mark.django_db
def test_views_of_the_past_are_within_scope(county: Actor) -> None:
    from offices.database.context import as_known_at

    mother, _son = family()
    moment = clock.now() + datetime.timedelta(seconds=1)
    with as_known_at(moment):
        assert Person.objects.filter(pk=mother.pk).exists()
        with pytest.raises(Exception, match="view"), open_context(actor=county), as_known_at(moment):
            Person.objects.filter(pk=mother.pk).update(name="x")
    with open_context(actor=make_actor(Role.TOWNSHIP, "370406102")), as_known_at(moment):
        assert not Person.objects.filter(pk=mother.pk).exists()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_views WHERE schemaname LIKE 'county%then'")
        assert cursor.fetchone()[0] > 10
