"""Who of a place can take a step by list, and who stays behind and why.

Nothing is written: a page shows it before the act, and the act asks again with the cases locked. What keeps
somebody back is defined where single acts ask for it; what one of them would refuse, the list leaves behind.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.selectors.own_family import own_family_among
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.divisions import scope_of
from offices.errors import DomainError, NotAllowed
from subsidies import policies
from subsidies.documents import required_documents
from subsidies.enums import LISTED_KINDS, ApplicationState, LeftBehind, Outcome, Standing, Step
from subsidies.models import (
    Application,
    ApplicationStep,
    Assessment,
    Debt,
    Grant,
    Notice,
    Objection,
    Programme,
)
from subsidies.models.applications import BANDS_ASKED_IN, ApplicationQuerySet
from subsidies.selectors.assessed import assessed_among
from subsidies.selectors.owed import assessments, newest_sweep
from subsidies.services.applications import new_application, policy_applied_under
from subsidies.services.confirmations import confirmations_for
from subsidies.services.receipts import this_moment

STATES_OF: Mapping[str, tuple[ApplicationState, ...]] = {
    Step.VILLAGE_REVIEW: (ApplicationState.ENTERED, ApplicationState.DOCUMENTS_MISSING),
    Step.TOWNSHIP_REVIEW: (ApplicationState.VILLAGE_REVIEWED,),
    Step.COUNTY_CONFIRMATION: (ApplicationState.TOWNSHIP_REVIEWED, ApplicationState.COUNTY_REVIEWED),
    Step.GRANT: (ApplicationState.COUNTY_CONFIRMED,),
}
"""Of whom a list for a step is drawn up: whoever stands before it."""
MOST_CASES = 50_000
"""In one list: a large township's."""
AT_ONCE = 1000
"""So many cases are asked about, and written, by one statement."""
_OF_PEOPLE = ("name", "name_sort", "died_on", "merged_into", "division_code")
T = TypeVar("T")
K = TypeVar("K")
_Found = Mapping[UUID, tuple[Outcome, Decimal | None]]


@dataclass(frozen=True, slots=True)
class Sorting:
    """The cases that can go, in their order, with today's amount and number of reviewers; and the others by reason.

    By what was known at the moment `known_at`.
    """

    known_at: datetime.datetime
    ready: list[Application]
    left_behind: dict[LeftBehind, int]

    @property
    def taken(self) -> int:
        return len(self.ready)

    @property
    def count(self) -> int:
        """Everybody who was looked at."""
        return self.taken + sum(self.left_behind.values())


def check_may_list(*, actor: Actor, programme: Programme, step: str, division_code: str) -> None:
    """Whether the actor takes this step for the place, by list. Raises NotAllowed, DomainError `not_by_list`."""
    if not policies.may_take(actor, step=step, division_code=division_code):
        raise NotAllowed()
    if programme.kind not in LISTED_KINDS:
        raise DomainError(
            "not_by_list",
            _(
                "Of %(programme)s each case is decided alone. Only premiums paid on behalf and points lists go by list."
            ),
            programme=programme.name,
        )


def cases_before(
    *,
    actor: Actor,
    programme: Programme,
    step: str,
    division_code: str,
    applications: Collection[UUID] | None = None,
) -> ApplicationQuerySet:
    """The cases of a place that stand before a step, or the chosen ones wherever they stand."""
    scope = scope_of(division_code)
    cases = Application.objects.visible_to(actor).filter(
        programme=programme, division_code__gte=scope, division_code__lt=scope + "~"
    )
    if applications is None:
        return cases.filter(state__in=STATES_OF[step])
    return cases.filter(pk__in=list(applications))


def count_before(*, actor: Actor, programme: Programme, step: str, division_code: str) -> int:
    """How many of a place a list for a step would look at. Raises DomainError `not_assessed`."""
    if step == Step.ENTRY:
        return _owed_in(actor, programme, division_code).count()
    return cases_before(actor=actor, programme=programme, step=step, division_code=division_code).count()


