"""Conditions about work, retirement, insurance and school."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from households.enums import EmploymentState
from subsidies.enums import ProgrammeKind
from subsidies.predicates.base import (
    RECKONED_ON,
    Bindings,
    Codes,
    Day,
    DayOrNone,
    Predicate,
    Whole,
    listed,
    predicate,
)
from subsidies.predicates.facts import Fact
from subsidies.predicates.sql import of_age

_STATE = "nullif(employment.state, '')"


@predicate
class EmploymentStateIn(Predicate):
    """Employment is one of the states; none on record is not known."""

    code = "employment_state_in"
    parameters = {"states": Codes(tuple(EmploymentState.values))}
    facts = (Fact.EMPLOYMENT,)
    may_be_negated = True
    states: tuple[str, ...]

    def sentence(self) -> str:
        return _("Employment is: %(states)s") % {
            "states": listed((EmploymentState(code).label for code in self.states), joined_by=_(" or "))
        }

    def condition(self, values: Bindings) -> str:
        return f"{_STATE} = ANY({values.bind(list(self.states))}::text[])"

    def missing(self) -> str:
        return _("Employment: a document of the employer or of being laid off")


class EmployerKind(models.TextChoices):
    """Whose worker somebody is or was."""

    ENTERPRISE = "enterprise", pgettext_lazy("employer", "An enterprise")
    PUBLIC = "public", pgettext_lazy("employer", "A public institution or association")
    LAID_OFF = "laid_off", pgettext_lazy("employer", "Laid off, without an employer")
    NONE = "none", pgettext_lazy("employer", "Never had an employer")


@predicate
class EmployerKindIn(Predicate):
    """Works or worked for an employer of a kind: a code that begins with 9 is an enterprise's (GB 32100)."""

    code = "employer_kind_in"
    parameters = {"kinds_of_employer": Codes(tuple(EmployerKind.values))}
    facts = (Fact.EMPLOYMENT,)
    may_be_negated = True
    kinds_of_employer: tuple[str, ...]

    def sentence(self) -> str:
        return _("Employer: %(kinds)s") % {
            "kinds": listed(
                (EmployerKind(code).label for code in self.kinds_of_employer), joined_by=_(" or ")
            )
        }

    def condition(self, values: Bindings) -> str:
        return (
            f"CASE WHEN employment.state = '{EmploymentState.LAID_OFF.value}' THEN '{EmployerKind.LAID_OFF.value}' "
            f"WHEN employment.state = '{EmploymentState.NO_EMPLOYER.value}' THEN '{EmployerKind.NONE.value}' "
            f"WHEN employment.state = '{EmploymentState.PUBLIC.value}' THEN '{EmployerKind.PUBLIC.value}' "
            f"WHEN nullif(employment.employer_code, '') IS NULL THEN NULL "
            f"WHEN left(employment.employer_code, 1) = '9' THEN '{EmployerKind.ENTERPRISE.value}' "
            f"ELSE '{EmployerKind.PUBLIC.value}' END = ANY({values.bind(list(self.kinds_of_employer))}::text[])"
        )

    def missing(self) -> str:
        return _("The employer on retirement, or a document of being laid off")


