"""Families nominated for an award by selection; from then on they go the way of every application."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.selectors.people import household_of
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from subsidies import policies
from subsidies.enums import NominationReason, ProgrammeKind, Step
from subsidies.models import Application, Nomination, Programme
from subsidies.services.applications import file_application
from subsidies.services.steps import constraint_of


@transaction.atomic
def nominate_family(
    *, actor: Actor, person: Person, programme: Programme, reasons: Sequence[str]
) -> Application:
    """Nominate somebody's family for an award by selection; she receives it for the family.

    By the counters of village and township, never for the own family. The meeting, the notices, the
    township and the county follow, each by another person. Raises NotAllowed, DomainError
    `not_by_selection`, `reasons_needed`, `no_family`, `nominated_already`, and what file_application
    raises.
    """
    if not policies.may_take(actor, step=Step.ENTRY, division_code=person.division_code):
        raise NotAllowed()
    if programme.kind != ProgrammeKind.AWARD:
        raise DomainError(
            "not_by_selection",
            _("%(programme)s is not given by selection: enter an application."),
            programme=programme.name,
        )
    chosen = check_reasons(reasons)
    today = clock.today()
    household = household_of(person=person, on=today)
    if household is None:
        raise DomainError(
            "no_family", _("%(name)s is in no household. Put that right first."), name=person.name
        )
    application = file_application(actor=actor, person=person, programme=programme)
    try:
        with transaction.atomic():
            Nomination.objects.create(
                application=application,
                programme=programme,
                household=household,
                year=today.year,
                reasons=chosen,
                division_code=application.division_code,
            )
    except IntegrityError as error:
        if constraint_of(error) != "a_family_is_nominated_once_a_year":
            raise
        raise DomainError(
            "nominated_already", _("This family has been nominated for this award this year.")
        ) from error
    record_act(
        actor=actor,
        verb="subsidies.nominate_family",
        record=application,
        programme=programme.pk,
        reasons=chosen,
    )
    return application


def check_reasons(reasons: Sequence[str]) -> list[str]:
    """The reasons chosen from the closed list, in its order. Raises `reasons_needed`."""
    chosen = [reason.value for reason in NominationReason if reason.value in reasons]
    if not chosen:
        raise DomainError("reasons_needed", _("Choose at least one reason for the nomination."))
    return chosen
