"""What follows from a family's events for benefits received, paid and asked for; said before it is recorded."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from households.consequences import Consequence
from households.enums import EventKind
from households.models import MaritalFact, Membership, Parentage, Person
from offices.actors import Actor
from offices.database.context import county_scope
from subsidies import policies
from subsidies.enums import GrantState, StopReason
from subsidies.models import Application, Assessment, Grant, Payment, Sweep
from subsidies.models.applications import CLOSED_STATES
from subsidies.selectors.rules import programmes_reading_homes
from subsidies.services.sweep import reassess

OWN_ALONE = frozenset({EventKind.EMPLOYMENT, EventKind.EXAMINATION, EventKind.MEDICAL, EventKind.PENSION})
"""What rules read of nobody but the person herself."""
OF_THE_COUPLE = frozenset({EventKind.HUKOU})
"""What rules read of the person and of her spouse."""
READ_BY_NO_RULE = frozenset({EventKind.HEAD, EventKind.ARRIVAL})
OF_HOMES = frozenset({EventKind.SPLIT, EventKind.JOIN})
"""Who lives in one household is read by some programmes alone."""
OF_THE_FAMILY = frozenset(
    {EventKind.BIRTH, EventKind.ADOPTION, EventKind.DEATH, EventKind.DISABILITY, EventKind.HUKOU, EventKind.MOVE,
     EventKind.DEPARTURE, EventKind.MARRIAGE, EventKind.DIVORCE, EventKind.CERTIFICATE, EventKind.PARENTAGE,
     EventKind.CORRECTION}
)  # fmt: skip
"""What rules also read of somebody's child or spouse."""


def consequences_for_cases(
    actor: Actor, kind: EventKind, person: Person, happened_on: datetime.date
) -> list[Consequence]:
    """Grants, payments for time after the event, and open applications of the person and her nearest.

    Of relatives whom another township serves it is only said how many benefits there are.
    """
    if kind in READ_BY_NO_RULE:
        return []
    with county_scope():
        of_homes = programmes_reading_homes(happened_on) if kind in OF_HOMES else frozenset()
        people = [person.pk, *(_nearest(person, happened_on) if kind in OF_THE_FAMILY else ())]
        grants = list(
            Grant.objects.exclude(state=GrantState.STOPPED)
            .filter(Q(to_on=None) | Q(to_on__gt=happened_on), person__in=people)
            .select_related("programme", "person")
        )
        if kind in OF_HOMES:
            grants = [grant for grant in grants if grant.programme_id in of_homes]
        paid = list(
            Payment.objects.live()
            .of_periods()
            .filter(person__in=people, period_to_on__gt=happened_on, grant__in=grants)
            .select_related("programme", "person")
            .order_by("period_from_on")
        )
        cases = list(
            Application.objects.exclude(state__in=CLOSED_STATES)
            .filter(person__in=people)
            .select_related("programme", "person")
        )
        ended = list(_ended_by_death(person)) if kind == EventKind.CORRECTION else []
        if kind in OF_HOMES:
            cases = [case for case in cases if case.programme_id in of_homes]
    told = [
        *_of_grants(actor, grants),
        *_of_payments(actor, paid),
        *_of_cases(actor, cases),
        *_of_ended(actor, ended),
    ]
    concerned = [*(row.person for row in grants), *(row.person for row in cases)]
    hidden = sum(not actor.covers(one.division_code) for one in concerned)
    if hidden:
        told.append(
            Consequence(
                _("%(count)s more benefits or applications of relatives whom another township serves.")
                % {"count": hidden}
            )
        )
    return told


def _nearest(person: Person, on: datetime.date) -> Iterator[UUID]:
    """Spouse and parents, whose rules may read this person."""
    own = MaritalFact.objects.on(on).filter(person=person, spouse__isnull=False)
    yield from own.values_list("spouse_id", flat=True)
    parents = Parentage.objects.on(on).filter(person=person, parent__isnull=False)
    yield from parents.values_list("parent_id", flat=True)


def _of_grants(actor: Actor, grants: Sequence[Grant]) -> Iterator[Consequence]:
    for grant in grants:
        if actor.covers(grant.person.division_code):
            yield Consequence(
                _(
                    "%(name)s receives %(programme)s since %(day)s: the county looks whether the grant goes on."
                )
                % {
                    "name": grant.person.name,
                    "programme": grant.programme.name,
                    "day": date_format(grant.from_on, "DATE_FORMAT"),
                },
                reverse("subsidies:grant", args=[grant.pk]) if actor.covers(grant.division_code) else "",
            )


