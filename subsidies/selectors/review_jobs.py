"""Annual reviews that a worker opens."""

from __future__ import annotations

from offices import clock
from subsidies.models import Grant, Programme

REVIEW_TASK = "subsidies.open_review"
AT_ONCE = 1_000
"""So many grants are compared with the registers while the page is awaited; more are a worker's."""


def is_large_review(programme: Programme) -> bool:
    """Whether more grants of the programme may be running than are compared at once."""
    return Grant.objects.not_over_on(clock.today()).filter(programme=programme).count() > AT_ONCE
