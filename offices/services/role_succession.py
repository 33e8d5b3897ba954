"""Roles of a division that ends go on in what follows it, from the same day and for the same time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db.models import Q

from offices.actors import Actor
from offices.models import RoleGrant
from offices.models.staff import RoleGrantQuerySet
from offices.services.acts import record_act

Period = tuple[datetime.date, datetime.date | None]


def pass_on_roles(
    *, actor: Actor, successors: Mapping[str, Sequence[str]], on: datetime.date
) -> list[tuple[RoleGrant, str]]:
    """Grant every role of these divisions that reaches beyond a day on to their successors.

    The old grant ends on the day; one that begins later goes on from its own beginning. Who holds the
    role for the successor already gets it only for what is not covered. Part of the act that ended the
    division. Returns the old grants, each with a successor's code.
    """
    passed: list[tuple[RoleGrant, str]] = []
    held = RoleGrant.objects.select_related("staff").filter(
        Q(to_on=None) | Q(to_on__gt=on), division__in=list(successors)
    )
    for grant in held.order_by("from_on", "id"):
        begins, ends = max(grant.from_on, on), grant.to_on
        _end(grant, on)
        for code in successors[grant.division_id]:
            passed.append((grant, code))
            _grant(actor, grant, code, (begins, ends))
    return passed


def _end(grant: RoleGrant, on: datetime.date) -> None:
    """End a grant on a day; of one that has not begun its first day alone is left, as a trace of who gave it."""
    grant.to_on = max(on, grant.from_on + datetime.timedelta(days=1))
    grant.save(update_fields=["to_on"])


def _grant(actor: Actor, former: RoleGrant, code: str, period: Period) -> None:
    for begins, ends in _left_open(period, [(one.from_on, one.to_on) for one in _same(former, code)]):
        grant = RoleGrant.objects.create(
            staff_id=former.staff_id,
            role=former.role,
            division_id=code,
            from_on=begins,
            to_on=ends,
            granted_by_id=actor.staff_id,
        )
        record_act(
            actor=actor,
            verb="offices.grant_role",
            record=grant,
            division_code=code,
            role=former.role,
            from_on=begins,
            before=former.division_id,
        )


def _same(grant: RoleGrant, code: str) -> RoleGrantQuerySet:
    return RoleGrant.objects.filter(staff=grant.staff_id, role=grant.role, division=code)


def _overlap(one: Period, other: Period) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def _left_open(period: Period, taken: Sequence[Period]) -> list[Period]:
    """What of a period `[from, to)` is left open by others; an empty end is open."""
    begins, ends = period
    left: list[Period] = []
    for other_begins, other_ends in sorted(taken, key=lambda one: one[0]):
        if not _overlap((begins, ends), (other_begins, other_ends)):
            continue
        if begins < other_begins:
            left.append((begins, other_begins))
        if other_ends is None:
            return left
        begins = max(begins, other_ends)
        if ends is not None and begins >= ends:
            return left
    return [*left, (begins, ends)]
