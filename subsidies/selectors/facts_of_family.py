"""The facts about certificate, household, work, school and insurance, as a reader may see them.

Of other people it is told what a clause used and no more: whether the child's other parent lives
here and has the certificate, which families a household has.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from households.enums import EmploymentState
from households.models import Employment, ExaminationYear, OnlyChildCertificate, Person
from subsidies.predicates import Bindings, Fact
from subsidies.predicates.families import Qualification
from subsidies.predicates.relations import expressions, joins, subjects
from subsidies.predicates.working import Scheme
from subsidies.selectors.shown_facts import ShownFact, source_of


def _columns(person: Person, day: datetime.date, relation: str, columns: str) -> tuple[Any, ...]:
    """Columns of a relation for one person, as the rules read them."""
    values = Bindings(day=day, reckoned_on=day)
    among = f"subject.id = {values.bind(person.pk)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {expressions([relation], subjects(among))} SELECT {columns} FROM subject{joins([relation])}",
            values.values,
        )
        return tuple(cursor.fetchone() or ())


def _certificate(person: Person, day: datetime.date) -> list[ShownFact]:
    rows = OnlyChildCertificate.objects.filter(person=person, issued_on__lte=day)
    begun = rows.filter(Q(from_on=None) | Q(from_on__lte=day)).order_by("issued_on", "from_on")
    return [
        ShownFact(
            _("Only-child certificate"),
            _("%(number)s, issued on %(day)s") % {"number": row.number, "day": row.issued_on},
            source_of(row),
            row.from_on,
            row.to_on,
        )
        for row in begun
    ] or [ShownFact(_("Only-child certificate"), _("None on record"), _("Register"))]


def _other_parent(person: Person, day: datetime.date) -> list[ShownFact]:
    columns = "co_parents.lives, co_parents.holds, co_parents.may_hold, co_parents.is_unnamed"
    lives, holds, may_hold, is_unnamed = _columns(person, day, "co_parents", columns)
    if holds:
        value = _("Lives here and holds the certificate")
    elif lives:
        value = (
            _("Lives here, no certificate on record") if may_hold else _("Lives here, holds no certificate")
        )
    elif is_unnamed:
        value = _("Named, not in the register")
    else:
        value = _("None who lives here")
    return [ShownFact(_("The child's other parent"), value, _("Register"))]


_FLAGS = ("one_child", "one_child_held", "one_child_open", "one_daughter", "two_daughters")


def _families(name: str, person: Person, day: datetime.date, relation: str) -> list[ShownFact]:
    key = "membership.household_id" if relation == "household" else "parents.person_id"
    found = _columns(person, day, relation, ", ".join([key, *(f"{relation}.{flag}" for flag in _FLAGS)]))
    if not found or found[0] is None:
        return [ShownFact(name, _("None on record"), _("Register"))]
    flags = dict(zip(_FLAGS, found[1:], strict=True))
    words = []
    if flags["one_child"]:
        label = Qualification.ONE_DAUGHTER if flags["one_daughter"] else Qualification.ONLY_CHILD
        if flags["one_child_held"]:
            holding = _("certificate held")
        else:
            holding = _("no certificate on record") if flags["one_child_open"] else _("no certificate held")
        words.append(_("%(family)s, %(certificate)s") % {"family": label.label, "certificate": holding})
    if flags["two_daughters"]:
        words.append(str(Qualification.TWO_DAUGHTERS.label))
    return [ShownFact(name, "；".join(words) or _("No family that qualifies"), _("Register"))]


def _household(person: Person, day: datetime.date) -> list[ShownFact]:
    return _families(_("Families in the household"), person, day, "household")


def _parents(person: Person, day: datetime.date) -> list[ShownFact]:
    return _families(_("The parents' family"), person, day, "parents")


def _employment(person: Person, day: datetime.date) -> list[ShownFact]:
    row = Employment.objects.on(day).filter(person=person).first()
    if row is None or not (row.state or row.employer_code):
        return [ShownFact(_("Employment"), _("None on record"), _("Register"))]
    words = [str(EmploymentState(row.state).label)] if row.state else []
    words += [row.employer_code] if row.employer_code else []
    return [ShownFact(_("Employment"), "，".join(words), source_of(row), row.from_on, row.to_on)]


def _retirement(person: Person, day: datetime.date) -> list[ShownFact]:
    row = Employment.objects.on(day).filter(person=person).first()
    if row is None or row.retired_on is None:
        return [ShownFact(_("Retired on"), _("None on record"), _("Register"))]
    return [ShownFact(_("Retired on"), row.retired_on.isoformat(), source_of(row), row.from_on, row.to_on)]


def _examination(person: Person, day: datetime.date) -> list[ShownFact]:
    row = ExaminationYear.objects.on(day).filter(person=person).first()
    if row is None:
        return [ShownFact(_("Examination year"), _("None on record"), _("Register"))]
    return [ShownFact(_("Examination year"), str(row.year), source_of(row), row.from_on, row.to_on)]


def _insurance(person: Person, day: datetime.date) -> list[ShownFact]:
    (schemes,) = _columns(person, day, "insurance", "insurance.schemes")
    if schemes:
        value = "、".join(str(Scheme(code).label) for code in sorted(set(schemes)))
    else:
        value = _("On no list")
    return [ShownFact(_("Insured elsewhere"), value, _("Register"))]


OF_FAMILY: dict[Fact, Callable[[Person, datetime.date], list[ShownFact]]] = {
    Fact.CERTIFICATE: _certificate,
    Fact.OTHER_PARENT: _other_parent,
    Fact.HOUSEHOLD: _household,
    Fact.PARENTS: _parents,
    Fact.EMPLOYMENT: _employment,
    Fact.RETIREMENT: _retirement,
    Fact.EXAMINATION_YEAR: _examination,
    Fact.INSURED_ELSEWHERE: _insurance,
}
"""What is shown of each of these facts."""
