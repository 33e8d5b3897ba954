"""Acts as sentences: each app registers the words of its verbs, and where its records have their pages.

A test goes through every verb that a service records and finds its words here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.models import Act
from offices.selectors.divisions import names_of_divisions

_words: dict[str, str | Promise] = {
    "offices.sign_in": _("Signed in"),
    "offices.grant_role": _("Granted a role"),
    "offices.move_business_day": _("Moved the demonstration's day"),
    "offices.export": _("Exported a list or printed a sheet"),
    "offices.refuse_export": _("Could not make an export"),
    "offices.open_export": _("Opened an exported file"),
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
    record_name: str = ""
    record_url: str = ""


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where records of a kind have their page, and the field that names one without naming a person."""

    address: str
    named_by: str


_places: dict[str, RecordPlace] = {"offices.export": RecordPlace("export", "code")}
# What acts write beside their verb; a name that is missing here is shown as it is.
_details: dict[str, str | Promise] = {
    "about": pgettext_lazy("act", "Benefit"),
    "after": pgettext_lazy("act", "After"),
    "amount": pgettext_lazy("act", "Amount"),
    "annual_amount": pgettext_lazy("act", "Amount a year"),
    "appropriated_on": pgettext_lazy("act", "Appropriated on"),
    "as_of": pgettext_lazy("act", "As of"),
    "before": pgettext_lazy("act", "Before"),
    "certificate": pgettext_lazy("act", "Certificate"),
    "code": pgettext_lazy("act", "Code"),
    "count": pgettext_lazy("act", "Count"),
    "counted": pgettext_lazy("act", "What followed"),
    "digest": pgettext_lazy("act", "Digest"),
    "divisions": pgettext_lazy("act", "Divisions"),
    "document": pgettext_lazy("act", "Document"),
    "documents": pgettext_lazy("act", "Documents"),
    "due_on": pgettext_lazy("act", "Due on"),
    "effective_on": pgettext_lazy("act", "Holds from"),
    "event_on": pgettext_lazy("act", "Arose on"),
    "file_number": pgettext_lazy("act", "File number"),
    "files": pgettext_lazy("act", "Files"),
    "former": pgettext_lazy("act", "Before"),
    "format": pgettext_lazy("act", "Format"),
    "from_on": pgettext_lazy("act", "From"),
    "has_roster": pgettext_lazy("act", "With the roster"),
    "held_on": pgettext_lazy("act", "Day"),
    "is_payer": pgettext_lazy("act", "Pays"),
    "is_upheld": pgettext_lazy("act", "Upheld"),
    "kind": pgettext_lazy("act", "Kind"),
    "language": pgettext_lazy("act", "Language"),
    "last_day": pgettext_lazy("act", "Last day"),
    "left_out": pgettext_lazy("act", "Left out"),
    "level": pgettext_lazy("act", "Level"),
    "month": pgettext_lazy("act", "Month"),
    "next_step": pgettext_lazy("act", "Next"),
    "number": pgettext_lazy("act", "Number"),
    "numbers": pgettext_lazy("act", "Numbers"),
    "period": pgettext_lazy("act", "Period"),
    "persons": pgettext_lazy("act", "Persons"),
    "place": pgettext_lazy("act", "Place"),
    "places": pgettext_lazy("act", "Places"),
    "programme": pgettext_lazy("act", "Programme"),
    "programmes": pgettext_lazy("act", "Programmes"),
    "purpose": pgettext_lazy("act", "Purpose"),
    "reason": pgettext_lazy("act", "Reason"),
    "result": pgettext_lazy("act", "Result"),
    "role": pgettext_lazy("act", "Role"),
    "rows": pgettext_lazy("act", "Rows"),
    "seconds": pgettext_lazy("act", "Seconds"),
    "sha256": pgettext_lazy("act", "SHA-256"),
    "source": pgettext_lazy("act", "Source"),
    "step": pgettext_lazy("act", "Step"),
    "stop_reason": pgettext_lazy("act", "Why it ended"),
    "subject": pgettext_lazy("act", "About"),
    "times": pgettext_lazy("act", "Times"),
    "to_on": pgettext_lazy("act", "Until"),
    "total": pgettext_lazy("act", "Total"),
    "unit": pgettext_lazy("act", "Unit"),
    "what": pgettext_lazy("act", "What"),
    "year": pgettext_lazy("act", "Year"),
}
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def register_words(words: dict[str, str | Promise]) -> None:
    """Add the words of an app's verbs."""
    _words.update(words)


def register_records(places: dict[str, RecordPlace]) -> None:
    """Add the pages of an app's records, by the kind that acts write (`app.model`)."""
    _places.update(places)


def words_of(verb: str) -> str | Promise:
    """What a verb says to people; an unregistered one is shown as it is."""
    return _words.get(verb, verb)


def act_lines(acts: Iterable[Act]) -> list[ActLine]:
    """Acts with their words and the names of their divisions."""
    rows = list(acts)
    names = names_of_divisions(act.division_code for act in rows)
    return [
        ActLine(
            act=act,
            what=words_of(act.verb),
            division_name=names.get(act.division_code, act.division_code),
            detail=_detail(act.detail),
        )
        for act in rows
    ]


def with_records(lines: list[ActLine], *, actor: Actor) -> list[ActLine]:
    """The same lines with the number and page of each record that the actor may see; a query a kind."""
    asked: dict[str, set[UUID]] = {}
    for line in lines:
        if line.act.record_id and line.act.record_type in _places:
            asked.setdefault(line.act.record_type, set()).add(line.act.record_id)
    named: dict[UUID, str] = {}
    for kind, ids in asked.items():
        rows: Any = apps.get_model(kind)._default_manager
        named.update(
            rows.visible_to(actor).filter(pk__in=ids).values_list("pk", _places[kind].named_by).order_by()
        )
    return [
        replace(
            line,
            record_name=named[line.act.record_id],
            record_url=reverse(_places[line.act.record_type].address, args=[line.act.record_id]),
        )
        if line.act.record_id in named
        else line
        for line in lines
    ]


def _detail(detail: dict[str, Any]) -> str:
    return " · ".join(
        gettext("%(label)s: %(value)s") % {"label": _details.get(name, name), "value": _said(value)}
        for name, value in detail.items()
        if value not in (None, "", [], {})
    )


def _said(value: Any) -> str:
    """A value as people read it; of a digest the beginning, the whole stands with its record."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return "、".join(f"{name} {_said(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "、".join(_said(part) for part in value)
    return _DIGEST.sub(lambda found: f"{found.group()[:12]}…", str(value))
