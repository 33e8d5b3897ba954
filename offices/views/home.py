"""The home of each role, the search box, the role in use, and the demonstration's day."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from offices.acts_in_words import act_lines, with_records
from offices.errors import DomainError
from offices.middleware import ROLE_KEY
from offices.models import Act
from offices.pages import anybody, note_search, page
from offices.services.business_day import move_business_day
from offices.work import SearchAnswer, search_for, shortcuts_for, work_for

LAST_ACTS = 6


@page(anybody)
@require_GET
def home(request: Any) -> HttpResponse:
    """My work today, what is often begun, and what she did last."""
    items = work_for(request.actor)
    waiting = sorted((item for item in items if item.count), key=lambda item: not item.is_overdue)
    acts = Act.objects.visible_to(request.actor).filter(by_id=request.actor.staff_id)
    acts = acts.exclude(verb="offices.sign_in")
    return render(
        request,
        "offices/home.html",
        {
            "waiting": waiting,
            "done": [item for item in items if not item.count],
            "shortcuts": shortcuts_for(request.actor),
            "last_acts": with_records(
                act_lines(acts.order_by("-at", "-id")[:LAST_ACTS]), actor=request.actor
            ),
        },
    )


@page(anybody)
@require_GET
def search(request: Any) -> HttpResponse:
    """What the one search box finds, within the actor's scope.

    Whatever is found is logged by its keys, and that something was sought is logged where nothing is;
    what was typed is not: it may be a number.
    """
    # The database takes no character of code 0.
    text = request.GET.get("q", "").replace("\0", "").strip()[:60]
    answer = search_for(request.actor, text) if text else SearchAnswer([], [])
    if text:
        note_search(request, [hit.record for hit in answer.hits if hit.record])
    return render(request, "offices/search.html", {"hits": answer.hits, "notes": answer.notes, "text": text})


@page(anybody)
@require_POST
def stay_signed_in(request: Any) -> HttpResponse:
    """Somebody is at work in a page that has sent nothing yet: her session begins anew."""
    return HttpResponse(status=204)


@page(anybody)
@require_POST
def switch_role(request: Any) -> HttpResponse:
    """Act in another of one's roles."""
    wanted = request.POST.get("role", "")
    if any(f"{actor.role}@{actor.division_code}" == wanted for actor in request.actors):
        request.session[ROLE_KEY] = wanted
    return redirect("home")


@page(anybody)
@require_POST
def move_day(request: Any) -> HttpResponse:
    """Move a demonstration's business day; installations in service have no such address."""
    try:
        day = datetime.date.fromisoformat(request.POST.get("day", "").strip().replace("/", "-"))
        move_business_day(actor=request.actor, day=day)
    except ValueError:
        messages.error(request, _("Write the day as 2014-01-20."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(_safe_next(request))


def _safe_next(request: Any) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else settings.LOGIN_REDIRECT_URL
