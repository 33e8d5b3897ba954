"""Families written down as an official would, read and stored; see tests/subsidies/cases_by_hand/README.md."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from households.enums import (
    EmploymentState,
    HukouType,
    MaritalState,
    ParentageKind,
    ParentRole,
    Relation,
    Sex,
)
from households.models import (
    Absence,
    Disability,
    Employment,
    ExaminationYear,
    Household,
    Hukou,
    InsuranceElsewhere,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
)
from tests.conftest import refresh_statistics
from tests.factories import VILLAGE

FOLDER = Path(__file__).parent / "cases_by_hand"
HEADER = ["编号", "家庭", "评估日", "项目", "应得结论", "依据条款", "说明"]
OUTCOMES = {"应享": "entitled", "不享": "not_entitled", "待核实": "unknown"}
CLAUSES = {
    "在世": "living", "出生": "born", "年龄": "age", "户口": "hukou", "配偶户口": "spouse_hukou",
    "子女": "children", "子女数": "child_died", "曾有一个": "ever_one_child", "子女伤残": "child_disabled",
    "领取人": "payee", "光荣证": "certificate", "未成年子女": "child", "退休": "retired", "单位": "employer",
    "同户家庭": "household", "重复参保": "not_insured_elsewhere", "养老金年龄": "pension", "考生": "examinee",
    "父母家庭": "family", "领信人": "holder", "资格家庭": "family",
}  # fmt: skip
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
HUKOU = {
    "农业": HukouType.RURAL,
    "非农业": HukouType.URBAN,
    "居民": HukouType.RESIDENT,
    "界定农村居民": HukouType.DEFINED_RURAL,
}
STATES = {
    "在职": EmploymentState.EMPLOYED,
    "下岗失业": EmploymentState.LAID_OFF,
    "退休": EmploymentState.RETIRED,
    "无单位": EmploymentState.NO_EMPLOYER,
    "机关事业": EmploymentState.PUBLIC,
}
ENDED = {"丧偶": MaritalState.WIDOWED, "离异": MaritalState.DIVORCED, "已婚": MaritalState.MARRIED}
EMPLOYERS = {"企业单位": "91350100M000100Y43", "事业单位": "12100000425006133D"}
SCHEMES = {"养老": "pension", "医保": "medical"}
WOMEN = ("母", "前妻", "儿媳", "姐姐", "妹妹", "女", "孙女")
DAY = r"(\d{4}-\d{2}-\d{2})"


@dataclass(frozen=True)
class Case:
    """One line of a table."""

    number: str
    family: str
    day: datetime.date
    programme: str
    outcome: str
    amount: Decimal | None
    clause: str
    note: str

    @property
    def has_left(self) -> bool:
        """Left the county: no sweep looks for her, whatever the clauses say."""
        return self.clause == ""


@dataclass
class Someone:
    """A person of a family, before and after she is stored."""

    role: str
    words: list[str]
    sex: str = ""
    born: datetime.date | None = None
    died: datetime.date | None = None
    row: Person | None = None
    others: list[str] = field(default_factory=list)

    def matches(self, pattern: str) -> Iterator[re.Match[str]]:
        """The words of a pattern, used up."""
        for word in self.words:
            if found := re.fullmatch(pattern, word):
                self.others.remove(word)
                yield found

    def has(self, word: str) -> bool:
        return any(True for _found in self.matches(re.escape(word)))


def cases_of(path: Path) -> list[Case]:
    """The cases of one table."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert reader.fieldnames == HEADER, path
        rows = list(reader)
    read = []
    for row in rows:
        found = re.fullmatch(r"(应享|不享|待核实)([\d.]+)?", row["应得结论"])
        assert found, row
        name = row["依据条款"].split("：")[0]
        clause = "" if name == "在本县" else CLAUSES[name]
        amount = Decimal(found[2]) if found[2] else None
        read.append(
            Case(
                row["编号"], row["家庭"], datetime.date.fromisoformat(row["评估日"]), row["项目"],
                OUTCOMES[found[1]], amount, clause, row["说明"],
            )
        )  # fmt: skip
    return read


