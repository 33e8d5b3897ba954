"""Who acts: a member of staff in one of her roles, or the installation itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from offices.divisions import scope_of
from offices.enums import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role for a division on the day of the act.

    `division_code` has 12 digits. Every service takes an actor; the installation's own
    (`is_system`) cannot review, confirm, check or pay.
    """

    staff_id: UUID
    username: str
    name: str
    role: Role
    division_code: str

    @property
    def scope(self) -> str:
        """The prefix of the rows the actor may see."""
        return scope_of(self.division_code)

    @property
    def is_system(self) -> bool:
        return self.role == Role.SYSTEM

    def covers(self, division_code: str) -> bool:
        """Whether a division lies within the actor's own."""
        return division_code.startswith(self.scope)
