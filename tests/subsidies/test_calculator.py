"""The calculator's answer is the registry's explanation of the same family, and reads nobody."""

from __future__ import annotations

import datetime
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from households.enums import HukouType, ParentageKind, Sex
from households.models import Person
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from subsidies.answers import Answers, ChildAnswer, Holder, Question, Span, Spouse, read_span
from subsidies.enums import Outcome, PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.predicates import Bindings
from subsidies.predicates import relations as registry_relations
from subsidies.predicates.relations import expressions, joins, subjects
from subsidies.selectors.calculator import ProgrammeAnswer, calculate
from subsidies.selectors.explanation import assess_person
from subsidies.selectors.imagined import hiding_tables, tables_named
from subsidies.selectors.imagined_families import TOLD_BY, families_of, rows_of
from tests.conftest import as_owner, refresh_statistics
from tests.subsidies.answering import exactly, random_answers, record

pytestmark = pytest.mark.django_db
DAY = datetime.date(2013, 12, 31)
OUTCOMES = {"entitled", "not_entitled", "unknown"}


def a_mother(**changes: Any) -> Answers:
    """A rural mother of sixty with one living daughter."""
    told = Answers(
        born=exactly(datetime.date(1953, 2, 1)),
        sex=Sex.FEMALE,
        hukou=HukouType.RURAL,
        spouse=Spouse.LIVES,
        spouse_born=exactly(datetime.date(1951, 5, 5)),
        spouse_hukou=HukouType.RURAL,
        kids=(a_child("1980-01-01"),),
    )
    return replace(told, **changes)


def a_child(born: str, **changes: Any) -> ChildAnswer:
    kid = ChildAnswer(exactly(datetime.date.fromisoformat(born)), Sex.FEMALE, ParentageKind.BIRTH)
    return replace(kid, **changes)


def answer(answers: Answers, code: str = "NCJF") -> ProgrammeAnswer:
    return next(one for one in calculate(answers, on=DAY).programmes if one.programme.code == code)


def publish_every_draft() -> None:
    """Shipped drafts wait for a county to check them; here every rule is tried."""
    with as_owner():
        PolicyVersion.objects.filter(state=PolicyState.DRAFT).update(
            state=PolicyState.PUBLISHED, published_at=clock.now(), is_shipped=True
        )


@pytest.mark.long
@pytest.mark.slow
def test_answers_come_out_as_the_same_family_in_the_registry(county: Actor) -> None:
    publish_every_draft()
    dice = random.Random(11)
    programmes = {programme.code: programme for programme in Programme.objects.all()}
    seen: dict[str, set[str]] = {}
    for family in range(90):
        told = random_answers(dice)
        asker, kids = record(told, dice)
        if family % 30 == 0:
            refresh_statistics()
        for one in calculate(told, on=DAY).programmes:
            whom = asker
            if one.child_born:
                whom = next(kid for kid in kids if kid.birth_date == one.child_born)
            explained = assess_person(person=whom, programme=programmes[one.programme.code], on=DAY)
            assert one.outcome == explained.outcome, (one.programme.code, told)
            results = [clause.result for clause in explained.registry_clauses if clause.code != "living"]
            assert [clause.result for clause in one.clauses] == results, (one.programme.code, told)
            if one.outcome is Outcome.NOT_ENTITLED:
                assert one.would_qualify == explained.would_qualify, (one.programme.code, told)
            if one.outcome is Outcome.ENTITLED:
                assert (one.amount, one.annual_amount) == (explained.amount, explained.annual_amount)
            seen.setdefault(one.programme.code, set()).add(one.outcome.value)
    assert seen["NCJF"] == OUTCOMES
    assert {"not_entitled"} < seen["TFSD"] | seen["TFSC"]


def test_every_table_that_a_relation_reads_is_told_from_answers() -> None:
    relations = registry_relations._RELATIONS
    read = tables_named(f"{expressions(relations, subjects())} {joins(relations)}")
    told = set(TOLD_BY)
    assert Person in read
    assert set(read) <= told, "a table that the calculator does not ask about: tell it from an answer"


