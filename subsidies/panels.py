"""What the page of a person or a family shows of her applications and grants."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.panels import BenefitLine, Panel
from offices.actors import Actor
from offices.templatetags.ui import day, yuan
from subsidies import policies
from subsidies.enums import ApplicationState, GrantState, Standing
from subsidies.models import Application, Grant, PriorityLetter
from subsidies.selectors.owed import assessments, newest_sweep
from subsidies.selectors.premiums import premiums_paid_for


def case_panel(actor: Actor, people: Sequence[Person], on: datetime.date) -> Panel | None:
    """Applications on their way and decided, grants, and for a counter the way to a new application."""
    if not policies.may_see_applications(actor) and not policies.may_see_grants(actor):
        return None
    cases = Application.objects.visible_to(actor).filter(person__in=people)
    held = Grant.objects.visible_to(actor).filter(person__in=people)
    may_apply = policies.may_enter_applications(actor)
    context = {
        "grants": [
            {"grant": grant, "state": GrantState(grant.state)}
            for grant in held.with_amount_on(on).select_related("programme", "person", "application")
        ],
        "applications": [
            {"application": case, "state": ApplicationState(case.state)}
            for case in cases.filter(grant=None).select_related("programme", "person")
        ]
        if policies.may_see_applications(actor)
        else [],
        "applicants": [
            person
            for person in people
            if may_apply
            and actor.covers(person.division_code)
            and not (person.died_on and person.died_on <= on)
        ],
        "owed": _owed(actor, people, on),
        "letters": PriorityLetter.objects.visible_to(actor)
        .standing()
        .filter(Q(person__in=people) | Q(person__merged_into__in=people), last_day__gte=on)
        .select_related("person")
        if policies.may_see_letters(actor)
        else [],
        "premiums": premiums_paid_for(people) if policies.may_see_grants(actor) else [],
        "names_each": len(people) > 1,
    }
    return Panel(_("Benefits"), "subsidies/_case_panel.html", context, icon="heart-handshake")


def benefit_lines(actor: Actor, people: Sequence[Person], on: datetime.date) -> list[BenefitLine]:
    """The same for a printed sheet: what they are owed, receive and have applied for, a line each."""
    panel = case_panel(actor, people, on)
    if panel is None:
        return []
    lines = []
    for row in panel.context["owed"]:
        found = row["assessment"]
        amount = found.annual_amount
        detail = gettext("%(amount)s for the year") % {"amount": yuan(amount)} if amount else ""
        lines.append(BenefitLine(found.programme.name, found.person.name, str(row["standing"].label), detail))
    for row in panel.context["grants"]:
        grant = row["grant"]
        detail = gettext("%(amount)s a year, from %(day)s") % {
            "amount": yuan(grant.amount_on_day),
            "day": day(grant.from_on),
        }
        lines.append(BenefitLine(grant.programme.name, grant.person.name, str(row["state"].label), detail))
    for line in panel.context["premiums"]:
        fund = line.batch.premium_transfer.fund.institution
        detail = gettext("%(amount)s to %(fund)s on %(day)s") % {
            "amount": yuan(line.amount),
            "fund": fund,
            "day": day(line.paid_on),
        }
        name = f"{line.programme.name} {line.period_from_on.year}"
        lines.append(BenefitLine(name, line.person.name, gettext("Paid on behalf"), detail))
    for row in panel.context["applications"]:
        case = row["application"]
        detail = f"{case.file_number} · {day(case.entered_on)}"
        lines.append(BenefitLine(case.programme.name, case.person.name, str(row["state"].label), detail))
    return lines


def _owed(actor: Actor, people: Sequence[Person], on: datetime.date) -> list[dict[str, Any]]:
    """What the newest sweep found owed or unknown to them."""
    sweep = newest_sweep(until=on) if policies.may_see_entitlement(actor) else None
    if sweep is None:
        return []
    found = assessments(actor=actor, sweep=sweep).filter(
        person__in=people, standing__in=[Standing.OWED, Standing.UNKNOWN, Standing.TO_REVIEW]
    )
    return [
        {"assessment": row, "standing": Standing(row.standing)}
        for row in found.select_related("person", "programme").order_by("programme__order", "person_id")
    ]
