"""Scanned papers: judged by content, written anew, sealed, read by who may, removed before the review."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act, Read, StoredFile
from offices.paper_files import JPEG, PDF, PNG, clean_paper
from offices.services.papers import SentFile
from subsidies.documents import Document
from subsidies.enums import ApplicationState
from subsidies.models import Application, Scan
from subsidies.services import scans as services
from subsidies.services.applications import withdraw_application
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, make_actor
from tests.offices.clamd import clamd
from tests.subsidies.cases import Office, bring_to, enter, make_office, rules_say

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Office:
    settings.HUIMIN_FILES = tmp_path
    rules_say(monkeypatch)
    return make_office()


def photo(colour: str = "white", kind: str = "JPEG", size: tuple[int, int] = (60, 40), **extra: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **extra)
    return written.getvalue()


def pdf(pages: int = 2, password: str = "") -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "某人", "/Title": "家里"})
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("秘密.txt", b"secret")
    if password:
        writer.encrypt(password)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def take(
    case: Application, office: Office, *contents: bytes, kind: str = Document.IDENTITY_CARD
) -> list[Scan]:
    sent = [SentFile(f"{number}.jpg", content) for number, content in enumerate(contents)]
    return services.take_scans(application=case, kind=kind, sent=sent, actor=office.counter)


def refusal_of(sent: bytes, name: str = "照片.jpg") -> str:
    with pytest.raises(DomainError) as refusal:
        clean_paper(name=name, sent=sent)
    assert name in str(refusal.value)
    return refusal.value.code


# What is taken ---------------------------------------------------------------------------------


def test_type_is_judged_by_content_not_by_name() -> None:
    assert clean_paper(name="a.pdf", sent=photo()).media_type == JPEG
    assert clean_paper(name="a.jpg", sent=photo(kind="PNG")).media_type == PNG
    assert clean_paper(name="a.exe", sent=pdf()).media_type == PDF
    assert refusal_of(b"MZ\x90\x00" * 20, "身份证.jpg") == "paper_kind"
    assert refusal_of(b"<html><script>alert(1)</script></html>", "户口簿.pdf") == "paper_kind"
    assert refusal_of(b"GIF89a" + b"0" * 50) == "paper_kind"
    assert refusal_of(b"") == "paper_empty"


def test_photo_of_a_new_phone_is_refused_with_what_to_do() -> None:
    with pytest.raises(DomainError) as refusal:
        clean_paper(name="IMG_1.HEIC", sent=HEIC)
    assert refusal.value.code == "paper_heic"
    assert "JPEG" in str(refusal.value)


def test_size_limit_is_a_parameter(settings: Any) -> None:
    settings.HUIMIN_PAPER_MEGABYTES = 1
    assert refusal_of(b"\xff\xd8\xff" + b"0" * (1024 * 1024)) == "paper_too_large"


@pytest.mark.parametrize("cut", [20, 200])
def test_damaged_files_are_refused(cut: int) -> None:
    assert refusal_of(photo()[:cut]) == "paper_damaged"
    assert refusal_of(photo(kind="PNG")[:60]) == "paper_damaged"
    assert refusal_of(b"%PDF-1.7\n" + b"0" * cut, "a.pdf") == "paper_damaged"


@pytest.mark.parametrize("side", [9_000, 20_000])  # by our own limit, and beyond what Pillow opens
def test_picture_with_too_many_points_is_refused(side: int) -> None:
    bomb = io.BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")
    assert refusal_of(bomb.getvalue()) == "paper_damaged"


def test_reading_a_picture_changes_nothing_for_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do with warnings is one setting of the process: as an error it would break a colleague's page."""
    before, seen, opened = list(warnings.filters), [], Image.open

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(list(warnings.filters))
        return opened(*args, **kwargs)

    monkeypatch.setattr(Image, "open", watched)
    clean_paper(name="a.jpg", sent=photo())
    assert seen == [before]


