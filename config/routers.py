"""One database, two doors: migrations go through `default` alone."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    """`clinical` is a second login to the same database; nothing is ever migrated through it."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "default"
