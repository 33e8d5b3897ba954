"""The bank's answer: what was altered, added, doubled or read before is said line by line, and nothing taken."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import xlsxwriter

from offices.actors import Actor
from offices.errors import DomainError, Stale
from offices.models import Act
from subsidies.bank_files.layout import ENCODING, read_amount
from subsidies.enums import BatchState, FileFormat, Frequency, PaymentState, ReturnReason
from subsidies.models import BankAnswer, LedgerEntry, PaymentBatch
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import AnswerRefused, import_answer
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

pytestmark = pytest.mark.django_db
Change = Callable[[list[list[str]]], object]
"""Something done to the cells of an answer, its header first."""
Writer = Callable[[list[list[str]]], bytes]
"""Cells as a file of the bank's."""

_DIGITS = "9" * 5000


@pytest.fixture
def batch(county: Actor) -> PaymentBatch:
    """Three lines at the bank."""
    programme = paid_programme()
    fund(programme)
    for serial in (1, 2, 3):
        make_grant(programme, serial=serial)
    return sent_batch(programme)


def answer_rows(batch: PaymentBatch) -> list[list[str]]:
    """The cells of the answer that pays everything."""
    return [line.split("|") for line in answer_to(file_of(batch)).decode(ENCODING).splitlines()]


def as_text(rows: list[list[str]]) -> bytes:
    return "".join(f"{'|'.join(cells)}\r\n" for cells in rows).encode(ENCODING)


def as_workbook(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for place, cells in enumerate(rows):
            for column, text in enumerate(cells):
                sheet.write_string(place, column, text)
    return target.getvalue()


WRITERS = pytest.mark.parametrize("write", [as_text, as_workbook], ids=["text", "workbook"])


def altered(batch: PaymentBatch, change: Change, write: Writer = as_text) -> bytes:
    """The answer that pays everything, altered."""
    rows = answer_rows(batch)
    change(rows)
    return write(rows)


def put(row: int, column: int, text: str) -> Change:
    return lambda rows: rows[row].__setitem__(column, text)


def add(*cells: str) -> Change:
    return lambda rows: rows.append(list(cells))


def swap(rows: list[list[str]]) -> None:
    rows[1], rows[2] = rows[2], rows[1]


def lose(rows: list[list[str]]) -> None:
    del rows[2]


def double(rows: list[list[str]]) -> None:
    """A line twice, with the count and total of the head to match."""
    rows.append(list(rows[1]))
    rows[0][3:5] = "4", "3840.00"


def one_cent(rows: list[list[str]]) -> None:
    """A cent more, with the total of the head to match."""
    rows[2][5], rows[0][4] = "960.01", "2880.01"


def check_nothing_taken(batch: PaymentBatch) -> None:
    assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.SENT}
    assert not BankAnswer.objects.exists()
    assert LedgerEntry.objects.filter(batch=batch).count() == 1


@WRITERS
@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        pytest.param(put(2, 0, "99"), "unknown_line", 3, id="unknown line"),
        pytest.param(put(2, 0, "二"), "unknown_line", 3, id="no serial"),
        pytest.param(put(2, 0, _DIGITS), "unknown_line", 3, id="endless serial"),
        pytest.param(put(2, 0, "1"), "doubled_line", 3, id="doubled line"),
        pytest.param(swap, "shuffled_line", 3, id="sorted"),
        pytest.param(lose, "header_count", 1, id="lost line"),
        pytest.param(double, "doubled_line", 5, id="doubled line, with its totals"),
        pytest.param(one_cent, "amount_mismatch", 3, id="a cent more, with its total"),
        pytest.param(put(0, 4, "2880.01"), "header_total", 1, id="other total"),
        pytest.param(put(0, 1, "OTHER 别的项目"), "other_programme", 1, id="other programme"),
        pytest.param(put(0, 2, "2012"), "other_period", 1, id="other period"),
        pytest.param(put(2, 5, "960.01"), "amount_mismatch", 3, id="a cent more"),
        pytest.param(put(2, 5, ""), "amount_mismatch", 3, id="no amount"),
        pytest.param(put(2, 5, "NaN"), "amount_mismatch", 3, id="amount that is no number"),
        pytest.param(put(2, 5, "1e30"), "amount_mismatch", 3, id="amount beyond all bounds"),
        pytest.param(put(2, 1, "别人"), "altered_value", 3, id="other name"),
        pytest.param(put(2, 4, "6.223E+18"), "rounded_value", 3, id="rounded account"),
        pytest.param(put(2, 10, "77"), "unknown_result", 3, id="unknown result"),
        pytest.param(put(2, 10, ""), "unknown_result", 3, id="no result"),
        pytest.param(add("4", *["x"] * 10), "unknown_line", 5, id="added line"),
    ],
)
def test_a_wrong_line_is_a_row_error_and_nothing_is_taken(
    batch: PaymentBatch, change: Change, code: str, line: int, write: Writer
) -> None:
    with pytest.raises(AnswerRefused) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=altered(batch, change, write))
    assert (code, line) in {(error.code, error.line) for error in refused.value.errors}
    assert all(error.sentence for error in refused.value.errors)
    assert "6223" not in "".join(error.sentence for error in refused.value.errors)
    check_nothing_taken(batch)


@pytest.mark.parametrize(("write", "code"), [(as_text, "short_line"), (as_workbook, "unknown_result")])
def test_a_line_without_its_last_cell_is_a_row_error(batch: PaymentBatch, write: Writer, code: str) -> None:
    """A sheet has as many cells in every row: there the last one is empty."""
    content = altered(batch, lambda rows: rows[2].pop(), write)
    with pytest.raises(AnswerRefused) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=content)
    assert (code, 3) in {(error.code, error.line) for error in refused.value.errors}
    check_nothing_taken(batch)


