from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose
from subsidies.enums import ListChange, ListState

TRANSITIONS: dict[str, frozenset[str]] = {
    ListState.FROZEN: frozenset({ListState.SEALED, ListState.DISCARDED}),
    ListState.SEALED: frozenset({ListState.SENT}),
}
_SEALED = (ListState.SEALED, ListState.SENT)


class SealedListQuerySet(models.QuerySet["SealedList"]):
    """Lists by place and state."""

    def visible_to(self, actor: Actor) -> SealedListQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def sealed(self) -> SealedListQuerySet:
        return self.filter(state__in=_SEALED)


class SealedList(models.Model):
    """Who has a right before another office in a year: examinees with points, families with priority.

    Frozen by one person, sealed by another with a document number, a digest over the file and a
    code by which anybody verifies it; from then on nothing of it changes (a trigger refuses). What
    turns out wrong is put right by a supplement that `supplements` the first list and whose entries
    name what they replace. Moves no money. Holds names and numbers for that office alone; kept ten
    years, as the right may be looked at until then.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("Year"))
    supplements = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supplemented_by"
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.FROZEN)
    count = models.PositiveIntegerField()
    number = models.CharField(_("Document number"), max_length=40, blank=True)
    code = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(null=True)
    frozen_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    frozen_on = models.DateField()
    sealed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    sealed_on = models.DateField(null=True)
    recipient = models.CharField(_("Handed to"), max_length=80, blank=True)
    sent_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = SealedListQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-frozen_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                condition=Q(supplements=None) & ~Q(state=ListState.DISCARDED),
                name="one_first_list_of_a_programme_and_year",
                violation_error_message=_("There is a list of this year already. Make a supplement to it."),
            ),
            models.UniqueConstraint(
                fields=["supplements"],
                condition=Q(state=ListState.FROZEN),
                name="one_supplement_is_frozen_at_a_time",
                violation_error_message=_("A supplement waits to be sealed already."),
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="list_number_is_given_once"
            ),
            models.CheckConstraint(
                name="list_is_sealed_by_another_person",
                condition=Q(sealed_by=None) | ~Q(sealed_by=F("frozen_by")),
                violation_error_message=_("You froze this list. Somebody else must seal it."),
            ),
            models.CheckConstraint(
                name="sealed_list_has_number_code_and_digest",
                condition=(
                    Q(
                        state__in=_SEALED,
                        sealed_by__isnull=False,
                        sealed_on__isnull=False,
                        content__isnull=False,
                    )
                    & ~Q(number="")
                    & ~Q(code="")
                    & ~Q(digest="")
                )
                | (~Q(state__in=_SEALED) & Q(sealed_by=None, sealed_on=None, number="", code="", digest="")),
            ),
            models.CheckConstraint(
                name="sent_list_has_its_recipient",
                condition=(
                    Q(state=ListState.SENT, sent_by__isnull=False, sent_on__isnull=False) & ~Q(recipient="")
                )
                | (~Q(state=ListState.SENT) & Q(sent_by=None, sent_on=None, recipient="")),
            ),
            models.CheckConstraint(
                name="supplement_says_why",
                condition=Q(supplements=None, reason="") | (Q(supplements__isnull=False) & ~Q(reason="")),
                violation_error_message=_("A supplement says why it is needed."),
            ),
            models.CheckConstraint(name="list_names_somebody", condition=Q(count__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.programme_id} {self.year}"

    @property
    def title(self) -> str:
        """The list's name until it has its number."""
        return self.number or f"{self.programme.name} {self.year}"


class SealedListEntry(models.Model):
    """One person on a list as she was when it was frozen, and which entry of an earlier list it replaces.

    Append-only; a trigger lets entries into a list that is being frozen alone. `points` is 0 on a
    list of priorities. Kept with the list.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    list = models.ForeignKey(SealedList, on_delete=models.PROTECT, related_name="entries")
    serial = models.PositiveIntegerField()
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(
        "subsidies.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    letter = models.ForeignKey(
        "subsidies.PriorityLetter", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    change = models.CharField(max_length=10, choices=ListChange)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    id_number = SealedField(purpose=Purpose.IDENTITY_NUMBER)
    township_name = models.CharField(max_length=60)
    village_name = models.CharField(max_length=60)
    points = models.PositiveSmallIntegerField(default=0)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["list", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["list", "serial"], name="list_serial_is_unique"),
            models.UniqueConstraint(
                fields=["list", "person"],
                name="a_person_is_on_a_list_once",
                violation_error_message=_("This person stands on the list already."),
            ),
            models.CheckConstraint(
                name="list_entry_rests_on_a_grant_or_a_letter",
                condition=Q(grant__isnull=False, letter=None) | Q(grant=None, letter__isnull=False),
            ),
            models.CheckConstraint(
                name="changed_list_entry_names_what_it_replaces",
                condition=Q(change__in=[ListChange.LISTED, ListChange.ADDED], replaces=None)
                | Q(change__in=[ListChange.CORRECTED, ListChange.REMOVED], replaces__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial}"
