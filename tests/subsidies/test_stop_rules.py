"""Until when is paid follows the policy version of the day on which the reason arose."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from households.enums import RepresentationKind
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import Frequency, LetterKind, PolicyState, ReviewResult, StopReason, StopRule
from subsidies.models import Grant, PolicyVersion, Programme
from subsidies.selectors.annual_reviews import arithmetic_of
from subsidies.selectors.drafts import content_digest
from subsidies.selectors.policy_differences import differences
from subsidies.selectors.stop_rules import ends_with_death, stop_rule_on
from subsidies.services.grants import stop_grant
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.households.representing import confirmed, heir
from tests.subsidies.money import fund, make_grant, paid_programme
from tests.subsidies.policies import author, desk, draft_of
from tests.subsidies.test_paid_for_another import died, lines
from tests.subsidies.test_policy_pages import saved

pytestmark = pytest.mark.django_db
D = datetime.date


def paid_by_month(**fields: Any) -> Programme:
    """A programme paid to the end of the month."""
    return paid_programme(stop_rule=StopRule.END_OF_MONTH, **fields)


def add_versions(programme: Programme) -> Programme:
    """For 2014 it is paid to the end of the year, from 2016 on to the end of the next month."""
    former = PolicyVersion.objects.get(programme=programme)
    rules = (
        (2, D(2014, 1, 1), D(2015, 1, 1), StopRule.END_OF_YEAR),
        (3, D(2016, 1, 1), None, StopRule.NEXT_MONTH),
    )
    PolicyVersion.objects.filter(pk=former.pk).update(to_on="2014-01-01")
    for number, begins, ends, rule in rules:
        PolicyVersion.objects.create(
            programme=programme,
            number=number,
            state=PolicyState.PUBLISHED,
            from_on=begins,
            to_on=ends,
            stop_rule=rule,
            rule=former.rule,
            parameters=former.parameters,
            notice=former.notice,
            funding=former.funding,
            drafted_by=former.drafted_by,
            approved_by=former.approved_by,
            published_at=clock.now(),
        )
    return programme


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (D(2001, 5, 5), StopRule.END_OF_MONTH),
        (D(2013, 12, 31), StopRule.END_OF_MONTH),
        (D(2014, 1, 1), StopRule.END_OF_YEAR),
        (D(2014, 12, 31), StopRule.END_OF_YEAR),
        (D(2015, 6, 1), StopRule.END_OF_YEAR),
        (D(2016, 1, 1), StopRule.NEXT_MONTH),
        (D(2030, 1, 1), StopRule.NEXT_MONTH),
    ],
)
def test_the_version_of_the_day_says_it_and_in_a_gap_the_last_one(
    county: Actor, day: datetime.date, rule: str
) -> None:
    assert stop_rule_on(add_versions(paid_by_month()), day) == rule


def grant_of(programme: Programme, serial: int = 1) -> Grant:
    return make_grant(programme, serial=serial, from_on="2013-01-01", amount="1200.00")


def test_a_stop_follows_the_version_of_the_event_not_that_of_the_grant_or_of_today(county: Actor) -> None:
    programme = paid_by_month()
    actor, grants = make_actor(Role.COUNTY), {serial: grant_of(programme, serial) for serial in (1, 2)}
    add_versions(programme)
    for serial, event_on, to_on in ((1, D(2013, 12, 3), D(2014, 1, 1)), (2, D(2014, 1, 3), D(2015, 1, 1))):
        grant = grants[serial]
        told = arithmetic_of(grant, result=ReviewResult.STOP, event_on=event_on, today=D(2014, 1, 6))
        assert told.last_day == to_on - datetime.timedelta(days=1)
        stopped = stop_grant(grant=grant, reason=StopReason.MOVED, event_on=event_on, actor=actor)
        assert stopped.to_on == to_on
        rule = "发至当月底" if serial == 1 else "发至当年底"
        assert rule in str(stopped.letters.get(kind=LetterKind.STOPPED).content)


def test_heirs_share_what_was_due_by_the_rule_of_the_death(county: Actor) -> None:
    programme = paid_by_month(frequency=Frequency.MONTHLY)
    person = died(grant_of(programme), "2013-11-20")
    fund(programme)
    add_versions(programme)
    confirmed(person, RepresentationKind.HEIRS, heir(40), heir(41))
    assert [amount for _name, amount, _share in lines(programme, "2013-11")] == [Decimal("50.00")] * 2
    assert ends_with_death(programme, ends_on=None, died_on=person.died_on) == D(2013, 12, 1)
    assert ends_with_death(programme, ends_on=None, died_on=D(2014, 2, 2)) == D(2015, 1, 1)


def test_a_published_version_s_rule_never_changes_and_is_never_empty(county: Actor) -> None:
    statement = "UPDATE subsidies_policyversion SET stop_rule = %s WHERE programme_id = %s AND number = 1"
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        sql(statement, [StopRule.NEXT_MONTH, "NCJF"])
    with as_owner(), pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        sql(statement, [StopRule.NEXT_MONTH, "NCJF"])
    draft = draft_of("NCJF", from_on=D(2015, 1, 1))
    for rule in ("", "never"):
        with (
            pytest.raises(IntegrityError, match="published_policy_says_until_when_is_paid"),
            transaction.atomic(),
        ):
            sql(
                "UPDATE subsidies_policyversion SET stop_rule = %s, state = 'published', published_at = now(), "
                "is_shipped = true WHERE id = %s",
                [rule, draft.pk],
            )


def test_it_is_changed_on_a_page_told_as_a_difference_and_part_of_what_was_counted(county: Actor) -> None:
    draft = draft_of("NCJF", from_on=D(2015, 1, 1))
    former = PolicyVersion.objects.get(programme="NCJF", number=1)
    assert draft.stop_rule == former.stop_rule == StopRule.END_OF_YEAR
    digest = content_digest(draft)
    draft = saved(desk(author()), draft, "stop-rule/", stop_rule="next_month")
    assert content_digest(draft) != digest
    (told,) = differences(former, draft)
    assert told == "停发口径：发至当年底 → 发至次月底。"
