"""Nobody acts on a case of her own family: who stands behind an account, and the refusal in words."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.models import Person, StaffIdentity
from households.selectors.number_search import whose_number
from households.selectors.own_family import is_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.identifiers import read_citizen_number
from offices.models import Staff
from offices.sealing import Purpose, digest
from offices.services.acts import record_act
from offices.services.states import locked

CONSTRAINT = "nobody_acts_on_own_family"
"""The name under which every trigger refuses."""


def own_family() -> DomainError:
    """The refusal; it does not say by which relation."""
    return DomainError(
        "own_family",
        _(
            "This is a case of your own or of your family, so you may not act on it. "
            "Hand it to a colleague who is not related."
        ),
    )


def check_not_own_family(*, actor: Actor, person: UUID) -> None:
    """Refuse before anything is written what the database would refuse. Raises DomainError `own_family`."""
    if is_own_family(staff=actor.staff_id, person=person, on=clock.today()):
        raise own_family()


@transaction.atomic
def say_who_one_is(*, actor: Actor, number: str) -> StaffIdentity:
    """Record one's own identity number, once; a wrong one is corrected by the security administrator.

    Where the registry has the number, the name must be that of the account: nobody hides behind a
    stranger's. Raises NotAllowed, DomainError of the number's reader, `identity_recorded`,
    `identity_of_another`, `identity_taken`.
    """
    if not policies.may_say_who_one_is(actor):
        raise NotAllowed()
    staff = locked(Staff(pk=actor.staff_id))
    if StaffIdentity.objects.filter(staff=staff).exists():
        raise DomainError(
            "identity_recorded",
            _("Your identity number is recorded already. If it is wrong, ask the security administrator."),
        )
    clean = read_citizen_number(number).number
    with county_scope():
        holder = whose_number(Person.objects.all(), clean).first()
    if holder is not None and holder.name != staff.name:
        raise DomainError(
            "identity_of_another",
            _(
                "This number does not agree with the name of your account. Compare it with your card; "
                "if it is right, ask the security administrator to record it."
            ),
        )
    identity = _record(StaffIdentity(staff=staff), clean, actor)
    record_act(actor=actor, verb="households.record_identity", record=identity, staff=staff.pk)
    return identity


@transaction.atomic
def keep_identity(*, actor: Actor, staff: Staff, number: str) -> StaffIdentity:
    """Record or correct who stands behind an account, with the card in hand.

    The security administrator may. Raises NotAllowed, DomainError of the number's reader,
    `identity_taken`.
    """
    if not policies.may_keep_staff_identities(actor):
        raise NotAllowed()
    staff = locked(staff)
    clean = read_citizen_number(number).number
    known = StaffIdentity.objects.filter(staff=staff).first()
    identity = _record(known or StaffIdentity(staff=staff), clean, actor)
    verb = "households.correct_identity" if known else "households.record_identity"
    record_act(actor=actor, verb=verb, record=identity, staff=staff.pk)
    return identity


def _record(identity: StaffIdentity, number: str, actor: Actor) -> StaffIdentity:
    identity.id_number_digest = digest(number, Purpose.IDENTITY_NUMBER)
    identity.recorded_on = clock.today()
    identity.recorded_by_id = actor.staff_id
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError as error:
        raise DomainError(
            "identity_taken",
            _("Another account is recorded with this identity number. Compare both with their cards."),
        ) from error
    return identity
