"""Certificates: issued, suspended, withdrawn, expired; what a step asks of its officer."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from enforcement.enums import CertificateState
from enforcement.models import OfficerCertificate
from enforcement.services import certificates as services
from offices.actors import Actor
from offices.acts_in_words import words_of
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act, Staff, Verification
from tests.factories import TOWNSHIP, make_actor

TODAY = datetime.date(2014, 1, 6)


@pytest.fixture
def security_admin(county: Actor) -> Actor:
    return make_actor(Role.SECURITY_ADMIN)


@pytest.fixture
def reviewer(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP_REVIEWER)


def issue(actor: Actor, officer: Actor, **fields: Any) -> OfficerCertificate:
    return services.issue_certificate(
        actor=actor, staff=Staff.objects.get(pk=officer.staff_id), from_on=TODAY, **fields
    )


def test_certificate_is_issued_with_eleven_digits_for_five_years(
    security_admin: Actor, reviewer: Actor
) -> None:
    certificate = issue(security_admin, reviewer)
    assert certificate.number == "37040614001"
    assert certificate.to_on == datetime.date(2019, 1, 6)
    assert certificate.division_code == TOWNSHIP
    assert services.require_certificate(actor=reviewer, on=TODAY) == certificate
    act = Act.objects.of_record(certificate).get()
    assert act.verb == "enforcement.issue_certificate"


def test_certificate_can_be_verified_by_anybody(security_admin: Actor, reviewer: Actor) -> None:
    certificate = issue(security_admin, reviewer)
    with open_context(scope=""):
        verification = Verification.objects.get(code=certificate.verification_code)
    assert verification.kind == Verification.Kind.CERTIFICATE
    assert certificate.number in verification.title
    assert not verification.is_withdrawn


def test_officer_without_certificate_is_refused(reviewer: Actor) -> None:
    with pytest.raises(DomainError) as refusal:
        services.require_certificate(actor=reviewer, on=TODAY)
    assert refusal.value.code == "no_certificate"
    assert reviewer.name in str(refusal.value)


def test_suspended_officer_is_refused_until_restored(security_admin: Actor, reviewer: Actor) -> None:
    certificate = issue(security_admin, reviewer)
    services.suspend_certificate(certificate=certificate, actor=security_admin, reason="年审未通过")
    with pytest.raises(DomainError) as refusal:
        services.require_certificate(actor=reviewer, on=TODAY)
    assert refusal.value.code == "certificate_suspended"
    assert certificate.number in str(refusal.value)
    assert Verification.objects.get(code=certificate.verification_code).is_withdrawn
    services.restore_certificate(certificate=certificate, actor=security_admin, reason="年审补考合格")
    assert services.require_certificate(actor=reviewer, on=TODAY).state == CertificateState.VALID
    assert not Verification.objects.get(code=certificate.verification_code).is_withdrawn


def test_withdrawn_certificate_never_holds_again(security_admin: Actor, reviewer: Actor) -> None:
    certificate = issue(security_admin, reviewer)
    services.withdraw_certificate(certificate=certificate, actor=security_admin, reason="过错责任追究")
    with pytest.raises(DomainError) as refusal:
        services.require_certificate(actor=reviewer, on=TODAY)
    assert refusal.value.code == "certificate_withdrawn"
    with pytest.raises(Stale):
        services.restore_certificate(certificate=certificate, actor=security_admin, reason="无")
    assert issue(security_admin, reviewer).number == "37040614002"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (datetime.date(2019, 1, 5), None),
        (datetime.date(2019, 1, 6), "certificate_expired"),
        (datetime.date(2014, 1, 5), "certificate_not_yet_valid"),
    ],
)
def test_certificate_holds_from_its_first_to_its_last_day(
    security_admin: Actor, reviewer: Actor, on: datetime.date, code: str | None
) -> None:
    certificate = issue(security_admin, reviewer)
    if code is None:
        assert services.require_certificate(actor=reviewer, on=on) == certificate
        return
    with pytest.raises(DomainError) as refusal:
        services.require_certificate(actor=reviewer, on=on)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_certificate_longer_than_five_years_is_refused(security_admin: Actor, reviewer: Actor) -> None:
    with pytest.raises(DomainError) as refusal:
        issue(security_admin, reviewer, to_on=datetime.date(2019, 1, 7))
    assert refusal.value.code == "certificate_too_long"
    assert "5" in str(refusal.value)


def test_second_certificate_in_the_period_is_refused(security_admin: Actor, reviewer: Actor) -> None:
    issue(security_admin, reviewer)
    with pytest.raises(DomainError) as refusal:
        issue(security_admin, reviewer)
    assert refusal.value.code == "certificate_held"


def test_number_of_an_older_paper_is_kept_and_given_once(security_admin: Actor, reviewer: Actor) -> None:
    assert issue(security_admin, reviewer, number="鲁计生字第0406号").number == "鲁计生字第0406号"
    with pytest.raises(DomainError) as refusal:
        issue(security_admin, make_actor(Role.COUNTY_REVIEWER), number="鲁计生字第0406号")
    assert refusal.value.code == "certificate_number_taken"
    with pytest.raises(DomainError) as refusal:
        issue(security_admin, make_actor(Role.COUNTY_REVIEWER), number="1 2")
    assert refusal.value.code == "certificate_number"


def test_nobody_issues_or_changes_a_certificate_of_her_own(security_admin: Actor) -> None:
    with pytest.raises(NotAllowed):
        issue(security_admin, security_admin)
    county_office = make_actor(Role.COUNTY)
    certificate = issue(county_office, security_admin)
    with pytest.raises(NotAllowed):
        services.suspend_certificate(certificate=certificate, actor=security_admin, reason="x")


@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR])
def test_other_roles_issue_nothing(county: Actor, reviewer: Actor, role: Role) -> None:
    with pytest.raises(NotAllowed):
        issue(make_actor(role), reviewer)


def test_change_without_a_reason_is_refused(security_admin: Actor, reviewer: Actor) -> None:
    certificate = issue(security_admin, reviewer)
    with pytest.raises(DomainError) as refusal:
        services.suspend_certificate(certificate=certificate, actor=security_admin, reason="  ")
    assert refusal.value.code == "certificate_reason"


def test_pages_issue_show_and_suspend(page_of: Callable[..., Client], actor_of: Callable[..., Actor]) -> None:
    officer = actor_of(Role.TOWNSHIP_REVIEWER)
    browser = page_of(Role.SECURITY_ADMIN)
    assert browser.get("/enforcement/").status_code == 200
    answer = browser.post(
        "/enforcement/certificates/new/", {"staff": str(officer.staff_id), "from_on": "2014-01-06"}
    )
    assert answer.status_code == 302
    assert browser.get(answer.url).status_code == 200
    refused = browser.post(f"{answer.url}suspend/", {"reason": ""})
    assert refused.status_code == 422
    assert browser.post(f"{answer.url}suspend/", {"reason": "年审未通过"}).status_code == 302
    assert browser.get(f"{answer.url}burn/").status_code == 404
    history = browser.get(f"{answer.url}history/").content.decode()
    assert str(words_of("enforcement.suspend_certificate")) in history
    assert page_of(Role.TOWNSHIP).get("/enforcement/certificates/new/").status_code == 403
