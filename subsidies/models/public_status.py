from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import PUBLIC, Access
from offices.fields import id_field
from subsidies.enums import ApplicationState


class PublicStatus(models.Model):
    """Where an application is, for the family that holds the code of its slip: state and day, nothing else.

    Made for the public, read without a scope: no person, no programme, no place. A trigger lets it follow
    its application; kept as long as that.
    """

    access: ClassVar[Access] = PUBLIC

    id = id_field()
    code = models.CharField(max_length=20, unique=True)
    application_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=20, choices=ApplicationState)
    since = models.DateField()

    class Meta:
        ordering = ["since", "id"]

    def __str__(self) -> str:
        return self.state
