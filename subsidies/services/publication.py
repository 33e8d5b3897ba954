"""From a draft to the policy that holds: submitted, sent back or approved by a second person, published."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.states import locked, move
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion
from subsidies.models.programmes import TRANSITIONS
from subsidies.policies import may_publish_policies
from subsidies.selectors.drafts import is_simulated, lacks_of, period_problem, predecessor
from subsidies.services.policies import check_policy


@transaction.atomic
def submit_policy(*, actor: Actor, draft: PolicyVersion, revision: int) -> PolicyVersion:
    """Hand a draft over for approval: nothing is missing and exactly this content was simulated.

    The county may. Raises NotAllowed, Stale, DomainError `draft_incomplete`, `simulate_again`.
    """
    current = _open(actor, draft, revision=revision)
    _check_ready(current)
    return move(
        record=current,
        to=PolicyState.SUBMITTED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.submit_policy",
        detail={"programme": current.programme_id, "number": current.number},
        sent_back="",
    )


@transaction.atomic
def send_policy_back(
    *, actor: Actor, version: PolicyVersion, revision: int, reason: str = ""
) -> PolicyVersion:
    """Make a submitted version a draft again: its author takes it back, anybody else says why.

    The county may. Raises NotAllowed, Stale, DomainError `reason_needed`.
    """
    current = _open(actor, version, revision=revision)
    if not reason.strip() and actor.staff_id not in current.authors:
        raise DomainError("reason_needed", _("Say why it goes back, so that its author can put it right."))
    return move(
        record=current,
        to=PolicyState.DRAFT,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.send_policy_back",
        detail={"programme": current.programme_id, "number": current.number},
        sent_back=reason.strip(),
    )


@transaction.atomic
def publish_policy(*, actor: Actor, version: PolicyVersion, revision: int) -> PolicyVersion:
    """Approve and publish a submitted version; the one before it ends where it begins.

    A second person of the county may: none of its authors. It takes effect on its own first day, by
    the next assessment. Raises NotAllowed `author_approves`, Stale, DomainError `draft_incomplete`,
    `simulate_again`, `period_taken`.
    """
    current = _open(actor, version, revision=revision)
    if actor.staff_id == current.drafted_by_id or actor.staff_id in current.authors:
        raise NotAllowed(
            "author_approves",
            _("You wrote this version, or a part of it. Somebody else at the county must approve it."),
        )
    if current.state == PolicyState.SUBMITTED:
        _check_ready(current)
    former = predecessor(current)
    try:
        with transaction.atomic():
            if former is not None and former.to_on is None:
                former = locked(former)
                former.to_on = current.from_on
                former.save(update_fields=["to_on"])
            return move(
                record=current,
                to=PolicyState.PUBLISHED,
                transitions=TRANSITIONS,
                actor=actor,
                verb="subsidies.publish_policy",
                detail={
                    "programme": current.programme_id,
                    "number": current.number,
                    "from_on": current.from_on,
                    "follows": former.number if former else None,
                },
                approved_by_id=actor.staff_id,
                published_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(
            "period_taken",
            _("Another version was published meanwhile for that time. Let this one begin later."),
        ) from error


def _open(actor: Actor, version: PolicyVersion, *, revision: int) -> PolicyVersion:
    if not may_publish_policies(actor):
        raise NotAllowed()
    current = locked(version)
    if current.is_shipped:
        raise Stale(
            "shipped_version",
            _("This version came with the installation and stays as it is. Begin a version of your own."),
        )
    if current.revision != revision:
        raise Stale(
            "saved_meanwhile_read_again",
            _("Somebody saved this version since you opened it. Read it again before you decide."),
        )
    return current


def _check_ready(version: PolicyVersion) -> None:
    problem = period_problem(version)
    if problem:
        raise DomainError("period_taken", problem)
    lacks = lacks_of(version)
    if lacks:
        raise DomainError(
            "draft_incomplete", _("Something is still missing: %(first)s"), first=str(lacks[0].text)
        )
    check_policy(version)
    if not is_simulated(version):
        raise DomainError(
            "simulate_again",
            _("What it changes was not counted for exactly this content. Simulate it, then go on."),
        )
