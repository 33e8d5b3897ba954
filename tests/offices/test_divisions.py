"""A division code tells its level, its scope and its kind of unit."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import offices
from offices.divisions import full_code, level_of, scope_of, unit_class_of

LIST = Path(offices.__file__).parent / "reference" / "divisions-370406.csv"


def test_level_is_that_of_the_official_list() -> None:
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        divisions = list(csv.DictReader(file))
    assert len(divisions) == 294
    assert all(level_of(division["code"]) == division["level"] for division in divisions)


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("370406000000", "370406"),
        ("370410000000", "370410"),
        ("370406100000", "370406100"),
        ("370406101000", "370406101"),
        ("370406101200", "370406101200"),
        ("370406101210", "370406101210"),
        ("441900000000", "441900"),
        ("620200000000", "620200"),
        ("441900003000", "441900003"),
    ],
)
def test_scope_is_cut_by_level_and_never_by_stripping_zeros(code: str, scope: str) -> None:
    assert scope_of(code) == scope


def test_prefecture_with_counties_covers_no_county() -> None:
    assert not "370406000000".startswith(scope_of("370400000000"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("370406001000", "sub_district"),
        ("370406101000", "town"),
        ("370406200000", "township"),
        ("370406405000", "township_like"),
        ("370406600000", None),
        ("370406001001", "residents_committee"),
        ("370406101200", "village_committee"),
        ("370406405498", "village_like"),
        ("370406101600", None),
        ("370406000000", None),
    ],
)
def test_number_range_tells_the_kind_of_unit(code: str, kind: str | None) -> None:
    assert unit_class_of(code) == kind


def test_short_codes_are_filled_up() -> None:
    assert [full_code(code) for code in ("370406", "370406101", "370406101200")] == [
        "370406000000",
        "370406101000",
        "370406101200",
    ]
    for wrong in ("", "3704", "37040610120", "37040６", "abcdef"):
        with pytest.raises(ValueError):
            full_code(wrong)
