"""Every table that names a village answers what becomes of its rows when villages change."""

from __future__ import annotations

from django.apps import apps

from households.succession import answers
from offices.fields import DivisionCodeField


def test_every_table_with_a_village_says_whether_its_rows_follow() -> None:
    """A table that nobody answers for: name it in its app's services/succession.py, or where the app registers."""
    named = {
        model
        for model in apps.get_models()
        if not any(base.__module__ == "pghistory.models" for base in model.__mro__)
        and any(
            isinstance(field, DivisionCodeField) and field.name == "division_code"
            for field in model._meta.fields
        )
    }
    assert named - set(answers()) == set()
    assert set(answers()) - named == set()
