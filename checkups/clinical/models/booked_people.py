from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import CLINICAL, Access
from offices.fields import DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class BookedPerson(models.Model):
    """Whose a booking number is: for the station that holds the session, and for nobody else.

    Serves the reception of the person on the day; deleted a year after the session. Written by
    the counter through a database function that gives nothing back (docs/adr/0001), read by the
    clinical role alone.
    """

    access: ClassVar[Access] = CLINICAL

    id = id_field()
    booking_id = models.UUIDField(unique=True)
    session_id = models.UUIDField(db_index=True)
    name = SealedField(purpose=Purpose.CLINICAL)
    phone = SealedField(purpose=Purpose.CLINICAL)
    recorded_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        app_label = "checkups"

    def __str__(self) -> str:
        return str(self.booking_id)
