"""Cases of the demonstration in every state, made by the services as the people who would.

The office works through 2013: families apply, are reviewed, posted and granted; others stand
somewhere on the way on the demonstration's day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import Exists, OuterRef

from config.demonstration.accounts import TOWNSHIP, VILLAGE
from config.demonstration.officers import Officers
from households.models import BankAccount, Person
from offices import clock
from subsidies.documents import Document, required_documents
from subsidies.enums import (
    AppealKind,
    AppealVia,
    ApplicationState,
    DeliveryMethod,
    ObjectionSubject,
    Outcome,
    Standing,
    Step,
    StopReason,
)
from subsidies.models import Application, Assessment, DecisionLetter, Grant, PolicyVersion, Programme, Sweep
from subsidies.selectors.assessed import assessed
from subsidies.services import applications, grants, notices, reviews
from subsidies.services.appeals import receive_appeal
from subsidies.services.deliveries import deliver_letter

State = ApplicationState
PRESENT = ["孙桂兰", "王建国", "李守田"]
DAY = datetime.timedelta(days=1)
UNDELIVERED_FROM = datetime.date(2013, 12, 12)
"""Letters of decisions since then still lie in the township."""
GRANTED = 45
"""Rural reward assistance grants that the demonstration begins with."""

ON_THE_WAY: tuple[tuple[State, datetime.date], ...] = (
    (State.ENTERED, datetime.date(2014, 1, 3)),
    (State.ENTERED, datetime.date(2014, 1, 6)),
    (State.VILLAGE_REVIEWED, datetime.date(2014, 1, 2)),
    (State.VILLAGE_REVIEWED, datetime.date(2013, 12, 26)),
    (State.VILLAGE_REVIEWED, datetime.date(2013, 12, 27)),
    (State.TOWNSHIP_REVIEWED, datetime.date(2013, 12, 19)),
    (State.TOWNSHIP_REVIEWED, datetime.date(2013, 12, 24)),
    (State.COUNTY_CONFIRMED, datetime.date(2013, 12, 11)),
    (State.COUNTY_CONFIRMED, datetime.date(2013, 12, 16)),
)
"""How far a case has come on the demonstration's day, and when the family applied."""


_TAKEN_NEAR = len(ON_THE_WAY) + 4
"""Cases on their way, and one each that lacks papers, is refused, is withdrawn and is objected to."""


