"""Conditions about a person's children: those born to or adopted by her, step-children where a policy says so.

Kinship is taken as complete: no child on record is no child. Numbers of living children are exact
and at most two; nothing here finds people by how many children they have beyond that.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subsidies.predicates.base import RECKONED_ON, Bindings, Predicate, Whole, YesNo, predicate
from subsidies.predicates.facts import Fact
from subsidies.predicates.sql import of_age


class ChildrenPredicate(Predicate):
    """A condition that counts step-children or does not, as the policy's parameter says."""

    step: bool

    @property
    def family(self) -> str:
        """The relation of the children that count."""
        return "children_and_step" if self.step else "children"

    def relations(self) -> tuple[str, ...]:
        return (self.family,)


@predicate
class LivingChildren(ChildrenPredicate):
    """Has exactly so many living children: none, one or two."""

    code = "living_children"
    parameters = {"count": Whole(0, 2), "step": YesNo()}
    facts = (Fact.CHILDREN,)
    count: int

    def sentence(self) -> str:
        if self.count == 0:
            return _("No child is living")
        return ngettext("Has %(count)d living child", "Has %(count)d living children", self.count) % {
            "count": self.count
        }

    def condition(self, values: Bindings) -> str:
        return f"coalesce({self.family}.living, 0) = {values.bind(self.count)}::int"


@predicate
class OnlyDaughters(ChildrenPredicate):
    """Has living children, and all of them are daughters."""

    code = "only_daughters"
    parameters = {"step": YesNo()}
    facts = (Fact.CHILDREN,)

    def sentence(self) -> str:
        return _("The living children are all daughters")

    def condition(self, values: Bindings) -> str:
        return f"coalesce({self.family}.living > 0 AND {self.family}.living_sons = 0, false)"


@predicate
class ChildDied(ChildrenPredicate):
    """A child of hers has died."""

    code = "child_died"
    parameters = {"step": YesNo()}
    facts = (Fact.CHILDREN_DIED,)

    def sentence(self) -> str:
        return _("A child has died")

    def condition(self, values: Bindings) -> str:
        return f"coalesce({self.family}.died, 0) > 0"


@predicate
class EverOneChild(ChildrenPredicate):
    """Never had more than one living child at the same time, up to the day."""

    code = "ever_one_child"
    parameters = {"step": YesNo()}
    facts = (Fact.CHILDREN_OVER_TIME,)

    def sentence(self) -> str:
        return _("Never had more than one living child at the same time")

    def condition(self, values: Bindings) -> str:
        return f"NOT coalesce({self.family}.ever_two, false)"


@predicate
class ChildDisabilityBetween(ChildrenPredicate):
    """A living child has a disability grade between two; no grade on record is none."""

    code = "child_disability_between"
    parameters = {"severest": Whole(1, 4), "mildest": Whole(1, 4), "step": YesNo()}
    facts = (Fact.CHILD_DISABILITY,)
    severest: int
    mildest: int

    def sentence(self) -> str:
        return _("A living child has a disability of grade %(severest)d to %(mildest)d") % {
            "severest": self.severest,
            "mildest": self.mildest,
        }

    def condition(self, values: Bindings) -> str:
        grades = values.bind(list(range(self.severest, self.mildest + 1)))
        return f"coalesce({self.family}.grades && {grades}::smallint[], false)"


@predicate
class ChildUnder(ChildrenPredicate):
    """A living child has not reached an age, at most eighteen: the benefits for bringing up a child."""

    code = "child_under"
    parameters = {"years": Whole(1, 18), "step": YesNo()}
    facts = (Fact.CHILDREN,)
    years: int

    def sentence(self) -> str:
        return _("A living child has not reached the age of %(years)d") % {"years": self.years}

    def condition(self, values: Bindings) -> str:
        grown = of_age(f"{self.family}.last_born_on", values.bind(self.years), day=RECKONED_ON)
        return f"coalesce(NOT ({grown}), false)"
