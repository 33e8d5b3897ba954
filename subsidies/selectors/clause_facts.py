"""The facts behind a clause, as a reader may see them: value, source and period.

Kin appear by relation, sex, birth date and life alone; of a marriage only whether a spouse lives
whose hukou or age a clause asks about.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from households.enums import EventKind, HukouType, MaritalState, ParentageKind, Sex
from households.models import Hukou, LifeEvent, MaritalFact, Person
from subsidies.predicates import Bindings, Clause, Fact
from subsidies.predicates.kinship import children_rows
from subsidies.predicates.relations import expressions, subjects
from subsidies.selectors.facts_of_family import OF_FAMILY
from subsidies.selectors.shown_facts import ShownFact, source_of, source_words

_CHILD = (
    "child_id",
    "sex",
    "birth_date",
    "died_on",
    "kind",
    "source",
    "document",
    "from_on",
    "to_on",
    "is_hers",
    "grade",
    "grade_source",
    "grade_document",
    "grade_from",
    "grade_to",
)
"""What is shown of a child; the bounds that the rules reckon with may be infinite and are not."""


class FactsOfPerson:
    """What is on record about one person on a day, read as far as her clauses ask."""

    def __init__(self, person: Person, day: datetime.date) -> None:
        self.person = person
        self.day = day
        self._asked: set[UUID] = set()
        self._told: dict[tuple[UUID, str, datetime.date], str] = {}

    def of(self, clause: Clause) -> tuple[ShownFact, ...]:
        """The facts that a clause read, each once."""
        with_step = any("children_and_step" in leaf.relations() for leaf in clause.node.leaves())
        shown: dict[ShownFact, None] = {}
        for fact in clause.facts:
            of_family = OF_FAMILY.get(fact)
            shown.update(
                dict.fromkeys(
                    of_family(self.person, self.day) if of_family else _SHOWN[fact](self, with_step)
                )
            )
        return tuple(shown)

    def life(self, _with_step: bool) -> list[ShownFact]:
        died = self.person.died_on
        if died is None or died > self.day:
            return [ShownFact(_("Life"), _("Living"), _("Register"))]
        told = self._events(self.person.pk).get((self.person.pk, EventKind.DEATH, died), _("Register"))
        return [ShownFact(_("Life"), _("Died on %(day)s") % {"day": died}, told)]

    def birth_date(self, _with_step: bool) -> list[ShownFact]:
        born = self.person.birth_date
        told = self._events(self.person.pk).get((self.person.pk, EventKind.BIRTH, born), _("Register"))
        return [ShownFact(_("Born on"), born.isoformat(), told)]

    def sex(self, _with_step: bool) -> list[ShownFact]:
        return [ShownFact(_("Sex"), str(Sex(self.person.sex).label), _("Register"))]

    def hukou(self, _with_step: bool) -> list[ShownFact]:
        return [_hukou_fact(_("Hukou"), self._hukou_of(self.person))]

    def spouse(self, _with_step: bool) -> list[ShownFact]:
        fact = self._marriage
        if fact is None:
            return [ShownFact(_("Spouse"), _("None on record"), _("Register"))]
        if fact.state in (MaritalState.WIDOWED, MaritalState.DIVORCED):
            value = _("No living spouse")
        elif fact.spouse is None:
            value = _("Named, not in the register") if fact.spouse_digest else _("Not named on record")
        else:
            value = _("Living") if self._living_spouse else _("No living spouse")
        return [ShownFact(_("Spouse"), value, source_of(fact), fact.from_on, fact.to_on)]

    def spouse_birth_date(self, _with_step: bool) -> list[ShownFact]:
        spouse = self._living_spouse
        if spouse is None or self.person.sex == Sex.FEMALE:
            return []
        return [ShownFact(_("Wife born on"), spouse.birth_date.isoformat(), _("Register"))]

    def spouse_hukou(self, _with_step: bool) -> list[ShownFact]:
        spouse = self._living_spouse
        return [] if spouse is None else [_hukou_fact(_("Spouse's hukou"), self._hukou_of(spouse))]

    def children(self, with_step: bool) -> list[ShownFact]:
        return self._of_children([row for row in self._children(with_step) if row["is_hers"]])

    def children_over_time(self, with_step: bool) -> list[ShownFact]:
        return self._of_children(self._children(with_step))

    def _of_children(self, rows: list[dict[str, Any]]) -> list[ShownFact]:
        """Each child, and of one that died where its death is known from: benefits rest on that paper."""
        told = self._events(*(row["child_id"] for row in rows if row["died_on"]))
        shown = []
        for row in rows:
            shown.append(_child_fact(row))
            if row["died_on"]:
                source = told.get((row["child_id"], EventKind.DEATH, row["died_on"]), _("Register"))
                name = _("Death of the child born on %(day)s") % {"day": row["birth_date"]}
                shown.append(ShownFact(name, row["died_on"].isoformat(), source))
        return shown or [ShownFact(_("Children"), _("None on record"), _("Register"))]

    def child_disability(self, with_step: bool) -> list[ShownFact]:
        return [
            ShownFact(
                _("Disability of the child born on %(day)s") % {"day": row["birth_date"]},
                _("Grade %(grade)d") % {"grade": row["grade"]} if row["grade"] else _("No grade on record"),
                source_words(row["grade_source"], row["grade_document"]) if row["grade"] else _("Register"),
                row["grade_from"],
                row["grade_to"],
            )
            for row in self._children(with_step)
            if row["is_hers"] and row["died_on"] is None
        ]

    def _events(self, *people: UUID) -> dict[tuple[UUID, str, datetime.date], str]:
        """Where births and deaths are known from that were recorded as events, by person, kind and day."""
        asked = set(people) - self._asked
        if asked:
            self._asked |= asked
            events = LifeEvent.objects.standing().filter(
                person__in=asked, kind__in=(EventKind.BIRTH, EventKind.DEATH)
            )
            for event in events.order_by("recorded_at", "pk"):
                if event.person_id:
                    key = (event.person_id, event.kind, event.happened_on)
                    self._told[key] = source_words(event.source, event.document)
        return self._told

    @cached_property
    def _marriage(self) -> MaritalFact | None:
        return MaritalFact.objects.on(self.day).filter(person=self.person).select_related("spouse").first()

    @cached_property
    def _living_spouse(self) -> Person | None:
        fact = self._marriage
        if fact is None or fact.state in (MaritalState.WIDOWED, MaritalState.DIVORCED):
            return None
        spouse = fact.spouse
        if spouse is None or spouse.birth_date > self.day:
            return None
        return None if spouse.died_on and spouse.died_on <= self.day else spouse

    def _hukou_of(self, person: Person) -> Hukou | None:
        return Hukou.objects.on(self.day).filter(person=person).first()

    def _children(self, with_step: bool) -> list[dict[str, Any]]:
        if with_step not in self._children_read:
            values = Bindings(day=self.day)
            among = f"subject.id = {values.bind(self.person.pk)}"
            with connection.cursor() as cursor:
                cursor.execute(
                    f"WITH {expressions([], subjects(among))} SELECT {', '.join(_CHILD)} FROM ({children_rows(with_step=with_step)}) family "
                    "ORDER BY birth_date, child_id",
                    values.values,
                )
                self._children_read[with_step] = [
                    dict(zip(_CHILD, row, strict=True)) for row in cursor.fetchall()
                ]
        return self._children_read[with_step]

    @cached_property
    def _children_read(self) -> dict[bool, list[dict[str, Any]]]:
        return {}


_SHOWN: dict[Fact, Callable[[FactsOfPerson, bool], list[ShownFact]]] = {
    Fact.LIFE: FactsOfPerson.life,
    Fact.BIRTH_DATE: FactsOfPerson.birth_date,
    Fact.SEX: FactsOfPerson.sex,
    Fact.HUKOU: FactsOfPerson.hukou,
    Fact.MARRIAGE: FactsOfPerson.spouse,
    Fact.SPOUSE_BIRTH_DATE: FactsOfPerson.spouse_birth_date,
    Fact.SPOUSE_HUKOU: FactsOfPerson.spouse_hukou,
    Fact.CHILDREN: FactsOfPerson.children,
    Fact.CHILDREN_DIED: FactsOfPerson.children,
    Fact.CHILDREN_OVER_TIME: FactsOfPerson.children_over_time,
    Fact.CHILD_DISABILITY: FactsOfPerson.child_disability,
}


def _hukou_fact(name: str, hukou: Hukou | None) -> ShownFact:
    if hukou is None:
        return ShownFact(name, _("None on record"), _("Register"))
    return ShownFact(
        name, str(HukouType(hukou.hukou_type).label), source_of(hukou), hukou.from_on, hukou.to_on
    )


def _child_fact(row: dict[str, Any]) -> ShownFact:
    name = _("Son") if row["sex"] == Sex.MALE else _("Daughter")
    if row["kind"] != ParentageKind.BIRTH:
        name = _("%(relation)s (%(kind)s)") % {
            "relation": name,
            "kind": ParentageKind(row["kind"]).label,
        }
    words = (
        _("born on %(born)s, died on %(died)s") % {"born": row["birth_date"], "died": row["died_on"]}
        if row["died_on"]
        else _("born on %(born)s, living") % {"born": row["birth_date"]}
    )
    return ShownFact(name, words, source_words(row["source"], row["document"]), row["from_on"], row["to_on"])
