"""A rule is made of a closed vocabulary: nothing that somebody writes into one is run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.predicates import RuleError, read_rule
from subsidies.predicates.base import VOCABULARY, Bindings

HOSTILE = "1) OR TRUE; DROP TABLE subsidies_grant; --"


def no_parameter(name: str) -> object:
    raise RuleError("unknown_parameter", "no parameter %(name)s", name=name)


def conditions(tree: object) -> str:
    """The SQL of every clause of a tree."""
    rule = read_rule(tree, no_parameter)  # type: ignore[arg-type] # whatever somebody writes
    values = Bindings()
    return "\n".join(clause.condition(values) for clause in rule.clauses)


@pytest.mark.parametrize(
    ("word", "name"),
    [(word, name) for word, kind in sorted(VOCABULARY.items()) for name in kind.parameters],
)
@pytest.mark.parametrize("value", [HOSTILE, [HOSTILE], {"sql": HOSTILE}, "__import__('os').system('x')"])
def test_no_text_of_a_rule_reaches_the_database_as_sql(word: str, name: str, value: object) -> None:
    inside = dict.fromkeys(VOCABULARY[word].parameters, value)
    try:
        said = conditions({"all": [{"clause": "x", word: inside}]})
    except RuleError:
        return
    assert "DROP TABLE" not in said
    assert "__import__" not in said


@pytest.mark.parametrize("word", ["sql", "raw", "python", "exec", "eval", "expression", HOSTILE, "Any", ""])
def test_no_word_beside_the_vocabulary_is_a_condition(word: str) -> None:
    with pytest.raises(RuleError) as refused:
        conditions({"all": [{"clause": "x", word: {"text": HOSTILE}}]})
    assert refused.value.code in {"unknown_condition", "unreadable_clause"}


TREES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text("ab_ ;", max_size=6),
        st.sampled_from(sorted(VOCABULARY)),
    ),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(
            st.one_of(
                st.text("ab_ ;", max_size=6),
                st.sampled_from(["all", "any", "not", "clause", *sorted(VOCABULARY)]),
            ),
            inside,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@given(tree=st.dictionaries(st.sampled_from(["all", "any", "x"]), TREES, max_size=2))
def test_whatever_is_written_is_a_rule_or_a_refusal(tree: dict[str, object]) -> None:
    try:
        read_rule(tree, no_parameter)
    except RuleError as refused:
        assert str(refused)
