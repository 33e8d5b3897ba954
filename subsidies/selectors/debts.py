"""The register of debts as its pages and files show it: lines with their words, within scope."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.selectors.divisions import names_of_divisions
from offices.tones import Tone
from subsidies.documents import names_of
from subsidies.enums import ApplicationState, DebtDeed, DebtEnd, Standing
from subsidies.models import Application, Debt, DebtAct
from subsidies.models.debts import DebtQuerySet
from subsidies.selectors.owed import ClauseWords, clause_words


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A line in words: where, what stands in the way, how long, what was done."""

    debt: Any
    village_name: str
    standing: str
    tone: str
    lacking: str
    days: int
    done: str
    officer: str


def debt_lines(debts: Sequence[Debt], *, on: datetime.date) -> list[DebtLine]:
    """The words of some lines, in their order."""
    villages = names_of_divisions(debt.division_code for debt in debts)
    words = clause_words(on) if any(debt.standing == Standing.UNKNOWN for debt in debts) else {}
    papers = _missing_papers(debt for debt in debts if debt.is_open and debt.standing == Standing.APPLIED)
    return [
        DebtLine(
            debt=debt,
            village_name=villages.get(debt.division_code, ""),
            standing=standing_words(debt),
            tone=tone_of(debt),
            lacking=lacking(debt, words, papers),
            days=debt.days(on),
            done=str(DebtDeed(debt.last_deed).label) if debt.last_deed else "",
            officer=debt.officer.name if debt.officer else "",
        )
        for debt in debts
    ]


def standing_words(debt: Debt) -> str:
    """Where a line stands, or what cleared it."""
    if not debt.is_open:
        return str(DebtEnd(debt.closed_as).label)
    if debt.standing == Standing.UNKNOWN:
        return _("To find out")
    return str(Standing(debt.standing).label)


def tone_of(debt: Debt) -> Tone:
    """How that looks."""
    return Standing(debt.standing).tone if debt.is_open else DebtEnd(debt.closed_as).tone


def lacking(debt: Debt, words: dict[tuple[str, str], ClauseWords], papers: dict[tuple[Any, str], str]) -> str:
    """What stands between the family and the benefit, in a sentence."""
    if not debt.is_open:
        return ""
    if debt.standing == Standing.UNKNOWN:
        found = [words.get((debt.programme_id, code), ClauseWords(code, "")) for code in debt.missing]
        return "；".join(one.missing or one.sentence for one in found)
    if debt.standing == Standing.APPLIED:
        return papers.get((debt.person_id, debt.programme_id), _("The office's own steps"))
    if debt.told_on is None:
        return _("The family has to be told")
    return _("The application")


def _missing_papers(debts: Iterable[Debt]) -> dict[tuple[Any, str], str]:
    keys = {(debt.person_id, debt.programme_id) for debt in debts}
    cases = Application.objects.filter(
        person__in={person for person, _programme in keys}, state=ApplicationState.DOCUMENTS_MISSING
    )
    return {
        (case.person_id, case.programme_id): "、".join(str(name) for name in names_of(case.documents_missing))
        for case in cases
        if (case.person_id, case.programme_id) in keys
    }


def acts_of(debt: Debt) -> list[DebtAct]:
    """What was done about a line, oldest first; each says whether it was taken back."""
    acts = debt.acts.exclude(deed=DebtDeed.TAKEN_BACK).annotate(
        is_undone=Exists(DebtAct.objects.filter(undoes=OuterRef("pk")))
    )
    return list(acts.select_related("acted_by", "policy_version", "visit").order_by("recorded_at", "pk"))


def to_tell(actor: Actor) -> DebtQuerySet:
    """What waits for a village specialist: families owed something that nobody has told of it."""
    return Debt.objects.visible_to(actor).to_tell()


def lines_of_people(actor: Actor, people: Iterable[Any]) -> DebtQuerySet:
    """Lines of some people that the actor may see."""
    return (
        Debt.objects.visible_to(actor).filter(person__in=list(people)).select_related("programme", "person")
    )
