"""Drafts of policy versions: begun as a copy, changed part by part, discarded. Nothing published changes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.models.programmes import TRANSITIONS
from subsidies.policies import may_publish_policies
from subsidies.predicates import RuleError, read_rule
from subsidies.selectors.needs import starting_rule
from subsidies.selectors.rules import value_on

NEEDS_A_VALUE = frozenset({"parameter_without_value", "wrong_value"})
"""What a draft may lack while it is written; the page lists it."""
CONTENT = (
    "rule", "parameters", "notice", "funding", "stop_rule", "basis_title", "basis_number", "remark_zh", "remark_en",
)  # fmt: skip


@transaction.atomic
def start_draft(*, actor: Actor, programme: Programme) -> PolicyVersion:
    """Begin a version of a programme as a copy of the newest published one, else of the shipped draft.

    Of a new programme there is nothing to copy: the draft begins with what its kind needs.

    The county may. Raises NotAllowed, DomainError `draft_is_open`.
    """
    if not may_publish_policies(actor):
        raise NotAllowed()
    versions = PolicyVersion.objects.filter(programme=programme)
    source = (
        versions.filter(state=PolicyState.PUBLISHED).order_by("-from_on").first()
        or versions.filter(is_shipped=True).order_by("-number").first()
    )
    is_draft = source is not None and source.state != PolicyState.PUBLISHED
    draft = PolicyVersion(
        programme=programme,
        number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        from_on=source.from_on if source and is_draft else _next_year(),
        drafted_by_id=actor.staff_id,
        authors=[actor.staff_id],
        rule=starting_rule(programme),
    )
    for name in CONTENT if source else ():
        setattr(draft, name, getattr(source, name))
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            "draft_is_open",
            _("A draft of this programme is open already. Go on with it, or discard it first."),
        ) from error
    record_act(
        actor=actor,
        verb="subsidies.start_policy",
        record=draft,
        programme=programme.pk,
        number=draft.number,
        copied=source.number if source else None,
    )
    return draft


def _next_year() -> datetime.date:
    return datetime.date(clock.today().year + 1, 1, 1)


@transaction.atomic
def change_draft(*, actor: Actor, draft: PolicyVersion, revision: int, **parts: Any) -> PolicyVersion:
    """Save parts of a draft: `from_on` and the fields of CONTENT; whoever saves is one of its authors.

    `revision` is that of the draft as it was opened. The county may. Raises NotAllowed; Stale where
    somebody saved in between or it is no draft any more; RuleError for a rule that no draft may have.
    """
    if not may_publish_policies(actor):
        raise NotAllowed()
    current = locked_draft(draft, revision=revision)
    changed = [name for name, value in parts.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, parts[name])
    if {"rule", "parameters"} & set(changed):
        check_tree(current)
    if not changed:
        return current
    current.revision += 1
    if actor.staff_id not in current.authors:
        current.authors = [*current.authors, actor.staff_id]
    current.save(update_fields=[*changed, "revision", "authors"])
    record_act(
        actor=actor,
        verb="subsidies.change_policy_draft",
        record=current,
        programme=current.programme_id,
        number=current.number,
        parts=changed,
        revision=current.revision,
    )
    return current


def check_tree(version: PolicyVersion) -> None:
    """Refuse a rule that the closed vocabulary does not have; conditions and values may still be missing."""
    if version.rule == {"all": []}:
        return
    try:
        read_rule(version.rule, lambda name: value_on(version, name, version.from_on))
    except RuleError as refusal:
        if refusal.code not in NEEDS_A_VALUE:
            raise


def with_rows(parameters: Mapping[str, Any], name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Parameters with the dated values of one of them; without values it is no longer there."""
    kept = {other: value for other, value in parameters.items() if other != name}
    return {**kept, name: list(rows)} if rows else kept


@transaction.atomic
def discard_draft(*, actor: Actor, draft: PolicyVersion, revision: int) -> PolicyVersion:
    """Give a draft up; it stays on record and nothing rests on it. The county may.

    A new programme goes with its only draft: it stands in no list until it is begun anew. Raises NotAllowed, Stale.
    """
    if not may_publish_policies(actor):
        raise NotAllowed()
    current = locked_draft(draft, revision=revision)
    return move(
        record=current,
        to=PolicyState.DISCARDED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.discard_policy",
        detail={"programme": current.programme_id, "number": current.number},
    )


def locked_draft(draft: PolicyVersion, *, revision: int) -> PolicyVersion:
    """A draft as it was opened, locked until the transaction ends.

    Raises Stale where somebody saved in between, it is no draft any more, or came with the installation.
    """
    current = locked(draft)
    if current.is_shipped:
        raise Stale(
            "shipped_version",
            _("This version came with the installation and stays as it is. Begin a version of your own."),
        )
    if current.state != PolicyState.DRAFT:
        raise Stale(
            "no_draft",
            _("This version is no draft any more: it is “%(state)s”. Open it to see what happened."),
            state=current.get_state_display(),
        )
    if current.revision != revision:
        raise Stale(
            "saved_meanwhile",
            _(
                "Somebody saved this draft while you were writing. What you typed is still here: "
                "open the draft in another window, compare, and enter it again there."
            ),
        )
    return current
