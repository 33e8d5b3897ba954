"""How many county reviewers confirm: the county's dated bands by amount."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.models import ConfirmationBand


def confirmations_for(*, amount: Decimal | None, is_posted: bool, on: datetime.date) -> int:
    """How many county reviewers confirm an application of a yearly amount on a day.

    Two for programmes that are never posted: they have no notice. An amount not known counts as none.
    """
    if not is_posted:
        return 2
    reached = ConfirmationBand.objects.on(on).filter(from_amount__lte=amount or 0)
    band = reached.order_by("-from_amount").first()
    return band.confirmations if band else 1


@transaction.atomic
def set_band(
    *, from_amount: Decimal, confirmations: int, from_on: datetime.date, document: str, actor: Actor
) -> ConfirmationBand:
    """Let one or two county reviewers confirm from a yearly amount on, from today or a later day.

    The county may. What has been confirmed stays as it is; open applications follow at the next step.
    Raises NotAllowed, DomainError `band_in_the_past`, `band_number`, `band_document`, `band_there_already`.
    """
    if not policies.may_set_confirmations(actor):
        raise NotAllowed()
    if from_on < clock.today():
        raise DomainError(
            "band_in_the_past", _("A band begins today or later: what was decided stays decided.")
        )
    if confirmations not in (1, 2) or from_amount < 0:
        raise DomainError("band_number", _("One or two county reviewers confirm, from an amount of 0 on."))
    if not document.strip():
        raise DomainError("band_document", _("Name the document that this rests on."))
    try:
        with transaction.atomic():
            band = ConfirmationBand.objects.create(
                from_amount=from_amount,
                confirmations=confirmations,
                from_on=from_on,
                document=document.strip(),
                entered_by_id=actor.staff_id,
            )
    except IntegrityError as error:
        raise DomainError(
            "band_there_already", _("A band of this amount holds in that time already. End it first.")
        ) from error
    record_act(
        actor=actor,
        verb="subsidies.set_band",
        record=band,
        from_amount=from_amount,
        confirmations=confirmations,
        from_on=from_on,
    )
    return band


@transaction.atomic
def end_band(*, band: ConfirmationBand, to_on: datetime.date, actor: Actor) -> ConfirmationBand:
    """End a band: from a day on it holds no more. Raises NotAllowed, Stale, DomainError `band_end`."""
    if not policies.may_set_confirmations(actor):
        raise NotAllowed()
    current = locked(band)
    if current.to_on is not None:
        raise Stale("band_ended", _("This band has been ended already."))
    if to_on < max(clock.today(), current.from_on):
        raise DomainError("band_end", _("A band ends today or later, and not before it begins."))
    current.to_on = to_on
    current.save(update_fields=["to_on"])
    record_act(
        actor=actor, verb="subsidies.end_band", record=current, from_amount=current.from_amount, to_on=to_on
    )
    return current
