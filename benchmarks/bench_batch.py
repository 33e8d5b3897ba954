"""A batch of thirty thousand payments and the bank's answer to it, beside the same rows without triggers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from psycopg import Connection

from benchmarks.batch_people import YEAR, Payers, make_grants, make_payers
from benchmarks.database import owner, settle
from benchmarks.measures import ROUNDS, Result, Took, at_most_over, compared, timed
from offices.database.context import open_context
from offices.sealing import Purpose, unseal_bytes
from subsidies.bank_files.layout import ENCODING
from subsidies.enums import FileFormat
from subsidies.models import BankFile, PaymentBatch, Programme
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.closing import close_batch

OURS, BARE, ANSWER, SENDING = (
    "a batch made and approved",
    "the same rows by INSERT … SELECT, without triggers",
    "the bank's answer read and booked",
    "files written and sent",
)
LINES = 30_000
_RETURNED_OF = 100
_TABLES = ("subsidies_paymentbatch", "subsidies_payment", "subsidies_ledgerentry", "subsidies_ledgerposting")


def main(*, quick: bool) -> Result:
    """A month of payments a round, made, sent and answered; quick: a thirtieth of the lines, once."""
    lines, rounds = (1_000, 1) if quick else (LINES, ROUNDS)
    payers = make_payers()
    programme = make_grants(payers, count=lines)
    settle()
    bench = _Bench(payers, programme, lines)
    found = compared(
        {OURS: bench.make, BARE: bench.insert_again, SENDING: bench.send, ANSWER: bench.answer}, rounds=rounds
    )
    return Result(
        title="Payments",
        words=(
            f"{lines:,} people paid a month out of three sources, a month a round: who is paid is selected, each payee's "
            "sealed number and account are kept on the line, the money is divided over its sources to the cent and "
            "drawn in the ledger, with balances, acts and every constraint. Beside it the very same rows, taken out "
            "again and put in by INSERT … SELECT into the same indexed tables without triggers and links. One line in a "
            "hundred comes back from the bank."
        ),
        measures=tuple(measure for one in found.values() for measure in (one.clock, one.work)),
        limits=(
            at_most_over(OURS, ratios=found[OURS].over(found[BARE]), limit=2, of="the bare rows"),
            at_most_over(ANSWER, ratios=found[ANSWER].over(found[OURS]), limit=2, of="making the batch"),
        ),
    )


class _Bench:
    """One month's batch after another, from its making to its closing."""

    def __init__(self, payers: Payers, programme: Programme, lines: int) -> None:
        self.payers = payers
        self.lines = lines
        self.programme = programme
        self.month = 0
        self.batch: PaymentBatch

    def make(self) -> Took:
        self.month += 1
        settle()
        return timed(self._make)

    def _make(self) -> None:
        with open_context(actor=self.payers.finance):
            made = create_batch(
                actor=self.payers.finance, programme=self.programme, period=f"{YEAR}-{self.month:02d}"
            )
        with open_context(actor=self.payers.county):
            self.batch = approve_batch(actor=self.payers.county, batch=made)
        if self.batch.count != self.lines:
            raise RuntimeError(f"{self.batch.count} lines instead of {self.lines}")

    def insert_again(self) -> Took:
        """Take the batch's rows out, put them in again as they were."""
        with owner() as connection:
            with connection.transaction():
                links = _without_triggers(connection, self.batch)
            connection.commit()
            connection.autocommit = True
            connection.execute(f"VACUUM (ANALYZE) {', '.join(_TABLES)}")
            connection.autocommit = False
            took = timed(lambda: _insert(connection))
            _with_triggers(connection, links)
        return took

    def send(self) -> Took:
        def send() -> None:
            with open_context(actor=self.payers.cashier):
                self.batch = send_batch(actor=self.payers.cashier, batch=self.batch)

        return timed(send)

    def answer(self) -> Took:
        with open_context(actor=self.payers.cashier):
            contents = [_answer_to(file) for file in self.batch.files.filter(format=FileFormat.TEXT)]

        def read() -> None:
            for content in contents:
                with open_context(actor=self.payers.cashier):
                    import_answer(actor=self.payers.cashier, batch=self.batch, content=content)

        took = timed(read)
        with open_context(actor=self.payers.finance):
            close_batch(actor=self.payers.finance, batch=self.batch)
        return took


def _without_triggers(connection: Connection[Any], batch: PaymentBatch) -> list[tuple[str, str, str]]:
    """Keep the batch's rows, take them out, and take triggers and links off the tables; returns the links."""
    of_batch = {
        "subsidies_paymentbatch": "id = %(batch)s",
        "subsidies_payment": "batch_id = %(batch)s",
        "subsidies_ledgerentry": "batch_id = %(batch)s",
        "subsidies_ledgerposting": "entry_id IN (SELECT id FROM subsidies_ledgerentry WHERE batch_id = %(batch)s)",
    }
    links = []
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        found = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND (conrelid = %(table)s::regclass OR confrelid = %(table)s::regclass)",
            {"table": table},
        ).fetchall()
        for holder, name, definition in found:
            connection.execute(f"ALTER TABLE {holder} DROP CONSTRAINT {name}")
            links.append((holder, name, definition))
        connection.execute(f"DROP TABLE IF EXISTS made_{table}")
        connection.execute(
            f"CREATE TABLE made_{table} AS SELECT * FROM {table} WHERE {of_batch[table]}",
            {"batch": batch.pk},
        )
    for table in reversed(_TABLES):
        connection.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM made_{table})")
    return links


def _insert(connection: Connection[Any]) -> None:
    for table in _TABLES:
        connection.execute(f"INSERT INTO {table} SELECT * FROM made_{table}")
    connection.commit()


def _with_triggers(connection: Connection[Any], links: list[tuple[str, str, str]]) -> None:
    for table, name, definition in links:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.commit()


def _answer_to(sent: BankFile) -> bytes:
    """The bank pays every line of a file but one in a hundred."""
    header, *lines = unseal_bytes(bytes(sent.content), Purpose.FILE).decode(ENCODING).splitlines()
    total = sum((Decimal(line.split("|")[5]) for line in lines), Decimal())
    first = "|".join([*header.split("|")[:3], str(len(lines)), f"{total:.2f}"])
    answered = [
        f"{line}|{'00' if number % _RETURNED_OF else '01'}" for number, line in enumerate(lines, start=1)
    ]
    return "".join(f"{line}\r\n" for line in [first, *answered]).encode(ENCODING)