def test_locked_and_endless_pdfs_are_refused() -> None:
    assert refusal_of(pdf(password="1234"), "a.pdf") == "paper_locked"
    assert refusal_of(pdf(pages=61), "a.pdf") == "paper_too_long"


def test_place_and_camera_are_not_kept_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamerawerk"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    kept = clean_paper(name="a.jpg", sent=photo(exif=exif)).content
    assert b"Kamerawerk" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert picture.size == (40, 60)


def test_large_photo_is_made_smaller() -> None:
    kept = clean_paper(name="a.jpg", sent=photo(size=(4000, 2000)))
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (3000, 1500)


def test_pdf_keeps_its_pages_and_nothing_else() -> None:
    kept = clean_paper(name="a.pdf", sent=pdf(pages=3))
    assert kept.pages == 3
    reader = PdfReader(io.BytesIO(kept.content))
    assert len(reader.pages) == 3
    assert not reader.attachments
    for word in ("某人".encode("utf-16-be"), b"/JavaScript", b"secret", b"/OpenAction"):
        assert word not in kept.content


# Taken in --------------------------------------------------------------------------------------


def test_paper_is_kept_sealed_with_its_digest(office: Office, settings: Any) -> None:
    case = enter(office)
    (scan,) = take(case, office, photo("red"))
    stored = StoredFile.objects.get(pk=scan.file_id)
    (on_disk,) = [path for path in Path(settings.HUIMIN_FILES).rglob("*") if path.is_file()]
    assert b"JFIF" not in on_disk.read_bytes()
    assert services.content_of_scan(scan).startswith(b"\xff\xd8\xff")
    act = Act.objects.get(verb="subsidies.take_scans")
    assert act.detail["sha256"] == stored.sha256
    assert act.detail["sent_sha256"] == scan.sent_sha256 != stored.sha256
    assert scan.division_code == case.division_code


def test_several_files_are_taken_in_all_or_none(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DomainError) as refusal:
        take(case, office, photo("red"), HEIC)
    assert refusal.value.code == "paper_heic"
    assert not Scan.objects.exists()
    assert len(take(case, office, photo("red"), photo("blue"))) == 2
    with pytest.raises(DomainError) as refusal:
        take(case, office, photo("red"))
    assert refusal.value.code == "scan_there_already"


def test_only_papers_of_the_list_at_the_own_counter_of_an_open_case(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DomainError) as refusal:
        take(case, office, photo(), kind="diary")
    assert refusal.value.code == "scan_kind"
    with pytest.raises(DomainError) as refusal:
        take(case, office)
    assert refusal.value.code == "scan_missing"
    for stranger in (make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), office.reviewer):
        with pytest.raises(NotAllowed):
            services.take_scans(
                application=case,
                kind=Document.IDENTITY_CARD,
                sent=[SentFile("a.jpg", photo())],
                actor=stranger,
            )
    withdraw_application(application=case, actor=office.counter)
    with pytest.raises(Stale):
        take(case, office, photo())


def test_infected_file_is_refused_and_says_so(office: Office, settings: Any) -> None:
    case = enter(office)
    with clamd() as (address, seen):
        settings.HUIMIN_CLAMD = address
        with pytest.raises(DomainError) as refusal:
            take(case, office, photo(comment=b"EICAR"))
        assert refusal.value.code == "scan_infected"
        assert "Eicar-Test-Signature" in str(refusal.value)
        (scan,) = take(case, office, photo())
    assert scan.is_virus_checked
    assert len(seen) == 2
    assert Scan.objects.count() == 1


def test_scanner_that_does_not_answer_lets_nothing_in(office: Office, settings: Any, tmp_path: Path) -> None:
    settings.HUIMIN_CLAMD = str(tmp_path / "clamd.ctl")
    with pytest.raises(DomainError) as refusal:
        take(enter(office), office, photo())
    assert refusal.value.code == "scanner_unreachable"
    assert not Scan.objects.exists()


