"""The dated parameters of a policy version, as they stand on a day."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from subsidies.models import PolicyVersion
from subsidies.periods import row_on
from subsidies.predicates import RuleError


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
