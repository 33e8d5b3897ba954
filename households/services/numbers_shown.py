"""Showing a sensitive value in full, and opening a family of another township: acts with a reason."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import ShowReason
from households.models import BankAccount, Person
from households.policies import may_open_families_elsewhere, may_show_numbers
from households.selectors.search import find_person_by_number
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act


class Shown(StrEnum):
    """What may be shown in full."""

    NUMBER = "number"
    PHONE = "phone"
    ACCOUNT = "account"


@transaction.atomic
def show_in_full(*, actor: Actor, person: Person, what: Shown, reason: ShowReason) -> str:
    """The clear value of an identity number, phone or account, once the act is written.

    Raises NotAllowed for roles without a counter, DomainError `nothing_recorded`.
    """
    if not may_show_numbers(actor) or not actor.covers(person.division_code):
        raise NotAllowed()
    sealed = {Shown.NUMBER: person.id_number, Shown.PHONE: person.phone}.get(what)
    if what is Shown.ACCOUNT:
        account = BankAccount.objects.on(clock.today()).filter(person=person).first()
        sealed = account.account if account else None
    if sealed is None:
        raise DomainError("nothing_recorded", _("Nothing is recorded here that could be shown."))
    record_act(actor=actor, verb="households.show_in_full", record=person, what=what, reason=reason)
    return sealed.reveal()


@transaction.atomic
def open_family_elsewhere(*, actor: Actor, number: str, reason: ShowReason) -> Person:
    """Find whoever stands at the counter by the whole number of the card in hand, wherever served.

    Any counter may, with a reason, and the act is logged where the person is served. Raises
    NotAllowed, DomainError of the number's reader, `number_nowhere`.
    """
    if not may_open_families_elsewhere(actor):
        raise NotAllowed()
    with county_scope():
        person = find_person_by_number(number)
        if person is None:
            raise DomainError(
                "number_nowhere",
                _(
                    "Nobody in the county has this identity number. Compare it with the card; "
                    "a family that has just moved here is entered with the next resident file."
                ),
            )
        record_act(actor=actor, verb="households.open_family_elsewhere", record=person, reason=reason)
    return person
