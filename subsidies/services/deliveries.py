"""Letters reach the family: from then on its time limits run."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import DeliveryMethod
from subsidies.models import DecisionLetter, LetterDelivery
from subsidies.services.steps import constraint_of


@transaction.atomic
def deliver_letter(
    *,
    letter: DecisionLetter,
    method: DeliveryMethod,
    on: datetime.date,
    actor: Actor,
    recipient: str = "",
    relation: str = "",
    document: str = "",
) -> LetterDelivery:
    """Record how and when a letter reached the family; `on` of an announcement is the day it was put up.

    By who serves the family, never of the own family. An announcement counts as delivered after the days
    of the letter's terms. Raises NotAllowed, Stale `delivered_already`, DomainError `delivered_later`,
    `delivered_before`, `delivery_incomplete`.
    """
    if not policies.may_deliver_letters(actor) or not actor.covers(letter.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=letter.application.person_id)
    if on > clock.today():
        raise DomainError("delivered_later", _("The day lies in the future. Record it when it has happened."))
    if on < letter.issued_on:
        raise DomainError(
            "delivered_before",
            _("The letter is of %(day)s, so it cannot have been delivered before. Check the day."),
            day=date_format(letter.issued_on, "DATE_FORMAT"),
        )
    is_announced = method == DeliveryMethod.ANNOUNCED
    days = datetime.timedelta(days=letter.terms.announcement_days)
    try:
        with transaction.atomic():
            delivery = LetterDelivery.objects.create(
                letter=letter,
                method=method,
                delivered_on=on + days if is_announced else on,
                announced_on=on if is_announced else None,
                recipient=recipient.strip(),
                relation=relation.strip(),
                document=document.strip(),
                recorded_by_id=actor.staff_id,
                recorded_on=clock.today(),
                division_code=letter.division_code,
            )
    except IntegrityError as error:
        raise _said(error) from error
    record_act(
        actor=actor,
        verb="subsidies.deliver_letter",
        record=letter,
        number=letter.number,
        method=method,
        delivered_on=delivery.delivered_on,
    )
    return delivery


def _said(error: IntegrityError) -> DomainError:
    name = constraint_of(error)
    if name == "a_letter_is_delivered_once":
        return Stale("delivered_already", _("The delivery of this letter is recorded already."))
    if name == "delivery_has_what_its_method_needs":
        return DomainError(
            "delivery_incomplete",
            _(
                "Something is missing: who signed (of a relative also the relation), the postal number, or where it was announced."
            ),
        )
    raise error


@transaction.atomic
def take_back_delivery(*, delivery: LetterDelivery, actor: Actor) -> LetterDelivery:
    """Take a wrong entry back, so that the right one can be made; not once an appeal has come.

    By who may deliver. Raises NotAllowed, Stale `delivery_taken_back`, DomainError `appeal_came`.
    """
    if not policies.may_deliver_letters(actor) or not actor.covers(delivery.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=delivery.letter.application.person_id)
    current = locked(delivery)
    if current.taken_back_on is not None:
        raise Stale("delivery_taken_back", _("This entry has been taken back already."))
    if current.letter.appeals.exists():
        raise DomainError(
            "appeal_came",
            _(
                "The family has appealed since, so its time limits rest on this entry. Tell the county office."
            ),
        )
    current.taken_back_on = clock.today()
    current.taken_back_by_id = actor.staff_id
    current.save(update_fields=["taken_back_on", "taken_back_by"])
    record_act(
        actor=actor,
        verb="subsidies.take_back_delivery",
        record=current.letter,
        number=current.letter.number,
        delivered_on=current.delivered_on,
    )
    return current
