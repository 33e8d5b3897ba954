"""Whatever is done to a record stands on a history page: who, when, in which role, and what changed.

One row of every kind is brought there by the real services; each of their acts is looked for on the page that
HISTORY names for its kind of record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from offices.acts_in_words import words_of
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.models import Act
from offices.services.staff import system_actor
from tests.doors import DOORS
from tests.factories import make_actor
from tests.rows import build_rows
from tests.test_permission_matrix import signed_in

pytestmark = [pytest.mark.page, pytest.mark.django_db(databases=["default", "clinical"])]

Way = Callable[[Any], Any]


def own(record: Any) -> Any:
    return record.pk


# By kind of record: the address of the page, and the way from the record to the one that the address names.
HISTORY: dict[str, tuple[str, Way]] = {
    "checkups.booking": ("checkups:booking_history", own),
    "checkups.checkupsession": ("checkups:session_history", own),
    "enforcement.officercertificate": ("enforcement:certificate_history", own),
    "households.accountcorrection": ("households:person_history", lambda entry: entry.person_id),
    "households.association": ("households:association_history", own),
    "households.departmentfile": ("households:department_history", own),
    "households.divisionchange": ("households:division_change_history", own),
    "households.duplicatepair": ("households:duplicate_history", own),
    "households.lifeevent": ("households:person_history", lambda event: event.person_id),
    "households.outreachevent": ("households:outreach_event_history", own),
    "households.person": ("households:person_history", own),
    "households.representation": ("households:representation_history", own),
    "households.residentimport": ("households:import_history", own),
    "households.unit": ("households:unit_history", own),
    "households.visit": ("households:visit_history", own),
    "offices.rolegrant": ("staff_history", lambda grant: grant.staff_id),
    "offices.staff": ("staff_history", own),
    "reports.edition": ("reports:edition_history", own),
    "subsidies.appeal": ("subsidies:appeal_history", own),
    "subsidies.application": ("subsidies:application_history", own),
    "subsidies.appropriation": ("subsidies:budget_line_history", lambda handed: handed.line_id),
    "subsidies.budgetchange": ("subsidies:budget_line_history", lambda change: change.to_line_id),
    "subsidies.budgetline": ("subsidies:budget_line_history", own),
    "subsidies.confirmationband": ("subsidies:confirmation_band_history", own),
    "subsidies.debt": ("subsidies:debt_history", own),
    "subsidies.decisionletter": ("subsidies:decision_letter_history", own),
    "subsidies.fundaccount": ("subsidies:fund_account_history", own),
    "subsidies.goodsitem": ("subsidies:goods_item_history", own),
    "subsidies.grant": ("subsidies:grant_history", own),
    "subsidies.paymentbatch": ("subsidies:batch_history", own),
    "subsidies.policyversion": ("subsidies:policy_history", own),
    "subsidies.priorityletter": ("subsidies:letter_history", own),
    "subsidies.recognition": ("subsidies:recognition_history", own),
    "subsidies.recovery": ("subsidies:recovery_history", own),
    "subsidies.reviewitem": ("subsidies:review_item_history", own),
    "subsidies.reviewround": ("subsidies:review_history", own),
    "subsidies.sealedlist": ("subsidies:sealed_list_history", own),
    "subsidies.suspenseitem": ("subsidies:suspense_history", own),
}
# What is never changed after the act that made it: its own page says who did that and when.
NEVER_CHANGED = {
    "offices.export": "a file that left, with its purpose",
    "offices.job": "work that was asked for",
    "subsidies.explanationreceipt": "an explanation as it was given",
    "subsidies.listedact": "one act with many families",
    "subsidies.sweep": "an assessment of everybody, made anew by the next one",
}
READERS = (Role.COUNTY, Role.AUDITOR, Role.SECURITY_ADMIN, Role.TOWNSHIP)


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Act]]:
    """An act of each verb on each kind of record, of a row of every kind; all rolled back after the module."""
    files, settings.HUIMIN_FILES = settings.HUIMIN_FILES, str(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic():
        with keep_context():
            actor = system_actor()
        with open_context(actor=actor, channel="command"):
            build_rows()
            yield list(
                Act.objects.exclude(record_id=None)
                .distinct("record_type", "verb")
                .order_by("record_type", "verb")
            )
        transaction.set_rollback(True)
    settings.HUIMIN_FILES = files


def reader_of(address: str) -> Role:
    door = next(door for door in DOORS if door.name == address)
    return next(role for role in READERS if role in door.roles and role in (door.only or door.roles))


def test_every_kind_of_record_has_its_history_page(told: list[Act]) -> None:
    kinds = {act.record_type for act in told}
    assert len(kinds) > 40
    assert kinds == {*HISTORY, *NEVER_CHANGED}


def test_what_was_done_to_a_record_stands_on_its_history_page(told: list[Act]) -> None:
    lacking = []
    for act in told:
        if act.record_type in NEVER_CHANGED:
            continue
        address, way = HISTORY[act.record_type]
        with open_context(scope="370406"):
            record = apps.get_model(act.record_type)._default_manager.get(pk=act.record_id)
            browser = signed_in(make_actor(reader_of(address)))
        answer = browser.get(reverse(address, args=[way(record)]))
        text = unescape(answer.content.decode())
        if answer.status_code != 200 or str(words_of(act.verb)) not in text or act.by.name not in text:
            lacking.append(f"{act.record_type} {act.verb} {answer.status_code}")
    assert not lacking, "\n".join(lacking)
