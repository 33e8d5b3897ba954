from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.database.access import REFERENCE, Access
from offices.fields import DigestField, id_field


class StaffIdentity(models.Model):
    """Which identity number a member of staff has, as a keyed digest: so the registry knows her family.

    Serves one thing: nobody acts on a case of her own family (households_is_own_family). Holds no
    number, no name and no relation; kept as long as the account. Like staff it is read before a
    scope exists and carries no row policy.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    staff = models.OneToOneField(
        "offices.Staff", on_delete=models.PROTECT, related_name="registry_identity", verbose_name=_("Account")
    )
    id_number_digest = DigestField()
    recorded_on = models.DateField(_("Recorded on"))
    recorded_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["staff"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_digest"],
                name="identity_number_is_of_one_account",
                violation_error_message=_("Another account is recorded with this identity number."),
            ),
            models.CheckConstraint(
                name="staff_identity_has_a_number",
                condition=models.Q(id_number_digest__isnull=False),
                violation_error_message=_("Enter the identity number."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff_id)
