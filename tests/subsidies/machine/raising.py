"""A policy that pays more is published, early or late; who receives is raised, and somebody pays what was lacking."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from offices import clock
from offices.actors import Actor
from subsidies.enums import LateDecision, PolicyState
from subsidies.models import LateFinding, PolicyVersion
from subsidies.services.drafts import change_draft, start_draft
from subsidies.services.late_decisions import decide_late
from subsidies.services.publication import publish_policy, submit_policy
from subsidies.services.sweep import sweep
from tests.subsidies.machine import what_holds
from tests.subsidies.machine.appealing import Appealing
from tests.subsidies.machine.deeds import Deed, between

MORE = (Decimal("0.05"), Decimal("1.01"), Decimal("8.34"), Decimal(20))
"""What a new version may bring more in a month: a cent more than a grant of its year, or a lot."""
SINCE = (0, 0, 1, 14, 45, 100, -3, -20)
"""How many days ago it may begin: on a day of the past it is known late."""
PAY = LateDecision.PAY


class Raising(Appealing):
    """Whoever receives is paid by the policy from the assessment on, whatever was paid, sent or appealed before."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        if kind == 6 and choice % 12 == 0:
            since = datetime.timedelta(days=SINCE[choice // 12 % len(SINCE)])
            return [self.publication(MORE[choice // 12 % len(MORE)], clock.today() - since)]
        if kind == 6:
            found = LateFinding.objects.undecided().order_by("pk")
            return [*(self.decision_about(one, PAY, self.office.county) for one in found), self.assessment()]
        return super().waits(kind, choice)

    def assessment(self) -> Deed:
        county, day = self.office.county, clock.today()

        def assess() -> None:
            sweep(actor=county, as_of=day)
            what_holds.who_receives_is_paid_by_the_policy(self.world.programme.pk)

        return county, assess

    def decision_about(self, finding: LateFinding, decision: LateDecision, actor: Actor) -> Deed:
        seen = finding.reckoning
        return actor, lambda: decide_late(
            finding=finding, reckoning=seen, decision=decision, basis="文件", actor=actor
        )

    @between(more=st.sampled_from(MORE), since=st.sampled_from(SINCE), is_assessed=st.booleans())
    def policy_pays_more(self, more: Decimal, since: int, is_assessed: bool) -> None:
        self.does(*self.publication(more, clock.today() - datetime.timedelta(days=since)))
        if is_assessed:
            self.does(*self.assessment())

    def publication(self, more: Decimal, from_on: datetime.date) -> Deed:
        """One writes and submits it, another approves."""
        author, approver, programme = self.world.others.county, self.office.county, self.world.programme

        def publish() -> None:
            newest = PolicyVersion.objects.filter(programme=programme, state=PolicyState.PUBLISHED).latest(
                "number"
            )
            amount = Decimal(newest.parameters["amount"][0]["value"]) + more
            draft = start_draft(actor=author, programme=programme)
            parts: dict[str, Any] = {
                "from_on": from_on,
                "parameters": {
                    **newest.parameters,
                    "amount": [{"from": f"{from_on}", "to": None, "value": f"{amount}"}],
                },
            }
            draft = change_draft(actor=author, draft=draft, revision=draft.revision, **parts)
            draft = submit_policy(actor=author, draft=draft, revision=draft.revision)
            publish_policy(actor=approver, version=draft, revision=draft.revision)

        return approver, publish

    @precondition(lambda self: LateFinding.objects.exists())
    @between(
        choice=st.integers(0, 99),
        who=st.sampled_from(("county", "township", "judge", "reviewer")),
        decision=st.sampled_from((PAY, *LateDecision)),
    )
    def somebody_decides_what_is_late(self, choice: int, who: str, decision: LateDecision) -> None:
        actor = self.world.judge if who == "judge" else getattr(self.office, who)
        finding = self.pick_mostly(LateFinding.objects.all(), choice, state="open")
        self.does(*self.decision_about(finding, decision, actor))
