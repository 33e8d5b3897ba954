"""A rule taken apart and put together: every tree can be written step by step, and no step breaks one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.predicates import RuleError, read_rule
from subsidies.rule_editing import (
    added,
    moved,
    negated,
    node_at,
    parts_of,
    read_path,
    removed,
    replaced,
    word_of,
    wrapped,
    write_path,
)

Tree = dict[str, Any]
LEAVES = st.one_of(
    st.sampled_from(
        [{"hukou_type_in": {"types": ["rural"]}}, {"hukou_type_in": {"types": ["urban", "defined_rural"]}}]
    ),
    st.integers(16, 100).map(lambda years: {"age_at_least": {"years": years}}),
    st.just({"living_children": {"count": 1, "step": "no"}}),
)


def _groups(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    listed = st.lists(inside, min_size=1, max_size=3)
    turned = inside.filter(lambda node: word_of(node) != "not").map(lambda node: {"not": node})
    return st.one_of(
        listed.map(lambda parts: {"all": parts}), listed.map(lambda parts: {"any": parts}), turned
    )


NODES = st.recursive(LEAVES, _groups, max_leaves=6)


def without_names(node: Tree) -> Tree:
    word = word_of(node)
    if word == "not":
        return {word: without_names(node[word])}
    if word in ("all", "any"):
        return {word: [without_names(part) for part in node[word]]}
    return {word: node[word]}


def write(tree: Tree, group: tuple[int, ...], node: Tree) -> Tree:
    """Write a node at the end of a group with nothing but the steps that the page has."""
    path = (*group, len(parts_of(node_at(tree, group))))
    word = word_of(node)
    if word == "not":
        return negated(write(tree, group, node["not"]), path)
    if word in ("all", "any"):
        first, *others = node[word]
        tree = wrapped(write(tree, group, first), path, word)
        for other in others:
            tree = write(tree, path, other)
        return tree
    return added(tree, group, node)


@given(st.lists(NODES, min_size=1, max_size=4))
def test_every_tree_can_be_written_step_by_step(clauses: list[Tree]) -> None:
    tree: Tree = {"all": []}
    for clause in clauses:
        tree = write(tree, (), clause)
    assert [without_names(part) for part in tree["all"]] == clauses
    names = [part["clause"] for part in tree["all"]]
    assert len(set(names)) == len(names)


@given(st.lists(NODES, min_size=1, max_size=3), st.data())
def test_no_step_leaves_a_group_empty_or_a_clause_without_its_name(clauses: list[Tree], data: Any) -> None:
    tree: Tree = {"all": []}
    for clause in clauses:
        tree = write(tree, (), clause)
    for _step in range(data.draw(st.integers(1, 6))):
        paths = list(_paths(tree, ()))
        if not paths:
            break
        path = data.draw(st.sampled_from(paths))
        step = data.draw(st.sampled_from(("remove", "negate", "any", "all", "up", "down", "replace")))
        tree = {
            "remove": lambda tree, path: removed(tree, path),
            "negate": lambda tree, path: negated(tree, path),
            "any": lambda tree, path: wrapped(tree, path, "any"),
            "all": lambda tree, path: wrapped(tree, path, "all"),
            "up": lambda tree, path: moved(tree, path, -1),
            "down": lambda tree, path: moved(tree, path, 1),
            "replace": lambda tree, path: replaced(tree, path, {"age_at_least": {"years": 60}}),
        }[step](tree, path)
        for part in tree["all"]:
            assert part["clause"]
        assert all(parts_of(node_at(tree, path)) for path in _paths(tree, ()) if _is_group(tree, path))
        try:
            read_rule(tree, lambda name: name)
        except RuleError as refusal:
            assert refusal.code in ("no_clauses", "not_negatable", "unreadable_clause")


def _paths(node: Tree, path: tuple[int, ...]) -> list[tuple[int, ...]]:
    found = []
    for place, part in enumerate(parts_of(node)):
        found += [(*path, place), *_paths(part, (*path, place))]
    return found


def _is_group(tree: Tree, path: tuple[int, ...]) -> bool:
    return word_of(node_at(tree, path)) in ("all", "any", "not")


def test_paths_are_read_as_they_are_written() -> None:
    for path in ((), (0,), (3, 1, 0)):
        assert read_path(write_path(path)) == path
    for wrong in ("", "x", "1--2"):
        with pytest.raises(RuleError):
            read_path(wrong)
    with pytest.raises(RuleError):
        node_at({"all": []}, (0,))
