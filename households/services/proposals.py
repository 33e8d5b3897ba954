"""What a clerk makes of a proposal: whom it means, enter it, decline it, take a decision up again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.consequences import consequences_of
from households.enums import (
    SCHEME_OF_KIND,
    DeclineReason,
    EventKind,
    FactSource,
    HukouType,
    MatchedBy,
    ProposalState,
)
from households.models import EventProposal, Hukou, InsuranceElsewhere, LifeEvent, Person
from households.models.departments import PROPOSAL_TRANSITIONS
from households.selectors.people_meant import Description, VillageNames, people_meant
from households.selectors.proposals import Look, kinds_of, looks_at
from households.services.events.deaths import record_death
from households.services.events.facts import convert_hukou, record_examination, record_insurance
from households.services.events.moves import record_moves
from households.services.events.recording import Report
from households.services.proposal_following import in_hand
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.states import locked, move


@transaction.atomic
def confirm_proposal(
    *,
    actor: Actor,
    proposal: EventProposal,
    new_head: Person | None = None,
    only_if_harmless: bool = False,
) -> EventProposal:
    """Enter what a department says, with the department as its source and its letter as the document.

    The event is reported on the business day. Where the registry says the same by now, nothing is
    recorded and the proposal is known. Raises NotAllowed, Stale when somebody else has decided,
    DomainError `look_first` (`only_if_harmless`, and something follows or contradicts), and what
    the event's own service refuses.
    """
    if not policies.may_decide_proposals(actor) or not actor.covers(proposal.division_code):
        raise NotAllowed
    with county_scope():
        current = _in_state(proposal, ProposalState.CONFIRMED, actor)
        look = looks_at([current])[current.pk]
        if look.is_known:
            return _move(current, ProposalState.KNOWN, actor, "households.find_proposal_known")
        if only_if_harmless:
            _check_harmless(actor, current, look)
        with in_hand(current):
            events = _record(actor, current, look, new_head)
        return _move(
            current,
            ProposalState.CONFIRMED,
            actor,
            "households.confirm_proposal",
            event_id=events[0].pk,
            **_decided(actor),
        )


@transaction.atomic
def decline_proposal(
    *, actor: Actor, proposal: EventProposal, reason: DeclineReason, remark: str = ""
) -> EventProposal:
    """Say that it is not entered, and why; the same words of a later file stay declined.

    Raises NotAllowed, Stale.
    """
    if not _may_settle(actor, proposal):
        raise NotAllowed
    with county_scope():
        current = _in_state(proposal, ProposalState.DECLINED, actor)
        return _move(
            current,
            ProposalState.DECLINED,
            actor,
            "households.decline_proposal",
            reason=reason,
            remark=remark.strip()[:200],
            **_decided(actor),
        )


@transaction.atomic
def take_up_again(*, actor: Actor, proposal: EventProposal) -> EventProposal:
    """Take back that something was declined; it awaits a decision again. Raises NotAllowed, Stale."""
    if not _may_settle(actor, proposal):
        raise NotAllowed
    with county_scope():
        target = ProposalState.PROPOSED if proposal.person_id else ProposalState.AMBIGUOUS
        current = _in_state(proposal, target, actor, source=ProposalState.DECLINED)
        return _move(
            current,
            target,
            actor,
            "households.reopen_proposal",
            reason="",
            remark="",
            decided_by_id=None,
            decided_role="",
            decided_on=None,
        )


@transaction.atomic
def say_whom_it_means(*, actor: Actor, proposal: EventProposal, person_id: UUID) -> EventProposal:
    """Say which of several people a row means; from then on it awaits the township that serves her.

    Raises NotAllowed, Stale, DomainError `not_a_candidate`.
    """
    if not policies.may_say_whom_rows_mean(actor) or not actor.covers(proposal.division_code):
        raise NotAllowed
    with county_scope():
        current = _in_state(proposal, ProposalState.PROPOSED, actor, source=ProposalState.AMBIGUOUS)
        person = next((one for one in candidates_for(proposal=current) if one.pk == person_id), None)
        if person is None:
            raise DomainError(
                "not_a_candidate",
                _("This person no longer has the name and birth date of the row. Choose another one."),
            )
        current.person = person
        is_known = looks_at([current], only_known=True)[current.pk].is_known
        return _move(
            current,
            ProposalState.KNOWN if is_known else ProposalState.PROPOSED,
            actor,
            "households.say_whom_proposal_means",
            person_id=person.pk,
            matched_by=MatchedBy.CHOICE,
            division_code=person.division_code,
        )


def candidates_for(*, proposal: EventProposal) -> Sequence[Person]:
    """The people whom a row may mean, as they are now. At county scope."""
    if proposal.birth_date is None:
        return ()
    described = Description(
        proposal.name, proposal.birth_date, proposal.place, has_number=bool(proposal.number_masked)
    )
    villages = VillageNames(county=current_context().county)
    return people_meant(described=[described], villages=villages)[0].people


def _may_settle(actor: Actor, proposal: EventProposal) -> bool:
    """The township's counter; the county too while it is open whom of several townships a row means."""
    is_of_nobody = proposal.person_id is None and policies.may_say_whom_rows_mean(actor)
    return (is_of_nobody or policies.may_decide_proposals(actor)) and actor.covers(proposal.division_code)


