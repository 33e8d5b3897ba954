"""What a proposal says in words, and the same of what the registry has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households.enums import SCHEME_OF_KIND, EventKind, HukouType, MatchedBy
from households.models import EventProposal, ExaminationYear, Hukou, InsuranceElsewhere, Person
from households.selectors.duplicates import Compared, compared
from households.selectors.places import names_of_places
from households.selectors.proposals import Look
from offices.actors import Actor
from offices.database.context import county_scope
from offices.selectors.divisions import names_of_divisions


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in a list; `name` is the registry's where somebody is meant for certain."""

    proposal: EventProposal
    look: Look
    name: str
    village: str
    says: str | Promise


def proposal_lines(proposals: Sequence[EventProposal], looks: Mapping[UUID, Look]) -> list[ProposalLine]:
    """What a list shows of each proposal, with the names of places in one query."""
    codes = {one.division_code for one in proposals} | {one.particulars.get("to", "") for one in proposals}
    places = names_of_places(codes)
    lines = []
    for one in proposals:
        look = looks[one.pk]
        village = places.get(one.division_code, one.division_code)
        name = look.whom.name if look.whom else one.name
        lines.append(ProposalLine(one, look, name, village, _says(one, places)))
    return lines


def words_of_proposals(proposals: Sequence[EventProposal]) -> list[dict[str, Any]]:
    """What rows say has happened, each beside its proposal, with the names of places in one query."""
    places = names_of_places(one.particulars.get("to", "") for one in proposals)
    return [{"proposal": one, "says": _says(one, places)} for one in proposals]


def side_by_side(proposal: EventProposal, look: Look) -> list[Compared]:
    """What the row says beside what the registry has, line by line; numbers masked."""
    person = look.whom
    places = names_of_places([person.division_code if person else "", proposal.particulars.get("to", "")])
    own_number = person.id_number.masked if person and person.id_number else ""
    lines = [
        compared(_("Name"), proposal.name, person.name if person else ""),
        compared(
            _("Identity number"),
            proposal.number_masked,
            own_number,
            is_same=proposal.matched_by == MatchedBy.NUMBER,
        ),
        compared(
            _("Born on"),
            proposal.birth_date.isoformat() if proposal.birth_date else "",
            person.birth_date.isoformat() if person else "",
        ),
        compared(
            _("Village"),
            proposal.place,
            places.get(person.division_code, person.division_code) if person else "",
            is_same=_names(proposal.place, person, places),
        ),
        compared(
            proposal.what,
            str(_says(proposal, places)),
            _held_words(proposal, person) if person else "",
            is_same=look.is_known,
        ),
    ]
    return [line for line in lines if line.first or line.second]


def candidate_words(people: Sequence[Person], *, actor: Actor) -> list[tuple[Person, str]]:
    """How the people whom a row may mean are named to whoever chooses; of others only their township."""
    codes = {code for one in people for code in (one.division_code, _township(one))}
    names = names_of_divisions(codes)
    return [
        (
            one,
            _candidate(one, names)
            if actor.covers(one.division_code)
            else _("served by %(township)s") % {"township": names.get(_township(one), _township(one))},
        )
        for one in people
    ]


def _candidate(person: Person, names: Mapping[str, str]) -> str:
    number = person.id_number.masked if person.id_number else _("no identity number")
    village = names.get(person.division_code, person.division_code)
    words = f"{person.name} · {person.birth_date.isoformat()} · {number} · {village}"
    if person.died_on:
        return f"{words} · {_('died on %(day)s') % {'day': person.died_on.isoformat()}}"
    return words


def _township(person: Person) -> str:
    return f"{person.division_code[:9]}000"


def _names(text: str, person: Person | None, places: Mapping[str, str]) -> bool:
    if person is None:
        return False
    stem = places.get(person.division_code, "").removesuffix("委会").removesuffix("村")
    return text == person.division_code or bool(stem and stem in text)


def _says(proposal: EventProposal, places: Mapping[str, str]) -> str | Promise:
    said, day = proposal.particulars, proposal.happened_on.isoformat()
    match proposal.kind:
        case EventKind.DEATH:
            return day
        case EventKind.HUKOU:
            return _("From %(day)s: %(hukou)s") % {"day": day, "hukou": HukouType(said["hukou_type"]).label}
        case EventKind.MOVE:
            place = places.get(said["to"], said["to"])
            kind = f"{HukouType(said['hukou_type']).label} · " if said.get("hukou_type") else ""
            return _("Hukou moved on %(day)s: %(where)s") % {"day": day, "where": f"{kind}{place}"}
        case EventKind.EXAMINATION:
            return _("Registered for %(year)s") % {"year": said["year"]}
    if until := said.get("until"):
        return _("Insured from %(day)s until %(until)s") % {"day": day, "until": until}
    if said["is_insured"]:
        return _("Insured from %(day)s") % {"day": day}
    return _("No longer insured from %(day)s") % {"day": day}


def _held_words(proposal: EventProposal, person: Person) -> str:
    day = proposal.happened_on
    with county_scope():
        match proposal.kind:
            case EventKind.DEATH:
                if person.died_on:
                    return person.died_on.isoformat()
                return _("Living")
            case EventKind.HUKOU | EventKind.MOVE:
                hukou = Hukou.objects.on(day).filter(person=person).first()
                if hukou is None:
                    return ""
                place = names_of_places([hukou.place_code]).get(hukou.place_code, hukou.place_code)
                return f"{hukou.get_hukou_type_display()} · {place}"
            case EventKind.EXAMINATION:
                known = ExaminationYear.objects.on(day).filter(person=person).first()
                return str(known.year) if known else ""
        rows = InsuranceElsewhere.objects.filter(
            person=person, scheme=SCHEME_OF_KIND[EventKind(proposal.kind)]
        )
        return "、".join(f"{_iso(row.from_on)} – {_iso(row.to_on)}" for row in rows.order_by("from_on", "pk"))


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else "…"