def sort_cases(*, actor: Actor, programme: Programme, step: str, cases: Sequence[UUID]) -> Sorting:
    """Who of the cases can take the step today, in their order.

    Raises DomainError `no_policy_on_day`, `list_too_long`.
    """
    check_length(len(cases))
    known_at = this_moment()
    reviewers = _reviewers(programme)
    left: Counter[LeftBehind] = Counter()
    ready: list[Application] = []
    for part in in_parts(cases):
        found = _with_what_keeps_back(actor, part)
        people = _people_of(found)
        own = own_family_among(staff=actor.staff_id, people=people, on=clock.today())
        results = assessed_among(people=list(people), programme=programme, on=clock.today())
        granted = _with_open_grant(programme, people) if step == Step.GRANT else set()
        for case in found:
            case.programme, case.person = programme, people[case.person_id]
            reason = (
                _kept_back(case, step)
                or _own(case.person_id, own)
                or (LeftBehind.ACTED_BEFORE if case.has_acted else None)
                or _no_longer(case.person)
                or _unfit(case.person_id, results)
                or (LeftBehind.RECEIVES_ALREADY if case.person_id in granted else None)
            )
            if reason is None:
                case.annual_amount = results[case.person_id][1]
                if case.state in BANDS_ASKED_IN:
                    case.confirmations = reviewers(case.annual_amount)
                if case.next_step == step:
                    ready.append(case)
                    continue
                reason = LeftBehind.TWO_REVIEWERS
            left[reason] += 1
    return Sorting(known_at, ready, dict(left))


def check_length(count: int) -> None:
    """A list is one transaction, which holds its cases until it ends. Raises DomainError `list_too_long`."""
    if count > MOST_CASES:
        raise DomainError(
            "list_too_long",
            _(
                "%(count)d cases are too many for one list: at most %(most)d. Take one township after the other."
            ),
            count=count,
            most=MOST_CASES,
        )


def _with_what_keeps_back(actor: Actor, cases: Sequence[UUID]) -> list[Any]:
    """Cases with what hangs, what is objected and whether the actor has acted on them."""
    return list(
        Application.objects.visible_to(actor)
        .filter(pk__in=cases)
        .select_related("policy_version")
        .annotate(
            hangs=Exists(Notice.objects.in_the_way_on(clock.today()).filter(application=OuterRef("pk"))),
            waits=Exists(Objection.objects.unanswered().filter(notice__application=OuterRef("pk"))),
            is_upheld=Exists(Objection.objects.upheld().filter(notice__application=OuterRef("pk"))),
            has_acted=Exists(
                ApplicationStep.objects.acts_of(actor.staff_id).filter(application=OuterRef("pk"))
            ),
        )
        .order_by("pk")
    )


def _kept_back(case: Any, step: str) -> LeftBehind | None:
    """Where it stands, and what hangs or is objected."""
    if case.state == ApplicationState.DOCUMENTS_MISSING:
        return LeftBehind.DOCUMENTS_MISSING
    if case.state not in STATES_OF[step]:
        return LeftBehind.ANOTHER_STEP
    if case.hangs:
        return LeftBehind.NOTICE_RUNNING
    if case.waits:
        return LeftBehind.OBJECTION_OPEN
    return LeftBehind.OBJECTION_UPHELD if case.is_upheld else None


def sort_entrants(
    *, actor: Actor, programme: Programme, division_code: str, people: Collection[UUID] | None = None
) -> Sorting:
    """Whose application can be entered today, of those owed in a place by the newest assessment or the chosen.

    The applications are not yet numbered nor written. Raises DomainError `no_policy`, `not_assessed`,
    `list_too_long`.
    """
    known_at, today = this_moment(), clock.today()
    version = policy_applied_under(programme=programme)
    documents = [str(code) for code in sorted(required_documents(version))]
    reviewers = _reviewers(programme)
    owed = list(_owed_in(actor, programme, division_code).values_list("person_id", flat=True))
    check_length(len(owed))
    chosen = set(owed if people is None else people)
    wanted = [person for person in owed if person in chosen]
    left: Counter[LeftBehind] = Counter({LeftBehind.NOT_OWED: len(chosen) - len(wanted)})
    ready: list[Application] = []
    for part in in_parts(wanted):
        found = _entrants(programme, part)
        own = own_family_among(staff=actor.staff_id, people=part, on=today)
        results = assessed_among(people=part, programme=programme, on=today)
        for key in part:
            person: Any = found.get(key)
            reason = _own(key, own) or _no_longer(person) or _has_already(person) or _unfit(key, results)
            if reason is None and not _is_within(person, actor, division_code):
                reason = LeftBehind.MOVED
            if reason is not None:
                left[reason] += 1
                continue
            application = new_application(
                actor=actor,
                person=person,
                programme=programme,
                version=version,
                documents=documents,
                annual_amount=results[key][1],
            )
            application.confirmations = reviewers(application.annual_amount)
            ready.append(application)
    ready.sort(key=lambda case: (case.division_code, case.person.name_sort, case.person_id))
    return Sorting(known_at, ready, {reason: count for reason, count in left.items() if count})


