"""An explanation on one page (待遇测算说明), printed from what was kept: the same text whenever it is printed."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import Person
from offices.actors import Actor
from offices.exports import Mark, SheetContent, SheetExport, SheetTable
from offices.selectors.divisions import names_of_divisions
from offices.templatetags.ui import NOTHING, day, yuan
from subsidies.enums import Outcome
from subsidies.models import ExplanationReceipt
from subsidies.policies import may_keep_explanations
from subsidies.services.receipts import said_in


def _compose(_actor: Actor, receipt: ExplanationReceipt, on: datetime.date, mark: Mark) -> SheetContent:
    said = said_in(receipt)
    person = receipt.person
    village = names_of_divisions([person.division_code]).get(person.division_code, NOTHING)
    return SheetContent(
        plain_title=_("Explanation of an entitlement"),
        subtitle=f"{said['programme_name']} · {person.name}",
        pairs=(
            (_("Name"), person.name),
            (_("Born on"), day(person.birth_date)),
            (_("Village"), village),
            (_("As of"), day(receipt.as_of)),
            (_("Outcome"), str(Outcome(receipt.outcome).label)),
            (_("For the year"), yuan(said["annual_amount"]) if said["annual_amount"] else NOTHING),
            (_("Policy version"), said["explanation"]["policy_version"]),
            (_("Legal basis"), " ".join(filter(None, said["basis"]))),
            (_("Explanation number"), receipt.code),
            (_("Digest of the text"), " ".join(receipt.digest[at : at + 8] for at in range(0, 32, 8))),
        ),
        tables=(
            SheetTable(
                title=_("Condition by condition"),
                headings=(_("Condition"), _("Result"), _("Fact"), _("Source and document"), _("Period")),
                rows=list(_clause_rows(said)),
                shares=(28, 10, 26, 20, 16),
                empty=NOTHING,
            ),
            SheetTable(
                title=_("How the amount comes about"),
                headings=(_("Step"),),
                rows=[(line,) for line in said["arithmetic"]],
                shares=(100,),
                empty=_("Nothing is paid by this outcome."),
            ),
            SheetTable(
                title=_("What would change the answer"),
                headings=(_("When"),),
                rows=[(line,) for line in said["changes"]],
                shares=(100,),
                empty=_("A change in the family that ends a condition, or a new policy."),
            ),
            SheetTable(
                title=_("If you do not agree"),
                headings=(_("Way"), _("Within")),
                rows=(
                    (_("Bring the document to any counter: the register is corrected and it is assessed anew"), _("at any time")),
                    (_("After a decision: review by the county office, or administrative reconsideration"), _("60 days")),
                    (_("The people's court"), _("15 days after the reconsideration, or 6 months directly")),
                ),
                shares=(72, 28),
                empty="",
            ),
        ),
        mark=mark,
        reads=[(Person._meta.label_lower, (person.pk,))],
    )  # fmt: skip


def _clause_rows(said: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row for each fact; the condition and its result stand with the first."""
    rows: list[tuple[str, ...]] = []
    for clause in said["explanation"]["clauses"]:
        is_asked = clause["code"] in said["asked_when_applying"]
        result = _("asked when applying") if is_asked else _words(clause["result"])
        head = (clause["text"], result)
        for fact in clause["facts"] or [None]:
            rows.append((*head, *_fact_cells(fact)))
            head = ("", "")
    return rows


def _words(result: bool | None) -> str:
    return {True: _("Met"), False: _("Not met"), None: _("Not known")}[result]


def _fact_cells(fact: dict[str, str | None] | None) -> tuple[str, str, str]:
    if fact is None:
        return NOTHING, NOTHING, NOTHING
    begun, ended = fact["from"], fact["to"]
    period = f"{begun or ''}–{ended or ''}" if begun or ended else NOTHING
    return f"{fact['name']}：{fact['value']}", str(fact["source"]), period


def _find(actor: Actor, pk: UUID) -> ExplanationReceipt | None:
    return ExplanationReceipt.objects.visible_to(actor).select_related("person").filter(pk=pk).first()


EXPLANATION_SHEET = SheetExport(
    code="subsidies.explanation_sheet",
    label=gettext_lazy("Explanation of an entitlement"),
    policy=may_keep_explanations,
    find=_find,
    compose=_compose,
)
