"""The sheet of a village's families comes to the counter: their applications entered together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, Stale
from offices.services.numbers import next_numbers
from subsidies.enums import Step, StepResult
from subsidies.models import Application, Programme
from subsidies.services.applications import file_number, series_of
from subsidies.services.debt_cases import follow_entries
from subsidies.services.listed_acts import Listed, one_day, write_listed_act
from subsidies.services.listed_cases import check_may_list, in_parts, sort_entrants
from subsidies.services.public_status import give_codes
from subsidies.services.steps import constraint_of, due_after, write_steps


@transaction.atomic
@one_day()
def enter_listed(
    *,
    actor: Actor,
    programme: Programme,
    division_code: str,
    declaration_document: str,
    people: Collection[UUID] | None = None,
) -> Listed:
    """Enter the applications of those owed in a village or township, or of the chosen of them, by one sheet.

    Each family signed the declaration on the sheet (`declaration_document` names it), and the counter has
    seen its papers; whose papers are not complete is not chosen, and entered alone. By whoever enters single
    ones. Nobody to enter: nothing is written. Raises NotAllowed, Stale, DomainError `not_by_list`,
    `declaration_missing`, `no_policy`, `not_assessed`, `list_too_long`.
    """
    check_may_list(actor=actor, programme=programme, step=Step.ENTRY, division_code=division_code)
    if not declaration_document.strip():
        raise DomainError(
            "sheet_missing",
            _("Name the sheet on which the families signed the declaration: it is kept with the list."),
        )
    year = clock.today().year
    series = series_of(programme=programme)
    # Whoever enters at the same time waits here and then finds who has applied.
    next_numbers(series=series, year=year, count=0)
    sorting = sort_entrants(actor=actor, programme=programme, division_code=division_code, people=people)
    if not sorting.ready:
        return Listed(None, left_behind=sorting.left_behind)
    numbers = next_numbers(series=series, year=year, count=sorting.taken)
    first = sorting.ready[0]
    due_on = due_after(first, first.next_step, start=clock.today())
    for application, number in zip(sorting.ready, numbers, strict=True):
        application.file_number = file_number(programme=programme, number=number)
        application.due_on = due_on
    listed = write_listed_act(
        actor=actor,
        verb="subsidies.enter_listed",
        step=Step.ENTRY,
        programme=programme,
        division_code=division_code,
        sorting=sorting,
        document=declaration_document,
    )
    for part in in_parts(sorting.ready):
        _save(part)
        give_codes(applications=part)
        write_steps(applications=part, actor=actor, step=Step.ENTRY, result=StepResult.PASSED, listed=listed)
        follow_entries(applications=part)
    return Listed(listed, sorting.taken, sorting.left_behind)


def _save(applications: Sequence[Application]) -> None:
    try:
        with transaction.atomic():
            Application.objects.bulk_create(applications)
    except IntegrityError as error:
        if constraint_of(error) != "one_open_application_for_a_programme":
            raise
        raise Stale(
            "applied_meanwhile",
            _("Somebody on the list has just been entered elsewhere. Nothing was written; do it again."),
        ) from error
