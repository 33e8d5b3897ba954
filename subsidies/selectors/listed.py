"""Acts by list as a case and its readers see them: counts and places, which are secret from nobody of the office.

A village does not see its township's rows, but her family's case was decided by them: so what is said here is
read at county scope, and holds no name but of who acted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from offices.database.context import county_scope, current_context
from offices.selectors.divisions import names_of_divisions
from subsidies.models import ApplicationStep, ListedAct


@dataclass(frozen=True, slots=True)
class OnList:
    """That a step was taken by list: which act, and in words with how many others and of where.

    `is_in_sight`: whether the reader's scope holds the act, so that its page can be opened.
    """

    act: ListedAct
    words: str
    is_in_sight: bool


def listed_act_of(key: UUID) -> ListedAct:
    """The act of a list, whoever asks."""
    with county_scope():
        return ListedAct.objects.get(pk=key)


def lists_of(steps: Iterable[ApplicationStep]) -> Mapping[UUID, OnList]:
    """For each of the steps that was taken by list, that list; by the key of the step. Two queries."""
    by_step = {step.pk: step.listed_id for step in steps if step.listed_id}
    if not by_step:
        return {}
    with county_scope():
        acts = ListedAct.objects.select_related("acted_by").in_bulk(set(by_step.values()))
    names = names_of_divisions({act.division_code for act in acts.values()})
    scope = current_context().scope
    return {
        key: OnList(
            acts[act],
            _words(acts[act], names),
            is_in_sight=bool(scope) and acts[act].division_code.startswith(scope),
        )
        for key, act in by_step.items()
    }


def _words(act: ListedAct, names: Mapping[str, str]) -> str:
    return _("By list, with %(count)d others: list of %(place)s") % {
        "count": act.taken - 1,
        "place": names.get(act.division_code, act.division_code),
    }
