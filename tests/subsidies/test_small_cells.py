"""Counts by place: no number from one to four is told, and none can be worked out from what is told."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from subsidies.models import PolicyVersion, Programme
from subsidies.selectors.simulating import PEOPLE, Group, counts_of
from subsidies.selectors.small_cells import SMALL, is_small, summed, tell

NUMBERS = st.one_of(st.integers(0, 9), st.integers(0, 900))
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.dictionaries(
        st.integers(100, 130).map(str),
        st.fixed_dictionaries({f"column {place}": NUMBERS for place in range(width)}),
        max_size=14,
    )
)


@given(ROWS)
def test_no_small_number_is_told_and_none_can_be_worked_out(rows: dict[str, dict[str, int]]) -> None:
    told = tell(rows)
    total = summed(rows.values())
    if told is None:
        assert is_small(total)
        return
    assert told.total == total
    shown = [*told.rows.values(), told.total, *([told.rest] if told.rest else [])]
    assert not any(0 < number < SMALL for cells in shown for number in cells.values())
    apart = set(rows) - set(told.rows)
    assert {place: dict(cells) for place, cells in told.rows.items()} == {
        place: rows[place] for place in told.rows
    }
    assert told.merged == len(apart)
    if apart:
        # What a reader can compute of the rest is its sum: of two townships or more, and of nobody or many.
        assert len(apart) >= 2
        rest = {
            column: total[column] - sum(cells[column] for cells in told.rows.values()) for column in total
        }
        assert rest == told.rest
        assert all(number == 0 or number >= SMALL for number in rest.values())
    else:
        assert told.rest is None
    for place, cells in rows.items():
        assert place in apart or not is_small(cells)


@given(ROWS)
def test_rows_are_kept_together_only_as_far_as_needed(rows: dict[str, dict[str, int]]) -> None:
    told = tell(rows)
    if told and not any(is_small(cells) for cells in rows.values()):
        assert told.rest is None
        assert set(told.rows) == set(rows)


AMOUNTS = st.sampled_from([Decimal("170.00"), Decimal("340.00"), Decimal("450.00")])
GROUPS = st.lists(
    st.builds(
        Group,
        township=st.sampled_from([f"37040610{place}000" for place in range(1, 7)]),
        before=st.sampled_from([True, False, None]),
        after=st.sampled_from([True, False, None]),
        amount_before=AMOUNTS,
        amount_after=AMOUNTS,
        people=st.one_of(st.integers(1, 8), st.integers(1, 300)),
    ),
    max_size=24,
)


@given(GROUPS)
def test_simulation_tells_no_small_group_by_people_or_by_yuan(found: list[Group]) -> None:
    version = PolicyVersion(programme=Programme(code="X"), funding=[])
    counts = counts_of(found, version=version, year=2014)
    if counts["total"] is None:
        assert counts == {"rows": [], "rest": None, "total": None, "unknown": None, "budget": []}
        return
    rest = [counts["rest"]] if counts["rest"] else []
    for told in (*counts["rows"], *rest, counts["total"]):
        assert not any(0 < told[column] < SMALL for column in PEOPLE)
        assert told["after"] == told["before"] + told["gained"] - told["lost"]
    for column in PEOPLE:
        parts = sum(row[column] for row in (*counts["rows"], *rest))
        assert parts == counts["total"][column]
    assert not (counts["unknown"] and counts["unknown"] < SMALL)
    if "money_after" not in counts["total"]:
        return
    # Yuan tell how many are paid which amount: wherever they stand, each of these numbers is large too.
    places = [row["code"] for row in counts["rows"]]
    for row in counts["rows"]:
        of_place = [group for group in found if group.township == row["code"]]
        _amounts_are_not_small(of_place, row)
    if rest:
        _amounts_are_not_small([group for group in found if group.township not in places], rest[0])
    _amounts_are_not_small(found, counts["total"])


def _amounts_are_not_small(groups: list[Group], row: dict[str, object]) -> None:
    for side in ("before", "after"):
        paid: dict[Decimal, int] = {}
        for group in groups:
            if getattr(group, side) is True:
                amount = getattr(group, f"amount_{side}")
                paid[amount] = paid.get(amount, 0) + group.people
        assert not any(0 < people < SMALL for people in paid.values())
        assert Decimal(str(row[f"money_{side}"])) == sum(
            (amount * people for amount, people in paid.items()), Decimal()
        )
