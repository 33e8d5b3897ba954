"""A row of every kind that an address names, in one village, brought there by the real services."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import QueryDict
from django.urls import resolve
from PIL import Image

from checkups.models import Booking, CheckupSession, Station
from checkups.services.bookings import book_place, open_session
from enforcement.models import OfficerCertificate
from households.enums import (
    AssociationKind,
    AssociationServiceKind,
    EmploymentState,
    OutreachKind,
    ProposalState,
    Relation,
    RepresentationKind,
    UnitKind,
    VisitNext,
    VisitPurpose,
    VisitResult,
)
from households.models import AmbiguousRow, Employment, EventProposal, Hukou, Membership, Person, RegistryTask
from households.resources import LISTS
from households.services.accounts import propose_account
from households.services.associations import count_services, record_association
from households.services.department_files import request_department_file
from households.services.events.deaths import record_death
from households.services.events.facts import record_examination
from households.services.events.recording import Report
from households.services.imports import import_file, request_import
from households.services.outreach import enter_event
from households.services.units import lodge_person, record_unit
from households.services.visits import record_visit
from offices import clock
from offices.database.context import open_context
from offices.enums import ExportFormat, ExportPurpose, Role, SuccessionKind
from offices.models import Job
from offices.services.exports import request_list_export
from offices.services.invitations import invite_staff
from offices.services.papers import SentFile
from offices.services.staff import system_actor
from reports.models import Edition, PrintedReport
from reports.months import read_month
from reports.services.editions import summarise
from reports.services.printing import request_print
from reports.tasks import print_edition
from subsidies.documents import required_documents
from subsidies.enums import (
    AppealKind,
    AppealResult,
    AppealVia,
    ApplicationState,
    DebtDeed,
    DeliveryMethod,
    ObjectionSubject,
    ReturnReason,
    ReviewMethod,
    ReviewResult,
    SuspenseOrigin,
)
from subsidies.models import (
    Appeal,
    Application,
    BankFile,
    Debt,
    DecisionLetter,
    LateFinding,
    PolicyVersion,
    Programme,
)
from subsidies.models.receipts import Occasion
from subsidies.services import reviews
from subsidies.services.annual_reviews import draw_sample, open_review
from subsidies.services.appeals import accept_appeal, decide_appeal, receive_appeal
from subsidies.services.applications import name_missing_documents, withdraw_application
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import create_batch
from subsidies.services.budget import raise_budget
from subsidies.services.budget_transfers import propose_transfer
from subsidies.services.confirmations import set_band
from subsidies.services.debt_acts import record_deed
from subsidies.services.deliveries import deliver_letter
from subsidies.services.drafts import change_draft, with_rows
from subsidies.services.letters import keep_letter_file
from subsidies.services.notices import record_objection
from subsidies.services.receipts import keep_explanation
from subsidies.services.review_results import decide_result, propose_result
from subsidies.services.scans import take_scans
from subsidies.services.simulation import request_simulation
from subsidies.services.suspense import record_suspense
from subsidies.services.sweep import sweep
from subsidies.services.sweep_jobs import request_sweep
from tests import rows_of_kinds
from tests.factories import TOWNSHIP, VILLAGE, make_actor, make_household, make_person
from tests.households.departments import death_of, letter, list_of, report
from tests.households.divisions import prepare
from tests.households.duplicates import merge, pair_of
from tests.households.representing import confirmed as confirm_representative
from tests.households.representing import enter as enter_representative
from tests.households.representing import heir
from tests.households.resident_files import as_csv
from tests.subsidies.cases import Office, bring_to, certify, enter, make_office, make_programme, rules_say
from tests.subsidies.money import (
    answer_to,
    citizen_number,
    file_of,
    fund,
    give_account,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)
from tests.subsidies.policies import author, draft_of, submitted

Kwargs = Mapping[str, object]
NAME = "璩秋实"
"""Everybody's in the rows: on a page of another township it would stand out."""

LAST_YEAR = datetime.date(2013, 12, 31)
"""A day that has come wherever rows are built."""


