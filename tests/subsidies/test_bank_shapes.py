"""Round trips of every bank's files: edges of amounts and names, and whatever was altered on the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pytest

from offices.actors import Actor
from offices.errors import DomainError
from subsidies.bank_files.layout import ENCODING, Header
from subsidies.bank_files.line import Line
from subsidies.bank_files.shapes import SHAPES, Shape
from subsidies.enums import BANK_REASONS, BatchState, FileFormat, PaymentState, ReturnReason
from subsidies.models import Bank, BankAnswer, LedgerEntry, PaymentBatch
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import AnswerRefused, import_answer
from subsidies.services.batches import create_batch
from subsidies.services.closing import close_batch
from tests.subsidies.money import file_of, fund, make_counters, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db
Rows = list[list[str]]
NAMES = ("𠮷田秀英", "𬭎", "买买提·阿不都热合曼", '=HYPERLINK("x")', "王，秀|英", 'a,"b', "赵丽")
AMOUNTS = (Decimal("0.01"), Decimal("9999999.99"), Decimal("960.00"))


def lines() -> list[Line]:
    made = [(name, amount) for name in NAMES for amount in AMOUNTS]
    return [
        Line(n, name, "11010519491231002X", "农信社", f"62230000{n:011d}", amount, "山城街道", "东村", "", n % 2 == 0)
        for n, (name, amount) in enumerate(made, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("file_format", FileFormat)
def test_what_was_written_is_read_back(shape: Shape, file_format: FileFormat) -> None:
    if file_format not in shape.write:
        return
    rows = [shape.cells(line) for line in lines()]
    total = sum((line.amount for line in lines()), Decimal())
    header = Header("B2014-0001", "NCJF 奖励扶助", "2013", len(rows), total)
    found = shape.read(shape.write[file_format](header, rows))
    assert found.header == header
    assert [[*row.cells, *[""] * len(shape.labels)][: len(shape.labels)] for row in found.rows] == rows


@pytest.fixture
def batch(county: Actor) -> PaymentBatch:
    """Three lines at a bank whose files are records: the edges of amounts, a name beyond the basic plane."""
    programme = paid_programme()
    fund(programme, "99999999")
    for serial, amount in enumerate(AMOUNTS, 1):
        make_grant(programme, serial=serial, amount=str(amount), name=NAMES[serial - 1])
    return sent_batch(programme, bank="RECORDS")


def rows_of(content: bytes) -> Rows:
    return list(csv.reader(io.StringIO(content.decode(ENCODING), newline="")))


def as_file(rows: Rows) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerows(rows)
    return target.getvalue().encode(ENCODING)


def answer(batch: PaymentBatch, results: dict[int, str] | None = None, only: set[int] | None = None) -> Rows:
    """The bank's answer: every line paid unless `results` says; `only` some lines."""
    head, *details, trailer = rows_of(file_of(batch))
    kept = [row for row in details if only is None or int(row[1]) in only]
    counts = [str(len(kept)), str(sum(int(row[4]) for row in kept))]
    return [
        [*head[:4], *counts],
        *([*row, (results or {}).get(int(row[1]), "0000"), "REF1"] for row in kept),
        [trailer[0], *counts],
    ]


def test_records_are_in_fen_and_hold_no_more_than_the_bank_needs(batch: PaymentBatch) -> None:
    (file,) = batch.files.all()
    assert file.name.endswith(".csv")
    head, *details, trailer = rows_of(file_of(batch))
    assert head[0] == "H"
    assert head[4:] == trailer[1:] == ["3", "1000096000"]
    assert sorted(row[4] for row in details) == ["1", "96000", "999999999"]
    assert {len(row) for row in details} == {7}
    assert [row[1] for row in details] == ["000001", "000002", "000003"]


def test_answer_by_the_banks_own_codes(batch: PaymentBatch) -> None:
    cashier = make_counters().cashier
    first = import_answer(actor=cashier, batch=batch, content=as_file(answer(batch, only={1, 3})))
    assert (first.paid_count, first.open_count) == (2, 1)
    last = import_answer(actor=cashier, batch=batch, content=as_file(answer(batch, {2: "A002"}, only={2})))
    assert (last.returned_count, last.batch.state) == (1, BatchState.ANSWERED)
    assert batch.payments.get(serial=2).return_reason == ReturnReason.NAME_DIFFERS
    close_batch(actor=cashier, batch=batch)
    assert find_in_ledger() == []


