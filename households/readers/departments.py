"""The columns of the lists that other departments send."""

from __future__ import annotations

from collections.abc import Mapping

from households.enums import DepartmentFileKind
from households.readers.columns import ColumnSet

_PERSON = ("姓名", "公民身份号码", "出生日期", "所在村")
_NUMBER_OR_BIRTH = ("公民身份号码", "出生日期")
_OTHER_NAMES = {
    "姓名": "名字 居民姓名 人员姓名 死者姓名 死亡人员姓名 逝者姓名 参保人姓名 参保人员姓名 考生姓名 学生姓名 申请人姓名",
    "公民身份号码": "身份证号 身份证号码 身份证 公民身份证号 公民身份证号码 居民身份证号码 证件号码 身份号码 社会保障号码 社会保障号",
    "出生日期": "出生年月日 生日 出生时间 出生年月",
    "所在村": "村 村居 村名 村居名称 所在村居 所在村代码 村代码 户籍村 户籍地 户籍地址 户口所在地 住址 家庭住址 现住址 居住地",
}


def _columns(
    kind: DepartmentFileKind,
    own: Mapping[str, str],
    required: tuple[str, ...] = (),
    one_of: tuple[tuple[str, ...], ...] = (),
) -> ColumnSet:
    return ColumnSet(
        code=kind.value,
        columns=(*_PERSON, *own),
        required=("姓名", *required),
        other_names=_OTHER_NAMES | dict(own),
        one_of=(_NUMBER_OR_BIRTH, *one_of),
    )


DEPARTMENT_COLUMNS: Mapping[DepartmentFileKind, ColumnSet] = {
    DepartmentFileKind.DEATHS: _columns(
        DepartmentFileKind.DEATHS,
        {"死亡日期": "死亡时间 去世日期 死亡年月日 火化日期 注销日期"},
        ("死亡日期",),
    ),
    DepartmentFileKind.HUKOU: _columns(
        DepartmentFileKind.HUKOU,
        {
            "变动日期": "变更日期 变动时间 变更时间 迁移日期 迁入日期 迁出日期 转户日期 办理日期",
            "户口性质": "户籍性质 户口类别 户籍类型 户口类型 变动后户口性质 变更后户口性质 现户口性质",
            "迁往地代码": "迁入地代码 迁往地 迁入地 迁往地区划代码 迁入地区划代码 迁往村代码 迁入村代码",
        },
        ("变动日期",),
        (("户口性质", "迁往地代码"),),
    ),
    DepartmentFileKind.INSURED: _columns(
        DepartmentFileKind.INSURED,
        {
            "险种": "险种名称 参保险种 险种类型 保险类型 参保类型",
            "参保日期": "参保时间 首次参保日期 开始日期 参保起始日期",
            "停保日期": "停保时间 终止日期 参保终止日期",
        },
        ("险种",),
    ),
    DepartmentFileKind.EXAMINATIONS: _columns(
        DepartmentFileKind.EXAMINATIONS,
        {"考试年度": "中考年度 中考年份 考试年份 报考年度 报名年度"},
        ("考试年度",),
    ),
}
