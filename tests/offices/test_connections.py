"""What every connection says to the server when it begins."""

from __future__ import annotations

import pytest
from django.db import connections

from config import installation
from config.settings import _database


@pytest.mark.django_db(databases=["default", "clinical"])
@pytest.mark.parametrize("alias", ["default", "clinical"])
def test_triggers_of_row_history_find_their_setting(alias: str) -> None:
    # Not set, it is an error a row that they catch, and thousands of rows take minutes.
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)


def test_what_the_address_says_of_the_connection_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"sslmode": "verify-full", "options": "-c lock_timeout=5s"}
    monkeypatch.setattr(installation, "database_options", lambda _role: dict(said))
    options = _database("owner")["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["options"].startswith("-c pgtrigger.ignore={} -c search_path=")
    assert options["options"].endswith("-c lock_timeout=5s")
