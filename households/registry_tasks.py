"""What a clerk is asked to do about a household that has to be put in order, and where."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import RegistryTask
from households.policies import may_record_events, may_settle_tasks
from offices.actors import Actor

Kind = RegistryTask.Kind
WORDS: dict[str, str | Promise] = {
    Kind.NO_HEAD: _("Ask the family who its head is, and record the new head."),
    Kind.TWO_HEADS: _("Ask the family which of them is its head, and record the right one as the new head."),
    Kind.AMBIGUOUS: _("Ask the family whom the row of the file means, and choose."),
    Kind.DISPUTED: _("Look at the papers and decide whether the file or what was put right holds."),
}
_PAGES = {Kind.AMBIGUOUS: "households:ambiguous_rows", Kind.DISPUTED: "households:disputed_entries"}
"""What a file asks has a page of its own."""
_ACTIONS: dict[str, str | Promise] = {
    Kind.NO_HEAD: _("Record the new head"),
    Kind.TWO_HEADS: _("Record the new head"),
    Kind.AMBIGUOUS: _("Whom does the row mean?"),
    Kind.DISPUTED: _("Which of the two is right?"),
}


@dataclass(frozen=True, slots=True)
class TaskInWords:
    """An open task: what is wrong, what to do, and the link to do it; no link for who may not."""

    title: str | Promise
    words: str | Promise
    action: str | Promise
    url: str


def task_in_words(task: RegistryTask, actor: Actor) -> TaskInWords:
    """What the page of a household says of an open task."""
    return TaskInWords(
        title=Kind(task.kind).label,
        words=WORDS[task.kind],
        action=_ACTIONS[task.kind],
        url=_page_of(task, actor) or _event_of(task, actor),
    )


def place_of(task: RegistryTask, actor: Actor) -> str:
    """Where a task is settled: on a page of its own, else on that of the household."""
    return _page_of(task, actor) or reverse("households:household", args=[task.household_id])


def _page_of(task: RegistryTask, actor: Actor) -> str:
    if task.kind in _PAGES and may_settle_tasks(actor):
        return reverse(_PAGES[Kind(task.kind)], args=[task.pk])
    return ""


def _event_of(task: RegistryTask, actor: Actor) -> str:
    if task.kind not in _PAGES and may_record_events(actor) and actor.covers(task.division_code):
        return reverse("households:household_event", args=[task.household_id, "head"])
    return ""