def build_rows(families: int = 1) -> dict[str, Kwargs]:
    """By kind, what an address needs to name the row (`?`: what follows it).

    Lists that belong to it have `families` entries.

    Runs inside an open context of the county, with the rules and the days as they are in the tests.
    """
    with pytest.MonkeyPatch.context() as patched:
        rules_say(patched)
        rows: dict[str, Kwargs] = {"": {}}
        for build in (
            _registry,
            _duplicates,
            _outreach,
            _divisions,
            _cases,
            _debts,
            _policies,
            _money,
            _kinds,
            _checkups,
            _reports,
            _departments,
            _representations,
            _annual_review,
        ):
            rows |= build(families)
        return rows


def _serial(start: int) -> Callable[[], int]:
    counted = iter(range(start, 500))
    return lambda: next(counted)


def _people(families: int, first: int) -> list[Person]:
    serial = _serial(first)
    people = [make_person(name=NAME, number=citizen_number(serial())) for _one in range(families)]
    for person in people:
        give_account(person, f"62280000{person.pk.int % 10**11:011d}")
    return people


def _registry(families: int) -> dict[str, Kwargs]:
    people = _people(families + 1, 100)
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
    return {
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


def _outreach(families: int) -> dict[str, Kwargs]:
    people = _people(families, 420)
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


def _divisions(families: int) -> dict[str, Kwargs]:
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


def _duplicates(families: int) -> dict[str, Kwargs]:
    serial = _serial(400)
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


def _departments(families: int) -> dict[str, Kwargs]:
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


def _representations(families: int) -> dict[str, Kwargs]:
    serial = _serial(1)
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


def _annual_review(families: int) -> dict[str, Kwargs]:
    programme = paid_programme("REVIEW")
    serial = _serial(50)
    for _one in range(families + 2):
        make_grant(programme, serial=serial(), name=NAME)
    review = open_review(
        actor=make_actor(Role.COUNTY),
        programme=programme,
        year=clock.today().year,
        due_on=clock.today() + datetime.timedelta(days=60),
        document="年审通知1号",
    )
    draw_sample(actor=make_actor(Role.COUNTY), round=review, seed="1", percent=100)
    items = list(review.items.order_by("grant__application__file_number"))
    for item, result in zip(items, (ReviewResult.SUSPEND, ReviewResult.CONTINUE), strict=False):
        propose_result(
            actor=make_actor(Role.VILLAGE), item=item, method=ReviewMethod.DECLARATION, result=result
        )
    decide_result(actor=make_actor(Role.COUNTY), item=items[0])
    return {
        "annual review": {"round_id": review.pk},
        "annual review to check": {"round_id": review.pk, "step": "check"},
        "annual review to sample": {"round_id": review.pk, "step": "sample"},
        "grant under review": {"item_id": items[2].pk},
        "grant under review to propose": {"item_id": items[2].pk, "step": "propose"},
        "grant under review to decide": {"item_id": items[1].pk, "step": "decide"},
        "grant under review to judge": {"item_id": items[2].pk, "step": "finding"},
        "family to tell": {"item_id": items[0].pk},
        "family that is told": {"item_id": items[0].pk, "step": "tell"},
    }


def _file_with_a_wrong_row(number: int) -> Any:
    header = ["户编号", "户籍地代码", "户主关系", "姓名", "公民身份号码", "户口性质"]
    return as_csv([header, [str(number), VILLAGE, "户主", NAME, "370406195302010001", "农业"]])


def _cases(families: int) -> dict[str, Kwargs]:
    office, programme = make_office(), make_programme()
    letters = make_programme("LETTER", notice={"days": 7, "calendar": "calendar", "levels": []})

    def cases(first: int, state: str, of: Programme = programme) -> list[Application]:
        return [
            bring_to(office, state, enter(office, person=person, programme=of))
            for person in _people(families, first)
        ]

    granted = cases(130, ApplicationState.GRANTED, letters)
    confirmed = cases(160, ApplicationState.COUNTY_CONFIRMED, letters)
    withdrawn = cases(190, ApplicationState.ENTERED)
    for case in withdrawn[1:]:
        withdraw_application(application=case, actor=office.counter)
    missing = cases(220, ApplicationState.ENTERED)[0]
    name_missing_documents(
        application=missing,
        documents=[document.value for document in required_documents(missing.policy_version)][:1],
        actor=office.village,
    )
    entered = cases(250, ApplicationState.ENTERED)[0]
    letters_and_appeals = _letters(office, cases, granted[0])
    scans = [
        take_scans(
            application=entered,
            kind=required_documents(entered.policy_version)[0],
            sent=[SentFile("1.png", _picture(number))],
            actor=office.counter,
        )[0]
        for number in range(families)
    ]
    posted = cases(280, ApplicationState.VILLAGE_REVIEWED)
    objections = [
        record_objection(notice=case.notices.get(), subject=ObjectionSubject.values[0], actor=office.counter)
        for case in posted
    ]
    sweep(actor=make_actor(Role.COUNTY), as_of=clock.today())
    with open_context(actor=office.counter):
        job = request_sweep(actor=office.counter)
    return {
        "application": {"application_id": entered.pk},
        "scanned paper": {"scan_id": scans[0].pk},
        "application that lacks papers": {"application_id": missing.pk},
        "application in its notice": {"application_id": posted[0].pk},
        "application that is confirmed": {"application_id": confirmed[0].pk},
        "application with a letter": {"application_id": granted[0].pk},
        **letters_and_appeals,
        "grant": {"grant_id": granted[0].grant.pk},
        "grant to suspend": {"grant_id": granted[0].grant.pk, "change": "suspend"},
        "notice": {"notice_id": posted[0].notices.get().pk},
        "board": {"level": "village", "place_code": VILLAGE},
        "objection": {"objection_id": objections[0].pk},
        "assessment that runs": {"job_id": job.pk},
        "certificate": {"certificate_id": OfficerCertificate.objects.order_by("number")[0].pk},
        "certificate to suspend": {
            "certificate_id": OfficerCertificate.objects.order_by("number")[0].pk,
            "change": "suspend",
        },
    }


def _letters(
    office: Office, cases: Callable[..., list[Application]], granted: Application
) -> dict[str, Kwargs]:
    """Letters printed, delivered and not; appeals at each point of their way."""

    def refusals(first: int) -> list[DecisionLetter]:
        return [
            reviews.refuse_application(
                application=case, actor=office.township, reason="条件不符"
            ).letters.get()
            for case in cases(first, ApplicationState.ENTERED)
        ]

    def received(letter: DecisionLetter) -> Appeal:
        return receive_appeal(
            letter=letter,
            kind=AppealKind.REVIEW,
            via=AppealVia.COUNTER,
            grounds="登记有误",
            received_on=clock.today(),
            actor=office.counter,
        )

    judge = make_actor(Role.COUNTY_REVIEWER, name="复核员")
    certify(office, judge)
    deliveries = [
        deliver_letter(
            letter=letter,
            method=DeliveryMethod.IN_PERSON,
            on=clock.today(),
            recipient=NAME,
            actor=office.counter,
        )
        for letter in refusals(430)
    ]
    appeals = [received(letter) for letter in refusals(445)]
    accepted = accept_appeal(appeal=received(refusals(415)[0]), actor=judge)
    decided = decide_appeal(
        appeal=accept_appeal(appeal=received(refusals(426)[0]), actor=judge),
        result=AppealResult.CHANGED,
        reasons="经查证属实",
        remedy_from_on=clock.today(),
        remedy_amount=Decimal("960.00"),
        actor=judge,
    )
    printed = granted.letters.get()
    keep_letter_file(letter_id=printed.pk, content=b"%PDF-1.7", actor=system_actor())
    undelivered = {"letter_id": printed.pk}
    return {
        "decision_letter": undelivered,
        "delivery": {"delivery_id": deliveries[0].pk},
        "appeal": {"appeal_id": appeals[0].pk},
        "appeal to accept": {"appeal_id": appeals[0].pk, "step": "accept"},
        "appeal not to accept": {"appeal_id": appeals[0].pk, "step": "reject"},
        "appeal to withdraw": {"appeal_id": appeals[0].pk, "step": "withdraw"},
        "appeal to decide": {"appeal_id": accepted.pk},
        "appeal to put off": {"appeal_id": accepted.pk, "step": "extend"},
        "appeal to carry out": {"appeal_id": decided.pk, "step": "carry-out"},
    }


def _picture(number: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 0, 0)).save(written, "PNG")
    return written.getvalue()


