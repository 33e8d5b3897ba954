"""docker-compose.yml without docker: who serves an office, and that what .env.example offers arrives there."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from config.installation import REPOSITORY

COMPOSE = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
OFFERED = set(
    re.findall(r"^([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_an_office_is_served_by_web_worker_beat_database_and_broker(services: dict[str, Any]) -> None:
    assert set(services) == {"setup", "web", "worker", "beat", "postgres", "valkey"}
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["HUIMIN_PRODUCTION"] == "1"
        assert services[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
        assert "HUIMIN_DEMO" not in services[name]["environment"]
    assert services["postgres"]["image"] == "postgres:18"


def test_only_the_set_up_knows_the_administrators_password(services: dict[str, Any]) -> None:
    knowing = {name for name, service in services.items() if "POSTGRES_PASSWORD" in str(service)}
    assert knowing == {"setup", "postgres"}


def test_whatever_an_office_may_write_down_is_handed_on_and_nothing_else_is_asked_for() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) == OFFERED


def test_what_serves_pages_and_papers_reaches_every_process(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        assert OFFERED - {"POSTGRES_PASSWORD", "HUIMIN_LISTEN"} <= set(services[name]["environment"])
