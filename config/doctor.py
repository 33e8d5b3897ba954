"""What an administrator wants to know of an installation: is each part of it well?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from config.beat import ALIVE
from config.celery import app
from households.models import Person
from offices import virus_scanner
from offices.database.access import tables_with_access
from offices.pdf.fonts import absent_faces
from offices.pinyin import initials

ENOUGH_DISK = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, whether it is well, and a sentence."""

    name: str
    is_well: bool
    say: str


def _row(statement: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return found or ()


def _database() -> Finding:
    (version,) = _row("SHOW server_version_num")
    return Finding(
        "database",
        int(str(version)) >= 150000,
        f"PostgreSQL {_row('SHOW server_version')[0]} (15 or newer needed)",
    )


def _role() -> Finding:
    name, superuser, bypass = _row(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    owner = settings.HUIMIN_DATABASE_ROLES["owner"]
    well = not superuser and not bypass and name != owner
    return Finding("role", well, f"serving as {name}" + ("" if well else ": use the application login"))


def _row_level_security() -> Finding:
    scoped = [model._meta.db_table for model, access in tables_with_access() if access.scoped]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) "
            "AND NOT (relrowsecurity AND relforcerowsecurity)",
            [scoped],
        )
        open_tables = [name for (name,) in cursor.fetchall()]
    if open_tables:
        return Finding("row-level security", False, f"not forced on {', '.join(open_tables)}: run migrate")
    return Finding("row-level security", True, f"forced on all {len(scoped)} tables with case data")


def _names() -> Finding:
    """The search box finds whom the triggers of the person's table have written down."""
    (kept,) = _row(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'households_person'::regclass "
        "AND tgname LIKE 'name\\_tokens\\_of\\_%' AND tgenabled = 'O'"
    )
    newest = list(Person.objects.order_by("-id").values_list("id", "name", "division_code")[:500])
    asked = [
        (person, initials(name)[:2].upper(), village[:9])
        for person, name, village in newest
        if len(initials(name)) > 1
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS asked (person, token, township) "
            "WHERE NOT EXISTS (SELECT FROM households_nametoken t WHERE t.person_id = asked.person "
            'AND t.token = asked.token COLLATE "C" AND t.township_code = asked.township COLLATE "C")',
            [list(column) for column in zip(*asked, strict=True)] or [[], [], []],
        )
        (unfound,) = cursor.fetchone()
    if kept != 3 or unfound:
        return Finding("names", False, "people were written past the triggers: run migrate households again")
    return Finding("names", True, "the newest people can be found by each part of their names")


def _broker() -> Finding:
    cache.set("doctor", "well", timeout=10)
    return Finding("broker", cache.get("doctor") == "well", "keeps and gives back")


def _worker() -> Finding:
    answers = app.control.ping(timeout=1.0) or []
    return Finding(
        "worker",
        bool(answers),
        f"{len(answers)} answered" if answers else "none answers: start script/server",
    )


def _beat() -> Finding:
    lives = cache.get(ALIVE) is True
    return Finding("beat", lives, "looks at its schedule" if lives else "gives no sign: start script/server")


def _schedule() -> Finding:
    (count,) = _row("SELECT count(*) FROM django_celery_beat_periodictask WHERE enabled")
    return Finding("schedule", int(str(count)) > 0, f"{count} periodic tasks")


def _keys() -> Finding:
    path = Path(settings.HUIMIN_KEYS_FILE)
    content = json.loads(path.read_text(encoding="utf-8"))
    private = path.stat().st_mode & 0o077 == 0
    return Finding(
        "keys",
        private and content["active"] in content["keys"],
        "readable by this account alone" if private else "others can read the key file: chmod 600",
    )


def _disk() -> Finding:
    free = shutil.disk_usage(settings.HUIMIN_FILES.parent).free
    return Finding("disk", free > ENOUGH_DISK, f"{free / 1024**3:.1f} GiB free")


def _fonts() -> Finding:
    missing = [face.file_name for face in absent_faces()]
    return Finding(
        "fonts",
        not missing,
        f"missing: {', '.join(missing)}: run script/bootstrap" if missing else "all there",
    )


def _libraries() -> Finding:
    well = find_spec("weasyprint") is not None
    if well:
        try:
            import weasyprint  # noqa: F401 # loading it finds Pango
        except OSError as reason:
            return Finding("libraries", False, f"WeasyPrint cannot load: {reason}")
    return Finding("libraries", well, "WeasyPrint finds Pango")


def _scanner() -> Finding:
    if not virus_scanner.is_configured():
        return Finding("virus scanner", True, "none configured: papers are checked by type and content alone")
    return Finding("virus scanner", True, f"answers: {virus_scanner.scanner_version()}")


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": _database,
    "role": _role,
    "row-level security": _row_level_security,
    "names": _names,
    "broker": _broker,
    "worker": _worker,
    "beat": _beat,
    "schedule": _schedule,
    "keys": _keys,
    "disk": _disk,
    "fonts": _fonts,
    "libraries": _libraries,
    "virus scanner": _scanner,
}


def examine() -> list[Finding]:
    """Look at every part, also when one of them breaks the look at it; needs an open context."""
    return [_look(name, check) for name, check in CHECKS.items()]


def _look(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (DatabaseError, RedisError, BrokerError, OSError, ValueError, KeyError) as problem:
        said = str(problem).strip().splitlines() or [""]
        return Finding(name, False, f"cannot be looked at ({type(problem).__name__}: {said[0]})")
