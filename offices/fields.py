"""Model fields that the whole product shares."""

from __future__ import annotations

from typing import Any

from django.db import models

from offices.ids import new_id
from offices.sealing import Purpose, Sealed, seal


def id_field() -> models.UUIDField:
    """A UUIDv7 primary key made in the application; a plain field, so that row history can copy it."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def link_of_the_past(to: type[models.Model] | str, **options: Any) -> models.ForeignKey[Any, Any]:
    """A link of a row's history that nobody looks rows up by: as the history makes it, without an index."""
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        related_query_name="+",
        **options,
    )


class DivisionCodeField(models.CharField):
    """Twelve digits of the statistics bureau, ordered by bytes so that a scope is a range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):
    """Yuan to the cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class DigestField(models.BinaryField):
    """A keyed digest (32 bytes) for exact match of a sealed value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)


class SealedField(models.BinaryField):
    """A value encrypted at rest: assign text, read a `Sealed` that shows only its mask.

    `.reveal()` gives the clear text; pages do so only as a logged act.
    """

    # What the type checker takes an attribute for: see django-stubs on custom fields.
    _pyi_private_set_type: Sealed | str | None
    _pyi_private_get_type: Sealed  # type: ignore[assignment] # reading gives no bytes

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["purpose"] = self.purpose
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value), Purpose(self.purpose))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, Sealed):
            value = value.envelope
        elif isinstance(value, str):
            value = seal(value, Purpose(self.purpose)) if value else None
        return super().get_db_prep_value(value, connection, prepared)
