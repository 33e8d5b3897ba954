"""Cases and money of two records made one: they follow, or stand in the way, and go back exactly."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from households.models import DuplicatePair, Person
from households.services.changes import rows_of_set
from households.services.merges import preview_merge, undo_merge
from offices import clock
from offices.enums import Role
from offices.errors import DomainError
from subsidies.enums import PaymentState
from subsidies.models import Application, Grant, Payment
from subsidies.services.grants import stop_grant
from subsidies.services.sweep import sweep
from tests.factories import make_actor, make_person
from tests.households.duplicates import images, merge, moved_by_table, open_case, pair_of, shown_by_table, two
from tests.subsidies.money import citizen_number, fund, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db


def paid_twice_over() -> tuple[Grant, Grant]:
    """Two records with a payment of the year each, as two counters made it."""
    programme = paid_programme()
    grants = make_grant(programme, serial=1), make_grant(programme, serial=2)
    fund(programme)
    sent_batch(programme)
    return grants


def test_cases_and_money_follow_and_the_preview_says_how_much(county: Any) -> None:
    programme = paid_programme()
    grant = make_grant(programme, serial=1)
    kept = make_person(number=citizen_number(2))
    fund(programme)
    sent_batch(programme)
    Payment.objects.update(state=PaymentState.PAID, paid_on=clock.today())
    pair = pair_of(kept, grant.person)
    plan = preview_merge(actor=make_actor(Role.COUNTY), pair=pair, keep=kept.pk)
    assert (str(plan.paid_amount), plan.moves_money) == ("960.00", True)
    made = merge(kept, grant.person)
    assert shown_by_table(plan) == moved_by_table(made)
    assert moved_by_table(made)["subsidies_payment"] == 1
    assert (made.moved_amount, made.moved_rows) == (plan.paid_amount, len(plan.rows))
    for model in (Application, Grant, Payment):
        assert set(model._default_manager.values_list("person", flat=True)) == {kept.pk}


def test_a_merge_undone_restores_cases_and_money(county: Any) -> None:
    programme = paid_programme()
    grant = make_grant(programme, serial=1)
    kept = make_person(number=citizen_number(2))
    fund(programme)
    sent_batch(programme)
    sweep(actor=make_actor(Role.COUNTY), as_of=clock.today())
    pair_of(kept, grant.person)
    before = images()
    made = merge(kept, grant.person)
    assert images() != before
    assert rows_of_set(made.pk)["subsidies_payment"] == 1
    undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    assert images() == before


def test_the_same_programme_twice_stands_in_the_way(county: Any) -> None:
    first, second = paid_twice_over()
    with pytest.raises(DomainError) as refused:
        merge(first.person, second.person)
    assert refused.value.code == "merge_hindered"
    assert str(refused.value)
    plan = preview_merge(
        actor=make_actor(Role.COUNTY), pair=DuplicatePair.objects.get(), keep=first.person_id
    )
    assert len(plan.hindrances) == 2


def test_two_records_that_were_paid_for_a_period_are_said_to_stay_two(county: Any) -> None:
    first, second = paid_twice_over()
    pair, actor = pair_of(first.person, second.person), make_actor(Role.COUNTY)

    def said() -> str:
        plan = preview_merge(actor=actor, pair=pair, keep=first.person_id)
        return str(plan.hindrances[-1])

    assert "请在银行全部付款前" in said(), "what is on its way may still be stopped"
    Payment.objects.update(state=PaymentState.PAID, paid_on=clock.today())
    assert "须长期保留为两条档案" in said()
    assert "追回后也是如此" in said()


def test_a_stopped_grant_that_never_began_is_no_hindrance(county: Any) -> None:
    programme = paid_programme()
    first, second = make_grant(programme, serial=1), make_grant(programme, serial=2)
    stop_grant(
        grant=second, reason="other", event_on=datetime.date(2012, 12, 1), actor=make_actor(Role.COUNTY)
    )
    merge(first.person, second.person)
    assert Grant.objects.filter(person=first.person).count() == 2


def test_open_applications_of_one_programme_stand_in_the_way(county: Any) -> None:
    people = two()
    for serial, person in enumerate(people):
        open_case(person, serial)
    plan = preview_merge(actor=make_actor(Role.COUNTY), pair=pair_of(*people), keep=people[0].pk)
    assert len(plan.hindrances) == 1
    with pytest.raises(DomainError) as refused:
        merge(*people)
    assert refused.value.code == "merge_hindered"


def test_a_second_payment_of_a_period_is_refused_across_a_merge(county: Any) -> None:
    """What the service says first, the database holds: a line cannot be moved onto a period that was paid."""
    first, second = paid_twice_over()
    Person.objects.filter(pk=second.person_id).update(merged_into=first.person)
    with pytest.raises(IntegrityError, match="nobody_is_paid_twice"), transaction.atomic():
        Payment.objects.filter(person=second.person).update(person=first.person)


def test_a_line_changes_its_person_by_a_merge_alone(county: Any) -> None:
    grant = paid_twice_over()[0]
    stranger = make_person(number=citizen_number(3))
    with pytest.raises(IntegrityError, match="payment line"), transaction.atomic():
        Payment.objects.filter(grant=grant).update(person=stranger)
    Person.objects.filter(pk=grant.person_id).update(merged_into=stranger)
    with pytest.raises(IntegrityError, match="payment line"), transaction.atomic():
        Payment.objects.filter(grant=grant).update(person=stranger, amount=1)


def test_no_application_for_a_record_that_was_merged(county: Any) -> None:
    grant = make_grant(paid_programme(), serial=1)
    case = grant.application
    Person.objects.filter(pk=grant.person_id).update(merged_into=make_person())
    case.pk, case.file_number = None, "T-2"
    with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
        case.save(force_insert=True)


def test_a_merge_is_kept_once_money_went_out_on_what_moved(county: Any) -> None:
    programme = paid_programme()
    grant = make_grant(programme, serial=1)
    kept = make_person(number=citizen_number(2))
    made = merge(kept, grant.person)
    fund(programme)
    sent_batch(programme)
    assert Payment.objects.get().person == kept
    with pytest.raises(DomainError) as refused:
        undo_merge(actor=make_actor(Role.COUNTY), merge=made)
    assert refused.value.code == "merge_built_upon"
    assert str(refused.value)
