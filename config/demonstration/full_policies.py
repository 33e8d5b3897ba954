"""The county's own policies of the full demonstration: the shipped drafts, filled in by one, published by another."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from config.demonstration.full_plan import FOURTH, GOODS, TOP_UP, TWO_DAUGHTERS
from config.demonstration.officers import acting
from offices import clock
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.services.drafts import change_draft, start_draft, with_rows
from subsidies.services.publication import publish_policy, submit_policy
from subsidies.services.simulation import request_simulation, run_simulation

WRITTEN_ON, APPROVED_ON = datetime.date(2012, 11, 12), datetime.date(2012, 12, 3)
_FIRST_DAY = datetime.date(2013, 1, 1)
AWARD_FROM = datetime.date(2013, 2, 1)
"""From then on the county's own version of the award holds, part of it in goods."""
_ONE_CHILD = {"clause": "child", "living_children": {"count": 1, "step": "no"}}
_ELDERLY = {"clause": "age", "age_at_least": {"years": 55}}

_VALUES: dict[str, dict[str, str]] = {
    "DSYL": {},
    "MXNH": {},
    "MXNB": {"insured_from_age": "55"},
    "ZKJF": {"school_age_from": "15", "school_age_to": "16"},
    "MFXJ": {"goods_amount": str(GOODS)},
    "SNJL": {"amount": str(TWO_DAUGHTERS)},
    "NCTB": {"amount": str(TOP_UP), "age": "75"},
    "QTJL": {"amount": str(FOURTH)},
}
"""What the county states in each draft; everything else stays as it came with the installation."""
_CONDITIONS: dict[str, list[dict[str, Any]]] = {"SNJL": [_ELDERLY], "QTJL": [_ONE_CHILD, _ELDERLY]}
"""Conditions that it puts before the others."""


def publish_county_policies(say: Callable[[str], None]) -> int:
    """Publish what is not published yet; returns how many versions."""
    published = 0
    for code in _VALUES:
        programme = Programme.objects.get(pk=code)
        own = PolicyVersion.objects.filter(programme=programme, state=PolicyState.PUBLISHED, is_shipped=False)
        if not own.exists():
            _publish(programme)
            published += 1
            say(f"  … {code} {programme.name_zh}")
    return published


def _publish(programme: Programme) -> PolicyVersion:
    with clock.demonstration_day(WRITTEN_ON):
        author = acting("county")
        draft = start_draft(actor=author, programme=programme)
        changed = change_draft(actor=author, draft=draft, revision=draft.revision, **_parts(draft))
        job = request_simulation(actor=author, version=changed, as_of=max(changed.from_on, _FIRST_DAY))
        run_simulation(actor=author, job_id=job.pk)
        submitted = submit_policy(actor=author, draft=changed, revision=changed.revision)
    with clock.demonstration_day(APPROVED_ON):
        return publish_policy(actor=acting("county-2"), version=submitted, revision=submitted.revision)


def _parts(draft: PolicyVersion) -> dict[str, Any]:
    code = draft.programme_id
    from_on = AWARD_FROM if code == "MFXJ" else draft.from_on
    parameters = dict(draft.parameters)
    for name, value in _VALUES[code].items():
        row = {"from": from_on.isoformat(), "to": None, "value": value, "known": "inferred"}
        parameters = with_rows(parameters, name, [row])
    rule = {**draft.rule, "all": [*_CONDITIONS.get(code, ()), *draft.rule["all"]]}
    return {
        "from_on": from_on,
        "parameters": parameters,
        "rule": rule,
        "basis_number": f"山政办发〔2012〕{40 + draft.programme.order}号",
    }
