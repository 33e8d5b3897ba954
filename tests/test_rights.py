"""What the product never holds (docs/rights.md): proved over schema, addresses, forms, rules, words.

This test is never weakened. When it fails, what was added serves control, not a family: take it
out, or build the serving counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from offices.enums import Role

ROOT = Path(__file__).resolve().parent.parent
OURS = ("offices", "households", "enforcement", "checkups", "subsidies", "reports")

FORBIDDEN = re.compile(
    r"pregnan|menstru|contracept|steriliz|sterilis|\biud\b|ligation|abort|gestation|"
    r"birth_?permit|birth_?quota|birth_?target|\bquotas?\b|lawful_?birth|unplanned|out_of_plan|excess_?birth|"
    r"social_?maintenance|\bfines?\b|penalt|\bfees?\b|levy|tip_?off|informant|denounc|"
    r"unmarried|fertil|compulsory|mandatory_check|last_period|"
    r"准生证|生育证|超生|计划外|社会抚养费|罚款|结扎|上环|取环|避孕|怀孕|孕情|月经|举报|未婚|违法生育|指标生育|流产",
    re.IGNORECASE,
)
# Pages that say what is *not* done may name it: the whole sentence is listed, nothing shorter.
MARITAL = re.compile(r"marital|marriage|widow|divorc|spouse_state|婚姻|丧偶|离异", re.IGNORECASE)
CLINICAL_ONLY = "checkups.clinical"


def our_models() -> Iterator[type]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OURS:
            yield model


def our_forms() -> Iterator[type[forms.BaseForm]]:
    """Every form class of the product: forms modules are imported by the addresses."""
    get_resolver().url_patterns  # noqa: B018 # loads every view module
    waiting = [forms.BaseForm]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__module__.split(".")[0] in OURS:
                yield child


def our_addresses(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from our_addresses(entry.url_patterns, prefix + str(entry.pattern))
        else:
            yield f"{prefix}{entry.pattern} {entry.name}"


def test_no_table_or_column_for_control() -> None:
    for model in our_models():
        assert not FORBIDDEN.search(model._meta.db_table), model
        for field in model._meta.get_fields():
            assert not FORBIDDEN.search(field.name), (model, field.name)
            for _value, label in getattr(field, "flatchoices", None) or ():
                assert not FORBIDDEN.search(str(label)), (model, field.name, label)


def test_no_address_for_control() -> None:
    for address in our_addresses():
        assert not FORBIDDEN.search(address), address
        assert not MARITAL.search(address), address


def test_no_form_filters_or_searches_by_marital_state_births_or_age() -> None:
    seen = 0
    for form in our_forms():
        for name in getattr(form, "base_fields", {}):
            seen += 1
            assert not FORBIDDEN.search(name), (form, name)
            assert not MARITAL.search(name), (form, name)
            assert not re.search(r"age_|_age|children|sex\b", name), (form, name)
    assert seen > 10


def test_no_exported_column_for_control() -> None:
    from offices.exports import ListExport, export_kinds

    lists = [kind for kind in export_kinds() if isinstance(kind, ListExport)]
    assert lists
    for kind in lists:
        for name, column in kind.resource.fields.items():
            words = f"{name} {column.column_name}"
            assert not FORBIDDEN.search(words), (kind.code, name)
            assert not MARITAL.search(words), (kind.code, name)
            assert not re.search(r"disab|残疾|spouse|children", words, re.IGNORECASE), (kind.code, name)


def test_no_role_for_control() -> None:
    assert not [role for role in Role if FORBIDDEN.search(role.value)]


def test_unmarried_is_not_a_stored_state() -> None:
    from households.enums import MaritalState

    assert {state.value for state in MaritalState} == {"married", "divorced", "widowed"}


def test_marital_state_is_shown_on_no_page() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"marital|widow|divorc|丧偶|离异|婚姻", text, re.IGNORECASE), template


def test_no_word_for_control_in_templates_and_catalogues() -> None:
    for path in (*(ROOT / "templates").rglob("*.html"), *(ROOT / "locale").rglob("*.po")):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not FORBIDDEN.search(line), (path, line)


def test_exits_are_counted_under_four_reasons() -> None:
    from subsidies.enums import StopReason

    assert {reason.value for reason in StopReason} == {"died", "moved", "conditions_changed", "other"}


def test_the_rule_vocabulary_describes_no_group_to_be_watched() -> None:
    from subsidies.predicates import VOCABULARY

    for name, predicate in VOCABULARY.items():
        assert not FORBIDDEN.search(name), name
        words = f"{name} {getattr(predicate, '__doc__', '')}"
        assert not re.search(
            r"age_at_most|age_below|younger|at_least_n_children|children_at_least|unmarried", words
        )


def test_the_policy_vocabulary_is_used_only_with_a_benefit() -> None:
    from subsidies.enums import ProgrammeKind

    assert {kind.value for kind in ProgrammeKind} == {"cash", "premium", "points", "award", "letter"}


@pytest.mark.django_db
def test_no_figure_ranks_by_births_or_attendance() -> None:
    from reports.catalogue import CATALOGUE

    for figure in CATALOGUE:
        assert not FORBIDDEN.search(f"{figure.code} {figure.name_zh} {figure.name_en}"), figure.code
        assert not re.search(r"birth|rank", figure.code), figure.code


def test_clinical_models_have_the_clinical_role_alone() -> None:
    from offices.database.access import access_of

    clinical = [model for model in our_models() if model.__module__.startswith(CLINICAL_ONLY)]
    assert clinical
    for model in clinical:
        assert access_of(model).role == "clinical", model


def test_a_booking_holds_no_person() -> None:
    from checkups.models import Booking
    from households.models import Person

    related = {field.related_model for field in Booking._meta.get_fields() if field.is_relation}
    assert Person not in related
    assert not [
        f.name for f in Booking._meta.fields if re.search(r"name|person|phone|id_number|purpose", f.name)
    ]
