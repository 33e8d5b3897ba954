"""Conditions about the family as a whole: its certificate, its payee, what qualifies it."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.enums import Sex
from subsidies.predicates.base import Bindings, Codes, Predicate, YesNo, listed, predicate
from subsidies.predicates.facts import Fact


@predicate
class HoldsCertificate(Predicate):
    """Holds the only-child certificate; none on record is not known, since older ones are in no register.

    Where the policy says so, the certificate of the other parent of her child is hers too.
    """

    code = "holds_certificate"
    parameters = {"other_parent": YesNo()}
    facts = (Fact.CERTIFICATE,)
    may_be_negated = True
    other_parent: bool

    def sentence(self) -> str:
        if self.other_parent:
            return _("Holds the only-child certificate, or the child's other parent does")
        return _("Holds the only-child certificate")

    def relations(self) -> tuple[str, ...]:
        return ("certificate", "co_parents") if self.other_parent else ("certificate",)

    def condition(self, values: Bindings) -> str:
        if not self.other_parent:
            return "certificate.is_held"
        return (
            "CASE WHEN coalesce(certificate.is_held, false) OR coalesce(co_parents.holds, false) THEN true "
            "WHEN certificate.is_held IS NULL OR coalesce(co_parents.may_hold, false) "
            "OR coalesce(co_parents.is_unnamed, false) THEN NULL ELSE false END"
        )

    def missing(self) -> str:
        return _("The only-child certificate: its number and day of issue")


@predicate
class PayeeOfFamily(Predicate):
    """Is the one person of a family to whom its benefit goes, so that a family counts once.

    The mother, if she lives here and (where the certificate decides) holds it; else the father. If
    neither has one on record, she stands for the family until it is known who has it.
    """

    code = "payee_of_family"
    parameters = {"certificate": YesNo()}
    facts = (Fact.SEX, Fact.OTHER_PARENT)
    certificate: bool

    def sentence(self) -> str:
        if self.certificate:
            return _(
                "Receives for the family: the mother if she lives here and holds the certificate, else the father"
            )
        return _("Receives for the family: the mother if she lives here, else the father")

    def relations(self) -> tuple[str, ...]:
        return ("co_parents", "certificate") if self.certificate else ("co_parents",)

    def condition(self, values: Bindings) -> str:
        lives, holds, may_hold, is_unnamed = (
            f"coalesce(co_parents.{name}, false)" for name in ("lives", "holds", "may_hold", "is_unnamed")
        )
        if not self.certificate:
            return (
                f"CASE WHEN subject.sex = '{Sex.FEMALE.value}' THEN true "
                f"WHEN {lives} THEN false WHEN {is_unnamed} THEN NULL ELSE true END"
            )
        return (
            f"CASE WHEN subject.sex = '{Sex.FEMALE.value}' THEN coalesce(certificate.is_held, NOT {holds}) "
            f"WHEN {holds} THEN false WHEN coalesce(certificate.is_held, false) THEN true "
            f"WHEN {may_hold} THEN false WHEN {is_unnamed} THEN NULL ELSE true END"
        )

    def missing(self) -> str:
        return _("The mother's record: whether she lives here and holds the certificate")


class Qualification(models.TextChoices):
    """What qualifies a family: exact small numbers of living children, never more than two."""

    ONLY_CHILD = "only_child", gettext_lazy("one living child")
    ONE_DAUGHTER = "one_daughter", gettext_lazy("one living child, a daughter")
    TWO_DAUGHTERS = "two_daughters", gettext_lazy("two living children, both daughters")


_BY_ONE = {Qualification.ONLY_CHILD: "one_child", Qualification.ONE_DAUGHTER: "one_daughter"}


class FamilyPredicate(Predicate):
    """A condition about the families of the people linked to her; for one child, by the certificate or not."""

    parameters = {"families": Codes(tuple(Qualification.values)), "certificate": YesNo()}
    linked: ClassVar[str]
    families: tuple[str, ...]
    certificate: bool

    def words(self) -> str:
        """The families in words."""
        words = []
        for code in self.families:
            label = str(Qualification(code).label)
            by_certificate = self.certificate and Qualification(code) in _BY_ONE
            words.append(
                _("%(family)s (by the certificate)") % {"family": label} if by_certificate else label
            )
        return listed(words, joined_by=_(" or "))

    def flags(self) -> tuple[list[str], list[str]]:
        """Columns of which one makes it true, and columns of which one leaves it open."""
        is_true, is_open = [], []
        for code in self.families:
            column = _BY_ONE.get(Qualification(code), code)
            if self.certificate and Qualification(code) in _BY_ONE:
                is_true.append(f"{self.linked}.{column}_held")
                is_open.append(f"{self.linked}.{column}_open")
            else:
                is_true.append(f"{self.linked}.{column}")
        return is_true, is_open

    def condition(self, values: Bindings) -> str:
        is_true, is_open = self.flags()
        is_open = [*is_open, *self.open_otherwise()]
        unless = f"WHEN {' OR '.join(is_open)} THEN NULL " if is_open else ""
        return f"CASE WHEN {' OR '.join(is_true)} THEN true {unless}ELSE false END"

    @abstractmethod
    def open_otherwise(self) -> tuple[str, ...]:
        """What else leaves it open."""


@predicate
class MemberOfHouseholdWith(FamilyPredicate):
    """Belongs to a household in which a parent has such a family."""

    code = "member_of_household_with"
    facts = (Fact.HOUSEHOLD,)
    linked = "household"

    def sentence(self) -> str:
        return _("Belongs to a household with %(families)s") % {"families": self.words()}

    def open_otherwise(self) -> tuple[str, ...]:
        return ("membership.household_id IS NULL",)

    def missing(self) -> str:
        if self.certificate and set(self.families) & set(_BY_ONE):
            return _("The only-child certificate of the household: its number and day of issue")
        return _("The household register")


@predicate
class ChildOfFamilyWith(FamilyPredicate):
    """Is a child, by birth or adoption, of a parent who has such a family, living or not."""

    code = "child_of_family_with"
    facts = (Fact.PARENTS,)
    linked = "parents"

    def sentence(self) -> str:
        return _("Child of a family with %(families)s") % {"families": self.words()}

    def open_otherwise(self) -> tuple[str, ...]:
        return ("parents.person_id IS NULL", "parents.is_unnamed")

    def missing(self) -> str:
        return _("The parents' record, with their only-child certificate where one is asked for")
