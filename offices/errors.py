"""What a person is told when something cannot be done."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that a clerk can read: what happened, and what to do next.

    `code` is stable and for machines and tests; `message` is a translatable
    sentence with named placeholders, filled from `params`.
    """

    def __init__(self, code: str, message: str | Promise, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class NotAllowed(DomainError):
    """The role does not cover this act; pages answer 403."""

    def __init__(
        self, code: str = "not_allowed", message: str | Promise | None = None, **params: Any
    ) -> None:
        super().__init__(
            code,
            message or _("Your role does not include this act. Ask the county office who may do it."),
            **params,
        )


class Stale(DomainError):
    """The record was changed meanwhile, or is in another state than the act needs."""
