"""Programmes of the county's own: entered with their first draft, corrected until a version is published."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies.enums import FREQUENCIES, Frequency, ProgrammeKind, Unit
from subsidies.models import PolicyVersion, Programme
from subsidies.policies import may_publish_policies
from subsidies.services.drafts import locked_draft, start_draft

_CODE = re.compile(r"[A-Z0-9]{2,8}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a programme is called, and what its benefit is."""

    name_zh: str
    name_en: str
    unit: str
    kind: str
    frequency: str
    is_posted: bool


@transaction.atomic
def enter_programme(*, actor: Actor, code: str, terms: Terms) -> PolicyVersion:
    """Enter a new programme and begin its first draft; nobody is assessed by it until a version is published.

    The county may. The code of one that was discarded before anything was published is free again.
    Raises NotAllowed, DomainError `programme_code`, `code_taken` and those of `check_terms`.
    """
    if not may_publish_policies(actor):
        raise NotAllowed()
    if not _CODE.fullmatch(code):
        raise DomainError(
            "programme_code",
            _("A code has two to eight capital letters or digits, such as DSJL. Correct it."),
        )
    check_terms(terms)
    programme = Programme.objects.filter(pk=code).first()
    if programme is None:
        last = Programme.objects.aggregate(last=Max("order"))["last"] or 0
        programme = Programme(code=code, order=last + 1, **asdict(terms))
        try:
            with transaction.atomic():
                programme.save(force_insert=True)
        except IntegrityError as error:
            raise _taken(Programme.objects.get(pk=code)) from error
    else:
        programme = locked(programme)
        if Programme.objects.in_use().filter(pk=code).exists():
            raise _taken(programme)
        _write(programme, terms)
    draft = start_draft(actor=actor, programme=programme)
    record_act(
        actor=actor,
        verb="subsidies.enter_programme",
        record=draft,
        programme=code,
        **asdict(terms),
    )
    return draft


@transaction.atomic
def correct_programme(*, actor: Actor, draft: PolicyVersion, revision: int, terms: Terms) -> Programme:
    """Correct what a programme is while no version of it is published, together with its draft.

    Whoever corrects it is one of the draft's authors, and what was simulated is simulated anew. The
    county may. Raises NotAllowed, Stale also `programme_stands`, DomainError those of `check_terms`.
    """
    if not may_publish_policies(actor):
        raise NotAllowed()
    check_terms(terms)
    current = locked_draft(draft, revision=revision)
    programme = locked(current.programme)
    if Programme.objects.published().filter(pk=programme.pk).exists():
        raise Stale(
            "programme_stands",
            _(
                "A version of “%(programme)s” is published, so what it is stays as it is. Another unit, kind or "
                "frequency is a new programme: enter that one."
            ),
            programme=programme.name,
        )
    wanted = asdict(terms)
    before = {name: getattr(programme, name) for name in wanted if getattr(programme, name) != wanted[name]}
    if not before:
        return programme
    _write(programme, terms)
    current.revision += 1
    if actor.staff_id not in current.authors:
        current.authors = [*current.authors, actor.staff_id]
    current.save(update_fields=["revision", "authors"])
    record_act(
        actor=actor,
        verb="subsidies.correct_programme",
        record=current,
        programme=programme.pk,
        before=before,
        after={name: wanted[name] for name in before},
        revision=current.revision,
    )
    return programme


def check_terms(terms: Terms) -> None:
    """Refuse a benefit that could not be given.

    Raises DomainError `frequency_of_kind`, `points_of_household`, `letter_is_posted`.
    """
    kind = ProgrammeKind(terms.kind)
    often = FREQUENCIES[kind]
    if terms.frequency not in often:
        raise DomainError(
            "frequency_of_kind",
            _("“%(kind)s” can be: %(often)s. Choose so."),
            kind=kind.label,
            often="、".join(str(Frequency(one).label) for one in often),
        )
    if kind == ProgrammeKind.POINTS and terms.unit == Unit.HOUSEHOLD:
        raise DomainError(
            "points_of_household", _("Points are a person's own. Choose the person as the unit.")
        )
    if kind == ProgrammeKind.LETTER and terms.is_posted:
        raise DomainError(
            "letter_is_posted",
            _("A priority letter is given to whoever asks for it; no name is posted. Take the tick away."),
        )


def _write(programme: Programme, terms: Terms) -> None:
    fields = asdict(terms)
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(fields))


def _taken(programme: Programme) -> DomainError:
    return DomainError(
        "code_taken",
        _("The code %(code)s is that of “%(programme)s”. Choose another."),
        code=programme.pk,
        programme=programme.name,
    )
