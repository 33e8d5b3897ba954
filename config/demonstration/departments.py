"""Lists of other departments in the demonstration, so that a clerk finds reports of every kind to decide."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence

from config.demonstration.accounts import TOWNSHIP, VILLAGE
from config.demonstration.officers import acting
from households.enums import (
    DeclineReason,
    DepartmentFileKind,
    FactSource,
    HukouType,
    ProposalState,
    Relation,
)
from households.models import DepartmentFile, EventProposal, Membership, Person
from households.models.people import PersonQuerySet
from households.services.department_files import Letter, read_file_here
from households.services.proposals import confirm_proposal, decline_proposal
from offices.actors import Actor
from offices.identifiers import check_character
from offices.models import Division
from subsidies.enums import ApplicationState, GrantState
from subsidies.models import Application, Grant

_TODAY = datetime.date(2014, 1, 6)
_ELSEWHERE = "370102000000"
_Row = dict[str, str]


def make_department_lists() -> None:
    """Bring a list of each kind and decide a few reports; again without effect."""
    if DepartmentFile.objects.exists():
        return
    county, township = acting("county"), acting("township")
    _bring(
        county,
        _deaths(),
        Letter(
            DepartmentFileKind.DEATHS,
            FactSource.CIVIL,
            "山亭区民政局",
            "山民函〔2014〕2号",
            datetime.date(2014, 1, 3),
        ),
    )
    _bring(
        township,
        _hukou(),
        Letter(
            DepartmentFileKind.HUKOU,
            FactSource.POLICE,
            "辖区派出所",
            "户口变动通报2013年12月",
            datetime.date(2014, 1, 2),
        ),
    )
    _bring(
        county,
        _insured(),
        Letter(
            DepartmentFileKind.INSURED,
            FactSource.INSURANCE,
            "山亭区社会保险事业处",
            "山社保函〔2013〕41号",
            datetime.date(2013, 12, 31),
        ),
    )
    registrations = _bring(
        county,
        _examinees(),
        Letter(
            DepartmentFileKind.EXAMINATIONS,
            FactSource.EDUCATION,
            "山亭区教育局",
            "2014年初中学业水平考试报名名册",
            datetime.date(2014, 1, 6),
        ),
    )
    own = EventProposal.objects.visible_to(township).filter(state=ProposalState.PROPOSED)
    for proposal in own.filter(brought=registrations)[:1]:
        confirm_proposal(actor=township, proposal=proposal)
    for proposal in own.filter(brought=registrations)[:1]:
        decline_proposal(
            actor=township,
            proposal=proposal,
            reason=DeclineReason.WRONG_IN_FILE,
            remark="1月6日电话向教育局核实，报名年度填写有误。",
        )


def _bring(actor: Actor, rows: Sequence[_Row], letter: Letter) -> DepartmentFile:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    source = io.BytesIO(text.getvalue().encode("utf-8-sig"))
    return read_file_here(actor=actor, source=source, file_name=f"{letter.document}.csv", letter=letter)


def _people() -> PersonQuerySet:
    """Living people of the township account's own township who are no head of a household."""
    heads = Membership.objects.filter(relation=Relation.HEAD).values("person")
    return (
        Person.objects.living_on(_TODAY)
        .filter(division_code__startswith=TOWNSHIP[:9], id_number__isnull=False)
        .exclude(pk__in=heads)
        .exclude(pk__in=Grant.objects.values("person"))
        .exclude(pk__in=Application.objects.values("person"))
        .order_by("birth_date", "pk")
    )


def _who(person: Person) -> _Row:
    assert person.id_number  # noqa: S101 # people without one are not asked for here
    return {"姓名": person.name, "公民身份号码": person.id_number.reveal()}


def _deaths() -> list[_Row]:
    """Of whom nothing follows, whose benefit it touches, who applied since, who is dead already or on another day."""
    near = TOWNSHIP[:9]
    grants = Grant.objects.filter(state=GrantState.LIVE).order_by("from_on", "pk").select_related("person")
    receiving = [grant.person for grant in grants.filter(person__division_code__startswith=near)[:1]]
    receiving += [grant.person for grant in grants.exclude(person__division_code__startswith=near)[:1]]
    cases = Application.objects.filter(state=ApplicationState.ENTERED, entered_on__gte="2014-01-02")
    asking = [case.person for case in cases.order_by("entered_on", "pk").select_related("person")[:1]]
    dead = list(
        Person.objects.standing()
        .filter(division_code__startswith=near, died_on__isnull=False, id_number__isnull=False)
        .order_by("-died_on", "pk")[:2]
    )
    rows = [_death(person, "2013-12-28") for person in (*_people()[:2], *receiving)]
    rows += [_death(person, "2014-01-01") for person in asking]
    rows += [
        _death(person, str(person.died_on - days * datetime.timedelta(days=1)))
        for days, person in enumerate(dead)
        if person.died_on
    ]
    elsewhere = Division.objects.villages().within(near).exclude(pk=VILLAGE).order_by("-code")[0]
    rows += [
        {
            "姓名": person.name,
            "出生日期": person.birth_date.isoformat(),
            "所在村": elsewhere.name,
            "死亡日期": "2013-12-30",
        }
        for person in _people().filter(division_code=VILLAGE)[2:3]
    ]
    unknown = "37040619410815102"
    rows.append(
        {"姓名": "孔祥云", "公民身份号码": unknown + check_character(unknown), "死亡日期": "2013-12-29"}
    )
    return rows


def _death(person: Person, on: str) -> _Row:
    return {**_who(person), "死亡日期": on}


def _hukou() -> list[_Row]:
    grown = list(_of_age(range(25, 50))[:3])
    words = ("非农业", "非农业", "")
    return [
        {
            **_who(person),
            "变动日期": f"2013-12-{10 + number}",
            "户口性质": word,
            "迁往地代码": "" if word else _ELSEWHERE,
        }
        for number, (person, word) in enumerate(zip(grown, words, strict=False))
        if person.hukou_set.on(_TODAY).exclude(hukou_type=HukouType.URBAN).exists()
    ]


def _insured() -> list[_Row]:
    workers = list(_of_age(range(25, 50))[3:6])
    return [
        {**_who(person), "险种": scheme, "参保日期": "2013-07-01"}
        for person in workers
        for scheme in ("企业职工基本养老保险", "城镇职工基本医疗保险")
    ]


def _examinees() -> list[_Row]:
    return [{**_who(person), "考试年度": "2014"} for person in _of_age(range(14, 16))[:6]]


def _of_age(years: Iterable[int]) -> PersonQuerySet:
    known = {2014 - year for year in years}
    return _people().filter(birth_date__year__in=known).order_by("division_code", "birth_date", "pk")