@predicate
class RetiredBetween(Predicate):
    """Retired within a period, and by the day of assessment; a retirement without its day is not known."""

    code = "retired_between"
    parameters = {"first": Day(), "last": DayOrNone()}
    facts = (Fact.RETIREMENT,)
    first: datetime.date
    last: datetime.date | None

    def sentence(self) -> str:
        if self.last is None:
            return _("Retired on or after %(first)s") % {"first": self.first.isoformat()}
        return _("Retired between %(first)s and %(last)s") % {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    def condition(self, values: Bindings) -> str:
        until = f" AND employment.retired_on <= {values.bind(self.last)}::date" if self.last else ""
        return (
            f"CASE WHEN employment.retired_on IS NOT NULL THEN employment.retired_on <= {RECKONED_ON} "
            f"AND employment.retired_on >= {values.bind(self.first)}::date{until} "
            f"WHEN {_STATE} <> '{EmploymentState.RETIRED.value}' THEN false END"
        )

    def birthdays(self) -> tuple[tuple[str, int], ...]:
        return (("employment.retired_on", 0),)

    def missing(self) -> str:
        return _("The document of retirement with its day")


@predicate
class BeforePensionAge(Predicate):
    """Still pays premiums: the pension, drawn by everybody from the same age on, has not begun.

    For premiums paid on behalf alone, and from 60 on alone: it sets nobody of working age apart.
    """

    code = "before_pension_age"
    parameters = {"years": Whole(60, 75)}
    facts = (Fact.BIRTH_DATE,)
    kinds = frozenset({ProgrammeKind.PREMIUM})
    years: int

    def sentence(self) -> str:
        return _("Still pays premiums: the pension begins at %(years)d for everybody") % {"years": self.years}

    def condition(self, values: Bindings) -> str:
        return f"NOT ({of_age('subject.birth_date', values.bind(self.years), day=RECKONED_ON)})"


@predicate
class ExaminationYearIs(Predicate):
    """Takes the entrance examination in the year of assessment.

    Who is of school age for it (turns so many years in that year) and has no year on record is not
    known until the education bureau's list says so; at any other age none on record is none.
    """

    code = "examination_year_is"
    parameters = {"school_age_from": Whole(12, 16), "school_age_to": Whole(14, 20)}
    facts = (Fact.EXAMINATION_YEAR, Fact.BIRTH_DATE)
    school_age_from: int
    school_age_to: int

    def sentence(self) -> str:
        return _("Takes the entrance examination in the year of assessment")

    def relations(self) -> tuple[str, ...]:
        return ("examination",)

    def condition(self, values: Bindings) -> str:
        year = f"extract(year FROM {RECKONED_ON})::int"
        turns = f"{year} - extract(year FROM subject.birth_date)::int"
        return (
            f"CASE WHEN examination.year IS NOT NULL THEN examination.year = {year} "
            f"WHEN {turns} BETWEEN {values.bind(self.school_age_from)}::int "
            f"AND {values.bind(self.school_age_to)}::int THEN NULL ELSE false END"
        )

    def missing(self) -> str:
        return _("The entry for the examination (list of the education bureau)")


class Scheme(models.TextChoices):
    """What somebody may be insured in elsewhere: as a worker, or in another county."""

    MEDICAL = "medical", gettext_lazy("medical insurance")
    PENSION = "pension", gettext_lazy("pension insurance")


@predicate
class InsuredElsewhere(Predicate):
    """Insured elsewhere, so that no premium is paid a second time; a rule asks for it by its opposite.

    Who works for an employer and is on no list of the insured is not known: the employer insures.
    Anybody else on no list is not insured elsewhere.
    """

    code = "insured_elsewhere"
    parameters = {"scheme": Codes(tuple(Scheme.values))}
    facts = (Fact.INSURED_ELSEWHERE, Fact.EMPLOYMENT)
    may_be_negated = True
    scheme: tuple[str, ...]

    def sentence(self) -> str:
        return _("Insured elsewhere: %(schemes)s") % {
            "schemes": listed((Scheme(code).label for code in self.scheme), joined_by=_(" or "))
        }

    def condition(self, values: Bindings) -> str:
        employed = f"'{EmploymentState.EMPLOYED.value}', '{EmploymentState.PUBLIC.value}'"
        return (
            f"CASE WHEN insurance.schemes && {values.bind(list(self.scheme))}::text[] THEN true "
            f"WHEN employment.state IN ({employed}) THEN NULL ELSE false END"
        )

    def missing(self) -> str:
        return _("Whether insured as a worker or in another county (list of the social insurance)")
