"""Rows of families, events, lists, duplicates, divisions, departments and who stands for somebody."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import QueryDict

from households.enums import (
    AssociationKind,
    AssociationServiceKind,
    Disputed,
    EmploymentState,
    EventKind,
    OutreachKind,
    ProposalState,
    Relation,
    RepresentationKind,
    UnitKind,
    VisitNext,
    VisitPurpose,
    VisitResult,
)
from households.models import (
    AmbiguousRow,
    DisputedEntry,
    Employment,
    EventProposal,
    Hukou,
    LifeEvent,
    RegistryTask,
)
from households.resources import LISTS
from households.services.accounts import propose_account
from households.services.associations import count_services, record_association
from households.services.department_files import request_department_file
from households.services.events.facts import record_examination
from households.services.events.recording import Report
from households.services.imports import import_file, request_import
from households.services.outreach import enter_event
from households.services.units import lodge_person, record_unit
from households.services.visits import record_visit
from offices import clock
from offices.database.context import open_context
from offices.enums import ExportFormat, ExportPurpose, Role, SuccessionKind
from offices.services.exports import request_list_export
from subsidies.models import (
    Programme,
)
from subsidies.models.receipts import Occasion
from subsidies.services.receipts import keep_explanation
from tests.factories import VILLAGE, make_actor, make_household, make_person
from tests.households.departments import death_of, letter, list_of, report
from tests.households.divisions import prepare
from tests.households.duplicates import merge, pair_of
from tests.households.representing import confirmed as confirm_representative
from tests.households.representing import enter as enter_representative
from tests.households.representing import heir
from tests.households.resident_files import as_csv
from tests.rows.people import LAST_YEAR, NAME, Kwargs, people_of, serial_from
from tests.subsidies.money import (
    citizen_number,
)


def registry(families: int) -> dict[str, Kwargs]:
    people = people_of(families + 1, 100)
    household = make_household(people[0], *((person, Relation.OTHER) for person in people[2:]))
    for person in people[1:2]:
        make_household(person)
    counter = make_actor(Role.TOWNSHIP)
    corrections = [
        propose_account(
            actor=counter,
            person=person,
            bank="山亭农村信用社",
            account="6223 0000 1111 2222",
            document="存折复印件",
        )
        for person in people
    ]
    happened_on = clock.today()
    events = [
        record_examination(actor=counter, person=person, report=Report(happened_on), year=happened_on.year)
        for person in (people[0], *people[2:])
    ]
    with open_context(actor=counter):
        imports = [
            import_file(
                actor=counter,
                source=_file_with_a_wrong_row(number),
                file_name=f"{number}.csv",
                as_of=clock.today(),
                is_dry_run=True,
            )
            for number in range(families)
        ]
        assigned = request_import(
            actor=counter,
            upload=as_csv([["身份证号", "名字", "户号"], ["1", NAME, "2"]]),
            file_name="公安.csv",
            as_of=clock.today(),
            is_dry_run=False,
        )
        waiting = request_import(
            actor=counter,
            upload=_file_with_a_wrong_row(0),
            file_name="等待.csv",
            as_of=clock.today(),
            is_dry_run=False,
        )
        exports = [
            request_list_export(
                actor=counter,
                kind=LISTS["families"],
                query=QueryDict(),
                purpose=ExportPurpose.ANNUAL_REVIEW,
                reference="",
                file_format=ExportFormat.CSV,
            )
            for _one in range(families)
        ]
    receipts = [
        keep_explanation(
            actor=counter,
            person=people[0],
            programme=Programme.objects.get(pk="NCJF"),
            on=clock.today(),
            occasion=Occasion.ASKED,
        )
        for _one in range(families)
    ]
    task = RegistryTask.objects.create(
        kind=RegistryTask.Kind.AMBIGUOUS,
        household=household,
        opened_on=clock.today(),
        division_code=VILLAGE,
    )
    AmbiguousRow.objects.create(
        task=task,
        brought=imports[0],
        line=2,
        row_key=b"1" * 32,
        name=NAME,
        birth_date=people[0].birth_date,
        sex=people[0].sex,
        division_code=VILLAGE,
    )
    disputed = RegistryTask.objects.create(
        kind=RegistryTask.Kind.DISPUTED, household=household, opened_on=clock.today(), division_code=VILLAGE
    )
    corrected = LifeEvent.objects.create(
        kind=EventKind.CORRECTION, person=people[0], happened_on=clock.today(), reported_on=clock.today(),
        recorded_by_id=counter.staff_id, recorded_role=counter.role, division_code=VILLAGE,
    )  # fmt: skip
    DisputedEntry.objects.create(
        task=disputed, brought=imports[0], line=2, person=people[0], event=corrected,
        put_right_by_id=counter.staff_id, word=Disputed.NAME, said="某某某", division_code=VILLAGE,
    )  # fmt: skip
    return {
        "file that says otherwise": {"pk": disputed.pk},
        "import to assign": {"pk": assigned.pk},
        "import to take back": {"pk": imports[0].pk, "step": "take-back"},
        "import to cancel": {"pk": waiting.pk, "step": "cancel"},
        "row that fits several": {"pk": task.pk},
        "person": {"pk": people[0].pk},
        "account of staff": {"staff_id": make_actor(Role.VILLAGE).staff_id},
        "export": {"pk": exports[0].pk},
        "list to export": {"what": "families"},
        "household": {"pk": household.pk},
        "household of a day": {"pk": household.pk, "?": "on=2013-12-31"},
        "person who died": {"pk": people[0].pk, "word": "death"},
        "person who moves": {"pk": people[0].pk, "word": "move"},
        "person entered wrongly": {"pk": people[0].pk, "word": "correction"},
        "person with a parent": {"pk": people[0].pk, "word": "parent"},
        "person who comes back": {"pk": people[0].pk, "word": "return"},
        "household with a birth": {"pk": household.pk, "word": "birth"},
        "household with a head": {"pk": household.pk, "word": "head"},
        "event": {"event_id": events[0].pk},
        "applicant": {"?": f"person={people[0].pk}&programme=NCJF"},
        "number of a person": {"pk": people[0].pk, "what": "number"},
        "account to confirm": {"correction_id": corrections[0].pk, "decision": "confirm"},
        "account to reject": {"correction_id": corrections[0].pk, "decision": "reject"},
        "import": {"pk": imports[0].pk},
        "error file": {"pk": imports[0].pk, "kind": "errors"},
        "person and programme": {"person_id": people[0].pk, "programme_code": "NCJF"},
        "explanation that was given": {"receipt_id": receipts[0].pk},
        "programme": {"programme_code": "NCJF"},
        "bundle": {"bundle_code": "SXJL"},
    }


def outreach(families: int) -> dict[str, Kwargs]:
    people = people_of(families, 420)
    households = [make_household(person) for person in people]
    village, counter, county = (make_actor(role) for role in (Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY))
    visits = [
        record_visit(
            actor=village,
            household=household,
            purpose=VisitPurpose.DELIVER,
            result=VisitResult.NOT_THERE,
            visited_on=clock.today(),
            next_step=VisitNext.COME_AGAIN,
            next_on=clock.today(),
        )
        for household in households
    ]
    events = [
        enter_event(
            actor=counter, kind=OutreachKind.CULTURAL, title=NAME, held_on=clock.today(), place=VILLAGE
        )
        for _one in range(families)
    ]
    codes = ("91350100M000100Y43", "91110000600037341L", "12100000425006133D")
    employers = [
        record_unit(actor=counter, kind=UnitKind.ENTERPRISE, name=NAME, place=VILLAGE, credit_code=code)
        for code in codes[:families]
    ]
    compound = record_unit(
        actor=counter,
        kind=UnitKind.COMPOUND,
        name=NAME,
        place=VILLAGE,
        contact_name=NAME,
        phone="0632-8811200",
    )
    for person in people:
        Employment.objects.create(
            person=person,
            state=EmploymentState.EMPLOYED,
            employer_code=codes[0],
            division_code=person.division_code,
        )
        Hukou.objects.filter(person=person).update(place_code="440305000000")
    lodgings = [
        lodge_person(
            actor=counter,
            unit=compound,
            person=person,
            from_on=clock.today() - datetime.timedelta(days=9),
        )
        for person in people
    ]
    associations = [
        record_association(
            actor=county,
            kind=AssociationKind.HOMETOWN,
            name=f"异地协会{number}",
            place_code="440300",
            place_name="广东省深圳市",
            contact_name="协会联系人",
            phone="0755-8811200",
        )
        for number in range(families)
    ]
    count_services(
        actor=county,
        association=associations[0],
        month=clock.today().replace(day=1),
        numbers=dict.fromkeys(AssociationServiceKind, 3),
    )
    return {
        "family to visit": {"pk": households[0].pk},
        "visit": {"visit_id": visits[0].pk},
        "outreach event": {"pk": events[0].pk},
        "unit": {"pk": employers[0].pk},
        "compound": {"pk": compound.pk},
        "lodging": {"lodging_id": lodgings[0].pk},
        "association": {"pk": associations[0].pk},
    }


def divisions(families: int) -> dict[str, Kwargs]:
    """Last of the registry: a village that is to be split, and others that are renamed."""
    split = prepare(
        SuccessionKind.SPLIT,
        (VILLAGE, VILLAGE, "前村", True),
        (VILLAGE, VILLAGE[:9] + "298", "新村", False),
        on=clock.today() + datetime.timedelta(days=30),
    )
    for number in range(families):
        code = f"3704061012{number + 1:02d}"
        prepare(SuccessionKind.RENAME, (code, code, f"改名{number}村"))
    return {
        "change of divisions": {"pk": split.pk},
        "kind of change": {"kind": "merge"},
        "change to confirm": {"pk": split.pk, "step": "confirm"},
        "change to withdraw": {"pk": split.pk, "step": "withdraw"},
        "change to count": {"pk": split.pk, "step": "count"},
    }


def duplicates(families: int) -> dict[str, Kwargs]:
    serial = serial_from(400)
    pairs, merges = [], []
    for _one in range(families):
        people = [make_person(name=NAME, number=citizen_number(serial())) for _side in range(4)]
        pairs.append(pair_of(people[0], people[1]))
        merges.append(merge(people[2], people[3]))
    return {
        "pair": {"pk": pairs[0].pk},
        "pair to decide": {"pk": pairs[0].pk, "decision": "different"},
        "merge": {"pk": merges[0].pk},
    }


def departments(families: int) -> dict[str, Kwargs]:
    counter = make_actor(Role.TOWNSHIP)
    people = [make_person(name=NAME, number=citizen_number(serial)) for serial in range(460, 460 + families)]
    for person in people:
        make_household(person)
    namesakes = [make_person(name=f"{NAME}重名", number=citizen_number(serial)) for serial in (480, 481)]
    wrong = {"姓名": NAME, "公民身份号码": "1", "死亡日期": "2013-12-30"}
    stranger = {"姓名": NAME, "公民身份号码": citizen_number(490), "死亡日期": "2013-12-30"}
    several = {"姓名": namesakes[0].name, "出生日期": f"{namesakes[0].birth_date}", "死亡日期": "2013-12-30"}
    deaths = (death_of(person, "2013-12-30") for person in people)
    told = report(counter, [*deaths, wrong, stranger, several], dated_on=LAST_YEAR)
    for number in range(families - 1):
        report(counter, [wrong], document=f"{number}", dated_on=LAST_YEAR)
    with open_context(actor=counter):
        to_assign = request_department_file(
            actor=counter,
            upload=list_of([{"死者": NAME, "身份证号": "1", "去世日期": "2013-12-30"}]),
            file_name="名单.csv",
            letter=letter(dated_on=LAST_YEAR),
        )
    proposals = EventProposal.objects.filter(brought=told)
    proposed, ambiguous = (
        proposals.filter(state=state).order_by("line")[0].pk
        for state in (ProposalState.PROPOSED, ProposalState.AMBIGUOUS)
    )
    return {
        "department's list": {"pk": told.pk},
        "list to assign": {"pk": to_assign.pk},
        "list to withdraw": {"pk": told.pk, "step": "withdraw"},
        "rows that mean nobody": {"pk": told.pk, "kind": "unmatched"},
        "report": {"pk": proposed},
        "report about several": {"pk": ambiguous},
        "report to confirm": {"pk": proposed, "step": "confirm"},
        "report to decline": {"pk": ambiguous, "step": "decline"},
        "report to choose for": {"pk": ambiguous, "step": "whom"},
    }


def representations(families: int) -> dict[str, Kwargs]:
    serial = serial_from(1)
    people = [make_person(name=NAME, number=citizen_number(serial())) for _one in range(families + 2)]
    given = [(person, serial()) for person in people]
    waiting = [
        enter_representative(person, RepresentationKind.AGENT, heir(number, name=NAME))
        for person, number in given[1:]
    ]
    person, number = given[0]
    held = confirm_representative(person, RepresentationKind.GUARDIAN, heir(number, name=NAME), is_paid=True)
    row = held.people.get()
    return {
        "person to stand for": {"pk": people[0].pk, "kind": "agent"},
        "who stands for somebody": {"pk": held.pk},
        "agent to confirm": {"pk": waiting[0].pk, "step": "confirm"},
        "agent to reject": {"pk": waiting[0].pk, "step": "reject"},
        "guardian to end": {"pk": held.pk, "step": "end"},
        "guardian who is paid": {"representative_id": row.pk},
    }


def _file_with_a_wrong_row(number: int) -> Any:
    header = ["户编号", "户籍地代码", "户主关系", "姓名", "公民身份号码", "户口性质"]
    return as_csv([header, [str(number), VILLAGE, "户主", NAME, "370406195302010001", "农业"]])
