"""Row-level security makes no list slow: the scope is the first column of an index of whatever is listed by place."""

from __future__ import annotations

import pytest

from offices.actors import Actor
from offices.database.access import tables_with_access
from tests.conftest import sql

pytestmark = pytest.mark.django_db

# Read by the record that they belong to, never by place alone; or so few that there is nothing to gain.
OTHERWISE = {
    "checkups.Booking": "of a session",
    "households.AmbiguousRow": "of a task",
    "households.DisputedEntry": "of a task",
    "households.DivisionChange": "few: villages are seldom merged",
    "households.NameToken": "its key begins with the token, then the township",
    "households.PersonMerge": "few",
    "households.Representative": "of whom they represent",
    "households.ResidentImport": "few: one a month",
    "reports.PrintedReport": "of an edition",
    "subsidies.Arrear": "of a grant",
    "subsidies.Assessment": "its index begins with the sweep, then the village",
    "subsidies.ExplanationReceipt": "of a person",
    "subsidies.FundAccount": "few: two funds",
    "subsidies.GoodsItem": "few: kinds of goods",
    "subsidies.LetterDelivery": "of a letter",
    "subsidies.Objection": "few",
    "subsidies.Overdue": "few: what is not done in time",
    "subsidies.PaymentBatch": "few: one a programme and month",
    "subsidies.PriorityLetter": "few: on request",
    "subsidies.Recognition": "few: honours of a year",
    "subsidies.RecoveryLine": "of a recovery",
    "subsidies.RecoveryPlan": "of a recovery",
    "subsidies.RecoveryWaiver": "of a recovery",
    "subsidies.Scan": "of an application",
    "subsidies.SealedList": "few: one a programme and year",
    "subsidies.SuspenseItem": "few",
}
_FIRST_COLUMNS = """
SELECT DISTINCT t.relname FROM pg_index i
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
 WHERE a.attname = 'division_code' AND t.relnamespace = current_schema()::regnamespace
"""


def test_scope_is_the_first_column_of_an_index(county: Actor) -> None:
    by_place = {table for (table,) in sql(_FIRST_COLUMNS)}
    listed = {
        model._meta.label: model._meta.db_table
        for model, access in tables_with_access()
        if access.scoped and hasattr(model._default_manager, "visible_to")
    }
    assert len(listed) > 30
    lacking = {label for label, table in listed.items() if table not in by_place}
    assert lacking == set(OTHERWISE), " ".join(sorted(lacking ^ set(OTHERWISE)))
