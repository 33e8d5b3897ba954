"""The lines of a batch: written with their payees as they are, and looked at again before money moves."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.database.memory import room_for_thousands
from offices.database.new_keys import NEW_KEY, beginning_of_keys, numbered_key
from offices.errors import Stale
from subsidies.enums import PaymentState, ProgrammeKind
from subsidies.models import PaymentBatch, Programme
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import Period, period_paid
from subsidies.selectors.changed_lines import count_changes
from subsidies.selectors.selection import Selection, relation_of, sum_up

_SELECTED = "selected_lines"
_COLUMNS = """
id, batch_id, serial, grant_id, programme_id, person_id, period_from_on, period_to_on, amount, state, payee_name,
payee_id_number, payee_bank, payee_account, payee_account_digest, return_reason, supersedes_id, representative_id,
share, division_code
"""
_IN_ORDER = 'ORDER BY division_code COLLATE "C", name_sort COLLATE "C", grant_id, share, is_alone'
_INSERT_LINES = f"""
INSERT INTO subsidies_payment ({_COLUMNS})
SELECT {numbered_key("keys", "line.serial")}, %(batch)s, line.serial, line.grant_id, %(programme)s, p.id,
       CASE WHEN line.is_alone THEN %(to_on)s::date ELSE %(from_on)s::date END, %(to_on)s::date, line.amount, %(state)s,
       coalesce(q.name, p.name), CASE WHEN q.id IS NULL THEN p.id_number ELSE q.id_number END,
       coalesce(q.bank, a.bank), coalesce(q.account, a.account), coalesce(q.account_digest, a.account_digest), '',
       line.supersedes_id, q.id, line.share, p.division_code
  FROM (SELECT *, row_number() OVER ({_IN_ORDER}) AS serial FROM {_SELECTED} WHERE reason IS NULL) line
  JOIN households_person p ON p.id = line.person_id
  LEFT JOIN {{accounts}} a ON a.id = line.account_id
  LEFT JOIN households_representative q ON q.id = line.representative_id
 WHERE a.id IS NOT NULL OR q.id IS NOT NULL
 ORDER BY line.serial
"""
_INSERT_LEFT_OUT = f"""
INSERT INTO subsidies_leftout (id, batch_id, grant_id, reason, amount, division_code)
SELECT {{key}}, %(batch)s, grant_id, min(reason), sum(amount), min(division_code)
  FROM {_SELECTED} WHERE reason IS NOT NULL GROUP BY grant_id
"""

# Arrears that are taken up become what is left of them up to the end of their grant.
_LOWER_ARREARS = f"""
UPDATE subsidies_arrear r SET amount = d.due, ends_on = d.ends_on
  FROM (SELECT o.id, subsidies_arrear_due(o.id) AS due, least(o.ends_on, subsidies_grant_ends(o.grant_id)) AS ends_on
          FROM subsidies_arrear o LEFT JOIN subsidies_payment p ON p.id = o.payment_id
         WHERE (p.id IS NULL OR p.state <> ALL(%(live)s))
           AND o.grant_id IN (SELECT grant_id FROM {_SELECTED} WHERE reason IS NULL AND arrears > 0)) d
 WHERE d.id = r.id AND d.due > 0 AND d.ends_on IS NOT NULL
"""

# The arrears that a line pays point to it, of heirs to the line of the first; a line that did not arrive has let
# them go, though not to the person while heirs have part of them.
_TAKE_UP_ARREARS = """
UPDATE subsidies_arrear r SET payment_id = l.id
  FROM (SELECT DISTINCT ON (grant_id) id, grant_id, share FROM subsidies_payment
         WHERE batch_id = %(batch)s AND (share IS NULL OR period_from_on = period_to_on)
         ORDER BY grant_id, share) l
 WHERE l.grant_id = r.grant_id
   AND subsidies_arrear_due(r.id) > 0
   AND (r.payment_id IS NULL OR EXISTS (SELECT 1 FROM subsidies_payment p
                                         WHERE p.id = r.payment_id AND p.state <> ALL(%(live)s)
                                           AND (l.share IS NOT NULL OR p.share IS NULL OR NOT EXISTS (
                                               SELECT FROM subsidies_payment o
                                                WHERE o.grant_id = r.grant_id AND o.share IS NOT NULL
                                                  AND o.period_from_on = o.period_to_on
                                                  AND o.state = ANY(%(live)s)))))
"""


def gather_lines(*, programme: Programme, period: Period) -> Selection:
    """Keep who would be paid and who would not in a table of the transaction's own, and sum it up.

    Raises DomainError `no_fund_account`.
    """
    found = relation_of(programme=programme, period=period, on=clock.today())
    with room_for_thousands(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_SELECTED}")
        cursor.execute(f"CREATE TEMPORARY TABLE {_SELECTED} ON COMMIT DROP AS {found.rows}", found.values)
    return sum_up(f"SELECT * FROM {_SELECTED}", {}, programme=programme, period=period)


def write_lines(batch: PaymentBatch, selection: Selection) -> None:
    """The gathered lines with their payees as they are now: sealed values are copied sealed.

    Raises Stale `selection_changed`, `being_paid_already`.
    """
    paid_from, paid_to = period_paid(selection.period, selection.programme.frequency)
    is_premium = selection.programme.kind == ProgrammeKind.PREMIUM
    live = [state.value for state in LIVE_PAYMENTS]
    accounts = "subsidies_fundaccount" if is_premium else "households_bankaccount"
    try:
        with transaction.atomic(), room_for_thousands(), connection.cursor() as cursor:
            if selection.arrears:
                cursor.execute(_LOWER_ARREARS, {"live": live})
            cursor.execute(
                _INSERT_LINES.format(accounts=accounts),
                {
                    "keys": beginning_of_keys(),
                    "batch": batch.pk,
                    "programme": batch.programme_id,
                    "from_on": paid_from,
                    "to_on": paid_to,
                    "state": PaymentState.PLANNED.value,
                },
            )
            if cursor.rowcount != selection.count:
                raise Stale("selection_changed", _("The register changed meanwhile. Make the batch again."))
    except IntegrityError as error:
        raise Stale(
            "being_paid_already",
            _(
                "Somebody in this batch is being paid for the period by another batch. Look at the batches first."
            ),
        ) from error
    with connection.cursor() as cursor:
        if selection.arrears:
            cursor.execute(_TAKE_UP_ARREARS, {"batch": batch.pk, "live": live})
        if selection.left_out:
            cursor.execute(_INSERT_LEFT_OUT.format(key=NEW_KEY), {"batch": batch.pk})


def check_unchanged(batch: PaymentBatch) -> None:
    """No line may be paid whose grant, amount, payee or account changed since the batch was made."""
    changed = count_changes(batch)
    if changed:
        raise Stale(
            "selection_changed",
            _(
                "%(count)s lines can no longer be paid as they stand (%(reasons)s). Give up the batch and make "
                "it again."
            ),
            count=sum(changed.values()),
            reasons="；".join(str(reason.label) for reason in changed),
        )
