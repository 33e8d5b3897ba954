"""Words of SQL that every step of an import uses."""

from __future__ import annotations

from households.models import Household, Membership, Person
from offices.database.new_keys import NEW_KEY as NEW_KEY

PERSON = Person._meta.db_table
HOUSEHOLD = Household._meta.db_table
MEMBERSHIP = Membership._meta.db_table

WRITTEN_AT = "(SELECT current_setting('huimin.written_at')::timestamptz)"
"""The time that every row of the import under way bears; see import_writing.py."""
