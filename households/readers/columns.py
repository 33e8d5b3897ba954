"""The columns of a resident file, and how a file's own header row leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

# The order in which a row's cells are handed on, whatever the order of the file.
RESIDENT_COLUMNS = (
    "户编号",
    "户所在村代码",
    "户籍地代码",
    "现居住地代码",
    "户主关系",
    "姓名",
    "公民身份号码",
    "性别",
    "出生日期",
    "户口性质",
    "婚姻状况",
    "配偶身份号码",
    "父亲身份号码",
    "母亲身份号码",
    "亲子关系",
    "父子关系",
    "母子关系",
    "死亡日期",
    "残疾等级",
    "光荣证号",
    "光荣证发证日期",
    "就业状况",
    "退休日期",
    "用人单位代码",
    "考试年度",
    "手机号",
    "开户银行",
    "银行账号",
)
REQUIRED_COLUMNS = ("户编号", "户籍地代码", "户主关系", "姓名", "公民身份号码", "户口性质")

# Blanks inside and around a header, byte order marks, and the star of printed forms.
_HEADER_NOISE = re.compile(r"[\s\ufeff\u200b*＊]+")
_KNOWN = frozenset(RESIDENT_COLUMNS)


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Where each known column stands in a file, and which headers nobody knows."""

    width: int
    places: tuple[int | None, ...]
    unknown: tuple[str, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The known columns that the file has."""
        return frozenset(
            column for column, place in zip(RESIDENT_COLUMNS, self.places, strict=True) if place is not None
        )

    def picker(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """A function from a file's row to the cells in the order of RESIDENT_COLUMNS.

        The row is given with one empty cell more than the header is wide: it stands for
        the columns that the file does not have.
        """
        return itemgetter(*(self.width if place is None else place for place in self.places))


def clean_header(text: str) -> str:
    """A header as meant: `姓 名*` is 姓名."""
    return _HEADER_NOISE.sub("", text)


def count_known(headers: Sequence[str]) -> int:
    """How many of the headers are columns of a resident file."""
    return sum(clean_header(header) in _KNOWN for header in headers)


def map_headers(headers: Sequence[str]) -> HeaderMap:
    """Find the columns in a header row, in any order.

    Raises DomainError: `header_missing` (no column is known), `columns_missing` (named all at
    once), `columns_repeated`.
    """
    cleaned = [clean_header(header) for header in headers]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    known = [header for header in cleaned if header in _KNOWN]
    if not known:
        raise DomainError(
            "header_missing",
            _(
                "The first row must hold the column names (%(columns)s and so on), and none of them is there. "
                "Delete titles above the column names and save again, separated by commas if it is a CSV file."
            ),
            columns="、".join(REQUIRED_COLUMNS),
        )
    repeated = sorted({header for header in known if known.count(header) > 1})
    if repeated:
        raise DomainError(
            "columns_repeated",
            _("These columns occur more than once: %(columns)s. Keep one of each."),
            columns="、".join(repeated),
        )
    missing = [header for header in REQUIRED_COLUMNS if header not in known]
    if missing:
        raise DomainError(
            "columns_missing",
            _("These columns are missing: %(columns)s. Add them and choose the file again."),
            columns="、".join(missing),
        )
    return HeaderMap(
        width=len(cleaned),
        places=tuple(cleaned.index(column) if column in known else None for column in RESIDENT_COLUMNS),
        unknown=tuple(header[:60] for header in cleaned if header and header not in _KNOWN),
    )