def all_tables() -> list[Path]:
    """One table for each programme."""
    return sorted(FOLDER.glob("*.csv"))


class FamilyWriter:
    """Stores families in bulk; the first person of each is who is assessed."""

    def __init__(self) -> None:
        self.rows: dict[type, list[Any]] = {}

    def add(self, text: str) -> Person:
        """Read a family and keep its rows; returns who is assessed."""
        people = [_read(part) for part in text.split("；")]
        for one in people[1:]:
            if one.role == "配偶":
                one.sex = Sex.MALE if people[0].sex == Sex.FEMALE else Sex.FEMALE
        for one in people:
            self._person(one)
        self._marry(people)
        self._bear(people)
        together = [one for one in people if not one.has("另户") and not one.has("无户")]
        if together:
            household = self._keep(Household(number=str(people[0].row.pk)[-12:], division_code=VILLAGE))
            for one in together:
                relation = Relation.HEAD if one is together[0] else Relation.OTHER
                self._keep(
                    Membership(person=one.row, household=household, relation=relation, division_code=VILLAGE)
                )
        left = [word for one in people for word in one.others]
        assert not left, f"not understood: {left} in {text}"
        assert people[0].row
        return people[0].row

    def write(self) -> None:
        """Store everything kept."""
        first = (Person, Household)
        for model in (*first, *(kind for kind in self.rows if kind not in first)):
            model._default_manager.bulk_create(self.rows.get(model, []), batch_size=1000)  # type: ignore[attr-defined] # each is a model
        self.rows = {}
        refresh_statistics()

    def _keep(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def _person(self, one: Someone) -> None:
        for found in one.matches(DAY + "生"):
            one.born = _day(found[1])
        for found in one.matches(DAY + "亡"):
            one.died = _day(found[1])
        one.row = self._keep(
            Person(
                name=one.role, name_sort=one.role, sex=one.sex, birth_date=one.born, died_on=one.died,
                division_code=VILLAGE,
            )
        )  # fmt: skip
        self._hukou(one)
        self._facts(one)

    def _hukou(self, one: Someone) -> None:
        kinds: list[tuple[str | None, datetime.date | None]] = [("农业", None)]
        for found in one.matches(r"(农业|非农业|居民|界定农村居民|户口不详)"):
            kinds = [(None if found[1] == "户口不详" else found[1], None)]
        for found in one.matches(DAY + r"(转|迁入)(农业|非农业|居民|界定农村居民)"):
            kinds = [*([] if found[2] == "迁入" else kinds), (found[3], _day(found[1]))]
        for number, (kind, since) in enumerate(kinds):
            until = kinds[number + 1][1] if number + 1 < len(kinds) else None
            if kind:
                self._keep(
                    Hukou(
                        person=one.row, hukou_type=HUKOU[kind], place_code=VILLAGE, from_on=since, to_on=until,
                        division_code=VILLAGE,
                    )
                )  # fmt: skip

    def _facts(self, one: Someone) -> None:
        common = {"person": one.row, "division_code": VILLAGE}
        for found in one.matches(f"光荣证{DAY}(?:至{DAY})?"):
            self._keep(
                OnlyChildCertificate(
                    number="鲁0001", issued_on=_day(found[1]), from_on=_day(found[1]),
                    to_on=_day(found[2]) if found[2] else None, **common,
                )
            )  # fmt: skip
        state = "".join(STATES[found[1]] for found in one.matches(f"({'|'.join(STATES)})"))
        retired = next((_day(found[1]) for found in one.matches(DAY + "退休")), None)
        code = "".join(EMPLOYERS[found[1]] for found in one.matches(f"({'|'.join(EMPLOYERS)})"))
        if state or retired or code:
            self._keep(
                Employment(
                    state=state or (EmploymentState.RETIRED if retired else ""), retired_on=retired,
                    employer_code=code, **common,
                )
            )  # fmt: skip
        for found in one.matches(r"(\d{4})年中考"):
            self._keep(ExaminationYear(year=int(found[1]), **common))
        for found in one.matches(f"(?:{DAY}起)?残疾([1-4])级"):
            since = _day(found[1]) if found[1] else None
            self._keep(Disability(grade=int(found[2]), from_on=since, **common))
        for found in one.matches(DAY + "迁出"):
            self._keep(Absence(from_on=_day(found[1]), **common))
        for found in one.matches(f"(?:{DAY}起)?参加职工(养老|医保)"):
            since = _day(found[1]) if found[1] else None
            self._keep(InsuranceElsewhere(scheme=SCHEMES[found[2]], from_on=since, **common))

    def _marry(self, people: list[Someone]) -> None:
        own = people[0]
        spouse = next((one for one in people if one.role == "配偶"), None)
        married_on = None
        if spouse:
            married_on = next((_day(found[1]) for found in spouse.matches(DAY + "结婚")), None)
        for found in own.matches(f"({'|'.join(ENDED)})"):
            self._couple(own, ENDED[found[1]], None, None, married_on)
        if own.has("配偶不在册"):
            self._couple(own, MaritalState.MARRIED, None, None, None, is_named=True)
        if spouse:
            self._couple(own, MaritalState.MARRIED, spouse, married_on, None)
            self._couple(spouse, MaritalState.MARRIED, own, married_on, None)

    def _couple(
        self,
        one: Someone,
        state: str,
        other: Someone | None,
        since: datetime.date | None,
        until: datetime.date | None,
        *,
        is_named: bool = False,
    ) -> None:
        self._keep(
            MaritalFact(
                person=one.row, state=state, spouse=other.row if other else None, from_on=since, to_on=until,
                spouse_digest=b"x" * 32 if is_named or other else None, division_code=VILLAGE,
            )
        )  # fmt: skip

    def _bear(self, people: list[Someone]) -> None:
        by_role: dict[str, Someone] = {}
        for one in people:
            by_role.setdefault(one.role, one)
        own = people[0]
        for child in people:
            if child is own or child.role in ("哥哥", "弟弟", "姐姐", "妹妹"):
                pair = [by_role.get("父"), by_role.get("母")]
            elif child.role in ("子", "女"):
                pair = [own, by_role.get("配偶")]
            elif child.role in ("孙子", "孙女"):
                pair = [by_role.get("子"), by_role.get("儿媳")]
            else:
                continue
            self._parents(child, pair, by_role)

    def _parents(self, child: Someone, pair: list[Someone | None], by_role: dict[str, Someone]) -> None:
        for found in child.matches(r"与(前夫|前妻)所生"):
            pair = [pair[0], by_role[found[1]]]
        if child.has("仅本人"):
            pair = [pair[0], None]
        for found in child.matches(r"仅(父|母|配偶)"):
            pair = [by_role[found[1]], None]
        kind, since = ParentageKind.BIRTH, None
        for found in child.matches(f"(?:{DAY})?(收养|继)"):
            kind = ParentageKind.ADOPTED if found[2] == "收养" else ParentageKind.STEP
            since = _day(found[1]) if found[1] else None
        for parent in filter(None, pair):
            is_step = parent.has("继父") or parent.has("继母")
            self._keep(
                Parentage(
                    person=child.row, parent=parent.row, from_on=since, division_code=VILLAGE,
                    role=ParentRole.MOTHER if parent.sex == Sex.FEMALE else ParentRole.FATHER,
                    kind=ParentageKind.STEP if is_step else kind,
                )
            )  # fmt: skip
        for found in child.matches(r"(父|母)不在册"):
            role = ParentRole.FATHER if found[1] == "父" else ParentRole.MOTHER
            self._keep(Parentage(person=child.row, parent_digest=b"y" * 32, role=role, division_code=VILLAGE))


def _read(part: str) -> Someone:
    role, _colon, rest = part.strip().partition("：")
    words = [word.strip() for word in rest.split("，")]
    one = Someone(role, words, others=list(words))
    one.sex = Sex.FEMALE if role in WOMEN else Sex.MALE
    for found in one.matches("(男|女)"):
        one.sex = SEXES[found[1]]
    return one


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