def _debts(families: int) -> dict[str, Kwargs]:
    """After the assessment of the day: a line with entries, and deaths told late of who has a grant."""
    counter = make_actor(Role.TOWNSHIP)
    lines = Debt.objects.owed().filter(
        programme="CASE", division_code=VILLAGE, person__in=Membership.objects.values("person")
    )
    line = lines.order_by("person__birth_date", "pk")[0]
    for deed in (DebtDeed.TOLD, DebtDeed.HELPED, DebtDeed.CANNOT_REACH)[:families]:
        record_deed(debt=line, deed=deed, actor=counter)
    yesterday = clock.today() - datetime.timedelta(days=1)
    late = paid_programme("LATE")
    serial = _serial(470)
    for _one in range(families):
        grant = make_grant(late, serial=serial(), name=NAME)
        record_death(actor=counter, person=grant.person, report=Report(yesterday))
    finding = LateFinding.objects.filter(grant__programme=late).order_by("pk")[0]
    return {
        "debt": {"debt_id": line.pk},
        "debt to tell": {"debt_id": line.pk, "deed": "told"},
        "debt to decline": {"debt_id": line.pk, "deed": "declined"},
        "entry of a debt": {"act_id": line.acts.order_by("-pk")[0].pk},
        "late finding": {"finding_id": finding.pk},
    }


