"""Cases and money when villages are merged, split or moved to another township.

What goes on follows: open applications and those with an open appeal, grants that are not over, recoveries that
are not over, and the file of the application that such a one rests on. What is decided and paid stays under the old code, so that every month keeps its
figures; a grant's way from village to village stands in `DivisionMove`, for the months in between.
"""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from households.models import DivisionMove
from households.succession import Following
from subsidies.enums import RecoveryState
from subsidies.models import (
    Appeal,
    Application,
    ApplicationStep,
    Appropriation,
    Arrear,
    Assessment,
    BankAnswer,
    BankFile,
    BudgetChange,
    BudgetLine,
    ClosedPeriod,
    Debt,
    DebtAct,
    DecisionLetter,
    ExplanationReceipt,
    FundAccount,
    GoodsItem,
    GoodsMove,
    Grant,
    GrantAmount,
    LateFinding,
    LedgerEntry,
    LedgerPosting,
    LeftOut,
    LetterDelivery,
    ListedAct,
    Nomination,
    Notice,
    Objection,
    Overdue,
    Payment,
    PaymentBatch,
    PolicySimulation,
    PremiumRefund,
    PremiumRefusal,
    PremiumTransfer,
    PriorityLetter,
    PublicNotice,
    Recognition,
    Recovery,
    RecoveryInstalment,
    RecoveryLine,
    RecoveryPlan,
    RecoveryReceipt,
    RecoveryRefund,
    RecoveryWaiver,
    ReviewItem,
    Scan,
    SealedList,
    SealedListEntry,
    SuspenseItem,
    Sweep,
)
from subsidies.models.appeals import OPEN_APPEALS
from subsidies.models.applications import CLOSED_STATES

FOLLOWS = (
    Grant,
    GrantAmount,
    Application,
    ApplicationStep,
    Notice,
    Objection,
    Scan,
    Nomination,
    Overdue,
    ReviewItem,
    Assessment,
    Debt,
    DebtAct,
    LateFinding,
    DecisionLetter,
    LetterDelivery,
    Appeal,
    Arrear,
    Recovery,
    RecoveryLine,
    RecoveryPlan,
    RecoveryInstalment,
    RecoveryWaiver,
)
STAYS = (
    Appropriation,
    BankAnswer,
    BankFile,
    BudgetChange,
    BudgetLine,
    ClosedPeriod,
    ExplanationReceipt,
    FundAccount,
    GoodsItem,
    GoodsMove,
    LeftOut,
    LedgerEntry,
    LedgerPosting,
    ListedAct,
    Payment,
    PaymentBatch,
    PolicySimulation,
    PremiumRefund,
    PremiumRefusal,
    PremiumTransfer,
    PriorityLetter,
    Recognition,
    RecoveryReceipt,
    RecoveryRefund,
    SealedList,
    SealedListEntry,
    SuspenseItem,
    Sweep,
)
KINDS = {
    "grants": _("Grants that go on"),
    "applications": _("Open applications"),
    "debts": _("Benefits owed and not yet received"),
    "files": _("Applications that grants rest on"),
    "ended_grants": _("Grants that have ended"),
    "closed_applications": _("Closed applications"),
    "payments": _("Payments"),
}
_APPLICATION, _GRANT = Application._meta.db_table, Grant._meta.db_table
_MOVE = DivisionMove._meta.db_table
_CLOSED = ", ".join(f"'{state.value}'" for state in CLOSED_STATES)
_APPEALED = (
    f"SELECT p.application_id FROM {Appeal._meta.db_table} p WHERE p.state IN "
    f"({', '.join(repr(state.value) for state in OPEN_APPEALS)})"
)
_RECOVERY = Recovery._meta.db_table
_ENDED = (
    f"('{RecoveryState.SETTLED.value}', '{RecoveryState.DROPPED.value}', '{RecoveryState.WITHDRAWN.value}')"
)
_RECOVERED = f"SELECT g.application_id FROM {_RECOVERY} r JOIN {_GRANT} g ON g.id = r.grant_id WHERE r.state NOT IN {_ENDED}"
_MOVED = f"(SELECT m.row_id FROM {_MOVE} m WHERE m.change_id = %s AND m.row_table = '{_APPLICATION}')"


