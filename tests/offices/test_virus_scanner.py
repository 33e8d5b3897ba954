"""The virus scanner's protocol, over a real socket; and what the doctor says of it."""

from __future__ import annotations

from typing import Any

import pytest

from config import doctor
from offices import virus_scanner
from offices.errors import DomainError
from tests.offices.clamd import clamd


def test_clean_and_infected_content_of_any_size(settings: Any) -> None:
    with clamd() as (address, seen):
        settings.HUIMIN_CLAMD = address
        assert virus_scanner.scan_content(b"").is_clean
        assert virus_scanner.scan_content(b"x" * 300_000).is_clean
        verdict = virus_scanner.scan_content(b"x" * 70_000 + b"EICAR")
    assert (verdict.is_clean, verdict.found) == (False, "Eicar-Test-Signature")
    assert seen == [0, 300_000, 70_005]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: OKAY"])
def test_answer_that_is_not_understood_lets_nothing_through(settings: Any, answer: bytes) -> None:
    with clamd(answer) as (address, _seen):
        settings.HUIMIN_CLAMD = address
        with pytest.raises(DomainError) as refusal:
            virus_scanner.scan_content(b"x")
    assert refusal.value.code == "scanner_unreachable"


def test_scanner_that_is_not_there_lets_nothing_through(settings: Any, tmp_path: Any) -> None:
    settings.HUIMIN_CLAMD = str(tmp_path / "clamd.ctl")
    with pytest.raises(DomainError) as refusal:
        virus_scanner.scan_content(b"x")
    assert refusal.value.code == "scanner_unreachable"


def test_doctor_says_whether_there_is_a_scanner_and_whether_it_answers(settings: Any, tmp_path: Any) -> None:
    settings.HUIMIN_CLAMD = ""
    assert "none configured" in doctor._scanner().say
    with clamd() as (address, _seen):
        settings.HUIMIN_CLAMD = address
        found = doctor._look("virus scanner", doctor._scanner)
        assert found.is_well
        assert "ClamAV 1.4.2" in found.say
    settings.HUIMIN_CLAMD = f"unix:{tmp_path}/clamd.ctl"
    assert not doctor._look("virus scanner", doctor._scanner).is_well
