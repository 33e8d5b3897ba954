"""The lines of a batch: written with their payees as they are, and looked at again before money moves."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.errors import Stale
from offices.ids import new_id
from subsidies.enums import PaymentState, ProgrammeKind
from subsidies.models import LeftOut, PaymentBatch
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import period_paid
from subsidies.selectors.selection import Selection
from subsidies.services.premium_transfers import (
    INSERT_PREMIUMS,
    count_changed_premiums,
)

_INSERT_LINES = """
INSERT INTO subsidies_payment
      (id, batch_id, serial, grant_id, programme_id, person_id, period_from_on, period_to_on, amount, state,
       payee_name, payee_id_number, payee_bank, payee_account, payee_account_digest, return_reason,
       supersedes_id, representative_id, share, division_code)
SELECT line.id, %(batch)s, line.serial, line.grant_id, %(programme)s, p.id, %(from_on)s, %(to_on)s, line.amount,
       %(state)s, coalesce(q.name, p.name), CASE WHEN q.id IS NULL THEN p.id_number ELSE q.id_number END,
       coalesce(q.bank, a.bank), coalesce(q.account, a.account), coalesce(q.account_digest, a.account_digest), '',
       line.supersedes_id, q.id, line.share, p.division_code
  FROM unnest(%(ids)s::uuid[], %(serials)s::integer[], %(grants)s::uuid[], %(people)s::uuid[],
              %(amounts)s::numeric[], %(accounts)s::uuid[], %(supersedes)s::uuid[], %(representatives)s::uuid[],
              %(shares)s::smallint[])
       AS line(id, serial, grant_id, person_id, amount, account_id, supersedes_id, representative_id, share)
  JOIN households_person p ON p.id = line.person_id
  LEFT JOIN households_bankaccount a ON a.id = line.account_id
  LEFT JOIN households_representative q ON q.id = line.representative_id
 WHERE a.id IS NOT NULL OR q.id IS NOT NULL
 ORDER BY line.serial
"""

# The arrears that a line pays point to it (an heir's share pays none); a line that did not arrive has let them go.
_TAKE_UP_ARREARS = """
UPDATE subsidies_arrear r SET payment_id = l.id
  FROM subsidies_payment l
 WHERE l.batch_id = %(batch)s AND l.grant_id = r.grant_id AND l.share IS NULL
   AND (r.payment_id IS NULL OR EXISTS (SELECT 1 FROM subsidies_payment p
                                         WHERE p.id = r.payment_id AND p.state <> ALL(%(live)s)))
"""

# Who stands for somebody on a day and is paid for her.
_STANDS = """
SELECT FROM households_representation n JOIN households_representative q ON q.representation_id = n.id
 WHERE n.person_id = l.person_id AND n.is_paid AND n.state = 'confirmed' AND n.from_on <= %(today)s
   AND (n.to_on IS NULL OR n.to_on > %(today)s)
"""

# Lines of a batch whose payee or right is no longer what it was when the batch was made.
_CHANGED = f"""
SELECT count(*)
  FROM subsidies_payment l
  JOIN subsidies_grant g ON g.id = l.grant_id
  JOIN households_person p ON p.id = l.person_id
 WHERE l.batch_id = %(batch)s
   AND (g.state = 'suspended'
        OR g.to_on <= greatest(g.from_on, %(from_on)s)
        OR (l.share IS NOT NULL) <> (p.died_on IS NOT NULL AND p.died_on <= %(today)s)
        OR CASE WHEN l.representative_id IS NULL
                THEN EXISTS ({_STANDS})
                     OR NOT EXISTS (SELECT 1 FROM households_bankaccount a
                        WHERE a.person_id = l.person_id AND a.account_digest = l.payee_account_digest
                          AND (a.from_on IS NULL OR a.from_on <= %(today)s)
                          AND (a.to_on IS NULL OR a.to_on > %(today)s))
                ELSE NOT EXISTS ({_STANDS} AND q.id = l.representative_id
                                 AND q.account_digest = l.payee_account_digest) END)
"""


def write_lines(batch: PaymentBatch, selection: Selection) -> None:
    """The lines with their payees as they are now, in one statement: sealed values are copied sealed."""
    paid_from, paid_to = period_paid(selection.period, selection.programme.frequency)
    lines = selection.selected
    is_premium = selection.programme.kind == ProgrammeKind.PREMIUM
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                INSERT_PREMIUMS if is_premium else _INSERT_LINES,
                {
                    "batch": batch.pk,
                    "programme": batch.programme_id,
                    "from_on": paid_from,
                    "to_on": paid_to,
                    "state": PaymentState.PLANNED.value,
                    "ids": [new_id() for _ in lines],
                    "serials": list(range(1, len(lines) + 1)),
                    "grants": [line.grant_id for line in lines],
                    "people": [line.person_id for line in lines],
                    "amounts": [line.amount for line in lines],
                    "accounts": [line.account_id for line in lines],
                    "supersedes": [line.supersedes_id for line in lines],
                    "representatives": [line.representative_id for line in lines],
                    "shares": [line.share for line in lines],
                },
            )
            if cursor.rowcount != len(lines):
                raise Stale("selection_changed", _("The register changed meanwhile. Make the batch again."))
    except IntegrityError as error:
        raise Stale(
            "being_paid_already",
            _(
                "Somebody in this batch is being paid for the period by another batch. Look at the batches first."
            ),
        ) from error
    if any(line.arrears for line in lines):
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE_UP_ARREARS,
                {"batch": batch.pk, "live": [state.value for state in LIVE_PAYMENTS]},
            )
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                batch=batch,
                grant_id=line.grant_id,
                reason=line.reason,
                amount=line.amount,
                division_code=line.division_code,
            )
            for line in selection.left_out
        ],
        batch_size=5000,
    )


def check_unchanged(batch: PaymentBatch) -> None:
    """No line may be paid whose grant, payee or account changed since the batch was made."""
    if batch.programme.kind == ProgrammeKind.PREMIUM:
        count_changed = count_changed_premiums(batch=batch)
        if count_changed:
            raise _changed(count_changed)
        return
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"batch": batch.pk, "from_on": batch.period_from_on, "today": clock.today()})
        (changed,) = cursor.fetchone()
    if changed:
        raise _changed(changed)


def _changed(count: int) -> Stale:
    return Stale(
        "selection_changed",
        _(
            "%(count)s lines can no longer be paid as they stand: a grant was suspended or ended, an account "
            "changed, or a payee died. Discard the batch and make it again."
        ),
        count=count,
    )
