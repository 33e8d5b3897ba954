"""A grant in the annual review: looked at and proposed by one, decided by another, told to the family."""

from __future__ import annotations

import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from households.services.own_family import CONSTRAINT as OWN_FAMILY
from households.services.own_family import check_not_own_family, own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import (
    GrantState,
    ReviewMethod,
    ReviewResult,
    ReviewState,
    ReviewTold,
    SampleFinding,
    StopReason,
)
from subsidies.models import Grant, ReviewItem, ReviewRound
from subsidies.models.annual_reviews import TRANSITIONS
from subsidies.selectors.annual_reviews import last_seen
from subsidies.services.grants import resume_grant, stop_grant, suspend_grant

ALLOWED: dict[str, tuple[ReviewResult, ...]] = {
    GrantState.LIVE: (ReviewResult.CONTINUE, ReviewResult.SUSPEND, ReviewResult.STOP),
    GrantState.SUSPENDED: (ReviewResult.RESUME, ReviewResult.STOP),
}
"""What may follow for a grant as it stands."""


@transaction.atomic
def propose_result(
    *,
    actor: Actor,
    item: ReviewItem,
    method: ReviewMethod,
    result: ReviewResult,
    stop_reason: str = "",
    event_on: datetime.date | None = None,
) -> ReviewItem:
    """Propose what follows for a grant, from a visit, a declaration at the counter, or registers alone.

    The counters may. A visit must be recorded: it is the day on which the family was seen. Raises
    NotAllowed, Stale, DomainError `own_family`, `no_visit`, `precheck_not_enough`, `review_result`,
    `review_stop`.
    """
    grant = _check_counter(actor, item)
    today = clock.today()
    if result not in ALLOWED.get(grant.state, ()):
        raise DomainError(
            "review_result",
            _("This does not fit a grant that is “%(state)s”."),
            state=grant.get_state_display(),
        )
    if result == ReviewResult.STOP and (
        stop_reason not in StopReason.values or event_on is None or event_on > today
    ):
        raise DomainError(
            "review_stop", _("A stop has its reason and the day on which that arose, not after today.")
        )
    is_stop = result == ReviewResult.STOP
    return _moved(
        actor,
        item,
        ReviewState.PROPOSED,
        "subsidies.propose_review_result",
        detail={"method": method, "result": result},
        method=method,
        seen_on=_seen_on(item, grant, method, result),
        result=result,
        stop_reason=stop_reason if is_stop else "",
        event_on=event_on if is_stop else None,
        proposed_by_id=actor.staff_id,
        proposed_on=today,
    )


def _check_counter(actor: Actor, item: ReviewItem) -> Grant:
    if not policies.may_propose_reviews(actor) or not actor.covers(item.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=item.grant.person_id)
    return item.grant


def _seen_on(
    item: ReviewItem, grant: Grant, method: ReviewMethod, result: ReviewResult
) -> datetime.date | None:
    """The day on which the family was seen; None where registers alone are enough."""
    today = clock.today()
    if method == ReviewMethod.DECLARATION:
        return today
    if method == ReviewMethod.PRECHECK:
        if item.reasons or not item.round.accepts_precheck or result != ReviewResult.CONTINUE:
            raise DomainError(
                "precheck_not_enough",
                _("Comparing registers is not enough here: visit the family, or take its declaration."),
            )
        return None
    visit = last_seen(grant, since=datetime.date(item.round.year, 1, 1), until=today)
    if visit is None:
        raise DomainError(
            "no_visit",
            _("No visit of this year is recorded at which somebody was there. Record the visit first."),
        )
    return visit.visited_on


@transaction.atomic
def propose_all_green(*, actor: Actor, round: ReviewRound) -> int:
    """Propose to go on with every green grant of the actor's place, where registers alone are enough.

    Leaves out whoever is of the actor's own family. Returns how many. Raises NotAllowed, DomainError
    `precheck_not_enough`.
    """
    if not policies.may_propose_reviews(actor):
        raise NotAllowed()
    if not round.accepts_precheck:
        raise DomainError(
            "precheck_not_enough",
            _("Comparing registers is not enough here: visit the family, or take its declaration."),
        )
    rows = _not_own(actor, ReviewItem.objects.filter(round=round, reasons=[], state=ReviewState.OPEN))
    rows = rows.filter(grant__state=GrantState.LIVE)
    changed = rows.update(
        state=ReviewState.PROPOSED,
        method=ReviewMethod.PRECHECK,
        result=ReviewResult.CONTINUE,
        proposed_by=actor.staff_id,
        proposed_on=clock.today(),
    )
    record_act(actor=actor, verb="subsidies.propose_all_green", record=round, count=changed)
    return changed


@transaction.atomic
def decide_all_green(*, actor: Actor, round: ReviewRound) -> int:
    """Confirm together what others proposed by registers alone, within the actor's place. Returns how many.

    Leaves out what the actor proposed and her own family. Raises NotAllowed.
    """
    if not policies.may_decide_reviews(actor):
        raise NotAllowed()
    waiting = ReviewItem.objects.filter(
        round=round, state=ReviewState.PROPOSED, method=ReviewMethod.PRECHECK
    ).exclude(proposed_by=actor.staff_id)
    changed = _not_own(actor, waiting).update(
        state=ReviewState.DECIDED, decided_by=actor.staff_id, decided_on=clock.today()
    )
    record_act(actor=actor, verb="subsidies.decide_all_green", record=round, count=changed)
    return changed


