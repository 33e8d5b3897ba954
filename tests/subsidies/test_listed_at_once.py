"""Two lists at once, a list and a single act at once, and premiums paid for what was granted by list."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.services.staff import system_actor
from subsidies.enums import ApplicationState, BatchState, Step
from subsidies.models import Application, ListedAct, Notice
from subsidies.selectors.verification import find_in_ledger
from subsidies.services import reviews
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.closing import close_batch
from subsidies.services.premium_answers import import_fund_answer, import_transfer_answer
from tests.factories import make_actor
from tests.subsidies.cases import PRESENT, certify, make_office
from tests.subsidies.listing import assess, bring_list_to, premium, take, villagers
from tests.subsidies.money import answer_to, file_of, fund, make_counters
from tests.subsidies.premiums import fund_says
from tests.subsidies.test_premiums import fund_account
from tests.subsidies.test_reviews_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_each_case_once() -> None:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        office, programme = make_office(), premium()
        colleague = make_actor(Role.VILLAGE, name="村会计")
        counter = make_actor(Role.TOWNSHIP, name="另一窗口")
        certify(office, colleague)
        villagers(5)
        assess(programme)
    assert at_once(
        (office.counter, lambda: take(office, Step.ENTRY, programme)),
        (counter, lambda: take(office, Step.ENTRY, programme, actor=counter)),
    ) == ["done", "done"]
    with open_context(actor=system):
        assert list(ListedAct.objects.values_list("taken", flat=True)) == [5]
        numbers = sorted(Application.objects.values_list("file_number", flat=True))
        assert numbers == [f"LIST-2014-{n:05d}" for n in range(1, 6)]
        one = Application.objects.order_by("file_number").first()
    results = at_once(
        (office.village, lambda: take(office, Step.VILLAGE_REVIEW, programme)),
        (colleague, lambda: take(office, Step.VILLAGE_REVIEW, programme, actor=colleague)),
        (
            colleague,
            lambda: reviews.review_in_village(
                application=one, actor=colleague, opinion="属实", present=PRESENT
            ),
        ),
    )
    assert set(results) <= {"done", "state_changed", "acted_before", "notice_running"}
    with open_context(actor=system):
        assert Application.objects.filter(state=ApplicationState.VILLAGE_REVIEWED).count() == 5
        assert Notice.objects.count() == 5
        assert sum(ListedAct.objects.filter(step=Step.VILLAGE_REVIEW).values_list("taken", flat=True)) in (
            4,
            5,
        )


@pytest.mark.django_db
def test_premiums_of_a_list_are_paid_as_of_any_other(county: Actor) -> None:
    office, programme, people = make_office(), premium(), make_counters()
    villagers(3)
    fund(programme, "10000", year=2014)
    fund_account(programme)
    assess(programme)
    bring_list_to(office, Step.GRANT, programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2014")
    assert (batch.count, batch.total_amount) == (3, Decimal("210.00"))
    approve_batch(actor=people.county, batch=batch)
    batch = send_batch(actor=people.cashier, batch=batch)
    batch = import_transfer_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    import_fund_answer(actor=people.cashier, batch=batch, content=fund_says(batch))
    assert close_batch(actor=people.finance, batch=batch).state == BatchState.CLOSED
    assert find_in_ledger() == []
