"""The doctor looks at every part, also when one of them breaks the look; commands say that nobody answers."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError
from django_celery_beat.schedulers import DatabaseScheduler
from redis.exceptions import ConnectionError as BrokerGone

from config import doctor
from config.beat import ALIVE, LivingScheduler
from config.doctor import Finding


def test_part_that_breaks_is_named_and_the_rest_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Finding:
        raise BrokerGone("nobody listens")

    monkeypatch.setattr(doctor, "CHECKS", {"broker": gone, "disk": lambda: Finding("disk", True, "enough")})
    broker, disk = doctor.examine()
    assert (broker.name, broker.is_well) == ("broker", False)
    assert "nobody listens" in broker.say
    assert disk.is_well


def test_beat_is_well_while_it_looks_at_its_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.delete(ALIVE)
    assert not doctor._beat().is_well
    monkeypatch.setattr(DatabaseScheduler, "tick", lambda _scheduler: 5.0)
    assert LivingScheduler.tick(LivingScheduler.__new__(LivingScheduler)) == 5.0
    assert doctor._beat().is_well
    cache.delete(ALIVE)


def test_command_without_a_database_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses() -> None:
        raise OperationalError("connection refused\nmore")

    monkeypatch.setattr("offices.commands.keep_context", refuses)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json", stdout=out, stderr=err)
    assert end.value.code == 1
    assert json.loads(out.getvalue())["error"] == "database_unreachable"
    assert "script/manage" in err.getvalue()
