"""A fact as a page shows it: value, source and period."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from households.enums import FactSource
from households.models.facts import DatedFact


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact as a clause used it: `[from_on, to_on)`, open where empty."""

    name: str
    value: str
    source: str
    from_on: datetime.date | None = None
    to_on: datetime.date | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of `explain --json`."""
        return {
            "name": self.name,
            "value": self.value,
            "source": self.source,
            "from": self.from_on.isoformat() if self.from_on else None,
            "to": self.to_on.isoformat() if self.to_on else None,
        }


def source_of(fact: DatedFact) -> str:
    """Where a fact comes from, in words."""
    return source_words(fact.source, fact.document)


def source_words(source: str, document: str) -> str:
    """The source, with its document where there is one."""
    label = str(FactSource(source).label)
    return _("%(source)s: %(document)s") % {"source": label, "document": document} if document else label
