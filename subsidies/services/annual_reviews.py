"""The annual review (年审): opened with a frozen roster, proposed by one, decided by another, sampled by seed."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import (
    ProgrammeKind,
)
from subsidies.models import Grant, PolicyVersion, Programme, ReviewItem, ReviewRound
from subsidies.periods import row_on
from subsidies.selectors.annual_reviews import (
    OPEN_OF_ROUND,
    RUNNING,
    drawn,
    prechecked,
    roster_digest,
)

PARAMETER = "review_by_precheck"
"""A dated parameter of a policy: `yes` where comparing registers alone may be enough to go on."""
REVIEWED_KINDS = (ProgrammeKind.CASH, ProgrammeKind.PREMIUM)


@transaction.atomic
def open_review(
    *, actor: Actor, programme: Programme, year: int, due_on: datetime.date, document: str
) -> ReviewRound:
    """Open a year's review of a programme: the roster of its running grants is frozen and pre-checked.

    The county may, once for a programme and year. Raises NotAllowed, DomainError `review_opened_already`,
    `review_days`, `nobody_to_review`, `not_reviewed`.
    """
    check_opening(actor=actor, programme=programme, year=year, due_on=due_on)
    today = clock.today()
    with county_scope():
        found = prechecked(which=RUNNING, day=today, year=year, programme=programme.pk)
        if not found:
            raise DomainError("nobody_to_review", _("No grant of this programme is running."))
        opened = ReviewRound(
            programme=programme,
            year=year,
            opened_on=today,
            opened_by_id=actor.staff_id,
            due_on=due_on,
            document=document.strip(),
            accepts_precheck=_accepts_precheck(programme, today),
        )
        try:
            with transaction.atomic():
                opened.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError(
                "review_opened_already", _("The review of this programme and year is open already.")
            ) from error
        grants = Grant.objects.select_related("application").in_bulk([key for key, _reasons in found])
        ReviewItem.objects.bulk_create(
            [
                ReviewItem(
                    round=opened,
                    grant_id=key,
                    reasons=reasons,
                    division_code=grants[key].division_code,
                )
                for key, reasons in found
            ],
            batch_size=5000,
        )
        opened.count = len(found)
        opened.roster_sha256 = roster_digest(one.application.file_number for one in grants.values())
        opened.save(update_fields=["count", "roster_sha256"])
    record_act(
        actor=actor,
        verb="subsidies.open_review",
        record=opened,
        programme=programme.pk,
        year=year,
        count=opened.count,
        green=sum(not reasons for _key, reasons in found),
        roster_sha256=opened.roster_sha256,
    )
    return opened


def check_opening(*, actor: Actor, programme: Programme, year: int, due_on: datetime.date) -> None:
    """Whether the actor may open such a review. Raises NotAllowed, DomainError `review_days`, `not_reviewed`."""
    if not policies.may_open_reviews(actor):
        raise NotAllowed()
    today = clock.today()
    if programme.kind not in REVIEWED_KINDS:
        raise DomainError(
            "not_reviewed", _("%(programme)s has no running payments to review."), programme=programme.name
        )
    if due_on < today or year not in (today.year - 1, today.year):
        raise DomainError(
            "review_days", _("A review is of this year or the last one, and its last day is still to come.")
        )


def _accepts_precheck(programme: Programme, day: datetime.date) -> bool:
    version = PolicyVersion.objects.filter(programme=programme).published_on(day).first()
    row = row_on(version.parameters.get(PARAMETER, ()), day) if version else None
    return row is not None and row["value"] == "yes"


@transaction.atomic
def check_again(*, actor: Actor, round: ReviewRound) -> int:
    """Look again at what registers say of the grants that are still to be seen; the roster stays.

    The county may. Returns how many of them changed. Raises NotAllowed.
    """
    if not policies.may_open_reviews(actor):
        raise NotAllowed()
    with county_scope():
        current = locked(round)
        found = prechecked(which=OPEN_OF_ROUND, day=clock.today(), year=current.year, round=current.pk)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE subsidies_reviewitem i SET reasons = string_to_array(n.reasons, ',')::varchar[] "
                "FROM unnest(%s::uuid[], %s::text[]) AS n(grant_id, reasons) WHERE i.round_id = %s "
                "AND i.grant_id = n.grant_id AND i.state = 'open' "
                "AND i.reasons <> string_to_array(n.reasons, ',')::varchar[]",
                [
                    [key for key, _reasons in found],
                    [",".join(reasons) for _key, reasons in found],
                    current.pk,
                ],
            )
            changed = int(cursor.rowcount)
    record_act(actor=actor, verb="subsidies.check_review_again", record=round, changed=changed)
    return changed


@transaction.atomic
def draw_sample(*, actor: Actor, round: ReviewRound, seed: str, document: str, percent: int = 5) -> int:
    """Draw the city's sample with the seed that the city names, once; returns how many grants are in it.

    The roster's digest was recorded before, `document` is the paper in which the city named the seed, and
    the seed is kept before anybody is drawn: so nobody can choose who is looked at, and anybody draws the
    same again, the database first. The county records it. Raises NotAllowed, Stale, DomainError
    `sample_seed`, `sample_document`.
    """
    if not policies.may_open_reviews(actor):
        raise NotAllowed()
    clean = " ".join(seed.split())
    if not clean or not 1 <= percent <= 100:
        raise DomainError(
            "sample_seed", _("Enter the seed that the city named, and a share of 1 to 100 percent.")
        )
    if not document.strip():
        raise DomainError("sample_document", _("Name the document in which the city named the seed."))
    with county_scope():
        current = locked(round)
        if current.sample_seed:
            raise Stale("sampled_already", _("The sample of this review is drawn already."))
        current.sample_seed, current.sample_percent = clean, percent
        current.sample_document = document.strip()
        current.sampled_on, current.sampled_by_id = clock.today(), actor.staff_id
        current.save(
            update_fields=["sample_seed", "sample_percent", "sample_document", "sampled_on", "sampled_by"]
        )
        numbers = dict(current.items.values_list("grant__application__file_number", "pk"))
        chosen = drawn(seed=clean, file_numbers=list(numbers), percent=percent)
        ReviewItem.objects.filter(pk__in=[numbers[one] for one in chosen]).update(is_sampled=True)
    record_act(
        actor=actor,
        verb="subsidies.draw_review_sample",
        record=current,
        seed=clean,
        document=current.sample_document,
        percent=percent,
        count=len(chosen),
    )
    return len(chosen)
