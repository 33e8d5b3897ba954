"""Who may do what with officer certificates."""

from __future__ import annotations

from offices.actors import Actor
from offices.enums import Role
from offices.pages import anybody, roles

may_issue_certificates = roles(Role.COUNTY, Role.SECURITY_ADMIN)
"""The county and its security administrator issue, suspend and withdraw."""

may_see_certificates = anybody
"""Certificates are shown to the public, so the more to colleagues."""


def may_change_certificate(actor: Actor, *, staff_id: object) -> bool:
    """Nobody changes a certificate of her own."""
    return may_issue_certificates(actor) and actor.staff_id != staff_id
