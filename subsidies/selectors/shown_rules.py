"""A policy's tree as a page shows it: each part a sentence with its place, readable or not yet."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from subsidies.models import PolicyVersion
from subsidies.predicates import VOCABULARY, RuleError, Where, read_rule
from subsidies.predicates.base import OPERATORS
from subsidies.rule_editing import Path, leaves_of, parts_of, word_of, write_path
from subsidies.selectors.rules import value_on


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of a rule: where it stands, what it says, and what may be done with it."""

    path: str
    operator: str
    text: str
    problem: str
    parts: tuple[ShownPart, ...]
    is_application: bool
    may_be_negated: bool
    is_first: bool
    is_last: bool

    @property
    def is_group(self) -> bool:
        """Whether further conditions can be put into it."""
        return self.operator in ("all", "any")


def shown_rule(version: PolicyVersion) -> tuple[ShownPart, ...]:
    """The clauses of a version on its first day, in order."""
    parts = parts_of(version.rule)
    return tuple(
        _shown(version, part, (place,), is_last=place == len(parts) - 1) for place, part in enumerate(parts)
    )


def _shown(version: PolicyVersion, node: Mapping[str, Any], path: Path, *, is_last: bool) -> ShownPart:
    word = word_of(node)
    parts = parts_of(node)
    text, problem = ("", "") if word in OPERATORS else sentence_of(version, node, version.from_on)
    return ShownPart(
        path=write_path(path),
        operator=word if word in OPERATORS else "",
        text=text,
        problem=problem,
        parts=tuple(
            _shown(version, part, (*path, place), is_last=place == len(parts) - 1)
            for place, part in enumerate(parts)
        ),
        is_application=word in VOCABULARY and VOCABULARY[word].where is Where.APPLICATION,
        may_be_negated=all(
            (code := word_of(leaf)) in VOCABULARY and VOCABULARY[code].may_be_negated
            for leaf in leaves_of(node)
        ),
        is_first=path[-1] == 0,
        is_last=is_last,
    )


def sentence_of(version: PolicyVersion, node: Mapping[str, Any], day: datetime.date) -> tuple[str, str]:
    """A part of a rule in words, or else why it cannot be read on a day."""
    alone = {word: inside for word, inside in node.items() if word != "clause"}
    try:
        rule = read_rule({"all": [{"clause": "part", **alone}]}, lambda name: value_on(version, name, day))
        return rule.clauses[-1].sentence(), ""
    except RuleError as refusal:
        return word_of(node), str(refusal)
