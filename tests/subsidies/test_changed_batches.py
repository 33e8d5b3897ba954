"""What changed since a batch was made is told with its reason; it is neither approved nor sent."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import gettext as _

from households.models import BankAccount, Person
from offices.actors import Actor
from offices.enums import Role
from offices.errors import Stale
from subsidies.enums import BatchState, ChangeReason, GrantState, StopReason, StopRule
from subsidies.models import Grant, PaymentBatch
from subsidies.selectors.changed_lines import changes_among, count_changes
from subsidies.services.batches import approve_batch, create_batch, discard_batch, send_batch
from subsidies.services.grants import stop_grant
from tests.factories import make_actor
from tests.subsidies.money import fund, make_counters, make_grant, paid_programme, sent_batch
from tests.subsidies.raises import raise_to

pytestmark = pytest.mark.django_db


def raised(grant: Grant) -> None:
    raise_to(grant, ("2013-01-01", "1200.00"))


def stopped_in_june(grant: Grant) -> None:
    moved = {"reason": StopReason.MOVED, "event_on": datetime.date(2013, 6, 10)}
    stop_grant(grant=grant, actor=make_actor(Role.COUNTY), **moved)  # type: ignore[arg-type] # as named


def stopped_before(grant: Grant) -> None:
    Grant.objects.filter(pk=grant.pk).update(to_on=datetime.date(2013, 1, 1))


def suspended(grant: Grant) -> None:
    Grant.objects.filter(pk=grant.pk).update(state=GrantState.SUSPENDED)


def of_no_account(grant: Grant) -> None:
    BankAccount.objects.filter(person=grant.person_id).update(to_on=datetime.date(2013, 12, 1))


def died(grant: Grant) -> None:
    Person.objects.filter(pk=grant.person_id).update(died_on=datetime.date(2013, 12, 1))


CHANGES = [
    (raised, ChangeReason.AMOUNT),
    (stopped_in_june, ChangeReason.AMOUNT),
    (stopped_before, ChangeReason.ENDED),
    (suspended, ChangeReason.SUSPENDED),
    (of_no_account, ChangeReason.PAYEE),
    (died, ChangeReason.DIED),
]


@pytest.mark.parametrize(("changes", "reason"), CHANGES)
@pytest.mark.parametrize("is_approved", [False, True])
def test_what_changed_since_a_batch_was_made_is_told_and_not_sent(
    county: Actor, changes: Callable[[Grant], None], reason: ChangeReason, is_approved: bool
) -> None:
    programme, people = paid_programme(stop_rule=StopRule.END_OF_MONTH), make_counters()
    fund(programme)
    grant, _other = make_grant(programme), make_grant(programme, serial=2)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    if is_approved:
        batch = approve_batch(actor=people.county, batch=batch)
    assert count_changes(batch) == {}
    changes(grant)
    assert count_changes(batch) == {reason: 1}
    line = batch.payments.get(grant=grant)
    assert changes_among(batch, batch.payments.values_list("pk", flat=True)) == {line.pk: reason}
    with pytest.raises(Stale, match=str(reason.label)) as refused:
        if is_approved:
            send_batch(actor=people.cashier, batch=batch)
        else:
            approve_batch(actor=people.county, batch=batch)
    assert refused.value.code == "selection_changed"


def test_a_raise_after_the_batch_is_paid_by_the_one_made_again(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    grant = make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    raised(grant)
    discard_batch(actor=people.finance, batch=batch, reason="名单有变")
    assert sent_batch(programme).payments.get().amount == Decimal("1200.00")
    assert count_changes(PaymentBatch.objects.get(state=BatchState.SENT)) == {}


def test_the_page_says_what_changed_and_offers_no_step_with_it(
    county: Actor, page_of: Callable[..., Client]
) -> None:
    programme = paid_programme()
    grant = make_grant(programme)
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    address, step = f"/subsidies/batches/{batch.pk}/", f"/subsidies/batches/{batch.pk}/approve/"
    checker = page_of(Role.COUNTY)
    before = checker.get(address).content.decode()
    assert step in before
    assert str(ChangeReason.AMOUNT.label) not in before
    raised(grant)
    page = checker.get(address).content.decode()
    assert step not in page
    assert str(_("Changed since the batch was made")) in page
    assert page.count(str(ChangeReason.AMOUNT.label)) == 2
    assert str(ChangeReason.AMOUNT.label) in checker.post(step).content.decode()
