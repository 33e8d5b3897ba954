"""What of an award is given in goods, and what has been handed out."""

from __future__ import annotations

import datetime
from decimal import Decimal

from subsidies.models import PolicyVersion
from subsidies.selectors.parameters import has_value, value_on

GOODS = "goods_amount"
"""Dated parameter of an award: what of its amount is given in goods (yuan); nothing where it is missing."""


def goods_value(version: PolicyVersion, day: datetime.date) -> Decimal:
    """Yuan of an award that come as goods on a day, not as money."""
    return Decimal(value_on(version, GOODS, day)) if has_value(version, GOODS, day) else Decimal()