def follow_with_cases(following: Following) -> None:
    """Bring open cases and running grants to the villages that follow; part of a change being done."""
    following.move(
        Grant, where="t.to_on IS NULL OR t.to_on > %s", parameters=[following.effective_on], kind="grants"
    )
    rests = (
        f"SELECT g.application_id FROM {_GRANT} g JOIN {_MOVE} m ON m.row_id = g.id "
        f"WHERE m.change_id = %s AND m.row_table = '{_GRANT}'"
    )
    following.move(
        Application,
        where=f"t.state NOT IN ({_CLOSED}) OR t.id IN ({rests}) OR t.id IN ({_APPEALED}) OR t.id IN ({_RECOVERED})",
        parameters=[following.change],
    )
    _count_applications(following)
    _follow_with_recoveries()
    following.move(Debt, where="t.state = 'open'", kind="debts")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {LateFinding._meta.db_table} t SET division_code = g.division_code FROM {_GRANT} g "
            f"JOIN {_MOVE} m ON m.row_id = g.id AND m.row_table = '{_GRANT}' WHERE m.change_id = %s "
            "AND g.id = t.grant_id AND t.state = 'open' AND t.division_code <> g.division_code",
            [following.change],
        )
        for of_grant in (ReviewItem, GrantAmount):
            cursor.execute(
                f"UPDATE {of_grant._meta.db_table} t SET division_code = g.division_code FROM {_GRANT} g "
                f"JOIN {_MOVE} m ON m.row_id = g.id AND m.row_table = '{_GRANT}' WHERE m.change_id = %s "
                "AND g.id = t.grant_id AND t.division_code <> g.division_code",
                [following.change],
            )
        # Steps and deeds are append-only: a function of the owner brings them after what they are about.
        cursor.execute("SELECT subsidies_steps_follow(%s)", [following.change])
        for belonging in (Scan, Overdue, Nomination, DecisionLetter, Appeal):
            cursor.execute(
                f"UPDATE {belonging._meta.db_table} t SET division_code = a.division_code FROM {_APPLICATION} a "
                f"WHERE a.id = t.application_id AND t.division_code <> a.division_code AND a.id IN {_MOVED}",
                [following.change],
            )
        cursor.execute(
            f"UPDATE {LetterDelivery._meta.db_table} t SET division_code = o.division_code "
            f"FROM {DecisionLetter._meta.db_table} o WHERE o.id = t.letter_id "
            f"AND t.division_code <> o.division_code AND o.application_id IN {_MOVED}",
            [following.change],
        )
        cursor.execute(
            f"UPDATE {Arrear._meta.db_table} t SET division_code = a.division_code FROM {_GRANT} g "
            f"JOIN {_APPLICATION} a ON a.id = g.application_id WHERE g.id = t.grant_id "
            f"AND t.division_code <> a.division_code AND a.id IN {_MOVED}",
            [following.change],
        )
        cursor.execute(
            f"UPDATE {Notice._meta.db_table} t SET division_code = a.division_code FROM {_APPLICATION} a "
            f"WHERE a.id = t.application_id AND t.division_code <> a.division_code AND a.id IN {_MOVED}",
            [following.change],
        )
        cursor.execute(
            f"UPDATE {Objection._meta.db_table} t SET division_code = n.division_code "
            f"FROM {Notice._meta.db_table} n WHERE n.id = t.notice_id "
            f"AND t.division_code <> n.division_code AND n.application_id IN {_MOVED}",
            [following.change],
        )
        cursor.execute(
            f"UPDATE {PublicNotice._meta.db_table} t SET place_code = n.division_code "
            f"FROM {Notice._meta.db_table} n WHERE n.id = t.notice_id "
            f"AND t.place_code <> n.division_code AND n.application_id IN {_MOVED}",
            [following.change],
        )
        cursor.execute(
            f"UPDATE {Assessment._meta.db_table} t SET division_code = p.new_code FROM going_people p "
            f"WHERE p.person_id = t.person_id AND t.division_code = p.old_code AND t.sweep_id IN "
            f"(SELECT s.id FROM {Sweep._meta.db_table} s ORDER BY s.as_of DESC LIMIT 1)"
        )
    following.staying(Grant, "ended_grants")
    following.staying(Application, "closed_applications")
    following.staying(Payment, "payments")


def _follow_with_recoveries() -> None:
    """Recoveries that are not over go where their person goes, also of a grant that has ended; receipts stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_RECOVERY} t SET division_code = coalesce(p.new_code, d.new_code) FROM {_GRANT} g "
            "CROSS JOIN old_villages d LEFT JOIN going_people p ON p.person_id = g.person_id "
            "AND p.old_code = d.old_code "
            f"WHERE g.id = t.grant_id AND d.old_code = t.division_code AND t.state NOT IN {_ENDED} "
            "AND coalesce(p.new_code, d.new_code) <> t.division_code"
        )
        for part in (RecoveryLine, RecoveryPlan, RecoveryWaiver):
            cursor.execute(
                f"UPDATE {part._meta.db_table} t SET division_code = r.division_code FROM {_RECOVERY} r "
                f"WHERE r.id = t.recovery_id AND r.state NOT IN {_ENDED} AND t.division_code <> r.division_code"
            )
        cursor.execute(
            f"UPDATE {RecoveryInstalment._meta.db_table} t SET division_code = p.division_code "
            f"FROM {RecoveryPlan._meta.db_table} p WHERE p.id = t.plan_id AND t.division_code <> p.division_code"
        )


def _count_applications(following: Following) -> None:
    with connection.cursor() as cursor:
        for kind, condition in (("applications", f"NOT IN ({_CLOSED})"), ("files", f"IN ({_CLOSED})")):
            cursor.execute(
                f"SELECT m.from_code, m.to_code, count(*) FROM {_MOVE} m JOIN {_APPLICATION} a ON a.id = m.row_id "
                f"WHERE m.change_id = %s AND m.row_table = '{_APPLICATION}' AND a.state {condition} "
                "GROUP BY 1, 2 ORDER BY 1, 2",
                [following.change],
            )
            following.count(kind, cursor.fetchall())
