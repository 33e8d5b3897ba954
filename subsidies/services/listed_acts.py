"""What every act by list has in common: the cases locked and sorted, the one record of it, what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from offices import clock
from offices.actors import Actor
from offices.services.acts import record_act
from subsidies.enums import LeftBehind, Step
from subsidies.models import Application, ListedAct, Programme
from subsidies.services.listed_cases import Sorting, cases_before, check_may_list, sort_cases, sort_entrants


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of a list: its act (None when nobody could go, and nothing was written), and how many stayed behind, by reason."""

    act: ListedAct | None
    taken: int = 0
    left_behind: Mapping[LeftBehind, int] = field(default_factory=dict)


@contextmanager
def one_day() -> Iterator[None]:
    """A list has one business day, asked once."""
    with clock.held(clock.today()):
        yield


def lock_and_sort(
    *,
    actor: Actor,
    programme: Programme,
    step: str,
    division_code: str,
    applications: Collection[UUID] | None,
) -> Sorting:
    """The cases of a list, locked in the order of their keys, then asked about: two at once wait for each other."""
    cases = cases_before(
        actor=actor,
        programme=programme,
        step=step,
        division_code=division_code,
        applications=applications,
    )
    locked = cases.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    sorting = sort_cases(actor=actor, programme=programme, step=step, cases=list(locked))
    missing = 0 if applications is None else len(set(applications)) - sorting.count
    if missing:
        sorting.left_behind[LeftBehind.MOVED] = missing
    return sorting


@one_day()
def look_ahead(*, actor: Actor, programme: Programme, step: str, division_code: str) -> Sorting:
    """Who would go by a list now, and who would stay behind; nothing is written or locked.

    Raises as the act itself.
    """
    check_may_list(actor=actor, programme=programme, step=step, division_code=division_code)
    if step == Step.ENTRY:
        return sort_entrants(actor=actor, programme=programme, division_code=division_code)
    cases = cases_before(actor=actor, programme=programme, step=step, division_code=division_code)
    return sort_cases(
        actor=actor,
        programme=programme,
        step=step,
        cases=list(cases.order_by("pk").values_list("pk", flat=True)),
    )


def write_listed_act(
    *,
    actor: Actor,
    verb: str,
    step: str,
    programme: Programme,
    division_code: str,
    sorting: Sorting,
    opinion: str = "",
    present: Sequence[str] = (),
    certificate_number: str = "",
    document: str = "",
) -> ListedAct:
    """Write the one act of a list, with the digest of its file numbers; the steps that refer to it follow."""
    left_behind = {reason.value: count for reason, count in sorted(sorting.left_behind.items())}
    listed = ListedAct.objects.create(
        step=step,
        programme=programme,
        acted_by_id=actor.staff_id,
        role=actor.role,
        acted_on=clock.today(),
        known_at=sorting.known_at,
        opinion=opinion.strip(),
        present=list(present),
        certificate_number=certificate_number,
        document=document.strip(),
        taken=sorting.taken,
        left_behind=left_behind,
        digest=digest_of(applications=sorting.ready),
        division_code=division_code,
    )
    record_act(
        actor=actor,
        verb=verb,
        record=listed,
        programme=programme.pk,
        taken=listed.taken,
        left_behind=left_behind,
        digest=listed.digest,
        certificate=certificate_number,
    )
    return listed


def digest_of(*, applications: Sequence[Application]) -> str:
    """SHA-256 of the file numbers in order, one a line."""
    numbers = sorted(application.file_number for application in applications)
    return hashlib.sha256("\n".join(numbers).encode()).hexdigest()
