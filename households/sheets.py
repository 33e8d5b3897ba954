"""The family on one page (一户一档) and the person on one page (一人一档), to be printed.

They say what the pages say: numbers and accounts are masked, what rules alone read is not there.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from households.enums import EventState, Relation
from households.models import BankAccount, Household, Person, Visit
from households.panels import benefit_lines_for
from households.policies import may_export_families
from households.selectors.kin_elsewhere import ChildElsewhere, children_elsewhere
from households.selectors.known_facts import KnownFact, facts_of
from households.selectors.life_events import events_about
from households.selectors.people import (
    Member,
    Relative,
    head_in_words,
    household_of,
    members_of,
    relatives_of,
)
from households.selectors.visits import visit_lines
from offices.actors import Actor
from offices.exports import Mark, SheetContent, SheetExport, SheetTable
from offices.selectors.divisions import names_of_divisions
from offices.templatetags.ui import NOTHING, day, day_iso

_LAST_VISITS, _LAST_EVENTS = 5, 8
"""How many of each a sheet has room for; the page shows all."""


def _compose_household(actor: Actor, household: Household, on: datetime.date, mark: Mark) -> SheetContent:
    members = members_of(household=household, on=on)
    people = [member.person for member in members if member.person]
    children = children_elsewhere(people=people, actor=actor, on=on)
    return SheetContent(
        plain_title=_("Family file"),
        subtitle=_("Household %(number)s") % {"number": household.number},
        pairs=(
            (_("Village"), _place(household.division_code)),
            (_("Household number"), household.number),
            (_("Head"), _head(members)),
            (_("Living members"), str(sum(member.is_living for member in members))),
            (_("As on"), day(on)),
        ),
        tables=(
            SheetTable(
                title=_("Members"),
                headings=(
                    _("Name"),
                    _("Relation"),
                    _("Sex"),
                    _("Born on (age)"),
                    _("Identity number"),
                    _("Hukou"),
                    _("Child of"),
                    _("Only-child certificate"),
                    _("Bank account"),
                ),
                rows=[_member_cells(member) for member in members],
                shares=(7, 9, 8, 10, 17, 11, 8, 11, 19),
                empty=_("Nobody belongs to this household today"),
            ),
            *([_children(children)] if children else []),
            _benefits(actor, people, on),
            _visits(actor, household, on),
            _events(people, household),
        ),
        mark=mark,
        reads=[
            (Household._meta.label_lower, (household.pk,)),
            (
                Person._meta.label_lower,
                tuple(person.pk for person in (*people, *(one.person for one in children if one.person))),
            ),
        ],
    )


def _head(members: Sequence[Member]) -> str:
    living = [member for member in members if member.is_living]
    heads = [member for member in living if member.relation == Relation.HEAD]
    return head_in_words(
        [member.person.name for member in heads if member.person],
        is_elsewhere=any(member.person is None for member in heads),
        living=len(living),
    )


def _member_cells(member: Member) -> tuple[str, ...]:
    person = member.person
    relation, sex = str(member.relation.label), str(member.sex.label)
    if person is None:
        name = _("Served by another township")
        if not member.is_living:
            name += " " + _("deceased")
        return (name, relation, sex, str(member.birth_year), *[NOTHING] * 5)
    name = person.name
    if person.died_on and not member.is_living:
        name += " " + _("died %(day)s") % {"day": day_iso(person.died_on)}
    if member.lives_elsewhere:
        name += " " + _("lives in %(place)s") % {"place": member.lives_elsewhere}
    return (
        name,
        relation,
        sex,
        f"{day_iso(person.birth_date)} ({member.age})",
        person.id_number.masked if person.id_number else NOTHING,
        str(member.hukou.get_hukou_type_display()) if member.hukou else NOTHING,
        "、".join(member.parents) or NOTHING,
        member.certificate.number if member.certificate else NOTHING,
        _account(member.account),
    )


def _compose_person(actor: Actor, person: Person, on: datetime.date, mark: Mark) -> SheetContent:
    household = household_of(person=person, on=on)
    relatives = relatives_of(person=person, on=on)
    facts = [fact for fact in facts_of(person=person, on=on) if fact.is_current]
    pairs = [
        (_("Name"), person.name),
        (_("Sex"), str(person.get_sex_display())),
        (_("Born on (age)"), f"{day(person.birth_date)} ({person.age_shown_on(on)})"),
        (_("Identity number"), person.id_number.masked if person.id_number else NOTHING),
        (_("Phone"), person.phone.masked if person.phone else NOTHING),
        (_("Household number"), _household_number(actor, household)),
        (_("Served by"), _place(person.division_code)),
        (_("As on"), day(on)),
    ]
    if died_on := person.died_by(on):
        pairs.insert(3, (_("Died on"), day(died_on)))
    return SheetContent(
        plain_title=_("Personal file"),
        subtitle=person.name,
        pairs=pairs,
        tables=(
            SheetTable(
                title=_("Parents and children"),
                headings=(_("Relation"), _("Name"), _("Born on"), _("Kind"), _("From"), _("Source")),
                rows=[_relative_cells(relative) for relative in relatives],
                shares=(12, 28, 13, 12, 13, 22),
                empty=_("No parent or child is on record"),
            ),
            SheetTable(
                title=_("What is known, and from where"),
                headings=(_("Fact"), _("Value"), _("From"), _("Source")),
                rows=[(str(fact.label), str(fact.value), *_whence(fact)) for fact in facts],
                shares=(18, 42, 15, 25),
                empty=_("Nothing is on record"),
            ),
            _benefits(actor, [person], on),
            *([_visits(actor, household, on)] if household else []),
            _events([person]),
        ),
        mark=mark,
        reads=[
            (
                Person._meta.label_lower,
                (person.pk, *(relative.person.pk for relative in relatives if relative.person)),
            )
        ],
    )


def _household_number(actor: Actor, household: Household | None) -> str:
    """The number; of a household that another village serves, with its village."""
    if household is None:
        return NOTHING
    if actor.covers(household.division_code):
        return household.number
    return f"{household.number} · {_place(household.division_code)}"


def _relative_cells(relative: Relative) -> tuple[str, ...]:
    person = relative.person
    relation, kind = str(relative.relation), str(relative.kind)
    if person is None:
        name = (
            _("Served by another township")
            if relative.is_known
            else _("Named by a number that is not in the registry yet")
        )
        return (relation, name, NOTHING, kind, *_whence(relative))
    name = person.name
    if relative.died_on:
        name += " " + _("died %(day)s") % {"day": day_iso(relative.died_on)}
    return (relation, name, day_iso(person.birth_date), kind, *_whence(relative))


def _whence(fact: KnownFact | Relative) -> tuple[str, str]:
    """Since when it holds, and where it comes from."""
    since = day_iso(fact.from_on) if fact.from_on else _("open past")
    return since, " · ".join(filter(None, (str(fact.source), fact.document)))


def _benefits(actor: Actor, people: Sequence[Person], on: datetime.date) -> SheetTable:
    """Received, owed and on its way, as far as who prints may see it."""
    lines = benefit_lines_for(actor=actor, people=people, on=on)
    return SheetTable(
        title=_("Benefits"),
        headings=(_("Programme"), _("Person"), _("State"), _("Amount, number, day")),
        rows=[(line.programme, line.person, line.standing, line.detail) for line in lines],
        shares=(34, 16, 18, 32),
        empty=_("No application and no grant yet."),
    )


def _children(children: Sequence[ChildElsewhere]) -> SheetTable:
    """Children of the family who belong to another household."""
    return SheetTable(
        title=_("Children in other households"),
        headings=(_("Name"), _("Relation"), _("Born on"), _("Lives in")),
        rows=[_child_cells(child) for child in children],
        shares=(30, 30, 15, 25),
        empty="",
    )


def _child_cells(child: ChildElsewhere) -> tuple[str, ...]:
    relation = _("%(relation)s of %(parents)s") % {
        "relation": child.relation,
        "parents": "、".join(child.parents),
    }
    if child.person is None:
        return (_("Served by another township"), relation, NOTHING, NOTHING)
    name = child.person.name
    if child.died_on:
        name += " " + _("died %(day)s") % {"day": day_iso(child.died_on)}
    return (name, relation, day_iso(child.person.birth_date), child.place or NOTHING)


def _visits(actor: Actor, household: Household, on: datetime.date) -> SheetTable:
    """The last visits to the family."""
    visits = Visit.objects.visible_to(actor).standing().filter(household=household)
    lines = visit_lines(list(visits.select_related("person", "recorded_by")[:_LAST_VISITS]), on=on)
    return SheetTable(
        title=_("Visits"),
        headings=(_("Visited on"), _("Purpose"), _("Result"), _("Recorded by")),
        rows=[
            (
                day_iso(line.visit.visited_on),
                " · ".join(filter(None, (str(line.purpose.label), line.about))),
                str(line.result.label),
                line.visit.recorded_by.name,
            )
            for line in lines
        ],
        shares=(15, 40, 25, 20),
        empty=_("No visit yet."),
    )


def _events(people: Sequence[Person], household: Household | None = None) -> SheetTable:
    """What happened last and stands, in the words of the page."""
    lines = [
        line
        for line in events_about(people=people, household=household)
        if line.event.state == EventState.RECORDED
    ]
    return SheetTable(
        title=pgettext("family", "What happened"),
        headings=(_("Event"), _("Name"), _("Happened on"), _("Source")),
        rows=[
            (
                " · ".join(filter(None, (str(line.what), line.place))),
                line.name or NOTHING,
                day_iso(line.event.happened_on),
                " · ".join(filter(None, (str(line.event.get_source_display()), line.document))),
            )
            for line in lines[:_LAST_EVENTS]
        ],
        shares=(38, 16, 15, 31),
        empty=_("No event is on record"),
    )


def _account(account: BankAccount | None) -> str:
    return f"{account.bank} {account.account.masked}" if account else NOTHING


def _place(code: str) -> str:
    """Township and village."""
    township = f"{code[:9]}000"
    names = names_of_divisions([township, code])
    return " ".join(dict.fromkeys(names[key] for key in (township, code) if key in names)) or code


def _find_household(actor: Actor, pk: UUID) -> Household | None:
    return Household.objects.visible_to(actor).filter(pk=pk).first()


def _find_person(actor: Actor, pk: UUID) -> Person | None:
    return Person.objects.visible_to(actor).filter(pk=pk).first()


HOUSEHOLD_SHEET = SheetExport(
    code="households.family_sheet",
    label=gettext_lazy("Family file"),
    policy=may_export_families,
    find=_find_household,
    compose=_compose_household,
)
PERSON_SHEET = SheetExport(
    code="households.person_sheet",
    label=gettext_lazy("Personal file"),
    policy=may_export_families,
    find=_find_person,
    compose=_compose_person,
)
