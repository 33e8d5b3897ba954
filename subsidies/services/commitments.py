"""Granting more than is set aside: a right is granted all the same and the shortage said; an award is not."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import DomainError
from offices.services.acts import record_act
from subsidies.models import Grant, ListedAct
from subsidies.selectors.commitments import Shortage, is_refused_beyond_budget, shortages_of


def check_commitment(*, grant: Grant, actor: Actor) -> None:
    """See to it that what a new grant costs this year is set aside.

    The database has committed the grant on its lines already, and holds them locked until the
    transaction ends, so that two grants at once are both counted. A family that is entitled is
    not refused for lack of money: the shortage is an act, and work for the finance officer. An
    award by selection is refused, unless its policy's parameter `beyond_budget` says `warn`.
    Raises DomainError `award_beyond_budget`.
    """
    short = _short(grant)
    if not short:
        return
    if is_refused_beyond_budget(grant):
        raise DomainError(
            "award_beyond_budget",
            _(
                "The budget of %(year)s from %(source)s has %(amount)s yuan too little for this award. Raise the "
                "budget first, or move money to it."
            ),
            year=short[0].year,
            source=short[0].source,
            amount=short[0].amount,
        )
    _say_short(short, record=grant, actor=actor)


def check_listed_commitment(*, grants: Sequence[Grant], listed: ListedAct, actor: Actor) -> None:
    """The same for the grants of a list, of a right that is not refused: one act says the shortage of all.

    They cost alike what begins in one year under one policy version, so one of them speaks for the others.
    """
    alike = {(grant.from_on.year, grant.policy_version_id): grant for grant in grants}
    for grant in alike.values():
        short = _short(grant)
        if short:
            _say_short(short, record=listed, actor=actor)


def _short(grant: Grant) -> list[Shortage]:
    return [shortage for shortage in shortages_of(grant) if shortage.line is not None]


def _say_short(short: list[Shortage], *, record: models.Model, actor: Actor) -> None:
    record_act(
        actor=actor,
        verb="subsidies.grant_beyond_budget",
        record=record,
        year=short[0].year,
        short={shortage.code: shortage.amount for shortage in short},
    )
