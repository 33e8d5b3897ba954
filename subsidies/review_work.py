"""What the annual review brings to everybody's work of today, and its acts in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices import clock
from offices.actors import Actor
from offices.selectors.asked_jobs import unfinished_jobs
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import ReviewResult, ReviewState
from subsidies.models import ReviewItem
from subsidies.selectors.review_jobs import REVIEW_TASK

WORDS: dict[str, str | Promise] = {
    "subsidies.open_review": gettext_lazy("Opened an annual review"),
    "subsidies.check_review_again": gettext_lazy("Compared an annual review with the registers again"),
    "subsidies.propose_review_result": gettext_lazy("Proposed the result of an annual review"),
    "subsidies.propose_all_green": gettext_lazy("Proposed to go on with all that registers find unchanged"),
    "subsidies.decide_all_green": gettext_lazy("Confirmed together what registers find unchanged"),
    "subsidies.decide_review_result": gettext_lazy("Decided the result of an annual review"),
    "subsidies.send_review_back": gettext_lazy("Sent a proposal of an annual review back"),
    "subsidies.tell_review_result": gettext_lazy("Told a family the result of an annual review"),
    "subsidies.draw_review_sample": gettext_lazy("Drew the city's sample of an annual review"),
    "subsidies.record_sample_finding": gettext_lazy("Recorded what the city found at its sample"),
}


def review_work(actor: Actor) -> Iterable[WorkItem]:
    """Families to be seen, proposals to decide, families to be told; what is overdue is a reminder."""
    items = ReviewItem.objects.visible_to(actor)
    url = reverse("subsidies:review_list")
    if policies.may_open_reviews(actor):
        yield WorkItem(
            title=_("Annual reviews that are being opened"),
            count=unfinished_jobs(actor, REVIEW_TASK).count(),
            url=url,
            icon="progress",
        )
    if policies.may_propose_reviews(actor):
        open_ones = items.waiting()
        yield WorkItem(
            title=_("Annual review: families to be seen"),
            count=open_ones.count(),
            url=url,
            icon="calendar-event",
            is_overdue=open_ones.filter(round__due_on__lt=clock.today()).exists(),
        )
        yield WorkItem(
            title=_("Annual review: families to be told"),
            count=items.to_tell().count(),
            url=url,
            icon="message-report",
        )
    if policies.may_decide_reviews(actor):
        proposed = items.filter(state=ReviewState.PROPOSED).exclude(proposed_by=actor.staff_id)
        if not policies.may_stop_grants(actor):
            proposed = proposed.filter(result=ReviewResult.CONTINUE)
        yield WorkItem(
            title=_("Annual review: proposals to decide"),
            count=proposed.count(),
            url=url,
            icon="clipboard-check",
        )
    if policies.may_record_samples(actor):
        yield WorkItem(
            title=_("Annual review: findings of the city's sample to record"),
            count=items.filter(is_sampled=True, finding="").count(),
            url=url,
            icon="search",
        )