def _owed_in(actor: Actor, programme: Programme, division_code: str) -> QuerySet[Assessment]:
    """Who is owed by the newest assessment. Raises DomainError `not_assessed`."""
    sweep = newest_sweep(until=clock.today())
    if sweep is None:
        raise DomainError(
            "not_assessed",
            _("Nobody has been assessed yet, so nobody is known to be owed. Have everybody assessed first."),
        )
    scope = scope_of(division_code)
    rows = assessments(actor=actor, sweep=sweep).filter(
        programme=programme,
        standing=Standing.OWED,
        division_code__gte=scope,
        division_code__lt=scope + "~",
    )
    return rows.order_by("person")


def _people_of(cases: Sequence[Application]) -> dict[UUID, Person]:
    """The people of some cases, wherever they are served now."""
    with county_scope():
        return Person.objects.only(*_OF_PEOPLE).in_bulk([case.person_id for case in cases])


def _entrants(programme: Programme, people: Sequence[UUID]) -> dict[UUID, Any]:
    """People with what speaks against entering an application for them, over the whole county."""
    of_her = {"person": OuterRef("pk"), "programme": programme}
    with county_scope():
        return {
            person.pk: person
            for person in Person.objects.filter(pk__in=people)
            .only(*_OF_PEOPLE)
            .annotate(
                has_applied=Exists(Application.objects.open().filter(**of_her)),
                has_grant=Exists(Grant.objects.not_over_on(clock.today()).filter(**of_her)),
                has_declined=Exists(Debt.objects.declined().filter(**of_her)),
            )
        }


def _with_open_grant(programme: Programme, people: Collection[UUID]) -> set[UUID]:
    """Who has a grant without an end, so that no other can begin."""
    with county_scope():
        grants = Grant.objects.filter(person__in=list(people), programme=programme, to_on=None)
        return set(grants.values_list("person_id", flat=True))


def _own(person: UUID, own: Collection[UUID]) -> LeftBehind | None:
    return LeftBehind.OWN_FAMILY if person in own else None


def _no_longer(person: Person | None) -> LeftBehind | None:
    if person is None or person.merged_into_id is not None:
        return LeftBehind.MERGED
    return LeftBehind.DIED if person.died_on and person.died_on <= clock.today() else None


def _has_already(person: Any) -> LeftBehind | None:
    if person.has_applied:
        return LeftBehind.APPLIED_ALREADY
    if person.has_grant:
        return LeftBehind.RECEIVES_ALREADY
    return LeftBehind.DECLINED if person.has_declined else None


def _is_within(person: Any, actor: Actor, division_code: str) -> bool:
    code = person.division_code
    return code.startswith(scope_of(division_code)) and policies.may_take(
        actor, step=Step.ENTRY, division_code=code
    )


def _unfit(person: UUID, results: _Found) -> LeftBehind | None:
    """What today's rules say against it: unknown is never taken for yes."""
    outcome, amount = results.get(person, (None, None))
    if outcome is None:
        return LeftBehind.MERGED
    if outcome == Outcome.NOT_ENTITLED:
        return LeftBehind.NOT_ENTITLED
    if outcome == Outcome.UNKNOWN:
        return LeftBehind.NOT_KNOWN
    return LeftBehind.AMOUNT_UNKNOWN if amount is None else None


def _reviewers(programme: Programme) -> Any:
    """How many county reviewers an amount takes today, asked once for each amount."""
    today = clock.today()

    @cache
    def of(amount: Decimal | None) -> int:
        return confirmations_for(amount=amount, is_posted=programme.is_posted, on=today)

    return of


def in_parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows a part at a time, so that no statement grows with the list."""
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def alike(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The rows by what they have in common, each in its order."""
    found: dict[K, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
