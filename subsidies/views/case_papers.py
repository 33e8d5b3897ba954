"""Papers of a case as PDF files, for the printer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from offices.models import Division
from offices.pages import OfficeRequest, page
from offices.pdf.print_out import print_document
from subsidies import policies
from subsidies.case_papers import TEMPLATE, CasePaper, index_paper, slip_of
from subsidies.selectors.paper_index import index_of
from subsidies.views.applications import code_of, village_of, visible_application


@page(policies.may_see_applications)
@require_GET
def slip_file(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """The family's slip: everything missing, named once, or the receipt with the code to ask by."""
    case = visible_application(request, application_id)
    paper = slip_of(
        case,
        village=village_of(case.division_code),
        issuer=_issuer(request),
        on=request.business_day,
        code=code_of(case),
    )
    return _printed(paper, f"{paper.title} {case.file_number}")


@page(policies.may_see_applications)
@require_GET
def application_index(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Every paper of the file with its day and pages."""
    case = visible_application(request, application_id)
    context = {"application": case, "index": index_of(case)}
    return render(request, "subsidies/application_index.html", context)


@page(policies.may_see_applications)
@require_GET
def index_file(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """The paper index for the printer: it lies on top of the file."""
    case = visible_application(request, application_id)
    paper = index_paper(case, index_of(case), issuer=_issuer(request), on=request.business_day)
    return _printed(paper, f"{paper.title} {case.file_number}")


def _issuer(request: OfficeRequest) -> str:
    name = Division.objects.filter(pk=request.actor.division_code).values_list("name", flat=True).first()
    return name or request.actor.division_code


def _printed(paper: CasePaper, name: str) -> HttpResponse:
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"{name}.pdf"
    ) or ("inline")
    answer["Cache-Control"] = "no-store"
    return answer
