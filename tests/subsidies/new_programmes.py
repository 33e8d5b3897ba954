"""New programmes for tests: what a county enters, and a version of each kind that is whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from subsidies.enums import FREQUENCIES, Frequency, ProgrammeKind, StopRule, Unit
from subsidies.models import PolicyVersion
from subsidies.services.drafts import change_draft
from subsidies.services.programmes import Terms, enter_programme
from subsidies.services.publication import publish_policy, submit_policy
from tests.subsidies.cases import NOTICE
from tests.subsidies.policies import approver, author, simulate

TERMS = Terms(
    name_zh="高龄父母慰问金",
    name_en="Gift to aged parents",
    unit=Unit.PERSON,
    kind=ProgrammeKind.CASH,
    frequency=Frequency.YEARLY,
    is_posted=True,
)
OLD: dict[str, Any] = {"clause": "age", "age_at_least": {"years": 75}}


def terms(**changed: Any) -> Terms:
    """The terms above with some changed; as often as the kind is given first."""
    kind = changed.get("kind", TERMS.kind)
    often = {"frequency": FREQUENCIES[kind][0], "is_posted": kind != ProgrammeKind.LETTER}
    return replace(TERMS, **{**often, **changed})


def entered(code: str = "GLWW", **changed: Any) -> PolicyVersion:
    """The first draft of a new programme."""
    return enter_programme(actor=author(), code=code, terms=terms(**changed))


def dated(value: str, since: str = "2014-01-01") -> list[dict[str, Any]]:
    return [{"from": since, "to": None, "value": value, "known": "source"}]


def whole(draft: PolicyVersion) -> dict[str, Any]:
    """Every part that a draft of its kind needs, on top of what it begins with."""
    kind = draft.programme.kind
    has_money = kind not in (ProgrammeKind.POINTS, ProgrammeKind.LETTER)
    values = {"amount": dated("500.00")} if has_money else {}
    if kind == ProgrammeKind.POINTS:
        values = {"points": dated("10")}
    return {
        "basis_title": "关于发放高龄父母慰问金的通知",
        "from_on": "2014-01-01",
        "rule": draft.rule if kind == ProgrammeKind.AWARD else {"all": [*draft.rule["all"], OLD]},
        "parameters": values,
        "notice": NOTICE if draft.programme.is_posted else {},
        "funding": [{"source": "county", "share": "1"}] if has_money else [],
        "stop_rule": StopRule.END_OF_MONTH,
    }


def completed(draft: PolicyVersion, **changed: Any) -> PolicyVersion:
    """The draft with all that it needs, but for what is changed."""
    parts = {**whole(draft), **changed}
    saved = change_draft(actor=author(), draft=draft, revision=draft.revision, **parts)
    saved.refresh_from_db()
    return saved


def published(code: str = "GLWW", **changed: Any) -> PolicyVersion:
    """A new programme, written by one person and published by another."""
    draft = completed(entered(code, **changed))
    simulate(draft)
    submit_policy(actor=author(), draft=draft, revision=draft.revision)
    return publish_policy(actor=approver(), version=draft, revision=draft.revision)
