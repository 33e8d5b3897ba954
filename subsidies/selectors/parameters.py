"""The dated parameters of a policy version, as they stand on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from subsidies.models import PolicyVersion
from subsidies.predicates import RuleError


def row_on(rows: Iterable[dict[str, Any]], day: datetime.date) -> dict[str, Any] | None:
    """The row of a parameter that holds on a day: its period is [from, to)."""
    text = day.isoformat()
    return next((row for row in rows if row["from"] <= text and (not row["to"] or row["to"] > text)), None)


def has_value(version: PolicyVersion, name: str, day: datetime.date) -> bool:
    """Whether a dated parameter has a value on a day."""
    return row_on(version.parameters.get(name, ()), day) is not None


def value_on(version: PolicyVersion, name: str, day: datetime.date) -> Any:
    """The value of a dated parameter on a day. Raises RuleError when it has none."""
    row = row_on(version.parameters.get(name, ()), day)
    if row is None:
        raise RuleError(
            "parameter_without_value",
            _("The policy %(version)s gives no value for “%(name)s” on %(day)s."),
            version=str(version),
            name=name,
            day=day.isoformat(),
        )
    return row["value"]
