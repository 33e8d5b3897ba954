"""Goods of awards: received, handed out against signature, never more than there are."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import GoodsMoveKind, GrantState, ProgrammeKind
from subsidies.models import GoodsItem, GoodsMove, Grant
from subsidies.services.steps import constraint_of


@transaction.atomic
def add_goods(*, actor: Actor, name: str, unit: str, unit_value: Decimal) -> GoodsItem:
    """Enter a kind of goods; its stock begins at nothing. By the county. Raises NotAllowed, `goods_there`."""
    if not policies.may_keep_goods(actor):
        raise NotAllowed()
    with county_scope():
        try:
            with transaction.atomic():
                item = GoodsItem.objects.create(
                    name=" ".join(name.split()),
                    unit=unit.strip(),
                    unit_value=unit_value,
                    entered_by_id=actor.staff_id,
                    entered_on=clock.today(),
                    division_code=full_code(current_context().county),
                )
        except IntegrityError as error:
            raise DomainError("goods_there", _("Goods of this name are there already.")) from error
        record_act(actor=actor, verb="subsidies.add_goods", record=item, name=item.name)
    return item


@transaction.atomic
def move_goods(
    *, actor: Actor, item: GoodsItem, kind: str, quantity: int, moved_on: datetime.date, document: str
) -> GoodsMove:
    """Book goods in, or those that are damaged or missing out, by a document. By the county.

    Raises NotAllowed, DomainError `goods_kind`, `document_needed`, `moved_on_impossible`, `out_of_stock`.
    """
    if not policies.may_keep_goods(actor):
        raise NotAllowed()
    if kind not in (GoodsMoveKind.RECEIVED, GoodsMoveKind.LOST):
        raise DomainError("goods_kind", _("Choose whether the goods came in or were lost."))
    if not document.strip():
        raise DomainError("document_needed", _("Name the paper that this rests on."))
    return _move(actor, item, GoodsMoveKind(kind), quantity, moved_on, document=document.strip())


@transaction.atomic
def hand_out_goods(
    *, actor: Actor, grant: Grant, item: GoodsItem, quantity: int, moved_on: datetime.date, signed_by: str
) -> GoodsMove:
    """Hand goods of an award to the family, which signs for them. By the township's counter or the county.

    Raises NotAllowed, DomainError `own_family`, `no_award`, `signature_needed`, `handed_out_already`,
    `moved_on_impossible`, `out_of_stock`.
    """
    if not policies.may_hand_out_goods(actor) or not actor.covers(grant.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=grant.person_id)
    if grant.programme.kind != ProgrammeKind.AWARD or grant.state != GrantState.LIVE:
        raise DomainError("no_award", _("Goods are handed out for an award that holds, for nothing else."))
    if not signed_by.strip():
        raise DomainError("signature_needed", _("Write who signed for the goods."))
    return _move(
        actor, item, GoodsMoveKind.HANDED_OUT, quantity, moved_on, grant=grant, signed_by=signed_by.strip()
    )


def _move(
    actor: Actor,
    item: GoodsItem,
    kind: GoodsMoveKind,
    quantity: int,
    moved_on: datetime.date,
    *,
    document: str = "",
    grant: Grant | None = None,
    signed_by: str = "",
) -> GoodsMove:
    if moved_on > clock.today():
        raise DomainError("moved_on_impossible", _("The day lies after today. Correct it."))
    with county_scope():
        current = locked(item)
        try:
            with transaction.atomic():
                move = GoodsMove.objects.create(
                    item=current,
                    kind=kind,
                    quantity=quantity,
                    moved_on=moved_on,
                    document=document,
                    grant=grant,
                    signed_by=signed_by,
                    recorded_by_id=actor.staff_id,
                    division_code=current.division_code,
                )
        except IntegrityError as error:
            if constraint_of(error) == "goods_are_handed_out_once":
                raise DomainError(
                    "handed_out_already", _("These goods have been handed out for this award already.")
                ) from error
            if constraint_of(error) != "stock_of_goods_is_never_below_zero":
                raise
            raise DomainError(
                "out_of_stock",
                _("Of %(name)s there are %(stock)s %(unit)s in stock. Book what came in first."),
                name=current.name,
                stock=current.stock,
                unit=current.unit,
            ) from error
        record_act(
            actor=actor,
            verb=f"subsidies.goods_{kind.value}",
            record=grant or current,
            name=current.name,
            quantity=quantity,
            document=document,
        )
    return move
