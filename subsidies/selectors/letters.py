"""Letters of decision as they are read: the frozen text, the page to print, the family's time limits."""

from __future__ import annotations

import datetime
import hashlib
from calendar import monthrange
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from offices.pdf.documents import FormalDocument
from offices.pdf.print_out import print_document
from offices.services.calendar import is_working_day
from subsidies.enums import AppealKind, AppealState, LetterKind
from subsidies.letter_text import TEMPLATE, LetterText, document_from, read_text
from subsidies.models import Appeal, DecisionLetter, LetterDelivery

ONE_DAY = datetime.timedelta(days=1)


def letters_to_print(only: UUID | None = None) -> list[UUID]:
    """Letters that have no file yet, the oldest first; or that one alone."""
    waiting = DecisionLetter.objects.filter(file=None).order_by("issued_on", "serial")
    if only is not None:
        waiting = waiting.filter(pk=only)
    return list(waiting.values_list("pk", flat=True))


def text_of(letter: DecisionLetter) -> LetterText:
    """What a letter says, after its digest was compared. Raises DomainError `letter_changed`."""
    if hashlib.sha256(letter.content.encode()).hexdigest() != letter.digest:
        raise DomainError(
            "letter_changed",
            _("The text of letter %(number)s does not agree with its digest. Tell the audit administrator."),
            number=letter.number,
        )
    return read_text(letter.content)


def document_of(letter_id: UUID) -> FormalDocument:
    """The page of a letter. Raises as `text_of`."""
    letter = DecisionLetter.objects.select_related("verification").get(pk=letter_id)
    return document_from(text_of(letter), code=letter.verification.code, digest=letter.digest)


def print_letter(document: FormalDocument) -> bytes:
    """The PDF of a letter, in the office's language; asks the database nothing."""
    with translation.override(settings.LANGUAGE_CODE):
        return print_document(document, template=TEMPLATE)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Until when one way against a letter is open."""

    kind: AppealKind
    last_day: datetime.date

    def is_over(self, on: datetime.date) -> bool:
        return on > self.last_day


def delivery_of(letter: DecisionLetter) -> LetterDelivery | None:
    """The delivery that counts, if any."""
    return letter.deliveries.standing().select_related("recorded_by").first()


def time_limits_of(letter: DecisionLetter) -> tuple[TimeLimit, ...]:
    """The last day of each way against a letter; nothing runs before it is delivered.

    A limit that would end on a day off ends with the next working day. What a reconsideration decided may
    be taken to court for a time of its own.
    """
    delivery = delivery_of(letter)
    if delivery is None:
        return ()
    terms, begins = letter.terms, delivery.delivered_on
    limits = {
        AppealKind.REVIEW: begins + datetime.timedelta(days=terms.review_days),
        AppealKind.RECONSIDERATION: begins + datetime.timedelta(days=terms.reconsideration_days),
        AppealKind.LAWSUIT: add_months(begins, terms.court_months),
    }
    if letter.kind == LetterKind.OUTCOME:
        del limits[AppealKind.REVIEW]
    reconsidered = Appeal.objects.filter(
        letter=letter, kind=AppealKind.RECONSIDERATION, state=AppealState.DECIDED
    ).first()
    if reconsidered is not None and reconsidered.decided_on is not None:
        after = reconsidered.decided_on + datetime.timedelta(days=terms.court_after_days)
        limits[AppealKind.LAWSUIT] = max(limits[AppealKind.LAWSUIT], after)
    return tuple(TimeLimit(kind, working_day_from(last_day)) for kind, last_day in limits.items())


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last of that month."""
    ahead = day.month - 1 + months
    year, month = day.year + ahead // 12, ahead % 12 + 1
    return datetime.date(year, month, min(day.day, monthrange(year, month)[1]))


def working_day_from(day: datetime.date) -> datetime.date:
    """The day itself, or the next one that is worked: a time limit ends on no day off."""
    while not is_working_day(day):
        day += ONE_DAY
    return day
