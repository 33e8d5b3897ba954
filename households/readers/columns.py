"""The columns of the files that offices bring, and how a file's own header row leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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
# What other offices call the columns; a guess that a clerk confirms, never applied by itself.
_OTHER_NAMES = {
    "户编号": "户号 家庭编号 户籍编号 户口编号 户口簿编号 户口本号 家庭户编号",
    "户所在村代码": "村代码 所在村代码 户所在地代码 村居代码",
    "户籍地代码": "户籍地区划代码 户籍地行政区划代码 户籍地区划 户籍所在地代码 户籍村代码 户口所在地代码 户籍地村代码",
    "现居住地代码": "居住地代码 现住地代码 现居住地区划代码 居住地区划代码 现住址代码 现居住村代码",
    "户主关系": "与户主关系 与户主的关系 家庭关系 同户主关系",
    "姓名": "名字 居民姓名 人员姓名 成员姓名",
    "公民身份号码": "身份证号 身份证号码 身份证 公民身份证号 公民身份证号码 居民身份证号码 证件号码 公民身份证 身份号码",
    "出生日期": "出生年月日 生日 出生时间 出生年月",
    "户口性质": "户籍性质 户口类别 户籍类型 户口类型 户籍类别",
    "婚姻状况": "婚姻状态 婚姻",
    "配偶身份号码": "配偶身份证号 配偶身份证号码 配偶公民身份号码 配偶证件号码",
    "父亲身份号码": "父亲身份证号 父亲身份证号码 父身份证号 父亲公民身份号码 父亲证件号码",
    "母亲身份号码": "母亲身份证号 母亲身份证号码 母身份证号 母亲公民身份号码 母亲证件号码",
    "死亡日期": "死亡时间 去世日期",
    "残疾等级": "残疾级别 残疾程度",
    "光荣证号": "独生子女证号 独生子女父母光荣证号 光荣证编号",
    "光荣证发证日期": "独生子女证发证日期 光荣证办证日期 发证日期",
    "就业状况": "就业状态 从业状况",
    "退休日期": "退休时间",
    "用人单位代码": "单位代码 统一社会信用代码 单位信用代码",
    "考试年度": "中考年度 中考年份",
    "手机号": "手机 手机号码 联系电话 电话 联系方式 电话号码",
    "开户银行": "开户行 银行 银行名称",
    "银行账号": "银行帐号 银行卡号 卡号 一卡通账号 账号",
}
_BRACKETED = re.compile("[（(【\\[].*?[)）】\\]]")


@dataclass(frozen=True)
class ColumnSet:
    """The columns of one kind of file: which must be there, and what other offices call them.

    `one_of`: of each of these groups one column at least must be there too. `other_names` holds names parted by blanks.
    """

    code: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    other_names: Mapping[str, str] = field(default_factory=dict)
    one_of: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(self.columns)

    @cached_property
    def guesses(self) -> Mapping[str, str]:
        """The column that each other name most likely stands for."""
        return {name: column for column, names in self.other_names.items() for name in names.split()}

    def missing(self, named: Collection[str]) -> list[str]:
        """What must be there and is not, in the words of a list."""
        missing = [column for column in self.required if column not in named]
        missing += ["/".join(group) for group in self.one_of if not set(group) & set(named)]
        return missing


RESIDENTS = ColumnSet("residents", RESIDENT_COLUMNS, REQUIRED_COLUMNS, _OTHER_NAMES)


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Where each known column stands in a file, and which headers nobody knows."""

    width: int
    places: tuple[int | None, ...]
    unknown: tuple[str, ...]
    of: ColumnSet = RESIDENTS

    @property
    def columns(self) -> frozenset[str]:
        """The known columns that the file has."""
        return frozenset(
            column for column, place in zip(self.of.columns, self.places, strict=True) if place is not None
        )

    def picker(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """A function from a file's row to the cells in the order of the kind's columns.

        The row is given with one empty cell more than the header is wide: it stands for
        the columns that the file does not have.
        """
        return itemgetter(*(self.width if place is None else place for place in self.places))


def clean_header(text: str) -> str:
    """A header as meant: `姓 名*` is 姓名."""
    return _HEADER_NOISE.sub("", text)


def clean_headers(headers: Sequence[str]) -> list[str]:
    """All headers of a row as meant, without the empty ones at its end."""
    cleaned = [clean_header(header) for header in headers]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return cleaned


def guess_column(header: str, of: ColumnSet = RESIDENTS) -> str:
    """The column that an office's own header most likely stands for; empty if nothing is like it."""
    written = clean_header(header)
    for name in (written, _BRACKETED.sub("", written)):
        if name in of.known:
            return name
        if name in of.guesses:
            return of.guesses[name]
    return ""


def count_known(headers: Sequence[str], renamed: Collection[str] = (), of: ColumnSet = RESIDENTS) -> int:
    """How many of the headers are columns of such a file, or are called so somewhere."""
    cleaned = [clean_header(header) for header in headers]
    return sum(header in renamed or bool(guess_column(header, of)) for header in cleaned)


def map_headers(
    headers: Sequence[str], renamed: Mapping[str, str] | None = None, of: ColumnSet = RESIDENTS
) -> HeaderMap:
    """Find the columns in a header row, in any order.

    `renamed` says for headers of the sender's own which column they stand for; nothing: left out.

    Raises DomainError: `header_missing` (no column is known), `columns_missing` (named all at
    once), `columns_repeated`.
    """
    meant = renamed or {}
    cleaned = clean_headers(headers)
    left_out = {header for header in cleaned if meant.get(header) == ""}
    cleaned = ["" if header in left_out else meant.get(header, header) for header in cleaned]
    known = [header for header in cleaned if header in of.known]
    if not known:
        raise DomainError(
            "header_missing",
            _(
                "The first row must hold the column names (%(columns)s and so on), and none of them is there. "
                "Delete titles above the column names and save again, separated by commas if it is a CSV file."
            ),
            columns="、".join(of.required),
        )
    repeated = sorted({header for header in known if known.count(header) > 1})
    if repeated:
        raise DomainError(
            "columns_repeated",
            _("These columns occur more than once: %(columns)s. Keep one of each."),
            columns="、".join(repeated),
        )
    if missing := of.missing(known):
        raise DomainError(
            "columns_missing",
            _("These columns are missing: %(columns)s. Add them and choose the file again."),
            columns="、".join(missing),
        )
    return HeaderMap(
        width=len(cleaned),
        places=tuple(cleaned.index(column) if column in known else None for column in of.columns),
        unknown=tuple(header[:60] for header in cleaned if header and header not in of.known),
        of=of,
    )
