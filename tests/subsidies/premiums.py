"""What a fund answers to a roster, for tests."""

from __future__ import annotations

import csv
import io

from subsidies.bank_files.layout import ENCODING
from subsidies.enums import FileFormat
from subsidies.models import PaymentBatch
from tests.subsidies.money import file_of


def fund_says(batch: PaymentBatch, results: dict[int, str] | None = None) -> bytes:
    """The roster with the fund's results: everybody taken in but those named."""
    rows = list(csv.reader(io.StringIO(file_of(batch, file_format=FileFormat.ROSTER).decode(ENCODING))))
    for row in rows[2:]:
        row[-1] = (results or {}).get(int(row[0]), "00")
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(ENCODING)