def test_unknown_line_in_bank_file_is_a_row_error(batch: PaymentBatch) -> None:
    with pytest.raises(AnswerRefused) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=altered(batch, put(2, 0, "99")))
    error = refused.value.errors[0]
    assert (error.line, error.code) == (3, "unknown_line")
    assert "99" in error.sentence


def test_amount_mismatch_is_a_row_error(batch: PaymentBatch) -> None:
    with pytest.raises(AnswerRefused) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=altered(batch, put(2, 5, "96.00")))
    error = next(error for error in refused.value.errors if error.code == "amount_mismatch")
    assert error.line == 3
    assert "96.00" in error.sentence
    assert "960.00" in error.sentence


def test_same_bank_file_twice_is_refused(batch: PaymentBatch) -> None:
    cashier = make_counters().cashier
    content = answer_to(file_of(batch), {2: "02"})
    import_answer(actor=cashier, batch=batch, content=content)
    ledger, acts = LedgerEntry.objects.count(), Act.objects.count()
    with pytest.raises(DomainError) as refused:
        import_answer(actor=cashier, batch=batch, content=content)
    assert refused.value.code == "answer_read_already"
    # The same answer in other bytes: the batch awaits none any more.
    with pytest.raises(Stale) as awaited:
        import_answer(actor=cashier, batch=batch, content=content + b"\r\n")
    assert awaited.value.code == "no_answer_awaited"
    assert (LedgerEntry.objects.count(), Act.objects.count()) == (ledger, acts)
    assert find_in_ledger() == []


def test_an_answer_may_come_in_parts_but_no_line_twice(batch: PaymentBatch) -> None:
    cashier = make_counters().cashier
    first = import_answer(actor=cashier, batch=batch, content=answer_to(file_of(batch), only={1, 3}))
    assert (first.paid_count, first.open_count, first.batch.state) == (2, 1, BatchState.SENT)
    with pytest.raises(AnswerRefused) as refused:
        import_answer(actor=cashier, batch=batch, content=answer_to(file_of(batch)))
    assert {error.code for error in refused.value.errors} == {"answered_line"}
    last = import_answer(actor=cashier, batch=batch, content=answer_to(file_of(batch), {2: "01"}, only={2}))
    assert (last.returned_count, last.open_count, last.batch.state) == (1, 0, BatchState.ANSWERED)
    assert find_in_ledger() == []


@WRITERS
def test_answer_to_another_batch_is_refused(batch: PaymentBatch, write: Writer) -> None:
    other = paid_programme("OTHER")
    fund(other)
    make_grant(other, serial=9)
    elsewhere = sent_batch(other)
    with pytest.raises(DomainError) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=write(answer_rows(elsewhere)))
    assert refused.value.code == "wrong_batch"
    assert elsewhere.number in str(refused.value)
    check_nothing_taken(batch)


@WRITERS
def test_answer_of_another_month_is_refused(county: Actor, write: Writer) -> None:
    programme = paid_programme("MONTH", frequency=Frequency.MONTHLY)
    fund(programme)
    make_grant(programme)
    of_may, of_june = (sent_batch(programme, month) for month in ("2013-05", "2013-06"))
    cashier, rows = make_counters().cashier, answer_rows(of_june)
    with pytest.raises(DomainError) as refused:
        import_answer(actor=cashier, batch=of_may, content=write(rows))
    assert refused.value.code == "wrong_batch"
    # Also under the number of the batch that is asked for.
    rows[0][0] = of_may.files.get(format=FileFormat.TEXT).number
    with pytest.raises(AnswerRefused) as altered_head:
        import_answer(actor=cashier, batch=of_may, content=write(rows))
    assert "other_period" in {error.code for error in altered_head.value.errors}
    for batch in (of_may, of_june):
        check_nothing_taken(batch)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "answer_empty"),
        (b"\r\n \r\n", "answer_empty"),
        (b"\x00\x01\x02", "answer_unreadable"),
        (b"\xd0\xcf\x11\xe0locked", "answer_unreadable"),
        (b"PK\x03\x04 no workbook", "answer_unreadable"),
        ("序号|姓名\r\n1|王秀英\r\n".encode(ENCODING), "answer_header"),
        (f"B1|x|2013|1|{_DIGITS}\r\n".encode(), "answer_header"),
    ],
)
def test_other_files_are_refused_in_words(batch: PaymentBatch, content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        import_answer(actor=make_counters().cashier, batch=batch, content=content)
    assert refused.value.code == code


def test_workbook_of_the_bank_is_read_as_its_text(batch: PaymentBatch) -> None:
    """The bank fills the eleventh column of the workbook that was sent."""
    import python_calamine

    sent = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(file_of(batch, file_format=FileFormat.WORKBOOK))
    )
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = workbook.add_worksheet()
    for place, cells in enumerate(sent.get_sheet_by_index(0).to_python()):
        for column, value in enumerate(cells):
            sheet.write_string(place, column, str(value))
        if place:
            sheet.write_string(place, 10, "02 户名不符" if place == 2 else "成功")
    workbook.close()
    taken = import_answer(actor=make_counters().cashier, batch=batch, content=target.getvalue())
    assert (taken.paid_count, taken.returned_count) == (2, 1)
    assert batch.payments.get(serial=2).return_reason == ReturnReason.NAME_DIFFERS


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("960", "960"), ("960.0", "960"), ("1,920.00", "1920"), ("960.001", None), ("", None), ("NaN", None),
        ("Infinity", None), ("1e30", None), (_DIGITS, None), ("九百六十", None),
    ],
)  # fmt: skip
def test_amounts_are_read_to_the_cent_or_not_at_all(text: str, amount: str | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))
