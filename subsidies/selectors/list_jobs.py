"""Acts by list that a worker does."""

from __future__ import annotations

LIST_TASK = "subsidies.act_by_list"
AT_ONCE = 1_000
"""So many cases are taken by list while the page is awaited; more are a worker's."""
