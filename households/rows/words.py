"""The closed lists of words a resident file may use, and the codes they stand for."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from households.enums import (
    EmploymentState,
    HukouType,
    InsuranceScheme,
    MaritalState,
    ParentageKind,
    Relation,
    Sex,
)
from households.rows.notes import Notes

SEXES = {"男": Sex.MALE.value, "女": Sex.FEMALE.value}
RELATIONS = {
    "户主": Relation.HEAD.value,
    "配偶": Relation.SPOUSE.value,
    "子": Relation.SON.value,
    "女": Relation.DAUGHTER.value,
    "父": Relation.FATHER.value,
    "母": Relation.MOTHER.value,
    "孙子": Relation.GRANDSON.value,
    "孙女": Relation.GRANDDAUGHTER.value,
    "其他": Relation.OTHER.value,
}
# Whose relation to the head says their sex.
MALE_RELATIONS = frozenset({Relation.SON.value, Relation.FATHER.value, Relation.GRANDSON.value})
FEMALE_RELATIONS = frozenset({Relation.DAUGHTER.value, Relation.MOTHER.value, Relation.GRANDDAUGHTER.value})
HUKOU_TYPES = {
    "农业": HukouType.RURAL.value,
    "非农业": HukouType.URBAN.value,
    "居民": HukouType.RESIDENT.value,
    "界定农村居民": HukouType.DEFINED_RURAL.value,
}
MARITAL_STATES = {
    "已婚": MaritalState.MARRIED.value,
    "离异": MaritalState.DIVORCED.value,
    "丧偶": MaritalState.WIDOWED.value,
}
# Files may say it; it is let go here and reaches neither memory nor disk (scope).
NOT_STORED = frozenset({"", "未婚"})
PARENTAGE_KINDS = {
    "亲生": ParentageKind.BIRTH.value,
    "收养": ParentageKind.ADOPTED.value,
    "继": ParentageKind.STEP.value,
}
EMPLOYMENT_STATES = {
    "在职": EmploymentState.EMPLOYED.value,
    "下岗失业": EmploymentState.LAID_OFF.value,
    "退休": EmploymentState.RETIRED.value,
    "无单位": EmploymentState.NO_EMPLOYER.value,
    "机关事业": EmploymentState.PUBLIC.value,
}
INSURANCE_SCHEMES = {
    "医疗保险": InsuranceScheme.MEDICAL.value,
    "养老保险": InsuranceScheme.PENSION.value,
}
# As rosters of the social insurance write them.
INSURANCE_NAMES = INSURANCE_SCHEMES | {
    "医疗": InsuranceScheme.MEDICAL.value,
    "职工医保": InsuranceScheme.MEDICAL.value,
    "职工医疗保险": InsuranceScheme.MEDICAL.value,
    "基本医疗保险": InsuranceScheme.MEDICAL.value,
    "职工基本医疗保险": InsuranceScheme.MEDICAL.value,
    "城镇职工基本医疗保险": InsuranceScheme.MEDICAL.value,
    "养老": InsuranceScheme.PENSION.value,
    "职工养老": InsuranceScheme.PENSION.value,
    "职工养老保险": InsuranceScheme.PENSION.value,
    "基本养老保险": InsuranceScheme.PENSION.value,
    "职工基本养老保险": InsuranceScheme.PENSION.value,
    "企业职工基本养老保险": InsuranceScheme.PENSION.value,
    "城镇职工基本养老保险": InsuranceScheme.PENSION.value,
    "机关事业单位养老保险": InsuranceScheme.PENSION.value,
    "机关事业单位基本养老保险": InsuranceScheme.PENSION.value,
}
DISABILITY_GRADES = {"1": 1, "2": 2, "3": 3, "4": 4}


def refuse_word(notes: Notes, column: str, value: str, words: Mapping[str, object]) -> None:
    """Refuse a word that is not on its list, naming the list."""
    notes.refuse(
        column,
        value,
        "word_unknown",
        _("This word is not known here. Use one of: %(words)s."),
        words="、".join(words),
    )


def refuse_empty(notes: Notes, column: str) -> None:
    """Refuse an empty cell of a column that every row must fill."""
    notes.refuse(column, "", "value_missing", _("This cell must not be empty. Fill it in."))
