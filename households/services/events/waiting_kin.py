"""Kin who were named by a number before anybody in the registry had it."""

from __future__ import annotations

from typing import Any

from households.models import MaritalFact, Parentage, Person
from households.services.events.recording import Recording

NAMED: tuple[tuple[Any, str], ...] = ((Parentage, "parent"), (MaritalFact, "spouse"))
"""Facts that name another person, by her record and by her number."""


def link_waiting_kin(current: Recording, person: Person) -> None:
    """Whoever named her by her number, as a file may, names her record from now on."""
    if not person.id_number_digest:
        return
    for model, name in NAMED:
        waiting = model._default_manager.filter(
            **{f"{name}__isnull": True, f"{name}_digest": person.id_number_digest}
        )
        for row in waiting.exclude(person=person).select_related("person"):
            current.involve(row.person)
            current.changes.touch(row)
            setattr(row, name, person)
            row.save(update_fields=[name])
