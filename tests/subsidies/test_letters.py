"""Letters of decision: numbered, frozen, printed once, delivered; the family's clocks run from then on."""

from __future__ import annotations

import datetime
import io
import json
from urllib.parse import urlsplit

import pytest
import segno
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import NumberSeries, Verification
from offices.services.files import content_of
from subsidies.enums import AppealKind, DeliveryMethod, LetterKind, StopReason
from subsidies.models import DecisionLetter, LetterDelivery
from subsidies.selectors.letters import document_of, letters_to_print, print_letter, text_of, time_limits_of
from subsidies.services import reviews
from subsidies.services.deliveries import deliver_letter, take_back_delivery
from subsidies.services.grants import stop_grant
from subsidies.services.letters import keep_letter_file
from tests.conftest import sql
from tests.subsidies.cases import Office, enter, granted, make_office, rules_say

pytestmark = pytest.mark.django_db
ISSUED = datetime.date(2014, 1, 6)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def refusal(office: Office, reason: str = "未满60周岁") -> DecisionLetter:
    case = reviews.refuse_application(application=enter(office), actor=office.township, reason=reason)
    return case.letters.get()


def words_of(letter: DecisionLetter) -> str:
    return json.dumps(json.loads(letter.content), ensure_ascii=False)


def test_every_decision_has_its_letter_with_reason_law_and_ways(office: Office) -> None:
    refused = refusal(office)
    for words in (
        "未满60周岁",
        "60日内",
        "15日内",
        "6个月内",
        "山亭区人民政府",
        "山亭区人民法院",
        "试行办法",
    ):
        assert words in words_of(refused), words
    grant = granted(office)
    made = grant.letters.get()
    assert (made.kind, made.receipt) == (LetterKind.GRANTED, grant.application.explanations.get())
    assert "960.00" in words_of(made)
    stop_grant(grant=grant, reason=StopReason.MOVED, event_on=grant.from_on, actor=office.county)
    stopped = grant.letters.latest("id")
    assert stopped.kind == LetterKind.STOPPED
    assert "迁出" in words_of(stopped)


def test_numbers_have_no_gaps_and_belong_to_the_office(office: Office) -> None:
    first, second = refusal(office), refusal(office)
    assert [first.number, second.number] == ["店子镇惠决〔2014〕1号", "店子镇惠决〔2014〕2号"]
    with pytest.raises(RuntimeError), transaction.atomic():
        refusal(office)
        raise RuntimeError
    assert refusal(office).serial == second.serial + 1
    assert NumberSeries.objects.get(series=f"letter {first.office_code}").last == second.serial + 1


def test_letter_verifies_without_a_name(office: Office) -> None:
    letter = refusal(office)
    found = Verification.objects.get(record_id=letter.pk)
    assert found.title == f"不予给付决定书 {letter.number}"
    assert found.figures_digest == letter.digest
    assert letter.application.person.name not in f"{found.title}{found.division_name}"


def test_the_square_on_the_paper_leads_to_the_page_that_verifies_it(office: Office, client: Client) -> None:
    letter = refusal(office)
    document = document_of(letter.pk)
    block = document.verification
    assert block is not None
    path = urlsplit(block.url).path
    assert path == reverse("verify", args=[letter.verification.code])
    assert block.picture == segno.make(block.url, error="m", micro=False).svg_inline(omitsize=True, border=0)
    pages = PdfReader(io.BytesIO(print_letter(document))).pages
    words = "".join("".join(page.extract_text() for page in pages).split())
    assert letter.verification.code in words
    assert "".join(block.spaced_digest.split()) in words
    shown = client.get(path)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert letter.number in text
    assert letter.digest[:8] in text
    assert letter.application.person.name not in text


