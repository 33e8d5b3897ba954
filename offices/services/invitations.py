"""How somebody comes to an account: a link that is good once, for the first password."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.divisions import full_code, level_of
from offices.enums import DivisionLevel, Role
from offices.errors import DomainError, NotAllowed
from offices.models import Division, Staff
from offices.policies import may_invite
from offices.services.acts import record_act
from offices.services.staff import actors_of, grant_role

_USERNAME = re.compile(r"[\w.-]{1,60}")
_LEVELS = {
    Role.VILLAGE: DivisionLevel.VILLAGE,
    Role.TOWNSHIP: DivisionLevel.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER: DivisionLevel.TOWNSHIP,
}
"""Where a role works; the others work for the county."""


class _Tokens(PasswordResetTokenGenerator):
    """Good for three days (Django's PASSWORD_RESET_TIMEOUT), until the password is set or another is made."""

    key_salt = "offices.invitation"


_tokens = _Tokens()


@transaction.atomic
def invite_staff(*, actor: Actor, username: str, name: str, role: Role, division: str) -> str:
    """Make an account with a role, and the link with which its owner sets the first password.

    Invited again before that, an account gets a new link and the former one ends. The security
    administrator and the installation itself may. Raises NotAllowed and DomainError
    `bad_username`, `unknown_division`, `division_of_another_level`, `account_in_use`.
    """
    if not may_invite(actor) or role is Role.SYSTEM:
        raise NotAllowed()
    if not _USERNAME.fullmatch(username):
        raise DomainError(
            "bad_username", _("A user name has up to 60 letters, digits, dots and hyphens, without spaces.")
        )
    code = _division_for(role, division)
    staff = Staff.objects.select_for_update().filter(username=username).first()
    if staff is None:
        staff = Staff(username=username, name=name or username)
    elif staff.is_system or not staff.is_active or staff.has_usable_password():
        raise DomainError(
            "account_in_use",
            _("The user name %(name)s is in use already. Choose another one."),
            name=username,
        )
    link = _link(staff)
    grant_role(actor=actor, staff=staff, role=role, division_code=code)
    record_act(actor=actor, verb="offices.invite", record=staff, division_code=code, role=role)
    return link


@transaction.atomic
def invite_again(*, actor: Actor, username: str) -> str:
    """A link for whoever forgot her password: from now on neither it nor an open sign-in holds.

    Roles and second step stay as they are. Whoever may invite may. Raises NotAllowed and DomainError
    `no_such_account`.
    """
    if not may_invite(actor):
        raise NotAllowed()
    staff = (
        Staff.objects.select_for_update().filter(username=username, is_active=True, is_system=False).first()
    )
    if staff is None:
        raise DomainError(
            "no_such_account",
            _("Nobody has the user name %(name)s, or the account has been closed."),
            name=username,
        )
    link = _link(staff)
    record_act(actor=actor, verb="offices.invite_again", record=staff, division_code=actor.division_code)
    return link


def _link(staff: Staff) -> str:
    # A new mark instead of a password, which also ends every earlier link and every open session.
    staff.set_unusable_password()
    staff.save()
    path = reverse("welcome", kwargs={"staff_id": staff.pk, "token": _tokens.make_token(staff)})
    return f"{settings.HUIMIN_PUBLIC_URL.rstrip('/')}{path}"


def invited(staff_id: UUID, token: str) -> Staff | None:
    """Whom a link invites; None when it is wrong, used, replaced or too old."""
    staff = Staff.objects.filter(pk=staff_id, is_active=True, is_system=False).first()
    return staff if staff and not staff.has_usable_password() and _tokens.check_token(staff, token) else None


@transaction.atomic
def accept_invitation(*, staff_id: UUID, token: str, password: str) -> Staff:
    """Set the first password of an invited account. Raises DomainError `invitation_ended`."""
    Staff.objects.select_for_update().filter(pk=staff_id).first()
    staff = invited(staff_id, token)
    if staff is None:
        raise DomainError(
            "invitation_ended",
            _("This link has been used or has ended. Ask the security administrator for a new one."),
        )
    staff.set_password(password)
    staff.save(update_fields=["password"])
    with county_scope():
        for actor in actors_of(staff, on=clock.today())[:1]:
            record_act(
                actor=actor,
                verb="offices.accept_invitation",
                record=staff,
                division_code=actor.division_code,
            )
    return staff


def _division_for(role: Role, division: str) -> str:
    try:
        code = full_code(division)
    except ValueError:
        code = ""
    if not Division.objects.valid_on(clock.today()).filter(pk=code).exists():
        raise DomainError(
            "unknown_division",
            _("There is no division %(code)s here. Give its 6, 9 or 12 digits."),
            code=division,
        )
    level = _LEVELS.get(role, DivisionLevel.COUNTY)
    if level_of(code) is not level:
        raise DomainError(
            "division_of_another_level",
            _("The role %(role)s belongs to a division of another level: %(level)s. Give the code of one."),
            role=role.label,
            level=level.label,
        )
    return code
