"""Papers of an application on file: taken in, read, removed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from offices import virus_scanner
from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, note_read, page
from offices.services.papers import SentFile
from subsidies import policies
from subsidies.documents import names_of, papers_of
from subsidies.enums import Step
from subsidies.models import Scan
from subsidies.scan_forms import ScanForm
from subsidies.services import scans as services
from subsidies.views.applications import visible_application


@page(policies.may_enter_applications)
@require_http_methods(["GET", "POST"])
def scan_new(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Take in a paper: files of the scanner, or a photo from this very phone."""
    case = visible_application(request, application_id)
    if not policies.may_take(request.actor, step=Step.ENTRY, division_code=case.division_code):
        raise NotAllowed()
    kinds = [(document.value, document.label) for document in papers_of(case)]
    form = ScanForm(request.POST or None, request.FILES or None, kinds=kinds, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        sent = [SentFile(one.name or "", one.read()) for one in form.sent]
        try:
            taken = services.take_scans(
                application=case, kind=form.cleaned_data["kind"], sent=sent, actor=request.actor
            )
        except DomainError as refusal:
            form.add_error("papers", str(refusal))
        else:
            said = ngettext("%(count)s file is taken in.", "%(count)s files are taken in.", len(taken))
            messages.success(request, said % {"count": len(taken)})
            return redirect("subsidies:application", case.pk)
    context = {"application": case, "form": form, "has_scanner": virus_scanner.is_configured()}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/scan_new.html", context, status=status)


def _visible_scan(request: OfficeRequest, scan_id: UUID) -> Scan:
    scan = get_object_or_404(
        Scan.objects.visible_to(request.actor).kept().select_related("application__person"), pk=scan_id
    )
    note_read(request, scan.application.person, reason="paper")
    return scan


@page(policies.may_see_applications)
@require_GET
def scan(request: OfficeRequest, scan_id: UUID) -> HttpResponse:
    """A paper as a download: whoever may see the case may open it, and it is logged who did."""
    found = _visible_scan(request, scan_id)
    answer = HttpResponse(services.content_of_scan(found), content_type=found.media_type)
    name = services.download_name(found, found.taken_on)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.may_enter_applications)
@require_http_methods(["GET", "POST"])
def scan_remove(request: OfficeRequest, scan_id: UUID) -> HttpResponse:
    """Take a paper out again that was scanned wrongly, before anybody has reviewed it."""
    found = _visible_scan(request, scan_id)
    case = found.application
    if not policies.may_take(request.actor, step=Step.ENTRY, division_code=case.division_code):
        raise NotAllowed()
    if request.method == "GET" and not services.may_be_removed(case):
        raise Http404
    if request.method == "POST":
        services.remove_scan(scan=found, actor=request.actor)
        messages.success(request, _("The paper is removed."))
        return redirect("subsidies:application", case.pk)
    context = {
        "scan": found,
        "application": case,
        "paper": names_of([found.kind])[0],
        "confirm_label": _("Remove it"),
        "confirm_tone": "danger",
        "cancel_url": reverse("subsidies:application", args=[case.pk]),
    }
    return render(request, "subsidies/scan_remove.html", context)
