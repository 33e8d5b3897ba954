"""The rows of a resident file on their way into a temporary table, sealed as they go.

A COPY into a table with a row-level policy is refused, so rows arrive in `arriving` first and
are resolved there by set (import_matching.py, import_facts.py). Nothing sensitive stands in it in
clear. Remarks on rows gather in `remarks` and become the error file at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.readers import Line
from households.rows import RefusedRow, ResidentRow, ResidentRows, RowError, RowNote
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest, seal

CHUNK = 5000

_ARRIVING = {
    "line": "integer",
    "is_known": "boolean",
    "person_key": "bytea",
    "row_digest": "bytea",
    "id_digest": "bytea",
    "name": "text",
    "id_number": "bytea",
    "id_tail_digest": "bytea",
    "name_sort": 'text COLLATE "C"',
    "sex": "text",
    "birth_date": "date",
    "died_on": "date",
    "phone": "bytea",
    "phone_digest": "bytea",
    "phone_tail_digest": "bytea",
    "division_code": 'text COLLATE "C"',
    "household_village": 'text COLLATE "C"',
    "household_number": 'text COLLATE "C"',
    "relation": "text",
    "hukou_type": "text",
    "hukou_place": 'text COLLATE "C"',
    "residence_place": 'text COLLATE "C"',
    "marital_state": "text",
    "spouse_digest": "bytea",
    "father_digest": "bytea",
    "father_kind": "text",
    "mother_digest": "bytea",
    "mother_kind": "text",
    "grade": "smallint",
    "certificate_number": "text",
    "certificate_issued_on": "date",
    "employment_state": "text",
    "retired_on": "date",
    "employer_code": "text",
    "examination_year": "smallint",
    "bank": "text",
    "account": "bytea",
    "account_digest": "bytea",
}
# What rows are joined by; of all else the planner needs to know nothing.
_JOINED = (
    "line, is_known, person_key, id_digest, spouse_digest, father_digest, mother_digest, "
    "household_village, household_number"
)
_UNCHANGED_TAIL = "\t\\N" * (len(_ARRIVING) - 6)

_REMARKS = (
    "line integer, is_refusal boolean, name text, column_name text, value text, code text, explanation text"
)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Staging:
    """Brings the rows of one file into the temporary tables of the open transaction."""

    def __init__(
        self,
        *,
        rows: ResidentRows,
        county: str,
        scope: str,
        as_of: date,
        columns: frozenset[str],
        on_progress: Callable[[int], None],
    ) -> None:
        self._rows = rows
        self._county = county
        self._scope = scope
        self._as_of = as_of
        # A file that lacks a column says nothing where an empty cell says none: another row.
        self._shape = "\x1f".join(sorted(columns))
        self._on_progress = on_progress
        self.count = 0
        self.refused = 0

    def bring(self, lines: Iterable[Line]) -> None:
        """Read, check, seal and copy every line; memory stays that of one chunk."""
        with connection.cursor() as cursor:
            columns = ", ".join(f"{name} {kind}" for name, kind in _ARRIVING.items())
            cursor.execute(f"CREATE TEMPORARY TABLE arriving ({columns}) ON COMMIT DROP")
            cursor.execute(f"CREATE TEMPORARY TABLE remarks ({_REMARKS}) ON COMMIT DROP")
            for chunk in _chunks(lines):
                self._bring_chunk(cursor, chunk)
                self.count += len(chunk)
                self._on_progress(self.count)
            cursor.execute(f"ANALYZE arriving ({_JOINED})")

    def _bring_chunk(self, cursor: Any, chunk: list[Line]) -> None:
        remarks: list[str] = []
        rows: list[ResidentRow] = []
        for line in chunk:
            row = self._rows.read(line)
            if isinstance(row, ResidentRow) and (reason := self._outside(row)):
                row = RefusedRow(row.line, row.name, (reason,))
            if isinstance(row, RefusedRow):
                self.refused += 1
                remarks += [_remark(row.line, row.name, error, is_refusal=True) for error in row.errors]
            else:
                rows.append(row)
                remarks += [_remark(row.line, row.name, note, is_refusal=False) for note in row.warnings]
        digests = [_number_digest(row.id_number) for row in rows]
        known = _known_rows(cursor, [own for own in digests if own], self._as_of)
        arriving = []
        for row, own in zip(rows, digests, strict=True):
            row_digest = digest(f"{self._shape}\x1e{_said(row)}", Purpose.RESIDENT_ROW)
            if own and known.get(own) == row_digest:
                number = own.hex()
                arriving.append(
                    f"{row.line}\tt\t\\\\x{number}\t\\\\x{row_digest.hex()}\t\\\\x{number}\t"
                    f"{_text(row.name)}{_UNCHANGED_TAIL}\n"
                )
            else:
                arriving.append(self._arriving(row, own, row_digest))
        _copy(cursor, "arriving", arriving)
        if remarks:
            _copy(cursor, "remarks", remarks)

    def _outside(self, row: ResidentRow) -> RowError | None:
        if row.division_code.startswith(self._scope):
            return None
        return RowError(
            "现居住地代码",
            "outside_your_division",
            row.residence_village,
            _("This family is served by another township. Leave the row to that township or to the county."),
            {},
        )

    def _arriving(self, row: ResidentRow, own: bytes | None, row_digest: bytes) -> str:
        village = row.household_village
        if not village.startswith(self._county):
            # A family registered elsewhere has its number where it is served.
            village = row.division_code
        number, phone, account = row.id_number, row.phone, row.account
        key = own or digest(
            f"{village}\x1f{row.household_number}\x1f{row.name}\x1f{row.birth_date}\x1f{row.sex}",
            Purpose.RESIDENT_ROW,
        )
        return (
            "\t".join(
                (
                    str(row.line),
                    "f",
                    _bytes(key),
                    _bytes(row_digest),
                    _bytes(own),
                    _text(row.name),
                    _bytes(seal(number, Purpose.IDENTITY_NUMBER)) if number else "\\N",
                    _bytes(digest(number[-4:], Purpose.IDENTITY_NUMBER_TAIL)) if number else "\\N",
                    _text(_sort_key(row.name)),
                    row.sex,
                    _iso(row.birth_date),
                    _day(row.died_on),
                    _bytes(seal(phone, Purpose.PHONE)) if phone else "\\N",
                    _bytes(digest(phone, Purpose.PHONE)) if phone else "\\N",
                    _bytes(digest(phone[-4:], Purpose.PHONE_TAIL)) if phone else "\\N",
                    row.division_code,
                    village,
                    _text(row.household_number),
                    row.relation,
                    row.hukou_type,
                    row.hukou_village,
                    row.residence_village,
                    row.marital_state or "\\N",
                    _bytes(_number_digest(row.spouse_number)),
                    _bytes(_number_digest(row.father_number)),
                    row.father_kind or "\\N",
                    _bytes(_number_digest(row.mother_number)),
                    row.mother_kind or "\\N",
                    _number(row.disability_grade),
                    _text(row.certificate_number) or "\\N",
                    _day(row.certificate_issued_on),
                    row.employment_state,
                    _day(row.retired_on),
                    row.employer_code,
                    _number(row.examination_year),
                    _text(row.bank) or "\\N",
                    _bytes(seal(account, Purpose.BANK_ACCOUNT)) if account else "\\N",
                    _bytes(digest(account, Purpose.BANK_ACCOUNT)) if account else "\\N",
                )
            )
            + "\n"
        )


def refuse_lines(cursor: Any, selection: str, error: RowNote, parameters: Iterable[Any] = ()) -> None:
    """Note one reason against every line that `selection` (SQL giving line and name) returns."""
    _remark_lines(cursor, selection, error, parameters, is_refusal=True)


def refuse_selected(cursor: Any, selection: str, error: RowNote, parameters: Iterable[Any] = ()) -> None:
    """As `refuse_lines`, and keep the lines out of all further steps (`refused_lines`)."""
    parameters = list(parameters)
    # The reasons first: a selection may leave out what is refused already.
    refuse_lines(cursor, selection, error, parameters)
    if cursor.rowcount:
        cursor.execute(
            f"WITH picked(line, name) AS ({selection}) INSERT INTO refused_lines SELECT line FROM picked",
            parameters,
        )


def warn_lines(cursor: Any, selection: str, warning: RowNote, parameters: Iterable[Any] = ()) -> None:
    """Note a warning against every line that `selection` (SQL giving line and name) returns."""
    _remark_lines(cursor, selection, warning, parameters, is_refusal=False)


def _remark_lines(
    cursor: Any, selection: str, note: RowNote, parameters: Iterable[Any], *, is_refusal: bool
) -> None:
    cursor.execute(
        f"INSERT INTO remarks SELECT s.line, %s, s.name, %s, %s, %s, %s FROM ({selection}) AS s(line, name)",
        [is_refusal, note.column, note.value_masked, note.code, note.explanation, *parameters],
    )


def _known_rows(cursor: Any, digests: list[bytes], as_of: date) -> dict[bytes, bytes]:
    """Row digests of the persons with these numbers, where no later file has spoken of them."""
    if not digests:
        return {}
    cursor.execute(
        f"SELECT id_number_digest, row_digest FROM {Person._meta.db_table} "
        "WHERE id_number_digest = ANY(%s) AND row_digest IS NOT NULL AND row_as_of <= %s",
        [digests, as_of],
    )
    return {bytes(number): bytes(row) for number, row in cursor.fetchall()}


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    source = iter(lines)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _copy(cursor: Any, table: str, lines: list[str]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write("".join(lines))


def _remark(line: int, name: str, note: RowNote, *, is_refusal: bool) -> str:
    cells = (name, note.column, note.value_masked, note.code, note.explanation)
    return "\t".join((str(line), "t" if is_refusal else "f", *map(_text, cells))) + "\n"


def _said(row: ResidentRow) -> str:
    return "\x1f".join(
        (
            row.household_number, row.household_village, row.hukou_village, row.residence_village,
            row.relation, row.name, row.id_number, row.sex, _iso(row.birth_date), _day(row.died_on),
            row.hukou_type, row.marital_state, row.spouse_number, row.father_number, row.mother_number,
            row.father_kind, row.mother_kind, _number(row.disability_grade), row.certificate_number,
            _day(row.certificate_issued_on), row.employment_state, _day(row.retired_on),
            row.employer_code, _number(row.examination_year), row.phone, row.bank, row.account,
        )
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _number_digest(number: str) -> bytes | None:
    return digest(number, Purpose.IDENTITY_NUMBER) if number else None


_sort_key = lru_cache(maxsize=16384)(sort_key)
_iso = lru_cache(maxsize=65536)(date.isoformat)


def _bytes(value: bytes | None) -> str:
    return "\\\\x" + value.hex() if value else "\\N"


def _text(value: str) -> str:
    return (
        value if "\\" not in value and value.isprintable() else value.replace("\x00", "").translate(_ESCAPES)
    )


def _day(value: date | None) -> str:
    return _iso(value) if value else "\\N"


def _number(value: int | None) -> str:
    return "\\N" if value is None else str(value)