def _not_own(actor: Actor, rows: QuerySet[ReviewItem]) -> QuerySet[ReviewItem]:
    """Rows of the actor's place that are not of her own family, locked."""
    visible = rows.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")
    keys = visible.extra(
        where=[
            "NOT households_is_own_family(%s, (SELECT g.person_id FROM subsidies_grant g "
            "WHERE g.id = subsidies_reviewitem.grant_id), %s)"
        ],
        params=[actor.staff_id, clock.today()],
    )
    locked_keys = list(keys.select_for_update().order_by("pk").values_list("pk", flat=True))
    return ReviewItem.objects.filter(pk__in=locked_keys)


@transaction.atomic
def decide_result(*, actor: Actor, item: ReviewItem, proposal: str) -> ReviewItem:
    """Decide as was proposed: the grant goes on, or is suspended, resumed or stopped from now on.

    By another than who proposed it; what changes a grant, by the county. `proposal` is what the decider saw
    (`ReviewItem.proposal`): she never decides what was proposed meanwhile. Raises NotAllowed, Stale,
    DomainError `own_family`, or what the change of the grant raises.
    """
    current = locked(item)
    _check_decider(actor, current)
    _check_seen(current, proposal)
    moved = _moved(
        actor,
        current,
        ReviewState.DECIDED,
        "subsidies.decide_review_result",
        detail={"result": current.result},
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
    )
    grant = moved.grant
    if moved.result == ReviewResult.STOP and moved.event_on:
        stop_grant(grant=grant, reason=moved.stop_reason, event_on=moved.event_on, actor=actor)
    elif moved.result == ReviewResult.SUSPEND:
        suspend_grant(grant=grant, actor=actor)
    elif moved.result == ReviewResult.RESUME:
        resume_grant(grant=grant, actor=actor)
    return moved


def _check_decider(actor: Actor, item: ReviewItem) -> None:
    may = (
        policies.may_decide_reviews(actor)
        if item.result == ReviewResult.CONTINUE
        else policies.may_stop_grants(actor)
    )
    if not may or not actor.covers(item.division_code):
        raise NotAllowed()
    if actor.staff_id == item.proposed_by_id:
        raise NotAllowed("own_proposal", _("You proposed this. Somebody else must decide it."))
    check_not_own_family(actor=actor, person=item.grant.person_id)


def _check_seen(item: ReviewItem, proposal: str) -> None:
    if item.state == ReviewState.PROPOSED and item.proposal != proposal:
        raise Stale("proposal_changed", _("Something else was proposed meanwhile. Look at it, then decide."))


@transaction.atomic
def send_review_back(*, actor: Actor, item: ReviewItem, proposal: str) -> ReviewItem:
    """Send a proposal back: it is to be looked at again. Arguments and errors as of decide_result."""
    current = locked(item)
    _check_decider(actor, current)
    _check_seen(current, proposal)
    return _moved(
        actor,
        current,
        ReviewState.OPEN,
        "subsidies.send_review_back",
        method="",
        seen_on=None,
        result="",
        stop_reason="",
        event_on=None,
        proposed_by_id=None,
        proposed_on=None,
    )


@transaction.atomic
def record_told(*, actor: Actor, item: ReviewItem, how: ReviewTold) -> ReviewItem:
    """Record that the family has the notice of a stop or a suspension. Raises NotAllowed, Stale, `own_family`."""
    if not policies.may_propose_reviews(actor) or not actor.covers(item.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=item.grant.person_id)
    current = locked(item)
    if not ReviewItem.objects.to_tell().filter(pk=current.pk).exists():
        raise Stale("nothing_to_tell", _("There is nothing to tell here any more. Open it again."))
    current.told_how, current.told_on = how, clock.today()
    current.save(update_fields=["told_how", "told_on"])
    record_act(actor=actor, verb="subsidies.tell_review_result", record=current, how=how)
    return current


@transaction.atomic
def record_finding(*, actor: Actor, item: ReviewItem, finding: SampleFinding) -> ReviewItem:
    """Record what the city found at a grant of its sample, by who had no part in its review.

    Raises NotAllowed, Stale, DomainError `own_family`.
    """
    if not policies.may_record_samples(actor) or not actor.covers(item.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=item.grant.person_id)
    current = locked(item)
    if not current.is_sampled or current.finding:
        raise Stale("not_to_be_judged", _("This is not in the sample, or its finding is recorded already."))
    if actor.staff_id in (current.proposed_by_id, current.decided_by_id):
        raise NotAllowed("own_review", _("You had part in this review. Somebody else records the finding."))
    current.finding, current.found_by_id, current.found_on = finding, actor.staff_id, clock.today()
    current.save(update_fields=["finding", "found_by", "found_on"])
    record_act(actor=actor, verb="subsidies.record_sample_finding", record=current, finding=finding)
    return current


def _moved(
    actor: Actor,
    item: ReviewItem,
    to: ReviewState,
    verb: str,
    *,
    detail: dict[str, object] | None = None,
    **fields: object,
) -> ReviewItem:
    try:
        with transaction.atomic():
            return move(
                record=item, to=to, transitions=TRANSITIONS, actor=actor, verb=verb, detail=detail, **fields
            )
    except DatabaseError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == OWN_FAMILY:
            raise own_family() from error
        raise
