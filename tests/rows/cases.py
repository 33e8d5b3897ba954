"""Rows of applications, letters, appeals, the annual review, debts and policies."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal

from PIL import Image

from enforcement.models import OfficerCertificate
from households.models import Membership
from households.services.events.deaths import record_death
from households.services.events.recording import Report
from offices import clock
from offices.database.context import open_context
from offices.enums import Role
from offices.services.papers import SentFile
from offices.services.staff import system_actor
from subsidies.documents import required_documents
from subsidies.enums import (
    AppealKind,
    AppealResult,
    AppealVia,
    ApplicationState,
    DebtDeed,
    DeliveryMethod,
    ObjectionSubject,
    ReviewMethod,
    ReviewResult,
)
from subsidies.models import (
    Appeal,
    Application,
    Debt,
    DecisionLetter,
    LateFinding,
    PolicyVersion,
    Programme,
)
from subsidies.services import reviews
from subsidies.services.annual_reviews import draw_sample, open_review
from subsidies.services.appeals import accept_appeal, decide_appeal, receive_appeal
from subsidies.services.applications import name_missing_documents, withdraw_application
from subsidies.services.confirmations import set_band
from subsidies.services.debt_acts import record_deed
from subsidies.services.deliveries import deliver_letter
from subsidies.services.drafts import change_draft, with_rows
from subsidies.services.letters import keep_letter_file
from subsidies.services.notices import record_objection
from subsidies.services.review_jobs import request_review
from subsidies.services.review_results import decide_result, propose_result
from subsidies.services.scans import take_scans
from subsidies.services.simulation import request_simulation
from subsidies.services.sweep import sweep
from subsidies.services.sweep_jobs import request_sweep
from tests.factories import VILLAGE, make_actor
from tests.rows.people import NAME, Kwargs, people_of, serial_from
from tests.subsidies.cases import Office, bring_to, certify, enter, make_office, make_programme
from tests.subsidies.money import (
    make_grant,
    paid_programme,
)
from tests.subsidies.new_programmes import entered
from tests.subsidies.policies import author, draft_of, submitted


def cases(families: int) -> dict[str, Kwargs]:
    office, programme = make_office(), make_programme()
    letters = make_programme("LETTER", notice={"days": 7, "calendar": "calendar", "levels": []})

    def filed(first: int, state: str, of: Programme = programme) -> list[Application]:
        return [
            bring_to(office, state, enter(office, person=person, programme=of))
            for person in people_of(families, first)
        ]

    granted = filed(130, ApplicationState.GRANTED, letters)
    confirmed = filed(160, ApplicationState.COUNTY_CONFIRMED, letters)
    withdrawn = filed(190, ApplicationState.ENTERED)
    for case in withdrawn[1:]:
        withdraw_application(application=case, actor=office.counter)
    missing = filed(220, ApplicationState.ENTERED)[0]
    name_missing_documents(
        application=missing,
        documents=[document.value for document in required_documents(missing.policy_version)][:1],
        actor=office.village,
    )
    entered = filed(250, ApplicationState.ENTERED)[0]
    letters_and_appeals = _letters(office, filed, granted[0])
    scans = [
        take_scans(
            application=entered,
            kind=required_documents(entered.policy_version)[0],
            sent=[SentFile("1.png", _picture(number))],
            actor=office.counter,
        )[0]
        for number in range(families)
    ]
    posted = filed(280, ApplicationState.VILLAGE_REVIEWED)
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
    office: Office, filed: Callable[..., list[Application]], granted: Application
) -> dict[str, Kwargs]:
    """Letters printed, delivered and not; appeals at each point of their way."""

    def refusals(first: int) -> list[DecisionLetter]:
        return [
            reviews.refuse_application(
                application=case, actor=office.township, reason="条件不符"
            ).letters.get()
            for case in filed(first, ApplicationState.ENTERED)
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


def annual_review(families: int) -> dict[str, Kwargs]:
    programme = paid_programme("REVIEW")
    serial = serial_from(50)
    for _one in range(families + 2):
        make_grant(programme, serial=serial(), name=NAME)
    review = open_review(
        actor=make_actor(Role.COUNTY),
        programme=programme,
        year=clock.today().year,
        due_on=clock.today() + datetime.timedelta(days=60),
        document="年审通知1号",
    )
    job = request_review(
        actor=make_actor(Role.COUNTY),
        programme=programme,
        year=clock.today().year - 1,
        due_on=clock.today() + datetime.timedelta(days=60),
        document="年审通知2号",
    )
    draw_sample(actor=make_actor(Role.COUNTY), round=review, seed="1", document="市抽样通知1号", percent=100)
    items = list(review.items.order_by("grant__application__file_number"))
    proposed = [
        propose_result(
            actor=make_actor(Role.VILLAGE), item=item, method=ReviewMethod.DECLARATION, result=result
        )
        for item, result in zip(items, (ReviewResult.SUSPEND, ReviewResult.CONTINUE), strict=False)
    ]
    decide_result(actor=make_actor(Role.COUNTY), item=proposed[0], proposal=proposed[0].proposal)
    return {
        "annual review": {"round_id": review.pk},
        "annual review that is being opened": {"job_id": job.pk},
        "annual review to check": {"round_id": review.pk, "step": "check"},
        "annual review to sample": {"round_id": review.pk, "step": "sample"},
        "grant under review": {"item_id": items[2].pk},
        "grant under review to propose": {"item_id": items[2].pk, "step": "propose"},
        "grant under review to decide": {"item_id": items[1].pk, "step": "decide"},
        "grant under review to judge": {"item_id": items[2].pk, "step": "finding"},
        "family to tell": {"item_id": items[0].pk},
        "family that is told": {"item_id": items[0].pk, "step": "tell"},
    }


def _picture(number: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 0, 0)).save(written, "PNG")
    return written.getvalue()


def debts(families: int) -> dict[str, Kwargs]:
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
    serial = serial_from(470)
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


def policies(families: int) -> dict[str, Kwargs]:
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
        "draft of a new programme": {"version_id": entered().pk},
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
