"""Who stands for somebody in the demonstration, and the annual review that has just been opened."""

from __future__ import annotations

import datetime
import io

from config.demonstration.accounts import TOWNSHIP, TOWNSHIP_2
from config.demonstration.officers import Officers, acting
from households.enums import RepresentationGround, RepresentationKind
from households.models import Membership, Person, Representation
from households.models.people import PersonQuerySet
from households.services.representations import (
    GivenRepresentative,
    confirm_representation,
    enter_representation,
)
from offices import clock
from offices.actors import Actor
from offices.services.papers import SentFile
from subsidies.enums import GrantState, ReviewMethod, ReviewResult
from subsidies.models import Grant, Programme, ReviewItem, ReviewRound
from subsidies.services.annual_reviews import open_review
from subsidies.services.review_results import decide_result, propose_result

_KIN_AGE = 20
_REVIEW = 2013


def make_standing(today: datetime.date) -> None:
    """An agent who waits, a guardian who acts, the heirs of the death that was reported late; without effect again."""
    if Representation.objects.exists():
        return
    old = Person.objects.living_on(today).filter(division_code__startswith=TOWNSHIP[:9])
    near = _with_kin(old.filter(birth_date__lt=datetime.date(today.year - 65, 1, 1)))
    if near:
        person, kin = near[0]
        _enter(acting("township"), person, RepresentationKind.AGENT, RepresentationGround.AUTHORITY, kin[:1])
    if len(near) > 1:
        person, kin = near[1]
        entry = _enter(
            acting("township"), person, RepresentationKind.GUARDIAN, RepresentationGround.INCAPACITY, kin[:1]
        )
        confirm_representation(actor=acting("township-reviewer"), representation=entry)
    held = Grant.objects.filter(person__died_on__lte=today, division_code__startswith=TOWNSHIP_2[:9])
    for person, kin in _with_kin(Person.objects.filter(grants__in=held))[:1]:
        _enter(
            acting("township-2"), person, RepresentationKind.HEIRS, RepresentationGround.SIMPLE_PROOF, kin[:2]
        )


def _with_kin(people: PersonQuerySet) -> list[tuple[Person, list[Person]]]:
    """People, each with the grown members of the household who have a number."""
    found = []
    for person in people.order_by("pk")[:20]:
        homes = Membership.objects.filter(person=person, to_on=None).values("household")
        kin = [
            row.person
            for row in Membership.objects.filter(household__in=homes, to_on=None)
            .exclude(person=person)
            .select_related("person")
            .order_by("person__birth_date", "person_id")
            if row.person.id_number
            and row.person.died_on is None
            and row.person.age_on(clock.today()) >= _KIN_AGE
        ]
        if kin:
            found.append((person, kin))
    return found


def _enter(
    actor: Actor, person: Person, kind: RepresentationKind, ground: RepresentationGround, kin: list[Person]
) -> Representation:
    return enter_representation(
        actor=actor,
        person=person,
        kind=kind,
        ground=ground,
        people=[
            GivenRepresentative(
                one.name,
                one.id_number.reveal(),
                bank="山亭农村信用社",
                account=f"62231877{one.pk.int % 10**11:011d}",
            )
            for one in kin
        ],
        document="（2014）鲁枣山证民字第12号",
        document_on=clock.today(),
        paper=_paper(),
    )


def _paper() -> SentFile:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(written, "PNG")
    return SentFile("1.png", written.getvalue())


def make_annual_review(today: datetime.date) -> None:
    """The review of the rural reward assistance for 2013: opened, three looked at, one decided."""
    if ReviewRound.objects.exists():
        return
    officers = Officers()
    review = open_review(
        actor=officers.county,
        programme=Programme.objects.get(pk="NCJF"),
        year=_REVIEW,
        due_on=datetime.date(today.year, 2, 28),
        document="山人口字〔2014〕2号",
    )
    items = ReviewItem.objects.filter(round=review, grant__state=GrantState.LIVE, grant__person__died_on=None)
    done = [
        propose_result(
            actor=officers.counter(item.division_code),
            item=item,
            method=ReviewMethod.DECLARATION,
            result=ReviewResult.CONTINUE,
        )
        for item in items.order_by("division_code", "pk")[:3]
    ]
    for item in done[:1]:
        decide_result(actor=officers.reviewer(item.division_code), item=item, proposal=item.proposal)