def _in_state(
    proposal: EventProposal, to: ProposalState, actor: Actor, *, source: ProposalState | None = None
) -> EventProposal:
    """The proposal locked, if it may still go where it is to go. Raises NotAllowed, DomainError."""
    current = locked(proposal)
    if not actor.covers(current.division_code):
        raise DomainError(
            "served_elsewhere",
            _(
                "Another township serves this person now, so the proposal has gone there. Nothing was entered."
            ),
        )
    is_possible = to in PROPOSAL_TRANSITIONS.get(current.state, frozenset())
    if not is_possible or (source and current.state != source):
        raise decided_meanwhile(current)
    return current


def decided_meanwhile(proposal: EventProposal) -> DomainError:
    """The refusal of a second decision."""
    if proposal.decided_by:
        return Stale(
            "decided_meanwhile",
            _("%(name)s has decided this meanwhile: “%(state)s”. Open it again to see it."),
            name=proposal.decided_by.name,
            state=proposal.get_state_display(),
        )
    return Stale(
        "state_changed",
        _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
        state=proposal.get_state_display(),
    )


def _check_harmless(actor: Actor, proposal: EventProposal, look: Look) -> None:
    if look.is_harmless and look.whom:
        follows = [
            one
            for kind in kinds_of(proposal)
            for one in consequences_of(
                actor=actor, kind=kind, person=look.whom, happened_on=proposal.happened_on
            )
        ]
        if not follows:
            return
    raise DomainError(
        "look_first",
        _("Something follows from this or does not fit: open it and decide it by itself."),
    )


def _record(
    actor: Actor, proposal: EventProposal, look: Look, new_head: Person | None
) -> Sequence[LifeEvent]:
    person, said = look.whom, proposal.particulars
    assert person  # noqa: S101 # a constraint: what can be decided means somebody
    report = Report(proposal.happened_on, FactSource(proposal.source), proposal.document)
    about: dict[str, Any] = {"actor": actor, "person": person, "report": report}
    match proposal.kind:
        case EventKind.DEATH:
            return [record_death(**about, new_head=new_head)]
        case EventKind.HUKOU:
            return [convert_hukou(**about, hukou_type=HukouType(said["hukou_type"]))]
        case EventKind.MOVE:
            return _record_move(actor, person, report, said)
        case EventKind.EXAMINATION:
            return [record_examination(**about, year=said["year"])]
    return _record_insurance(proposal, about)


def _record_move(
    actor: Actor, person: Person, report: Report, said: Mapping[str, str]
) -> Sequence[LifeEvent]:
    """The hukou goes where the police says; the home is the family's to report."""
    events: list[LifeEvent] = []
    hukou = Hukou.objects.on(report.happened_on).filter(person=person).first()
    if hukou is None or hukou.place_code != said["to"]:
        events += record_moves(
            actor=actor,
            people=[person],
            report=report,
            to_place=said["to"],
            home_moves=False,
            hukou_moves=True,
        )
    kind = said.get("hukou_type")
    if kind and (hukou is None or hukou.hukou_type != kind):
        person.refresh_from_db()
        events.append(convert_hukou(actor=actor, person=person, report=report, hukou_type=HukouType(kind)))
    return events


def _record_insurance(proposal: EventProposal, about: Mapping[str, Any]) -> Sequence[LifeEvent]:
    """From a day on, until a day, or both; a beginning that is known already is not entered again."""
    said, report = proposal.particulars, about["report"]
    scheme = SCHEME_OF_KIND[EventKind(proposal.kind)]
    until = said.get("until")
    if not until:
        return [record_insurance(**about, scheme=scheme, is_insured=said["is_insured"])]
    events: list[LifeEvent] = []
    held = InsuranceElsewhere.objects.on(report.happened_on).filter(person=about["person"], scheme=scheme)
    if not held.exists():
        events.append(record_insurance(**about, scheme=scheme))
    ended = {**about, "report": replace(report, happened_on=datetime.date.fromisoformat(until))}
    events.append(record_insurance(**ended, scheme=scheme, is_insured=False))
    return events


def _decided(actor: Actor) -> dict[str, Any]:
    return {"decided_by_id": actor.staff_id, "decided_role": actor.role, "decided_on": clock.today()}


def _move(
    proposal: EventProposal, to: ProposalState, actor: Actor, verb: str, **fields: Any
) -> EventProposal:
    return move(
        record=proposal,
        to=to,
        transitions=PROPOSAL_TRANSITIONS,
        actor=actor,
        verb=verb,
        detail={"kind": proposal.kind, "happened_on": proposal.happened_on},
        **fields,
    )