def _policies(families: int) -> dict[str, Kwargs]:
    draft = draft_of("TFSD")
    rows = [
        {"from": f"{2008 + year}-01-01", "to": f"{2009 + year}-01-01", "value": "100.00", "known": "source"}
        for year in range(families)
    ]
    parameters = with_rows(draft.parameters, "amount_rural", rows)
    draft = change_draft(actor=author(), draft=draft, revision=draft.revision, parameters=parameters)
    waiting = submitted("TFSC")
    with open_context(actor=author()):
        job = request_simulation(actor=author(), version=waiting, as_of=waiting.from_on)
    own: Kwargs = {"version_id": draft.pk}
    bands = [
        set_band(
            from_amount=Decimal(50_000 * number),
            confirmations=2,
            from_on=clock.today(),
            document="枣卫〔2014〕1号",
            actor=author(),
        )
        for number in range(1, families + 1)
    ]
    return {
        "band": {"band_id": bands[0].pk},
        "published policy": {"version_id": PolicyVersion.objects.get(programme="NCJF", number=1).pk},
        "draft of a policy": own,
        "value of a draft": {**own, "name": "amount_rural"},
        "group of a draft": {**own, "path": "3"},
        "condition of a draft": {**own, "path": "0"},
        "condition to add": {**own, "path": "top"},
        "condition chosen": {**own, "path": "top", "?": "condition=age_at_least"},
        "condition to move": {**own, "path": "1", "step": "up"},
        "policy to submit": {**own, "step": "submit"},
        "policy to approve": {"version_id": waiting.pk, "step": "publish"},
        "policy to send back": {"version_id": waiting.pk, "step": "send-back"},
        "simulation that runs": {"version_id": waiting.pk, "job_id": job.pk},
    }


