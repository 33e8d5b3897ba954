"""The register of debts keeps itself by each assessment of the business day, set-based.

Everybody owed, or on the way from an application to a grant, has one open line; so has who is one
document short ('to find out'). A line is cleared when the registers prove why. A decline is respected
until the law changes or the family asks. What is assessed for another day changes no line.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db import connection

from households.enums import EntryState, VisitResult
from households.models import Absence, Membership, Person, Visit
from offices import clock
from offices.database.planning import joining_whole_tables
from offices.enums import Role
from offices.models import RoleGrant
from subsidies.enums import (
    ApplicationState,
    DebtDeed,
    DebtEnd,
    DebtState,
    PaymentState,
    ProgrammeKind,
    Standing,
)
from subsidies.models import (
    Application,
    Assessment,
    Debt,
    DebtAct,
    Grant,
    Payment,
    PolicyVersion,
    Programme,
    Sweep,
)
from subsidies.models.applications import CLOSED_STATES
from subsidies.selectors.rules import policy_on
from subsidies.services.debt_declines import IN_FORCE, LAW_IN_FORCE, laws_in_force
from subsidies.services.debt_since import reckon_since
from subsidies.services.sweep import entitled_among
from subsidies.services.sweep_findings import TABLE as FINDINGS
from subsidies.services.sweep_findings import is_chosen

_ON_REQUEST = (ProgrammeKind.LETTER,)
"""Nothing of these is owed before somebody asks for it."""
_TABLES = {
    "assessment": Assessment, "debt": Debt, "act": DebtAct, "benefit": Grant, "application": Application,
    "payment": Payment, "person": Person, "absence": Absence, "programme": Programme, "role": RoleGrant,
    "version": PolicyVersion, "visit": Visit, "membership": Membership,
}  # fmt: skip
_COVERS = "g.from_on <= %(day)s AND (g.to_on IS NULL OR g.to_on > %(day)s)"


def keep_register(sweep: Sweep, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
    """Bring the register to what has just been assessed; doing it again changes nothing.

    Part of the sweep: in its transaction, at county scope, while its row is locked. Whoever declined
    stands so in the assessment of any day; lines follow that of the business day alone.
    """
    step = _Step(sweep, programmes, people)
    with joining_whole_tables() if people is None else nullcontext():
        step.mark_declined()
        if sweep.as_of != clock.today():
            return
        step.bring_lines()
    reckon_since(on=sweep.as_of, programmes=programmes, people=people)


class _Step:
    """The statements of one pass; values are bound, names of tables and states are ours."""

    def __init__(self, sweep: Sweep, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
        self.sweep = sweep
        self.programmes = None if programmes is None else list(programmes)
        self.is_of_some = people is not None
        self.laws = laws_in_force(on=sweep.as_of, programmes=programmes, is_of_some=people is not None)
        self.words = {name: f'"{model._meta.db_table}"' for name, model in _TABLES.items()} | {
            "finding": FINDINGS,
            "as_declined": DebtEnd.DECLINED.value,
            "is_declined": Standing.DECLINED.value,
            "is_owed": Standing.OWED.value,
            "is_applied": Standing.APPLIED.value,
            "is_unknown": Standing.UNKNOWN.value,
            "is_open": DebtState.OPEN.value,
            "is_closed": DebtState.CLOSED.value,
            "law_in_force": LAW_IN_FORCE,
            "closed_cases": ", ".join(f"'{state.value}'" for state in CLOSED_STATES),
        }

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Execute a statement; what it returns, if it returns rows."""
        given = {
            "sweep": self.sweep.pk,
            "day": self.sweep.as_of,
            "by": self.sweep.swept_by_id,
            "programmes": self.programmes,
            **self.laws,
            **values,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**self.words), given)
            return cursor.fetchall() if cursor.description else []

    def among(self, alias: str) -> str:
        """The rows of the programmes and people that were assessed."""
        said = ""
        if self.programmes is not None:
            said += f" AND {alias}.programme_id = ANY(%(programmes)s)"
        if self.is_of_some:
            said += f" AND {is_chosen(f'{alias}.person_id')}"
        return said

    def bring_lines(self) -> None:
        """Everything that the lines follow."""
        self.find_candidates()
        self.close()
        self.restore_unmerged()
        self.reopen_declined()
        self.open_new()
        self.respect_visits_before()
        self.mark_declined()
        self.bring_up_to_date()
        self.note_first_payments()

    def mark_declined(self) -> None:
        """Who has declined under the policy in force stands so, and not as owed."""
        declined = "a.standing = '{is_owed}' AND " + IN_FORCE.replace("{of}", "a")
        self.run("UPDATE {finding} a SET standing = '{is_declined}' WHERE " + declined)
        self.run(
            "UPDATE {assessment} a SET standing = '{is_declined}' WHERE a.sweep_id = %(sweep)s AND "
            + declined
            + self.among("a")
        )

    def find_candidates(self) -> None:
        """Who should stand in the register, with the officer who answers for her village that day.

        Read from what was just found: of its rows in the day's sweep there are no statistics yet.
        """
        self.run(
            "CREATE TEMPORARY TABLE IF NOT EXISTS debt_candidate (programme_id text, person_id uuid, "
            "policy_version_id uuid, standing text, annual_amount numeric, division_code text, "
            "missing text[], officer_id uuid, PRIMARY KEY (person_id, programme_id)) ON COMMIT DROP"
        )
        self.run("DELETE FROM debt_candidate")
        self.run(
            """
            INSERT INTO debt_candidate
            WITH place AS (SELECT DISTINCT a.division_code FROM {finding} a),
            answers AS MATERIALIZED (
                SELECT place.division_code, first.staff_id FROM place CROSS JOIN LATERAL (
                    SELECT r.staff_id FROM {role} r
                     WHERE r.from_on <= %(day)s AND (r.to_on IS NULL OR r.to_on > %(day)s)
                       AND ((r.role = %(village)s AND r.division_id = place.division_code)
                         OR (r.role = %(township)s AND r.division_id = left(place.division_code, 9) || '000'))
                     ORDER BY r.role = %(village)s DESC, r.from_on, r.id LIMIT 1) first)
            SELECT a.programme_id, a.person_id, a.policy_version_id,
                   CASE WHEN a.standing = '{is_unknown}' AND EXISTS (
                        SELECT FROM {application} c WHERE c.person_id = a.person_id
                           AND c.programme_id = a.programme_id AND c.state NOT IN ({closed_cases}))
                        THEN '{is_applied}' ELSE a.standing END,
                   a.annual_amount, a.division_code,
                   ARRAY(SELECT key::text FROM jsonb_each(a.reasons) WHERE value = 'null'::jsonb ORDER BY key),
                   answers.staff_id
              FROM {finding} a JOIN {programme} p ON p.code = a.programme_id
              LEFT JOIN answers USING (division_code)
             WHERE a.standing IN ('{is_owed}', '{is_applied}', '{is_unknown}')
               AND p.kind <> ALL(%(on_request)s)
               AND NOT EXISTS (SELECT FROM {benefit} g WHERE g.person_id = a.person_id
                                  AND g.programme_id = a.programme_id AND """
            + _COVERS
            + ")",
            village=Role.VILLAGE.value,
            township=Role.TOWNSHIP.value,
            on_request=[kind.value for kind in _ON_REQUEST],
        )
        self.run(
            "DELETE FROM debt_candidate c WHERE c.standing <> '{is_applied}' AND "
            + IN_FORCE.replace("{of}", "c")
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE debt_candidate (person_id, programme_id, standing)")

    def close(self) -> None:
        """Clear what stands open for nobody any more, each with what proves it.

        A line that was opened today by a mistake and nobody has touched goes as it came.
        """
        gone = self.run(
            """
            SELECT d.id, d.person_id, d.programme_id, d.opened_on FROM {debt} d
             WHERE d.state = '{is_open}' AND NOT EXISTS (SELECT FROM debt_candidate c
                   WHERE c.person_id = d.person_id AND c.programme_id = d.programme_id)"""
            + self.among("d")
        )
        if not gone:
            return
        self.run(
            "DELETE FROM {debt} d WHERE d.id = ANY(%(gone)s::uuid[]) AND d.opened_on = %(day)s "
            "AND NOT EXISTS (SELECT FROM {act} a WHERE a.debt_id = d.id) "
            "AND NOT EXISTS (SELECT FROM {person} p WHERE p.id = d.person_id "
            "AND (p.merged_into_id IS NOT NULL OR p.died_on = %(day)s)) "
            "AND NOT EXISTS (SELECT FROM {benefit} g WHERE g.person_id = d.person_id "
            "AND g.programme_id = d.programme_id AND " + _COVERS + ") "
            "AND NOT EXISTS (SELECT FROM {application} c WHERE c.person_id = d.person_id "
            "AND c.programme_id = d.programme_id)",
            gone=[row[0] for row in gone],
        )
        self.run(
            """
            UPDATE {debt} d
               SET state = '{is_closed}', closed_on = %(day)s, closed_as = proof.closed_as,
                   grant_id = CASE WHEN proof.closed_as = 'granted' THEN proof.grant_id END,
                   application_id = coalesce(proof.application_id, d.application_id)
              FROM (SELECT d.id, g.id AS grant_id, coalesce(g.application_id, r.id) AS application_id,
                           CASE WHEN p.merged_into_id IS NOT NULL THEN 'merged'
                                WHEN g.id IS NOT NULL THEN 'granted'
                                WHEN p.died_on <= %(day)s THEN 'died'
                                WHEN EXISTS (SELECT FROM {absence} w WHERE w.person_id = d.person_id
                                                AND (w.from_on IS NULL OR w.from_on <= %(day)s)
                                                AND (w.to_on IS NULL OR w.to_on > %(day)s)) THEN 'moved'
                                WHEN r.id IS NOT NULL THEN 'refused'
                                WHEN d.id = ANY(%(ended)s::uuid[]) THEN 'ended'
                                ELSE 'corrected' END AS closed_as
                      FROM {debt} d JOIN {person} p ON p.id = d.person_id
                      LEFT JOIN LATERAL (SELECT g.id, g.application_id FROM {benefit} g
                           WHERE g.person_id = d.person_id AND g.programme_id = d.programme_id AND """
            + _COVERS
            + """ ORDER BY g.from_on DESC, g.id LIMIT 1) g ON true
                      LEFT JOIN LATERAL (SELECT c.id FROM {application} c
                           WHERE c.person_id = d.person_id AND c.programme_id = d.programme_id
                             AND c.state = %(refused)s AND c.decided_on <= %(day)s
                             AND EXISTS (SELECT FROM {assessment} a WHERE a.sweep_id = %(sweep)s
                                  AND a.person_id = d.person_id AND a.programme_id = d.programme_id
                                  AND a.standing = %(refused)s)
                           ORDER BY c.decided_on DESC, c.id LIMIT 1) r ON true
                     WHERE d.id = ANY(%(gone)s::uuid[])) proof
             WHERE d.id = proof.id""",
            gone=[row[0] for row in gone],
            ended=self._ended(gone),
            refused=ApplicationState.REFUSED.value,
        )

    def _ended(self, gone: Sequence[tuple[Any, ...]]) -> list[UUID]:
        """Lines whose right held when they were last assessed, as the register says today: it has run out."""
        earlier = Sweep.objects.filter(as_of__lt=self.sweep.as_of).order_by("-as_of")
        before = earlier.values_list("as_of", flat=True).first()
        asked: dict[tuple[str, datetime.date], dict[UUID, UUID]] = {}
        for line, person, programme, opened_on in gone:
            then = max(before or opened_on, opened_on)
            asked.setdefault((programme, then), {})[person] = line
        found: list[UUID] = []
        for (programme, then), lines in asked.items():
            policy = policy_on(programme, then)
            if policy and then < self.sweep.as_of:
                found += [lines[person] for person in entitled_among(policy, list(lines))]
        return found

    def restore_unmerged(self) -> None:
        """What was cleared by a merge, a death or another entry that is taken back stands open as before."""
        self.run(
            """
            UPDATE {debt} d
               SET state = '{is_open}', closed_on = NULL, closed_as = '', grant_id = NULL,
                   first_payment_id = NULL, application_id = NULL
              FROM debt_candidate c
             WHERE c.person_id = d.person_id AND c.programme_id = d.programme_id
               AND (d.closed_as = 'merged'
                    OR d.closed_as IN ('corrected', 'died', 'moved') AND d.closed_on = %(day)s
                    OR d.closed_as = 'granted' AND EXISTS (
                    SELECT FROM {benefit} g WHERE g.id = d.grant_id AND g.person_id <> d.person_id))
               AND NOT EXISTS (SELECT FROM {debt} o WHERE o.person_id = d.person_id
                                  AND o.programme_id = d.programme_id
                                  AND (o.state = '{is_open}' OR o.id > d.id))"""
        )

    def reopen_declined(self) -> None:
        """A declined line is opened again when the law is another one, or the family has applied."""
        reopened = self.run(
            """
            UPDATE {debt} d
               SET state = '{is_open}', closed_on = NULL, closed_as = '', standing = c.standing,
                   policy_version_id = c.policy_version_id, told_on = NULL, last_deed_on = %(day)s,
                   last_deed = CASE WHEN c.standing = '{is_applied}' THEN %(asked)s ELSE %(changed)s END
              FROM debt_candidate c
             WHERE c.person_id = d.person_id AND c.programme_id = d.programme_id
               AND d.closed_as = '{as_declined}'
               AND NOT EXISTS (SELECT FROM {debt} o WHERE o.person_id = d.person_id
                                  AND o.programme_id = d.programme_id AND o.state = '{is_open}')
            RETURNING d.id, d.last_deed, d.division_code""",
            asked=DebtDeed.ASKED.value,
            changed=DebtDeed.LAW_CHANGED.value,
        )
        DebtAct.objects.bulk_create(
            DebtAct(
                debt_id=line,
                deed=deed,
                acted_on=self.sweep.as_of,
                acted_by_id=self.sweep.swept_by_id,
                division_code=code,
            )
            for line, deed, code in reopened
        )

    def open_new(self) -> None:
        """A line for everybody who has none; what is not known is a line only when one document is short."""
        self.run(
            """
            INSERT INTO {debt} (id, programme_id, policy_version_id, person_id, state, standing, missing,
                   opened_on, is_since_exact, annual_amount, arrears_amount, officer_id, last_deed,
                   closed_as, division_code)
            SELECT gen_random_uuid(), c.programme_id, c.policy_version_id, c.person_id, '{is_open}', c.standing,
                   c.missing, %(day)s, false, c.annual_amount, 0, c.officer_id, '', '', c.division_code
              FROM debt_candidate c
             WHERE (c.standing <> '{is_unknown}' OR cardinality(c.missing) = 1)
               AND NOT EXISTS (SELECT FROM {debt} d WHERE d.person_id = c.person_id
                                  AND d.programme_id = c.programme_id AND d.state = '{is_open}')"""
        )

    def respect_visits_before(self) -> None:
        """Who declined at a visit before her line was there has declined: under the policy of that day."""
        declined = self.run(
            """
            SELECT DISTINCT ON (d.id) d.id, d.policy_version_id, d.division_code, v.id, v.visited_on, v.recorded_by_id
              FROM {debt} d
              JOIN {version} p ON p.id = d.policy_version_id
              JOIN {visit} v ON v.about = d.programme_id AND v.state = %(recorded)s AND v.result = %(declined)s
                   AND v.visited_on >= p.from_on
             WHERE d.state = '{is_open}' AND d.opened_on = %(day)s AND d.standing <> '{is_applied}'
               AND NOT EXISTS (SELECT FROM {act} a WHERE a.debt_id = d.id)
               AND (v.person_id = d.person_id OR v.person_id IS NULL AND EXISTS (
                    SELECT FROM {membership} m WHERE m.household_id = v.household_id AND m.person_id = d.person_id
                       AND (m.from_on IS NULL OR m.from_on <= v.visited_on)
                       AND (m.to_on IS NULL OR m.to_on > v.visited_on)))
               AND NOT EXISTS (SELECT FROM {visit} later WHERE later.about = v.about
                       AND later.state = %(recorded)s AND later.household_id = v.household_id
                       AND later.asked_by_family AND later.recorded_at > v.recorded_at)"""
            + self.among("d")
            + " ORDER BY d.id, v.recorded_at DESC",
            recorded=EntryState.RECORDED.value,
            declined=VisitResult.DECLINED.value,
        )
        for line, version, code, visit, on, by in declined:
            DebtAct.objects.create(
                debt_id=line,
                deed=DebtDeed.DECLINED,
                acted_on=on,
                acted_by_id=by,
                policy_version_id=version,
                visit_id=visit,
                division_code=code,
            )
            Debt.objects.filter(pk=line).update(
                state=DebtState.CLOSED,
                closed_on=self.sweep.as_of,
                closed_as=DebtEnd.DECLINED,
                last_deed=DebtDeed.DECLINED,
                last_deed_on=on,
            )

    def bring_up_to_date(self) -> None:
        """Open lines say what was found today; what is the same is not written again."""
        self.run(
            """
            UPDATE {debt} d
               SET standing = c.standing, missing = c.missing, annual_amount = c.annual_amount,
                   policy_version_id = c.policy_version_id, division_code = c.division_code,
                   officer_id = c.officer_id,
                   owed_since = CASE WHEN c.standing <> '{is_unknown}' THEN d.owed_since END,
                   is_since_exact = d.is_since_exact AND c.standing <> '{is_unknown}'
              FROM debt_candidate c
             WHERE c.person_id = d.person_id AND c.programme_id = d.programme_id AND d.state = '{is_open}'
               AND (d.standing, d.missing, d.annual_amount, d.policy_version_id, d.division_code, d.officer_id)
                   IS DISTINCT FROM (c.standing, c.missing::varchar[], c.annual_amount, c.policy_version_id,
                                     c.division_code, c.officer_id)"""
        )

    def note_first_payments(self) -> None:
        """The proof of a granted line is whole once the first money has arrived."""
        self.run(
            """
            UPDATE {debt} d SET first_payment_id = paid.id
              FROM {debt} line CROSS JOIN LATERAL (
                   SELECT m.id FROM {payment} m WHERE m.grant_id = line.grant_id AND m.state = %(paid)s
                    ORDER BY m.paid_on, m.id LIMIT 1) paid
             WHERE line.id = d.id AND d.closed_as = 'granted' AND d.first_payment_id IS NULL"""
            + self.among("d"),
            paid=PaymentState.PAID.value,
        )
