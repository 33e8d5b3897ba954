"""Notices: the public page, the list of what hangs, the sheet for the board, objections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError, NotAllowed
from offices.listing import Column, make_listing
from offices.models import Division
from offices.pages import OfficeRequest, note_read, page, public_page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.case_forms import AnswerForm, NoticeFilter, ObjectionForm
from subsidies.enums import NoticeLevel
from subsidies.models import Notice, Objection, PublicNotice
from subsidies.services import notices as services

LINES_A_PAGE = 100
COLUMNS = (
    Column(gettext_lazy("File number"), "file", ("application__file_number",)),
    Column(gettext_lazy("Name"), "name", ("application__person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Notice"), "level", ("level",)),
    Column(gettext_lazy("From"), "from", ("from_on",)),
    Column(gettext_lazy("Last day"), "last", ("last_day",)),
    Column("", kind="actions"),
)


@public_page
@require_GET
def public_notices(request: Any) -> HttpResponse:
    """What hangs today, for everybody: name, village, programme, amount, nothing else."""
    lines = PublicNotice.objects.filter(from_on__lte=request.business_day, last_day__gte=request.business_day)
    townships = sorted(set(lines.order_by().values_list("township_name", flat=True)))
    chosen = request.GET.get("township", "")
    if chosen in townships:
        lines = lines.filter(township_name=chosen)
    shown = Paginator(lines.order_by("place_code", "level", "last_day", "id"), LINES_A_PAGE)
    context = {
        "page": shown.get_page(request.GET.get("page")),
        "townships": townships,
        "chosen": chosen if chosen in townships else "",
        "in_english": (get_language() or "").startswith("en"),
    }
    answer = render(request, "subsidies/notice_public.html", context)
    # Names hang for some days on a board; search engines would keep them for years.
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


@page(policies.may_see_applications)
@require_GET
def notice_list(request: OfficeRequest) -> HttpResponse:
    """Notices that hang within scope, those that end soonest first."""
    filters = NoticeFilter(request.GET or None, actor=request.actor)
    rows = (
        Notice.objects.visible_to(request.actor)
        .hanging_on(request.business_day)
        .filter(taken_down_on=None)
        .select_related("application__person", "application__programme")
    )
    if filters.is_bound and filters.is_valid() and filters.cleaned_data.get("programme"):
        rows = rows.filter(application__programme=filters.cleaned_data["programme"])
    if filters.is_bound and (place := filters.cleaned_data.get("place")):
        rows = rows.filter(division_code__gte=place.scope, division_code__lt=place.scope + "~")
    listing = make_listing(
        query=request.GET, rows=rows, columns=COLUMNS, default_sort="last", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [notice.application.person for notice in shown], reason="list")
    names = names_of_divisions({notice.division_code for notice in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [{"notice": notice, "village": names.get(notice.division_code, "")} for notice in shown],
        "may_object": policies.may_record_objections(request.actor),
        "boards": _boards(request),
    }
    return render(request, "subsidies/notice_list.html", context)


def _boards(request: OfficeRequest) -> list[dict[str, Any]]:
    """The boards within scope on which something hangs today, each with its sheet to print."""
    lines = (
        Notice.objects.visible_to(request.actor)
        .hanging_on(request.business_day)
        .filter(taken_down_on=None)
        .values_list("level", "division_code")
        .distinct()
    )
    wanted = sorted({(level, _board_of(level, code)) for level, code in lines}, key=lambda pair: pair[1])
    names = names_of_divisions({code for _level, code in wanted})
    return [
        {"level": level, "label": NoticeLevel(level).label, "code": code, "name": names.get(code, code)}
        for level, code in wanted
        if request.actor.covers(code)
    ]


def _board_of(level: str, code: str) -> str:
    """Where a notice of a level hangs: in the village, the township or the county."""
    kept = {NoticeLevel.VILLAGE: 12, NoticeLevel.TOWNSHIP: 9, NoticeLevel.COUNTY: 6}[NoticeLevel(level)]
    return code[:kept].ljust(12, "0")


@page(policies.may_see_applications)
@require_GET
def notice_sheet(request: OfficeRequest, level: str, place_code: str) -> HttpResponse:
    """The sheet for one board, to be printed: what hangs there today."""
    place = get_object_or_404(Division.objects.within(request.actor.scope), pk=place_code)
    chosen = get_object_or_404(
        Notice.objects.visible_to(request.actor).filter(
            level=level, division_code__gte=place.scope, division_code__lt=place.scope + "~"
        )[:1]
    )
    lines = PublicNotice.objects.filter(
        level=chosen.level,
        from_on__lte=request.business_day,
        last_day__gte=request.business_day,
        place_code__gte=place.scope,
        place_code__lt=place.scope + "~",
    ).order_by("programme_code", "place_code", "id")
    context = {
        "place": place,
        "level": NoticeLevel(level),
        "lines": lines,
        "in_english": (get_language() or "").startswith("en"),
    }
    return render(request, "subsidies/notice_sheet.html", context)


@page(policies.may_record_objections)
@require_http_methods(["GET", "POST"])
def objection_new(request: OfficeRequest, notice_id: UUID) -> HttpResponse:
    """Take down an objection to a line that hangs."""
    notice = get_object_or_404(
        Notice.objects.visible_to(request.actor).select_related("application__person"), pk=notice_id
    )
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objection = services.record_objection(
                notice=notice, subject=form.cleaned_data["subject"], actor=request.actor
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("The objection is recorded; it is answered by %(day)s.")
                % {"day": objection.due_on.isoformat()},
            )
            return redirect("subsidies:application", notice.application_id)
    context = {"notice": notice, "application": notice.application, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/notice_objection.html", context, status=status)


@page(policies.may_see_applications)
@require_GET
def objection_list(request: OfficeRequest) -> HttpResponse:
    """Objections within scope: what waits for its answer first."""
    rows = Objection.objects.visible_to(request.actor).select_related("notice__application__person")
    shown = list(rows.order_by("answered_on", "due_on"))[:200]
    waiting = [objection for objection in shown if objection.answered_on is None]
    note_read(request, [objection.notice.application.person for objection in shown], reason="list")
    context = {
        "waiting": [
            {
                "objection": objection,
                "is_overdue": objection.due_on < request.business_day,
                "may_answer": policies.may_answer(
                    request.actor, level=objection.notice.level, division_code=objection.division_code
                ),
            }
            for objection in waiting
        ],
        "answered": [objection for objection in shown if objection.answered_on],
    }
    return render(request, "subsidies/notice_objections.html", context)


@page(policies.may_answer_objections)
@require_http_methods(["GET", "POST"])
def objection_answer(request: OfficeRequest, objection_id: UUID) -> HttpResponse:
    """Answer an objection."""
    objection = get_object_or_404(
        Objection.objects.visible_to(request.actor).select_related("notice__application__person"),
        pk=objection_id,
    )
    if not policies.may_answer(
        request.actor, level=objection.notice.level, division_code=objection.division_code
    ):
        raise NotAllowed()
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_objection(objection=objection, actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The objection is answered."))
            return redirect("subsidies:application", objection.notice.application_id)
    context = {"objection": objection, "application": objection.notice.application, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/notice_answer.html", context, status=status)