def test_every_reason_of_return_has_a_code_at_every_bank(county: Actor) -> None:
    for bank in Bank.objects.all():
        shape = SHAPES[bank.layout]
        codes = bank.result_codes or {"00": "paid", **{reason.value: reason.value for reason in BANK_REASONS}}
        found = {shape.result(code, bank.result_codes) for code in codes}
        assert found == {"paid", *BANK_REASONS}
        assert shape.result("77", bank.result_codes) is None


def put(row: int, column: int, text: str) -> Callable[[Rows], object]:
    return lambda rows: rows[row].__setitem__(column, text)


def one_cent(rows: Rows) -> None:
    rows[2][4] = str(int(rows[2][4]) + 1)
    for row in (rows[0], rows[-1]):
        row[-1] = str(int(row[-1]) + 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(one_cent, "amount_mismatch", id="a cent, with its totals"),
        pytest.param(put(2, 4, "1,5"), "amount_mismatch", id="no amount"),
        pytest.param(put(2, 2, "6217"), "altered_value", id="other account"),
        pytest.param(put(2, 3, "别人"), "altered_value", id="other name"),
        pytest.param(put(2, 7, "00"), "unknown_result", id="another bank's code"),
        pytest.param(put(2, 1, "000009"), "unknown_line", id="unknown line"),
        pytest.param(put(2, 1, "000001"), "doubled_line", id="doubled line"),
        pytest.param(put(2, 0, "X"), "unknown_line", id="unknown record"),
        pytest.param(lambda rows: rows.insert(2, rows.pop(3)), "shuffled_line", id="shuffled"),
        pytest.param(lambda rows: rows.insert(2, list(rows[2])), "header_count", id="line added"),
        pytest.param(lambda rows: rows.pop(2), "header_count", id="line lost"),
        pytest.param(put(0, 3, "2012"), "other_period", id="other period"),
        pytest.param(put(0, 2, "OTHER 别的"), "other_programme", id="other programme"),
        pytest.param(lambda rows: rows.pop(), "answer_trailer", id="cut off"),
        pytest.param(put(-1, 2, "1"), "answer_trailer", id="other trailer"),
        pytest.param(put(0, 0, "D"), "answer_header", id="no head"),
        pytest.param(put(0, 1, "B2013-9999"), "wrong_batch", id="other batch"),
    ],
)
def test_altered_records_are_refused_with_the_reason_and_nothing_changes(
    batch: PaymentBatch, change: Callable[[Rows], object], code: str
) -> None:
    rows = answer(batch)
    change(rows)
    with pytest.raises(DomainError) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=as_file(rows))
    codes = {refused.value.code}
    if isinstance(refused.value, AnswerRefused):
        codes = {error.code for error in refused.value.errors}
        assert all(error.sentence and "6223" not in error.sentence for error in refused.value.errors)
    assert code in codes
    assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.SENT}
    assert not BankAnswer.objects.exists()
    assert LedgerEntry.objects.filter(batch=batch).count() == 1


def test_a_file_of_another_month_or_bank_is_refused(county: Actor) -> None:
    programme = paid_programme("MONTH", frequency="monthly")
    fund(programme)
    make_grant(programme)
    cashier = make_counters().cashier
    of_may, of_june, of_july = (
        sent_batch(programme, period, bank)
        for period, bank in (("2013-05", "RECORDS"), ("2013-06", "RECORDS"), ("2013-07", "DEFAULT"))
    )
    for wrong, code in ((of_june, "wrong_batch"), (of_july, "answer_header")):
        content = as_file(answer(wrong)) if wrong == of_june else file_of(wrong)
        with pytest.raises(DomainError) as refused:
            import_answer(actor=cashier, batch=of_may, content=content)
        assert refused.value.code == code
    assert set(of_may.payments.values_list("state", flat=True)) == {PaymentState.SENT}


def test_files_are_cut_as_the_bank_says(county: Actor) -> None:
    programme = paid_programme()
    fund(programme)
    for serial in (1, 2, 3):
        make_grant(programme, serial=serial)
    Bank.objects.filter(pk="RECORDS").update(rows_a_file=2)
    batch = sent_batch(programme, bank="RECORDS")
    assert [file.count for file in batch.files.order_by("part")] == [2, 1]
    assert [file.number for file in batch.files.order_by("part")] == [f"{batch.number}-0{n}" for n in (1, 2)]


def test_a_bank_that_is_no_longer_used_gets_no_batch(county: Actor) -> None:
    programme = paid_programme()
    make_grant(programme)
    bank = Bank.objects.get(pk="RECORDS")
    bank.is_active = False
    bank.save(update_fields=["is_active"])
    with pytest.raises(DomainError) as refused:
        create_batch(actor=make_counters().finance, programme=programme, period="2013", bank=bank)
    assert refused.value.code == "bank_not_used"
