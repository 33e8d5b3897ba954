"""What a batch of premiums does otherwise than one for families: one transfer to the fund, with a roster."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.errors import DomainError
from offices.services.states import locked
from subsidies.bank_files.premiums import premium_files_of
from subsidies.models import BankFile, FundAccount, PaymentBatch, PremiumTransfer, Programme
from subsidies.periods import Period
from subsidies.selectors.amounts import COLLECTED_FROM
from subsidies.selectors.books import is_year_closed
from subsidies.selectors.parameters import has_value, value_on


def begin_transfer(*, batch: PaymentBatch) -> PremiumTransfer:
    """Note to which confirmed account of the fund a new batch of premiums goes.

    Whoever selects the premiums has found it confirmed.
    """
    fund = FundAccount.objects.confirmed().get(programme_id=batch.programme_id)
    return PremiumTransfer.objects.create(batch=batch, fund=fund, division_code=batch.division_code)


def check_collection_begun(*, programme: Programme, period: Period) -> None:
    """A year's premiums are collected from a month of the year before on, by the policy's parameter.

    Raises DomainError `collection_not_begun`.
    """
    begins_on = _begins_on(programme, period)
    if begins_on > clock.today():
        raise DomainError(
            "collection_not_begun",
            _("The premiums of %(period)s are collected from %(day)s on. Make the batch then."),
            period=period.label,
            day=begins_on,
        )


def _begins_on(programme: Programme, period: Period) -> datetime.date:
    published = programme.versions.published_on(period.from_on).order_by("-from_on").first()
    if published is None or not has_value(published, COLLECTED_FROM, period.from_on):
        return period.from_on
    month = int(value_on(published, COLLECTED_FROM, period.from_on))
    return datetime.date(period.year - 1, month, 1)


def budget_year_of_premiums(year_covered: int) -> int:
    """The year whose money pays: that in which they are collected, the year covered when paid late."""
    today = clock.today().year
    year = min(year_covered, today)
    return today if is_year_closed(year) else year


def roster_digest_of(*, batch: PaymentBatch) -> str:
    """The digest that both rosters of a sent batch carry."""
    return str(PremiumTransfer.objects.values_list("roster_digest", flat=True).get(batch=batch))


def files_of_transfer(*, batch: PaymentBatch) -> list[BankFile]:
    """The order and the roster, unsaved; the digest of the roster is kept on the transfer."""
    transfer = locked(batch.premium_transfer)
    made = premium_files_of(batch, transfer)
    transfer.roster_digest = made.roster_digest
    transfer.save(update_fields=["roster_digest"])
    return made.files
