"""Appeals: taken in anywhere, decided by who has not acted, carried out by another; nobody is worse off."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from households.services.own_family import keep_identity
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Staff
from offices.services.acts import record_act
from subsidies.enums import (
    AppealKind,
    AppealResult,
    AppealState,
    AppealVia,
    ApplicationState,
    DeliveryMethod,
    GrantState,
    LetterKind,
    StopReason,
)
from subsidies.models import Appeal, DecisionLetter, Grant, Overdue
from subsidies.services import appeals, reviews
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.deliveries import deliver_letter
from subsidies.services.grants import stop_grant
from subsidies.services.overdue import raise_overdue
from tests.conftest import sql
from tests.factories import make_actor, make_household, make_person
from tests.subsidies.appeals import accepted, appeal_against, changed, make_judge
from tests.subsidies.cases import Office, certify, enter, granted, make_office, rules_say
from tests.subsidies.money import citizen_number

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2014, 1, 6)
NEW_YEAR = datetime.date(2014, 1, 1)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


@pytest.fixture
def judge(office: Office) -> Actor:
    return make_judge(office)


@contextmanager
def refused_as(code: str) -> Iterator[None]:
    """A refusal with this code and a sentence."""
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code
    assert str(refusal.value)


def refused(office: Office) -> DecisionLetter:
    case = reviews.refuse_application(application=enter(office), actor=office.township, reason="未满60周岁")
    return case.letters.get()


REMEDY = {"remedy_from_on": NEW_YEAR, "remedy_amount": Decimal("960.00")}


def test_clocks_are_those_of_the_letter(office: Office, judge: Actor) -> None:
    appeal = appeal_against(refused(office), office)
    # Five working days from Monday the 6th end on Monday the 13th.
    assert (appeal.number, appeal.due_on, appeal.is_late) == ("A2014-0001", datetime.date(2014, 1, 13), False)
    taken = appeals.accept_appeal(appeal=appeal, actor=judge)
    assert taken.due_on == datetime.date(2014, 2, 5)
    later = appeals.extend_appeal(appeal=taken, reason="需外地取证", actor=judge)
    assert later.due_on == datetime.date(2014, 3, 7)
    with refused_as("extended_already"):
        appeals.extend_appeal(appeal=taken, reason="再延", actor=judge)
    other = appeal_against(appeal.letter, office, AppealKind.RECONSIDERATION)
    assert appeals.accept_appeal(appeal=other, actor=judge).due_on == datetime.date(2014, 3, 7)


def test_suspension_moves_the_last_day_once(
    office: Office, judge: Actor, moved_to: Callable[[str], None]
) -> None:
    appeal = accepted(refused(office), office, judge)
    appeals.suspend_appeal(appeal=appeal, reason="等待公安机关证明", actor=judge)
    moved_to("2014-01-16")
    resumed = appeals.resume_appeal(appeal=appeal, actor=judge)
    assert resumed.due_on == datetime.date(2014, 2, 15)
    with refused_as("suspended_already"):
        appeals.suspend_appeal(appeal=appeal, reason="再等", actor=judge)


def test_late_appeal_is_taken_in_all_the_same(
    office: Office, judge: Actor, moved_to: Callable[[str], None]
) -> None:
    letter = refused(office)
    deliver_letter(
        letter=letter, method=DeliveryMethod.IN_PERSON, on=TODAY, recipient="王秀英", actor=office.counter
    )
    moved_to("2014-04-01")
    appeal = appeals.receive_appeal(
        letter=letter,
        kind=AppealKind.REVIEW,
        via=AppealVia.POST,
        grounds="一直住院",
        received_on=datetime.date(2014, 4, 1),
        actor=office.village,
    )
    assert appeal.is_late
    rejected = appeals.reject_appeal(appeal=appeal, reasons="无正当理由逾期", actor=judge)
    assert rejected.state == AppealState.NOT_ACCEPTED
    assert rejected.letters.get().kind == LetterKind.OUTCOME
    # Not accepted once, it may be brought again with what was lacking.
    appeals.receive_appeal(
        letter=letter,
        kind=AppealKind.REVIEW,
        via=AppealVia.POST,
        grounds="附住院证明",
        received_on=datetime.date(2014, 4, 1),
        actor=office.village,
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"grounds": " "}, "grounds_missing"),
        ({"received_on": datetime.date(2014, 1, 7)}, "received_later"),
        ({"received_on": datetime.date(2014, 1, 5)}, "received_before"),
    ],
)
def test_intake_says_what_is_wrong(office: Office, given: dict[str, object], code: str) -> None:
    fields = {
        "kind": AppealKind.REVIEW,
        "via": AppealVia.COUNTER,
        "grounds": "不服",
        "received_on": TODAY,
        "actor": office.counter,
    }
    letter = refused(office)
    with refused_as(code):
        appeals.receive_appeal(letter=letter, **{**fields, **given})  # type: ignore[arg-type] # of the case
    appeals.receive_appeal(letter=letter, **fields)  # type: ignore[arg-type] # as above
    with refused_as("appealed_already"):
        appeals.receive_appeal(letter=letter, **fields)  # type: ignore[arg-type] # as above


def test_who_acted_on_the_case_decides_no_review(office: Office, judge: Actor) -> None:
    grant = granted(office)
    appeal = accepted(grant.letters.get(), office, judge)
    better = {"remedy_from_on": grant.from_on, "remedy_amount": Decimal("1200.00")}
    with refused_as("acted_on_the_case"):
        changed(appeal, office.reviewer, **better)
    with pytest.raises(IntegrityError, match="who acted on the case"), transaction.atomic():
        sql(
            "UPDATE subsidies_appeal SET state = 'decided', decided_on = '2014-01-06', decided_by_id = %s, "
            "result = 'stands', reasons = 'x' WHERE id = %s",
            [office.reviewer.staff_id, appeal.pk],
        )
    with pytest.raises(NotAllowed):
        changed(appeal, office.counter, **better)
    with refused_as("worse_off"):
        changed(appeal, judge, remedy_from_on=grant.from_on, remedy_amount=Decimal("600.00"))
    with pytest.raises(IntegrityError, match="nobody is worse off"), transaction.atomic():
        sql("UPDATE subsidies_appeal SET remedy_amount = 600 WHERE id = %s", [appeal.pk])
    assert changed(appeal, judge, **better).state == AppealState.DECIDED


def test_refused_benefit_is_granted_from_the_right_day(office: Office, judge: Actor) -> None:
    letter = refused(office)
    case = letter.application
    with pytest.raises(IntegrityError, match="without its step"), transaction.atomic():
        sql("UPDATE subsidies_application SET state = 'granted' WHERE id = %s", [case.pk])
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    appeal = accepted(letter, office, judge)
    with refused_as("remedy_missing"):
        changed(appeal, judge)
    decided = changed(appeal, judge, **REMEDY)
    assert list(Appeal.objects.to_carry_out()) == [decided]
    done = carry_out_appeal(appeal=decided, actor=office.county)
    case.refresh_from_db()
    grant = Grant.objects.get(application=case)
    assert (case.state, grant.from_on, grant.annual_amount) == (
        ApplicationState.GRANTED,
        NEW_YEAR,
        Decimal("960.00"),
    )
    assert {one.kind for one in done.letters.all()} == {LetterKind.OUTCOME, LetterKind.CHANGED}
    letter.verification.refresh_from_db()
    assert letter.verification.is_withdrawn
    with pytest.raises(Stale):
        carry_out_appeal(appeal=decided, actor=office.county)
    sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_decider_does_not_carry_out(office: Office) -> None:
    certify(office, office.county)
    appeal = accepted(refused(office), office, office.county)
    decided = changed(appeal, office.county, **REMEDY)
    with refused_as("decided_it"):
        carry_out_appeal(appeal=decided, actor=office.county)


def test_case_sent_back_is_decided_anew_by_others(office: Office, judge: Actor) -> None:
    letter = refused(office)
    appeal = accepted(letter, office, judge)
    decided = appeals.decide_appeal(
        appeal=appeal, result=AppealResult.SENT_BACK, reasons="事实不清", actor=judge
    )
    carry_out_appeal(appeal=decided, actor=office.county)
    case = letter.application
    case.refresh_from_db()
    assert (case.state, case.decided_on, case.refusal_reason) == (ApplicationState.ENTERED, None, "")
    with refused_as("acted_before"):
        reviews.refuse_application(application=case, actor=office.township, reason="未满60周岁")
    with pytest.raises(IntegrityError, match="who refused takes no further step"), transaction.atomic():
        sql(
            "INSERT INTO subsidies_applicationstep (id, application_id, step, result, acted_by_id, acted_on, opinion, "
            "present, certificate_number, division_code) SELECT gen_random_uuid(), %s, 'village_review', 'passed', %s, "
            "'2014-01-06', '', '{}', '', division_code FROM subsidies_application WHERE id = %s",
            [case.pk, office.township.staff_id, case.pk],
        )


def test_stopped_grant_runs_on(office: Office, judge: Actor) -> None:
    grant = granted(office)
    with pytest.raises(IntegrityError, match="only by an appeal"), transaction.atomic():
        sql(
            "UPDATE subsidies_grant SET state = 'stopped', to_on = '2014-12-31', stop_reason = 'moved', "
            "stopped_on = '2014-01-06' WHERE id = %s",
            [grant.pk],
        )
        sql(
            "UPDATE subsidies_grant SET state = 'live', to_on = NULL, stop_reason = '', stopped_on = NULL WHERE id = %s",
            [grant.pk],
        )
    stop_grant(grant=grant, reason=StopReason.MOVED, event_on=grant.from_on, actor=office.county)
    appeal = accepted(grant.letters.get(kind=LetterKind.STOPPED), office, judge)
    carry_out_appeal(appeal=changed(appeal, judge), actor=office.county)
    grant.refresh_from_db()
    assert (grant.state, grant.to_on, grant.stop_reason) == (GrantState.LIVE, None, "")


def test_other_body_s_decision_is_written_down_with_its_document(office: Office, judge: Actor) -> None:
    appeal = appeal_against(refused(office), office, AppealKind.RECONSIDERATION)
    appeals.accept_appeal(appeal=appeal, actor=judge)
    with refused_as("document_missing"):
        changed(appeal, judge, **REMEDY)
    assert changed(appeal, judge, document="山政复决字〔2014〕1号", **REMEDY).document


def test_overdue_appeal_is_raised_to_the_county_once(
    office: Office, county: Actor, moved_to: Callable[[str], None]
) -> None:
    appeal = appeal_against(refused(office), office)
    moved_to("2014-01-14")
    assert raise_overdue(actor=county) == 1
    assert raise_overdue(actor=county) == 0
    assert Overdue.objects.appeals().get().appeal == appeal
    appeals.withdraw_appeal(appeal=appeal, actor=office.counter)
    assert not Overdue.objects.appeals().exists()


def test_nobody_delivers_or_decides_for_her_own_family(office: Office, judge: Actor) -> None:
    own = make_person(name="办事员", number=citizen_number(801))
    make_household(own)
    case = reviews.refuse_application(
        application=enter(office, person=own), actor=office.township, reason="未满60周岁"
    )
    letter = case.letters.get()
    appeal = appeal_against(letter, office)
    keep_identity(
        actor=make_actor(Role.SECURITY_ADMIN),
        staff=Staff.objects.get(pk=judge.staff_id),
        number=citizen_number(801),
    )
    with refused_as("own_family"):
        appeals.accept_appeal(appeal=appeal, actor=judge)
    for record in (letter, appeal):
        with pytest.raises(IntegrityError, match="own family"), transaction.atomic():
            record_act(actor=judge, verb="subsidies.accept_appeal", record=record)