def test_letter_is_printed_once_and_stays(
    office: Office, county: Actor, settings: object, tmp_path: object
) -> None:
    settings.HUIMIN_FILES = str(tmp_path)  # type: ignore[attr-defined] # pytest-django's
    letter = refusal(office)
    assert letter.pk in letters_to_print()
    with pytest.raises(NotAllowed):
        keep_letter_file(letter_id=letter.pk, content=b"%PDF", actor=office.county)
    content = print_letter(document_of(letter.pk))
    assert content == print_letter(document_of(letter.pk))
    kept = keep_letter_file(letter_id=letter.pk, content=content, actor=county)
    again = keep_letter_file(letter_id=letter.pk, content=b"%PDF another", actor=county)
    assert again.file == kept.file
    assert kept.file is not None
    assert b"".join(content_of(kept.file)) == content
    assert Verification.objects.get(record_id=letter.pk).file_digest == kept.file.sha256
    for change in ("content = '{}'", "number = 'x'", "issued_on = '2013-01-01'", "file_id = NULL"):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            sql(f"UPDATE subsidies_decisionletter SET {change} WHERE id = %s", [letter.pk])


def test_text_that_was_changed_is_not_read(office: Office) -> None:
    letter = refusal(office)
    letter.content = letter.content.replace("60", "61")
    with pytest.raises(DomainError) as refused:
        text_of(letter)
    assert refused.value.code == "letter_changed"
    assert str(refused.value)


@pytest.mark.parametrize(
    ("method", "given", "delivered_on"),
    [
        (DeliveryMethod.IN_PERSON, {"recipient": "王秀英"}, ISSUED),
        (DeliveryMethod.FAMILY, {"recipient": "王强", "relation": "儿子"}, ISSUED),
        (DeliveryMethod.POST, {"document": "XA12345678937"}, ISSUED),
        (DeliveryMethod.ANNOUNCED, {"document": "村务公开栏"}, ISSUED + datetime.timedelta(days=60)),
    ],
)
def test_delivery_names_what_its_method_needs(
    office: Office, method: DeliveryMethod, given: dict[str, str], delivered_on: datetime.date
) -> None:
    letter = refusal(office)
    with pytest.raises(DomainError) as refused:
        deliver_letter(letter=letter, method=method, on=ISSUED, actor=office.counter)
    assert refused.value.code == "delivery_incomplete"
    made = deliver_letter(letter=letter, method=method, on=ISSUED, actor=office.counter, **given)
    assert made.delivered_on == delivered_on
    with pytest.raises(Stale):
        deliver_letter(letter=letter, method=method, on=ISSUED, actor=office.counter, **given)


def test_clocks_run_from_the_delivery_to_a_working_day(office: Office) -> None:
    letter = refusal(office)
    assert time_limits_of(letter) == ()
    assert letter in DecisionLetter.objects.undelivered()
    for on, code in (
        (ISSUED + datetime.timedelta(days=1), "delivered_later"),
        (datetime.date(2014, 1, 5), "delivered_before"),
    ):
        with pytest.raises(DomainError) as refused:
            deliver_letter(
                letter=letter,
                method=DeliveryMethod.IN_PERSON,
                on=on,
                recipient="王秀英",
                actor=office.counter,
            )
        assert refused.value.code == code
    made = deliver_letter(
        letter=letter, method=DeliveryMethod.IN_PERSON, on=ISSUED, recipient="王秀英", actor=office.counter
    )
    limits = {limit.kind: limit.last_day for limit in time_limits_of(letter)}
    # 60 days end on Friday 7 March; six months on Sunday 6 July, so on the Monday after it.
    assert limits[AppealKind.RECONSIDERATION] == datetime.date(2014, 3, 7)
    assert limits[AppealKind.LAWSUIT] == datetime.date(2014, 7, 7)
    assert letter not in DecisionLetter.objects.undelivered()
    with pytest.raises(NotAllowed):
        take_back_delivery(delivery=made, actor=office.reviewer)
    take_back_delivery(delivery=made, actor=office.counter)
    assert time_limits_of(letter) == ()
    assert LetterDelivery.objects.filter(letter=letter).count() == 1