# Removed ---------------------------------------------------------------------------------------


def test_paper_is_removed_before_the_review_only(
    office: Office, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    case = enter(office)
    first, second = take(case, office, photo("red"), photo("blue"))
    with django_capture_on_commit_callbacks(execute=True):
        removed = services.remove_scan(scan=first, actor=office.counter)
    assert removed.file_id is None
    assert len([path for path in Path(settings.HUIMIN_FILES).rglob("*") if path.is_file()]) == 1
    with pytest.raises(Stale):
        services.remove_scan(scan=first, actor=office.counter)
    take(case, office, photo("red"))
    bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    with pytest.raises(DomainError) as refusal:
        services.remove_scan(scan=second, actor=office.counter)
    assert refusal.value.code == "scan_was_reviewed"


def test_database_keeps_a_paper_that_was_reviewed_and_changes_none(office: Office) -> None:
    case = enter(office)
    (scan,) = take(case, office, photo())
    with pytest.raises(DatabaseError, match="changes in nothing but"), transaction.atomic():
        sql("UPDATE subsidies_scan SET pages = 9 WHERE id = %s", [scan.pk])
    bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    with pytest.raises(DatabaseError, match="was reviewed stays"), transaction.atomic():
        sql(
            "UPDATE subsidies_scan SET file_id = NULL, removed_on = '2014-01-06', removed_by_id = %s WHERE id = %s",
            [office.counter.staff_id, scan.pk],
        )


# Pages -----------------------------------------------------------------------------------------


def test_counter_takes_papers_in_and_opens_them(office: Office, page_of: Callable[..., Client]) -> None:
    case = enter(office)
    browser = page_of(Role.TOWNSHIP)
    address = f"/subsidies/applications/{case.pk}/scans/new/"
    shown = browser.get(address).content.decode()
    assert 'capture="environment"' in shown
    assert "multiple" in shown
    assert browser.post(address, {"kind": Document.IDENTITY_CARD}).status_code == 422
    refused = browser.post(
        address, {"kind": Document.IDENTITY_CARD, "papers": SimpleUploadedFile("a.heic", HEIC)}
    )
    assert refused.status_code == 422
    assert "a.heic" in refused.content.decode()
    answer = browser.post(
        address,
        {
            "kind": Document.IDENTITY_CARD,
            "papers": [
                SimpleUploadedFile("正面.jpg", photo("red")),
                SimpleUploadedFile("反面.jpg", photo("blue")),
            ],
            "photo": SimpleUploadedFile("image.jpg", photo("green")),
        },
    )
    assert answer.status_code == 302
    assert Scan.objects.count() == 3
    scan = Scan.objects.order_by("id")[0]
    listed = browser.get(f"/subsidies/applications/{case.pk}/").content.decode()
    assert f"/subsidies/scans/{scan.pk}/" in listed
    file = browser.get(f"/subsidies/scans/{scan.pk}/")
    assert file["Content-Type"] == "image/jpeg"
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert Read.objects.filter(record_ids__contains=[case.person_id], reason="paper").exists()
    assert browser.get(f"/subsidies/scans/{scan.pk}/remove/").status_code == 200
    assert browser.post(f"/subsidies/scans/{scan.pk}/remove/").status_code == 302
    assert browser.get(f"/subsidies/scans/{scan.pk}/").status_code == 404


def test_paper_of_another_township_is_not_found(office: Office, page_of: Callable[..., Client]) -> None:
    (scan,) = take(enter(office), office, photo())
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(f"/subsidies/scans/{scan.pk}/").status_code == 404
    assert page_of(Role.FINANCE).get(f"/subsidies/scans/{scan.pk}/").status_code == 403
    assert page_of(Role.COUNTY_REVIEWER).get(f"/subsidies/scans/{scan.pk}/").status_code == 200
