"""Rules of the house that a reader relies on, kept by reading the code itself."""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from offices.database.context import open_context

ROOT = Path(__file__).resolve().parent.parent
APPS = ("offices", "households", "enforcement", "checkups", "subsidies", "reports")


def sources(*places: str) -> Iterator[Path]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts and (not places or set(places) & {path.stem, *path.parts}):
                yield path


def test_money_is_never_a_float() -> None:
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, models.FloatField):
                assert field.name == "seconds" or model._meta.app_label == "django_celery_beat", (
                    model,
                    field.name,
                )


def test_case_tables_have_no_serial_keys() -> None:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in APPS and not issubclass(model, _event()):
            assert not isinstance(model._meta.pk, models.AutoField) or model.__name__ == "NumberSeries", model


def _event() -> type:
    import pghistory.models

    return pghistory.models.Event


def test_every_constraint_of_a_case_table_speaks() -> None:
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in APPS:
            continue
        for constraint in model._meta.constraints:
            assert re.fullmatch(r"[a-z0-9_]{6,63}", constraint.name), constraint.name


# What they are given holds the actor, or they finish what somebody's own act has begun.
_ACTOR_COMES_OTHERWISE = {
    "accept_invitation",  # whoever holds the link is who it was made for
    "finish",
    "follow_in_registry",
    "follow_with_bookings",
    "follow_with_cases",
    "follow_with_certificates",
    "settle_cancelled",
    "settle_cancelled_reading",
}


@pytest.mark.parametrize("path", sorted(sources("services")), ids=lambda path: str(path.relative_to(ROOT)))
def test_services_take_keywords_and_an_actor(path: Path) -> None:
    """Public functions say what they do; whoever records an act takes nothing but keywords, the actor among them."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        where = f"{path.name}:{node.lineno} {node.name}"
        by_place = [argument.arg for argument in node.args.args]
        assert ast.get_docstring(node), f"{where} has no docstring"
        assert "actor" not in by_place, f"{where}: the actor is keyword-only"
        if _records_an_act(node) and node.name not in _ACTOR_COMES_OTHERWISE:
            assert not by_place, f"{where}: {by_place} are keyword-only"
            assert "actor" in {argument.arg for argument in node.args.kwonlyargs}, f"{where}: by whom?"


def _records_an_act(node: ast.FunctionDef) -> bool:
    called = {call.func for call in ast.walk(node) if isinstance(call, ast.Call)}
    return bool({"record_act", "move"} & {getattr(func, "id", "") for func in called})


def test_only_services_assign_a_state() -> None:
    wrong = []
    for path in sources():
        if "services" in path.parts or "models" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            is_assigned = any(
                isinstance(target, ast.Attribute) and target.attr == "state" for target in targets
            )
            is_updated = (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") in ("update", "bulk_update")
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if is_assigned or is_updated:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


_WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def test_doors_write_nothing_themselves() -> None:
    """Pages, commands and tasks call services: what a service refuses, no door lets through."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("views", "management", "tasks")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _WRITES
    ]
    assert not wrong


def test_there_is_no_door_past_the_services() -> None:
    """Django's admin would write rows by itself: it is not here."""
    assert not apps.is_installed("django.contrib.admin")


def test_no_model_signals() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(pre|post)_(save|delete)\b|m2m_changed", text), path


def test_the_business_clock_is_the_only_one() -> None:
    for path in sources():
        if path.name != "clock.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"date\.today\(\)|datetime\.now\(|timezone\.localdate", text), path


@pytest.mark.xdist_group("one process")
def test_tests_of_a_group_stay_together(request: pytest.FixtureRequest) -> None:
    """They share what is dear to make; a release of pytest let them be scattered without a word."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@one process")


def test_files_stay_readable() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in sources()
        if len(path.read_text(encoding="utf-8").splitlines()) > 600
    ]
    assert not long


def test_every_template_is_used() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for place in (*APPS, "config", "templates", "tests")
        for suffix in ("*.py", "*.html")
        for path in (ROOT / place).rglob(suffix)
    )
    unused = []
    for path in (ROOT / "templates").rglob("*.html"):
        name = str(path.relative_to(ROOT / "templates"))
        parts = path.relative_to(ROOT / "templates").parts
        if parts[0] in ("account", "allauth", "mfa", "forms", "django", "socialaccount", "usersessions"):
            continue
        if path.name in ("403.html", "404.html", "500.html", "400.html"):
            continue
        short = path.stem if parts[0] == "components" else name
        if name not in text and f'"{short}"' not in text:
            unused.append(name)
    assert not unused


def test_no_inline_style_or_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        if "print" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<[^>]*\sstyle=", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son(click|change|submit|load)=", text), path


def test_every_enqueued_task_is_registered() -> None:
    from config.celery import app

    app.loader.import_default_modules()
    for path in sources():
        for name in re.findall(
            r"""(?:task=|enqueue\(\s*)["']([a-z_]+\.[a-z_]+)["']""", path.read_text("utf-8")
        ):
            assert name in app.tasks, (path, name)


@pytest.mark.django_db
def test_every_task_has_somebody_who_calls_it() -> None:
    """Queued by a service for a job, or in the schedule from the first start on."""
    from django_celery_beat.models import PeriodicTask

    from config.celery import app

    app.loader.import_default_modules()
    ours = {name for name, task in app.tasks.items() if task.__module__.split(".")[0] in APPS}
    for_jobs = {name for name in ours if "job_id" in inspect.signature(app.tasks[name].run).parameters}
    with open_context(scope=""):
        scheduled = set(PeriodicTask.objects.values_list("task", flat=True))
    assert ours - for_jobs - scheduled == set()


def test_every_recorded_verb_has_words() -> None:
    from offices.acts_in_words import words_of

    wordless = set()
    for path in sources():
        for verb in re.findall(r"""verb=["']([a-z_]+\.[a-z_]+)["']""", path.read_text(encoding="utf-8")):
            if str(words_of(verb)) == verb:
                wordless.add(verb)
    assert not wordless


def test_records_that_acts_lead_to_can_be_narrowed_to_what_somebody_may_see() -> None:
    """Every kind of record with a page of its own: a line of acts shows its name to whoever may see it."""
    from django.apps import apps

    from offices.acts_in_words import _places

    assert len(_places) > 10
    lacking = [kind for kind in _places if not hasattr(apps.get_model(kind)._default_manager, "visible_to")]
    assert not lacking
