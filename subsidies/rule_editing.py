"""A policy's tree taken apart and put together again, a step at a time; nothing here is checked.

A place in a tree is a path: the positions of the children on the way, `()` for the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext_lazy as _

from subsidies.predicates import RuleError
from subsidies.predicates.base import OPERATORS

Path = tuple[int, ...]
Tree = dict[str, Any]
TOP = "top"


def read_path(text: str) -> Path:
    """A path as an address has it: `top`, or positions joined by hyphens. Raises RuleError."""
    if text == TOP:
        return ()
    try:
        return tuple(int(part) for part in text.split("-"))
    except ValueError as wrong:
        raise _missing() from wrong


def write_path(path: Path) -> str:
    """A path as an address has it."""
    return "-".join(map(str, path)) or TOP


def word_of(node: Mapping[str, Any]) -> str:
    """What a node is: an operator, or the code of a condition."""
    return next((word for word in node if word != "clause"), "")


def parts_of(node: Mapping[str, Any]) -> list[Any]:
    """The children of a node; a condition has none."""
    word = word_of(node)
    if word == "not":
        return [node[word]]
    return list(node[word]) if word in OPERATORS else []


def leaves_of(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The conditions at or below a node."""
    if word_of(node) not in OPERATORS:
        yield node
    for part in parts_of(node):
        yield from leaves_of(part)


def node_at(tree: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The node at a path. Raises RuleError when there is none."""
    node = tree
    for place in path:
        parts = parts_of(node)
        if not 0 <= place < len(parts):
            raise _missing()
        node = parts[place]
    return node


def added(tree: Mapping[str, Any], path: Path, node: Tree) -> Tree:
    """The tree with a further node at the end of the group at `path`."""

    def append(group: Tree) -> list[Tree]:
        word = word_of(group)
        if word not in ("all", "any"):
            raise _missing()
        named = node if path else {"clause": _free_name(tree, node), **node}
        return [{**group, word: [*group[word], named]}]

    return _changed(tree, path, append)


def replaced(tree: Mapping[str, Any], path: Path, node: Tree) -> Tree:
    """The tree with another node in place of the one at `path`, which keeps its clause's name."""
    return _changed(tree, path, lambda former: [_named_as(former, node)])


def removed(tree: Mapping[str, Any], path: Path) -> Tree:
    """The tree without a node; a group that becomes empty goes with it."""
    return _changed(tree, path, lambda _former: [])


def wrapped(tree: Mapping[str, Any], path: Path, operator: str) -> Tree:
    """The tree with a node made the first of a group."""
    return _changed(tree, path, lambda former: [_named_as(former, {operator: [_unnamed(former)]})])


def negated(tree: Mapping[str, Any], path: Path) -> Tree:
    """The tree with a node turned into its opposite, or back."""

    def turn(former: Tree) -> list[Tree]:
        inside = former["not"] if word_of(former) == "not" else {"not": _unnamed(former)}
        return [_named_as(former, inside)]

    return _changed(tree, path, turn)


def moved(tree: Mapping[str, Any], path: Path, by: int) -> Tree:
    """The tree with a node one place further up (-1) or down (1) among its siblings."""
    node_at(tree, path)
    here, there = path[-1], path[-1] + by

    def swap(group: Tree) -> list[Tree]:
        word = word_of(group)
        parts = list(group[word]) if word in ("all", "any") else []
        if 0 <= there < len(parts):
            parts[here], parts[there] = parts[there], parts[here]
            return [{**group, word: parts}]
        return [group]

    return _changed(tree, path[:-1], swap)


def _changed(tree: Mapping[str, Any], path: Path, change: Callable[[Tree], list[Tree]]) -> Tree:
    node_at(tree, path)
    copy = deepcopy(dict(tree))
    return next(iter(_rebuilt(copy, path, change, is_top=True)), {"all": []})


def _rebuilt(node: Tree, path: Path, change: Callable[[Tree], list[Tree]], *, is_top: bool) -> list[Tree]:
    if not path:
        return change(node)
    word, (place, *rest) = word_of(node), path
    parts = parts_of(node)
    parts[place : place + 1] = _rebuilt(parts[place], tuple(rest), change, is_top=False)
    if not parts and not is_top:
        return []
    return [{**node, word: parts[0] if word == "not" else parts}]


def _unnamed(node: Mapping[str, Any]) -> Tree:
    return {word: inside for word, inside in node.items() if word != "clause"}


def _named_as(former: Mapping[str, Any], node: Tree) -> Tree:
    name = {"clause": former["clause"]} if "clause" in former else {}
    return {**name, **_unnamed(node)}


def _free_name(tree: Mapping[str, Any], node: Tree) -> str:
    """A clause's name: its first condition's code, with a letter behind it where that is taken."""
    taken = {part.get("clause") for part in tree["all"]}
    code = word_of(next(leaves_of(node)))[:36]
    names = [code, *(f"{code}_{letter}" for letter in ascii_lowercase[1:])]
    names += [f"{name}_{letter}" for name in names[1:] for letter in ascii_lowercase]
    return next(name for name in names if name not in taken)


def _missing() -> RuleError:
    return RuleError(
        "no_such_condition",
        _("This condition is not there any more. Open the draft again to see what it holds now."),
    )
