"""Periodic and long work of reports; each task is a door to a service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from offices.database.context import open_context
from offices.services.staff import system_actor
from reports.services.editions import summarise_last_month


@shared_task(
    name="reports.summarise_month", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5
)
def summarise_month(county: str, month: str = "") -> str:
    """Summarise the month before the business day's, or the one named (2013-12); returns the edition's id.

    Everything is one transaction: killed at any moment it leaves nothing, run again it changes nothing.
    """
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        found: UUID = summarise_last_month(actor=actor, month=month).edition.pk
        return str(found)