def test_nobody_of_the_registry_is_read(county: Actor) -> None:
    told = a_mother(has_medical=False, has_pension=False)
    record(told, random.Random(1))
    families = families_of(told, on=DAY)
    values = Bindings(day=DAY, reckoned_on=DAY)
    statement = expressions(registry_relations._RELATIONS, subjects())
    reads = f"SELECT subject.* FROM subject{joins(registry_relations._RELATIONS)}"
    hidden = hiding_tables(statement + reads, rows_of(families), values)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) WITH {', '.join([*hidden, statement])} {reads}", values.values)
        plan = json.dumps(cursor.fetchone()[0])
        assert "Relation Name" not in plan, "a table of the registry is read"
        cursor.execute(f"WITH {', '.join([*hidden, statement])} {reads}", values.values)
        # Who asks, her husband and their daughter: nobody else is there.
        assert len(cursor.fetchall()) == 3


def test_the_answer_needs_no_scope(db: None) -> None:
    with open_context(scope="", read_only=True):
        assert answer(a_mother()).outcome is Outcome.ENTITLED


def test_what_is_left_open_is_named() -> None:
    with open_context(scope=""):
        unknown = answer(a_mother(hukou=""))
        assert unknown.outcome is Outcome.UNKNOWN
        assert unknown.to_find_out == (str(Question.HUKOU.label),)
        undefined = answer(a_mother(hukou=HukouType.RESIDENT))
        assert undefined.outcome is Outcome.UNKNOWN
        assert undefined.to_find_out != unknown.to_find_out, "a document has to define it"
        for question, changes in (
            (Question.SPOUSE, {"spouse": Spouse.UNKNOWN}),
            (Question.SPOUSE_HUKOU, {"spouse_hukou": ""}),
            (Question.BORN, {"born": read_span("1953", on=DAY)}),
        ):
            found = answer(a_mother(**changes))
            if question is Question.BORN:
                assert found.outcome is Outcome.ENTITLED, "every day of 1953 is early enough"
                found = answer(a_mother(born=read_span("1954", on=DAY), spouse_born=None))
                assert (found.outcome, found.would_qualify) == (
                    Outcome.NOT_ENTITLED,
                    datetime.date(2014, 12, 31),
                ), "the latest day is certain"
                continue
            assert found.outcome is Outcome.UNKNOWN
            assert str(question.label) in found.to_find_out


def test_days_that_are_not_known_are_tried_at_both_ends() -> None:
    first = a_child("1975-06-01", sex=Sex.MALE, is_living=False, died=None)
    with open_context(scope=""):
        told = a_mother(kids=(first,))
        assert answer(told, "TFSD").outcome is Outcome.ENTITLED, "one child, whenever it died"
        second = a_child("1978-01-01", is_living=False, died=exactly(datetime.date(2001, 1, 1)))
        both = answer(a_mother(kids=(first, second)), "TFSD")
        assert both.outcome is Outcome.UNKNOWN
        assert both.to_find_out == (str(Question.CHILD_DIED.label),)
        ill = a_mother(kids=(a_child("1980-01-01", grade=None),))
        assert answer(ill, "TFSC").to_find_out == (str(Question.GRADE.label),)


def test_not_yet_says_why_and_from_when() -> None:
    with open_context(scope=""):
        young = answer(a_mother(born=exactly(datetime.date(1954, 3, 2))))
        assert young.outcome is Outcome.NOT_ENTITLED
        assert young.would_qualify == datetime.date(2014, 3, 2)
        assert len(young.reasons) == 1
        assert young.documents
        three = answer(a_mother(kids=tuple(a_child(f"19{year}-01-01") for year in (75, 77, 79))))
        assert (three.outcome, three.would_qualify) == (Outcome.NOT_ENTITLED, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1953-02-01", "1953-02-01", "1953-02-01"),
        ("19530201", "1953-02-01", "1953-02-01"),
        ("1953年2月1日", "1953-02-01", "1953-02-01"),
        ("1953.2", "1953-02-01", "1953-02-28"),
        ("195302", "1953-02-01", "1953-02-28"),
        ("1953年", "1953-01-01", "1953-12-31"),
        ("60岁", "1953-01-01", "1953-12-31"),
        ("60周岁", "1953-01-01", "1953-12-31"),
    ],
)
def test_days_are_read_as_people_write_them(text: str, first: str, last: str) -> None:
    span = read_span(text, on=DAY)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "abc", "1953-13-01", "1953-02-30", "1953-00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        read_span(text, on=DAY)


def test_a_certificate_is_held_or_not_or_open() -> None:
    for holder in Holder:
        told = a_mother(certificate=holder)
        assert (Question.CERTIFICATE in told.open_questions) is (holder is Holder.UNKNOWN)
    assert Span(DAY, DAY).is_exact
