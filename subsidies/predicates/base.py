"""What a predicate is: parameters, a sentence, the facts it reads, and one definition in SQL.

The definition is a boolean SQL expression over the columns of the relations that its facts name
(relations.py). SQL's own logic is the three-valued one that the rules need: a fact that is not
known is NULL and gives NULL, never true and never false. The sweep runs the expression over
everybody, the explanation over one person; nothing else decides.
"""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.enums import ProgrammeKind
from subsidies.predicates.facts import Fact

DAY = "%(day)s::date"
"""The day whose facts are read."""
RECKONED_ON = "%(reckoned_on)s::date"
"""The day that ages are reckoned on: the same, except when a future day is tried."""


class RuleError(DomainError):
    """A rule that cannot be read: it names what is unknown or out of bounds."""


class Where(StrEnum):
    """Where a clause is answered: from the register by the sweep, or when applying."""

    REGISTRY = "registry"
    APPLICATION = "application"


class Bindings:
    """The values of one statement, each under a name that its text refers to."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = dict(values)

    def bind(self, value: Any) -> str:
        """Keep a value and return the placeholder that stands for it."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


class Kind(Protocol):
    """What values a parameter of a predicate may have."""

    def read(self, value: Any) -> Any:
        """The value as the predicate uses it. Raises ValueError or TypeError for another."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between bounds."""

    least: int
    most: int

    def read(self, value: Any) -> int:
        number = int(value)
        if not self.least <= number <= self.most:
            raise ValueError(value)
        return number


@dataclass(frozen=True, slots=True)
class Day:
    """A day, written 1933-01-01."""

    def read(self, value: Any) -> datetime.date:
        return datetime.date.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class DayOrNone:
    """A day, or `none` for no end."""

    def read(self, value: Any) -> datetime.date | None:
        return None if value == "none" else datetime.date.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class YesNo:
    """yes or no."""

    def read(self, value: Any) -> bool:
        return {"yes": True, "no": False}[value]


@dataclass(frozen=True, slots=True)
class Codes:
    """One or more codes of a closed list, in the list's order; a text has commas between them."""

    known: tuple[str, ...]

    def read(self, value: Any) -> tuple[str, ...]:
        asked = value.split(",") if isinstance(value, str) else list(value)
        if not asked or set(asked) - set(self.known):
            raise ValueError(value)
        return tuple(code for code in self.known if code in asked)


class Predicate(ABC):
    """One condition of the closed vocabulary.

    `parameters` names what it takes; `facts` what it reads; `may_be_negated` says whether `not`
    may stand before it: not before ages and numbers of children, since "not at least 49" would
    be an upper age and "not one child" a number of children to look for (scope: openings that
    are kept shut). `kinds`: the kinds of programmes that may use it, where not all may.
    """

    code: ClassVar[str]
    parameters: ClassVar[Mapping[str, Kind]] = {}
    facts: ClassVar[tuple[Fact, ...]] = ()
    where: ClassVar[Where] = Where.REGISTRY
    may_be_negated: ClassVar[bool] = False
    kinds: ClassVar[frozenset[ProgrammeKind] | None] = None

    def __init__(self, **arguments: Any) -> None:
        if set(arguments) != set(self.parameters):
            raise RuleError(
                "wrong_parameters",
                _("The condition %(code)s takes exactly these parameters: %(names)s."),
                code=self.code,
                names="、".join(self.parameters) or "—",
            )
        for name, kind in self.parameters.items():
            try:
                setattr(self, name, kind.read(arguments[name]))
            except (KeyError, TypeError, ValueError) as wrong:
                raise RuleError(
                    "wrong_value",
                    _("%(value)s is not a value that %(name)s of the condition %(code)s can have."),
                    value=arguments[name],
                    name=name,
                    code=self.code,
                ) from wrong

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(vars(self).items()))))

    @abstractmethod
    def sentence(self) -> str:
        """The condition in words, in the language of the page."""

    @abstractmethod
    def condition(self, values: Bindings) -> str:
        """The one definition: SQL that is true, false or, where a fact is missing, null."""

    def relations(self) -> tuple[str, ...]:
        """The relations whose columns the condition uses."""
        return tuple(dict.fromkeys(fact.relation for fact in self.facts))

    def missing(self) -> str:
        """What would make it known, in words, where it can be unknown at all."""
        return ""

    def birthdays(self) -> tuple[tuple[str, int], ...]:
        """Columns of births and the ages from which the condition may turn true, if any."""
        return ()


class ApplicationPredicate(Predicate):
    """A condition that is asked when somebody applies; the register says nothing about it."""

    where = Where.APPLICATION

    def condition(self, values: Bindings) -> str:
        return "NULL::boolean"


VOCABULARY: dict[str, type[Predicate]] = {}
_CODE = re.compile(r"[a-z][a-z_]*")
OPERATORS = ("all", "any", "not")


def predicate(kind: type[Predicate]) -> type[Predicate]:
    """Add a predicate to the closed vocabulary."""
    if not _CODE.fullmatch(kind.code) or kind.code in VOCABULARY or kind.code in OPERATORS:
        raise ValueError(f"not a new code: {kind.code!r}")
    VOCABULARY[kind.code] = kind
    return kind


def listed(words: Iterable[str | Promise], *, joined_by: str | Promise = "、") -> str:
    """Words in a row, as a sentence lists them."""
    return str(joined_by).join(str(word) for word in words)