def _of_payments(actor: Actor, paid: Sequence[Payment]) -> Iterator[Consequence]:
    for payment in paid:
        if actor.covers(payment.person.division_code):
            yield Consequence(
                _(
                    "%(amount)s yuan of %(programme)s for the time up to %(day)s is paid or on its way. "
                    "Lawful payments are not taken back."
                )
                % {
                    "amount": payment.amount,
                    "programme": payment.programme.name,
                    "day": date_format(payment.period_to_on - datetime.timedelta(days=1), "DATE_FORMAT"),
                }
            )


def _ended_by_death(person: Person) -> QuerySet[Grant]:
    """What was stopped because of a death that is being put right now."""
    return Grant.objects.filter(
        person=person, state=GrantState.STOPPED, stop_reason=StopReason.DIED
    ).select_related("programme", "person")


def _of_ended(actor: Actor, ended: Sequence[Grant]) -> Iterator[Consequence]:
    for grant in ended:
        yield Consequence(
            _(
                "%(programme)s of %(name)s was stopped by the death on record. It does not go on by itself: "
                "tell the county, and help her to apply anew or to appeal."
            )
            % {"name": grant.person.name, "programme": grant.programme.name},
            reverse("subsidies:grant", args=[grant.pk]) if actor.covers(grant.division_code) else "",
        )


def _of_cases(actor: Actor, cases: Sequence[Application]) -> Iterator[Consequence]:
    for case in cases:
        if actor.covers(case.person.division_code):
            is_hers = policies.may_see_applications(actor) and actor.covers(case.division_code)
            yield Consequence(
                _("The application %(number)s of %(name)s for %(programme)s is on its way.")
                % {"number": case.file_number, "name": case.person.name, "programme": case.programme.name},
                reverse("subsidies:application", args=[case.pk]) if is_hers else "",
            )


def assess_again(people: Sequence[UUID], kind: EventKind | None = None) -> None:
    """Bring what the newest sweep found up to date: who is owed, whose grant is to be reviewed.

    Assessed are these people and whose rules may read what an event of the kind changes (None: anything).
    While a sweep runs the counter does not wait for it: the next one finds what has changed.
    """
    newest = Sweep.objects.order_by("-as_of").first()
    if newest is None or not list(Sweep.objects.select_for_update(skip_locked=True).filter(pk=newest.pk)):
        return
    reassess(people=_whose_rules_read(people, kind))


def drop_assessments(people: Sequence[UUID]) -> None:
    """What a sweep found of somebody whose entry is taken back goes with it."""
    Assessment.objects.filter(person__in=people).delete()


def _whose_rules_read(people: Sequence[UUID], kind: EventKind | None) -> set[UUID]:
    if kind in OWN_ALONE:
        return set(people)
    if kind in OF_THE_COUPLE:
        return {*people, *_spouses(people)}
    return _with_nearest(people)


def _with_nearest(people: Sequence[UUID]) -> set[UUID]:
    """Everybody whose rules may read somebody of these: kin of the nearest degrees, and their households.

    A parent's event decides for her child's other parent and for the child, a birth for the
    brothers and sisters, and what qualifies a family for all who live in the household of its
    parents: of these people and of theirs.
    """
    parents = _parents(people)
    older = {*people, *_spouses(people), *parents}
    children = set(Parentage.objects.filter(parent__in=older).values_list("person_id", flat=True))
    near = {*older, *children, *_parents(children)}
    homes = Membership.objects.filter(person__in={*people, *parents}).values("household")
    return near | set(Membership.objects.filter(household__in=homes).values_list("person_id", flat=True))


def _spouses(people: Collection[UUID]) -> set[UUID]:
    """Whom they name as their spouses, and who names them."""
    named = MaritalFact.objects.filter(person__in=people, spouse__isnull=False)
    naming = MaritalFact.objects.filter(spouse__in=people)
    return {
        *(key for key in named.values_list("spouse_id", flat=True) if key),
        *naming.values_list("person_id", flat=True),
    }


def _parents(people: Collection[UUID]) -> set[UUID]:
    parents = Parentage.objects.filter(person__in=people, parent__isnull=False)
    return {key for key in parents.values_list("parent_id", flat=True) if key}
