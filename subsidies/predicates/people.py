"""Conditions about the person herself and her spouse."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.translation import gettext as _

from households.enums import HukouType, MaritalState, Sex
from subsidies.predicates.base import (
    RECKONED_ON,
    Bindings,
    Codes,
    Day,
    Predicate,
    Whole,
    YesNo,
    listed,
    predicate,
)
from subsidies.predicates.facts import Fact
from subsidies.predicates.sql import lives, of_age

DEFINITE_TYPES = tuple(kind.value for kind in HukouType if kind is not HukouType.RESIDENT)
"""Kinds a rule may ask for; `resident` says nothing until a document defines it."""


def hukou_words(types: tuple[str, ...]) -> str:
    """Hukou types as a sentence lists them."""
    return listed((HukouType(kind).label for kind in types), joined_by=_(" or "))


@predicate
class Living(Predicate):
    """Every benefit is for the living; the rule reader puts this before every rule."""

    code = "living"
    facts = (Fact.LIFE,)

    def sentence(self) -> str:
        return _("Is living")

    def condition(self, values: Bindings) -> str:
        return lives("subject")


@predicate
class BornOnOrAfter(Predicate):
    """Born on or after a day."""

    code = "born_on_or_after"
    parameters = {"day": Day()}
    facts = (Fact.BIRTH_DATE,)
    day: datetime.date

    def sentence(self) -> str:
        return _("Born on or after %(day)s") % {"day": self.day.isoformat()}

    def condition(self, values: Bindings) -> str:
        return f"subject.birth_date >= {values.bind(self.day)}::date"


@predicate
class AgeAtLeast(Predicate):
    """Has reached an age in whole years on the day of assessment. There is no upper age."""

    code = "age_at_least"
    parameters = {"years": Whole(16, 100)}
    facts = (Fact.BIRTH_DATE,)
    years: int

    def sentence(self) -> str:
        return _("Has reached the age of %(years)d") % {"years": self.years}

    def condition(self, values: Bindings) -> str:
        return of_age("subject.birth_date", values.bind(self.years), day=RECKONED_ON)

    def birthdays(self) -> tuple[tuple[str, int], ...]:
        return (("subject.birth_date", self.years),)


@predicate
class ParentAgeAtLeast(Predicate):
    """The age that counts for a couple: in a marriage the wife's for both, otherwise the parent's own.

    A spouse who has died leaves the other widowed, whatever is on record. A man whose marriage is
    not on record, or whose wife is named and not in the register, is unknown.
    """

    code = "parent_age_at_least"
    parameters = {"years": Whole(40, 100)}
    facts = (Fact.BIRTH_DATE, Fact.SEX, Fact.MARRIAGE, Fact.SPOUSE_BIRTH_DATE)
    years: int

    def sentence(self) -> str:
        return _("The wife has reached the age of %(years)d; a widowed or divorced parent has reached it") % {
            "years": self.years
        }

    def condition(self, values: Bindings) -> str:
        years = values.bind(self.years)
        own = of_age("subject.birth_date", years, day=RECKONED_ON)
        ended = f"'{MaritalState.WIDOWED.value}', '{MaritalState.DIVORCED.value}'"
        return (
            f"CASE WHEN subject.sex = '{Sex.FEMALE.value}' OR marriage.state IN ({ended}) "
            f"OR (spouse.id IS NOT NULL AND NOT {lives('spouse')}) THEN {own} "
            f"ELSE {of_age('spouse.birth_date', years, day=RECKONED_ON)} END"
        )

    def birthdays(self) -> tuple[tuple[str, int], ...]:
        return (("subject.birth_date", self.years), ("spouse.birth_date", self.years))

    def missing(self) -> str:
        return _("The marriage on record, with the wife's identity number")


@predicate
class HukouTypeIn(Predicate):
    """Hukou of one of the kinds; 居民 leaves it unknown until a document defines it."""

    code = "hukou_type_in"
    parameters = {"types": Codes(DEFINITE_TYPES)}
    facts = (Fact.HUKOU,)
    may_be_negated = True
    types: tuple[str, ...]

    def sentence(self) -> str:
        return _("Hukou is %(types)s") % {"types": hukou_words(self.types)}

    def condition(self, values: Bindings) -> str:
        return _is_of("hukou.hukou_type", self.types, values)

    def missing(self) -> str:
        return _("A document that defines the hukou as rural or not")


@predicate
class SpouseHukouTypeIn(Predicate):
    """A living spouse's hukou is of one of the kinds too, where the policy asks for it.

    Nobody is asked about a spouse who is not known, has died, or is divorced; a spouse who is named and
    not in the register leaves it unknown.
    """

    code = "spouse_hukou_type_in"
    parameters = {"types": Codes(DEFINITE_TYPES), "asked": YesNo()}
    facts = (Fact.MARRIAGE, Fact.SPOUSE_HUKOU)
    types: tuple[str, ...]
    asked: bool

    def sentence(self) -> str:
        if not self.asked:
            return _("The spouse's hukou is not asked about")
        return _("A living spouse's hukou is %(types)s too") % {"types": hukou_words(self.types)}

    def condition(self, values: Bindings) -> str:
        if not self.asked:
            return "true"
        ended = f"'{MaritalState.WIDOWED.value}', '{MaritalState.DIVORCED.value}'"
        return (
            f"CASE WHEN marriage.state IN ({ended}) THEN true "
            f"WHEN spouse.id IS NULL AND marriage.spouse_digest IS NULL THEN true "
            f"WHEN spouse.id IS NULL THEN NULL "
            f"WHEN NOT {lives('spouse')} THEN true "
            f"ELSE {_is_of('spouse_hukou.hukou_type', self.types, values)} END"
        )

    def missing(self) -> str:
        return _("The spouse's hukou, or a document that defines it as rural or not")


def _is_of(column: str, types: tuple[Any, ...], values: Bindings) -> str:
    return f"nullif({column}, '{HukouType.RESIDENT.value}') = ANY({values.bind(list(types))}::text[])"
