"""Where an installation keeps its things, and the addresses it is given."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config import installation
from config.installation import InstallationError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://clerk:s%2Fecret@db.example:5433/huimin",
            ("db.example", 5433, "huimin", "clerk", "s/ecret", {}),
        ),
        ("postgresql://clerk@/huimin?host=/run/PG", ("/run/PG", 5432, "huimin", "clerk", "", {})),
        (
            "postgres://clerk:x@db.example/huimin?sslmode=verify-full",
            ("db.example", 5432, "huimin", "clerk", "x", {"sslmode": "verify-full"}),
        ),
    ],
)
def test_database_url_is_read_in_its_parts(url: str, expected: tuple[object, ...]) -> None:
    address = installation.parse_database_url(url)
    assert (
        address.host,
        address.port,
        address.name,
        address.user,
        address.password,
        address.options,
    ) == expected


@pytest.mark.parametrize(
    "url", ["mysql://a:b@c/d", "postgres://host/name", "postgres://a:b@c:no/d", "nonsense"]
)
def test_database_url_that_says_no_login_is_refused(url: str) -> None:
    with pytest.raises(InstallationError, match="correct"):
        installation.parse_database_url(url)


def test_cache_is_another_database_than_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:secret@valkey.example:6379/3")
    assert installation.broker_url() == "redis://:secret@valkey.example:6379/3"
    assert installation.cache_url() == "redis://:secret@valkey.example:6379/4"
    monkeypatch.setenv("REDIS_URL", "redis://valkey.example:6379/three")
    with pytest.raises(InstallationError, match="number of a database"):
        installation.cache_url()


def test_embedded_broker_is_reached_by_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("HUIMIN_HOME", "/srv/hui min")
    assert installation.broker_url() == "redis+socket:///srv/hui%20min/sockets/broker.sock?virtual_host=0"
    assert installation.cache_url() == "unix:///srv/hui%20min/sockets/broker.sock?db=1"


def test_sockets_of_a_deep_home_lie_in_a_short_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIMIN_HOME", "/srv/short")
    assert installation.socket_folder() == Path("/srv/short/sockets")
    seen = set()
    for deep in ("/srv/" + "深" * 40, "/srv/" + "浅" * 40):
        monkeypatch.setenv("HUIMIN_HOME", deep)
        folder = installation.socket_folder()
        assert folder.parent == Path("/tmp")
        assert len(bytes(folder / ".s.PGSQL.5432.lock")) <= 107
        seen.add(folder)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("name", "wrong"), [("HUIMIN_PORT", "80a"), ("HUIMIN_PORT", "0"), ("HUIMIN_PORT", "65536")]
)
def test_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, wrong: str) -> None:
    monkeypatch.setenv(name, wrong)
    with pytest.raises(InstallationError, match="between 1 and 65535"):
        installation.port()


@pytest.mark.parametrize("wrong", ["37040", "370406101", "37040x", "٣٧٠٤٠٦"])
def test_county_that_is_no_county_code_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("HUIMIN_COUNTY", wrong)
    with pytest.raises(InstallationError, match="six digits"):
        installation.county()


def test_three_given_logins_need_no_provisioning(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, user in (
        ("DATABASE_URL", "app"),
        ("DATABASE_OWNER_URL", "own"),
        ("DATABASE_CLINICAL_URL", "clin"),
    ):
        monkeypatch.setenv(name, f"postgres://{user}:x@db.example/huimin")
    assert installation.logins_given()
    assert [installation.role_name(role) for role in installation.ROLES] == ["app", "own", "clin"]
    monkeypatch.delenv("DATABASE_CLINICAL_URL")
    with pytest.raises(InstallationError, match="no database"):
        installation.database_settings("app")


def test_server_named_for_an_embedded_installation_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"user": "u", "password": "p"}
    record = {"embedded": True, "name": "huimin", "roles": dict.fromkeys(installation.ROLES, login)}
    installation.database_file().write_text(json.dumps(record))
    assert installation.database_settings("app")["HOST"] == str(home / "sockets")
    monkeypatch.setenv("DATABASE_URL", "postgres://postgres:x@db.example/huimin")
    with pytest.raises(InstallationError, match="HUIMIN_HOME of its own"):
        installation.database_settings("app")


def test_missing_and_damaged_keys_say_what_to_do(home: Path) -> None:
    with pytest.raises(InstallationError, match="script/bootstrap"):
        installation.django_secret()
    installation.keys_file().parent.mkdir()
    installation.keys_file().write_text("{half")
    with pytest.raises(InstallationError, match="backup"):
        installation.django_secret()


def test_scripts_start_before_any_package_is_installed() -> None:
    program = "import sys; sys.path.insert(0, '.'); import script.bootstrapping, script.packages, config.installation"
    answer = subprocess.run(
        [sys.executable, "-S", "-I", "-c", program],
        cwd=installation.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
