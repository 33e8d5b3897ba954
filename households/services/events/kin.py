"""Spouses: two people join or part. Read by rules alone, shown on no page."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, MaritalState
from households.models import LifeEvent, MaritalFact, Parentage, Person
from households.services.events.checks import check_lived, spouse_on
from households.services.events.recording import Recording, Report, finish, recording
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError


def record_union(*, actor: Actor, person: Person, report: Report, spouse: Person) -> LifeEvent:
    """Two people of the county became spouses on a day; where each lives is recorded apart.

    Raises NotAllowed, DomainError `spouse_is_self`, `spouse_is_kin`, `has_spouse`, `before_birth`,
    `after_death`.
    """
    if spouse.pk == person.pk:
        raise DomainError("spouse_is_self", _("This is the person's own number. Enter the spouse's."))
    with recording(
        actor=actor,
        kind=EventKind.MARRIAGE,
        report=report,
        place=person.division_code,
        people=[person, spouse],
    ) as current:
        for one, other in ((person, spouse), (spouse, person)):
            check_lived(one, current.on)
            _check_free(one, other, current)
        if Parentage.objects.filter(
            Q(person=person, parent=spouse) | Q(person=spouse, parent=person)
        ).exists():
            raise DomainError(
                "spouse_is_kin",
                _(
                    "%(name)s is recorded as parent or child of this person. Compare the number with the card."
                ),
                name=spouse.name,
            )
        for one, other in ((person, spouse), (spouse, person)):
            _say(current, one, MaritalState.MARRIED, other)
        current.other = spouse
        return finish(current, person)


def record_parting(*, actor: Actor, person: Person, report: Report) -> LifeEvent:
    """Two spouses parted on a day; where each lives is recorded apart.

    Raises NotAllowed, DomainError `no_spouse`, `before_birth`, `after_death`.
    """
    with county_scope():
        spouse = spouse_on(person, report.happened_on)
        own = MaritalFact.objects.on(report.happened_on).filter(person=person).first()
    if spouse is None and (own is None or own.state in (MaritalState.DIVORCED, MaritalState.WIDOWED)):
        raise DomainError(
            "no_spouse",
            _("No spouse of %(name)s is on record on that day. Compare the day with the document."),
            name=person.name,
        )
    people = [one for one in (person, spouse) if one]
    with recording(
        actor=actor, kind=EventKind.DIVORCE, report=report, place=person.division_code, people=people
    ) as current:
        for one in people:
            check_lived(one, current.on)
        _say(current, person, MaritalState.DIVORCED, spouse)
        if spouse:
            _say(current, spouse, MaritalState.DIVORCED, person)
        current.other = spouse
        return finish(current, person)


def _check_free(person: Person, other: Person, current: Recording) -> None:
    now = spouse_on(person, current.on)
    own = MaritalFact.objects.on(current.on).filter(person=person).first()
    is_bound = own is not None and own.state == MaritalState.MARRIED
    named_alike = (
        own is not None
        and own.spouse_id is None
        and own.spouse_digest
        in (
            None,
            other.id_number_digest,
        )
    )
    if (now and now.pk != other.pk) or (is_bound and now is None and not named_alike):
        raise DomainError(
            "has_spouse",
            _(
                "%(name)s has another spouse on record on that day. Record first that they parted, or correct the day."
            ),
            name=person.name,
        )
    if now and own and is_bound:
        raise DomainError(
            "recorded_already",
            _("The two are on record as spouses on that day already."),
        )


def _say(current: Recording, person: Person, state: MaritalState, spouse: Person | None) -> None:
    current.put(
        MaritalFact,
        person,
        {
            "state": state,
            "spouse_id": spouse.pk if spouse else None,
            "spouse_digest": spouse.id_number_digest if spouse else None,
        },
    )
