"""Agents, guardians and heirs for tests: entered at a counter with their document, confirmed by another."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from households.enums import RepresentationGround, RepresentationKind
from households.models import Person, Representation
from households.services.representations import (
    GivenRepresentative,
    confirm_representation,
    enter_representation,
)
from offices import clock
from offices.enums import Role
from offices.services.papers import SentFile
from tests.factories import make_actor
from tests.subsidies.money import citizen_number

GROUNDS = {
    RepresentationKind.AGENT: RepresentationGround.AUTHORITY,
    RepresentationKind.GUARDIAN: RepresentationGround.INCAPACITY,
    RepresentationKind.HEIRS: RepresentationGround.NOTARISED,
}


def document() -> SentFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(written, "PNG")
    return SentFile("公证书.png", written.getvalue())


def heir(serial: int, parts: int = 1, *, name: str = "李继业", account: str = "") -> GivenRepresentative:
    """One who stands for somebody, with an account of her own."""
    return GivenRepresentative(
        name, citizen_number(serial), parts, "山亭农村信用社", account or f"62250000{serial:011d}"
    )


def enter(
    person: Person, kind: RepresentationKind, *people: GivenRepresentative, **fields: Any
) -> Representation:
    return enter_representation(
        actor=fields.pop("actor", None) or make_actor(Role.TOWNSHIP),
        person=person,
        kind=kind,
        ground=fields.pop("ground", GROUNDS[kind]),
        people=people,
        document="（2014）山证民字第1号",
        document_on=fields.pop("document_on", clock.today()),
        paper=document(),
        **fields,
    )


def confirmed(
    person: Person, kind: RepresentationKind, *people: GivenRepresentative, **fields: Any
) -> Representation:
    entry = enter(person, kind, *people, **fields)
    return confirm_representation(actor=make_actor(Role.TOWNSHIP_REVIEWER), representation=entry)