def _money(families: int) -> dict[str, Kwargs]:
    answered_programme, programme, newer = (paid_programme(code) for code in ("MONEY", "SENT", "MADE"))
    serial = _serial(310)
    lines = []
    for of in (answered_programme, programme, newer):
        for _one in range(families):
            make_grant(of, serial=serial(), name=NAME)
        lines += fund(of)
    make_grant(programme, serial=serial(), name=NAME, account=None)
    answered = sent_batch(answered_programme)
    returned = dict.fromkeys(range(1, families + 1), ReturnReason.NO_ACCOUNT.value)
    import_answer(
        actor=make_counters().cashier, batch=answered, content=answer_to(file_of(answered), returned)
    )
    sent = sent_batch(programme)
    made = create_batch(actor=make_counters().finance, programme=newer, period="2013")
    counters = make_counters()
    changes = [
        propose_transfer(
            actor=counters.finance,
            from_line=raise_budget(
                actor=counters.finance, line=lines[0], amount=Decimal("10"), document="追加1号"
            ),
            to_line=lines[3],
            amount=Decimal("5"),
            document="调剂1号",
        )
        for _one in range(families)
    ]
    suspended = [
        record_suspense(
            actor=counters.cashier,
            line=lines[0],
            origin=SuspenseOrigin.OUTSIDE,
            amount=Decimal("5"),
            received_on=clock.today(),
            document="回单1号",
        )
        for _one in range(families)
    ]
    paid_line = sent.payments.order_by("serial")[0]
    return {
        "budget line": {"line_id": lines[0].pk},
        "appropriation": {"appropriation_id": lines[0].appropriations.get().pk},
        "transfer to confirm": {"change_id": changes[0].pk, "step": "confirm"},
        "transfer to reject": {"change_id": changes[0].pk, "step": "reject"},
        "suspense": {"item_id": suspended[0].pk},
        "entry of an approval": {"entry_id": sent.entries.get(kind="approval").pk},
        "payment": {"payment_id": paid_line.pk},
        "batch": {"batch_id": sent.pk},
        "batch with an answer": {"batch_id": answered.pk},
        "batch to approve": {"batch_id": made.pk, "step": "approve"},
        "batch to discard": {"batch_id": made.pk, "step": "discard"},
        "batch to send": {"batch_id": made.pk, "step": "send"},
        "batch to close": {"batch_id": answered.pk, "step": "close"},
        "bank file": {"batch_id": sent.pk, "file_id": BankFile.objects.filter(batch=sent)[0].pk},
    }


def _kinds(families: int) -> dict[str, Kwargs]:
    return (
        rows_of_kinds.premiums(families, NAME)
        | rows_of_kinds.lists(families, NAME)
        | rows_of_kinds.awards(families, NAME)
    )


def _checkups(families: int) -> dict[str, Kwargs]:
    clinician, counter = make_actor(Role.CLINICIAN), make_actor(Role.TOWNSHIP)
    with open_context(actor=clinician):
        station, _created = Station.objects.get_or_create(
            name="山亭区计划生育服务站", defaults={"division_code": "370406000000"}
        )
        sessions: list[CheckupSession] = [
            open_session(
                actor=clinician,
                station=station,
                held_on=clock.today() + datetime.timedelta(days=day),
                starts_at=datetime.time(8, 30),
                places=30,
            )
            for day in range(families)
        ]
    with open_context(actor=counter):
        bookings: list[Booking] = [
            book_place(actor=counter, session=sessions[0], name=NAME, phone="13806320000")
            for _one in range(families)
        ]
    return {
        "session": {"session_id": sessions[0].pk},
        "booking": {"booking_id": bookings[0].pk},
        "booking to cancel": {"booking_id": bookings[0].pk, "step": "cancel"},
        "booking of who comes": {"booking_id": bookings[0].pk, "step": "attend"},
    }


def _reports(_families: int) -> dict[str, Kwargs]:
    month = read_month("2013-12")
    summarise(actor=make_actor(Role.COUNTY), month=month)
    edition = Edition.objects.get(period="2013-12", division_code=TOWNSHIP)
    counter = make_actor(Role.TOWNSHIP)
    with open_context(actor=counter):
        job: Job = request_print(actor=counter, edition=edition, language="zh-hans", has_roster=False)
    print_edition(settings.HUIMIN_COUNTY, str(job.pk))
    printed = PrintedReport.objects.select_related("verification").get()
    return {
        "month": {"month": "2013-12"},
        "edition": {"edition_id": edition.pk},
        "print that runs": {"job_id": job.pk},
        "print": {"print_id": printed.pk},
        "code": {"code": printed.verification.code},
        "invitation": _invitation(),
    }


def _invitation() -> Kwargs:
    link = invite_staff(
        actor=system_actor(),
        username="invited",
        name="",
        role=Role.SECURITY_ADMIN,
        division=settings.HUIMIN_COUNTY,
    )
    return dict(resolve(urlsplit(link).path).kwargs)