def make_cases(sweep: Sweep, *, say: Callable[[str], None]) -> int:
    """Make the cases of the people that a sweep found owed; returns how many."""
    desk = Desk(say)
    ncjf = _owed(sweep, "NCJF")
    own = [person for person in ncjf if person.division_code == VILLAGE]
    township = [p for p in ncjf if p.division_code.startswith(TOWNSHIP[:9]) and p.division_code != VILLAGE]
    others = [person for person in ncjf if not person.division_code.startswith(TOWNSHIP[:9])]
    near = [*own, *township]
    if len(near) < _TAKEN_NEAR:
        # A small county: what the township lacks comes from the others.
        lacking = _TAKEN_NEAR - len(near)
        near, others = [*near, *others[:lacking]], others[lacking:]
    waiting = iter(near)
    for state, begun_on in ON_THE_WAY:
        desk.bring(next(waiting), "NCJF", state, begun_on)
    desk.with_papers_missing(next(waiting))
    desk.refused(next(waiting))
    desk.withdrawn(next(waiting))
    desk.objected(next(waiting))
    # From every township some, wherever the list begins.
    rest = [*list(waiting)[:12], *others[:: max(1, len(others) // GRANTED)]]
    begins = datetime.date(2013, 3, 4)
    for number, person in enumerate(rest[:GRANTED]):
        desk.bring(person, "NCJF", State.GRANTED, begins + 5 * number * DAY)
    for code in ("TFSD", "TFSC"):
        for number, person in enumerate(_owed(sweep, code)[:6]):
            desk.bring(person, code, State.GRANTED, datetime.date(2013, 11, 4) + 6 * number * DAY)
    _end_some(desk)
    return Application.objects.count()


def _owed(sweep: Sweep, code: str) -> list[Person]:
    """People owed a programme who can be paid, in the order of their villages."""
    rows = (
        Assessment.objects.filter(sweep=sweep, programme_id=code, standing=Standing.OWED)
        .filter(Exists(BankAccount.objects.filter(person=OuterRef("person"))))
        .select_related("person")
        .order_by("division_code", "person__birth_date", "person_id")
    )
    programme = Programme.objects.get(pk=code)
    early = datetime.date(2013, 3, 1)
    # Who turned sixty only in the course of the year could not have applied in March.
    return [
        row.person
        for row in rows
        if assessed(person=row.person, programme=programme, on=early).outcome is Outcome.ENTITLED
    ]


def _end_some(desk: Desk) -> None:
    """A death, a move and a suspension in December."""
    found = iter(Grant.objects.filter(programme_id="NCJF").order_by("from_on", "pk")[:3])
    with clock.demonstration_day(datetime.date(2013, 12, 17)):
        grants.suspend_grant(grant=next(found), actor=desk.officers.county)
    with clock.demonstration_day(datetime.date(2013, 12, 18)):
        grants.stop_grant(
            grant=next(found),
            reason=StopReason.MOVED,
            event_on=datetime.date(2013, 12, 12),
            actor=desk.officers.county,
        )
    tfsc = Grant.objects.filter(programme_id="TFSC").order_by("pk").last()
    if tfsc is not None:
        with clock.demonstration_day(datetime.date(2013, 12, 23)):
            grants.stop_grant(
                grant=tfsc,
                reason=StopReason.CONDITIONS_CHANGED,
                event_on=datetime.date(2013, 11, 20),
                actor=desk.officers.county,
            )


class Desk:
    """Takes one case after the other through the office."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.officers = Officers()
        self._say = say
        self._taken = 0

    def enter(
        self, person: Person, code: str, on: datetime.date, *, without: Document | None = None
    ) -> Application:
        programme = Programme.objects.get(pk=code)
        with clock.demonstration_day(on):
            version = PolicyVersion.objects.filter(programme=programme).published_on(on).get()
            return applications.enter_application(
                person=person,
                programme=programme,
                documents=[paper for paper in required_documents(version) if paper is not without],
                has_declared=True,
                actor=self.officers.counter(person.division_code),
            )

    def bring(self, person: Person, code: str, until: State, begun_on: datetime.date) -> Application:
        """Take a family's application as far as `until`, each step on the first day it may be taken."""
        self._taken += 1
        if self._taken % 10 == 0:
            self._say(f"  … {self._taken} families 户")
        return self.bring_on(self.enter(person, code, begun_on), until, begun_on)

    def bring_on(self, case: Application, until: State, begun_on: datetime.date) -> Application:
        """Take an application that is there as far as `until`; its letter is handed over the day after."""
        day = begun_on
        while case.state != until:
            for last_day in case.notices.order_by("-last_day").values_list("last_day", flat=True)[:1]:
                day = max(day, last_day + DAY)
            with clock.demonstration_day(day):
                case = self.step(case)
        if until == State.GRANTED and day < UNDELIVERED_FROM:
            self.delivered(case, day + DAY)
        return case

    def delivered(self, case: Application, on: datetime.date) -> DecisionLetter:
        """The letter of a case is handed over."""
        letter = case.letters.latest("issued_on")
        with clock.demonstration_day(on):
            deliver_letter(
                letter=letter,
                method=DeliveryMethod.IN_PERSON,
                on=on,
                recipient=case.person.name,
                actor=self.officers.counter(case.division_code),
            )
        return letter

    def step(self, case: Application) -> Application:
        """The next step, by the person whose it is."""
        village, officers = case.division_code, self.officers
        match case.next_step:
            case Step.VILLAGE_REVIEW:
                return reviews.review_in_village(
                    application=case,
                    actor=officers.village(village),
                    opinion="情况属实，同意上报。",
                    present=PRESENT,
                )
            case Step.TOWNSHIP_REVIEW:
                return reviews.review_in_township(
                    application=case, actor=officers.reviewer(village), opinion="材料齐全，符合条件。"
                )
            case Step.COUNTY_REVIEW:
                return reviews.review_in_county(
                    application=case, actor=officers.second_county_reviewer, opinion="材料齐全，符合条件。"
                )
            case Step.COUNTY_CONFIRMATION:
                return reviews.confirm_application(
                    application=case, actor=officers.county_reviewer, opinion="予以确认。"
                )
            case _:
                return grants.grant_benefit(application=case, actor=officers.county).application

    def with_papers_missing(self, person: Person) -> None:
        self.enter(person, "NCJF", datetime.date(2013, 12, 30), without=Document.BANK_BOOK)

    def refused(self, person: Person) -> None:
        case = self.bring(person, "NCJF", State.VILLAGE_REVIEWED, datetime.date(2013, 11, 25))
        with clock.demonstration_day(datetime.date(2013, 12, 5)):
            reviews.refuse_application(
                application=case,
                actor=self.officers.reviewer(person.division_code),
                reason="经核实，申请人户口已于2013年11月迁往外县，请向现户籍地申请。",
            )
        letter = self.delivered(case, datetime.date(2013, 12, 9))
        with clock.demonstration_day(datetime.date(2014, 1, 3)):
            receive_appeal(
                letter=letter,
                kind=AppealKind.REVIEW,
                via=AppealVia.COUNTER,
                grounds="户口没有迁走，11月只是到外县的女儿家住了几天，户口簿在这里，请重新核实。",
                received_on=datetime.date(2014, 1, 3),
                actor=self.officers.counter(person.division_code),
            )

    def withdrawn(self, person: Person) -> None:
        case = self.bring(person, "NCJF", State.VILLAGE_REVIEWED, datetime.date(2013, 12, 9))
        with clock.demonstration_day(datetime.date(2013, 12, 11)):
            applications.withdraw_application(
                application=case, actor=self.officers.counter(person.division_code)
            )

    def objected(self, person: Person) -> None:
        case = self.bring(person, "NCJF", State.VILLAGE_REVIEWED, datetime.date(2013, 12, 31))
        with clock.demonstration_day(datetime.date(2014, 1, 3)):
            notice = case.notices.get()
            notices.record_objection(
                notice=notice,
                subject=ObjectionSubject.REGISTRATION,
                actor=self.officers.counter(person.division_code),
            )
