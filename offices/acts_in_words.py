"""Acts as sentences: each app registers the words of its verbs.

A test goes through every verb that a service records and finds its words here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.models import Act, Division

_words: dict[str, str | Promise] = {
    "offices.sign_in": _("Signed in"),
    "offices.grant_role": _("Granted a role"),
    "offices.move_business_day": _("Moved the demonstration's day"),
    "offices.invite": _("Invited a member of staff"),
    "offices.invite_again": _("Gave a new link to somebody who forgot the password"),
    "offices.accept_invitation": _("Accepted the invitation and set a password"),
}


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act as the audit trail shows it."""

    act: Act
    what: str | Promise
    division_name: str
    detail: str


def register_words(words: dict[str, str | Promise]) -> None:
    """Add the words of an app's verbs."""
    _words.update(words)


def words_of(verb: str) -> str | Promise:
    """What a verb says to people; an unregistered one is shown as it is."""
    return _words.get(verb, verb)


def act_lines(acts: Iterable[Act]) -> list[ActLine]:
    """Acts with their words and the names of their divisions."""
    rows = list(acts)
    names = dict(
        Division.objects.filter(code__in={act.division_code for act in rows}).values_list("code", "name")
    )
    return [
        ActLine(
            act=act,
            what=words_of(act.verb),
            division_name=names.get(act.division_code, act.division_code),
            detail=_detail(act.detail),
        )
        for act in rows
    ]


def _detail(detail: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in detail.items() if value not in (None, "", []))
