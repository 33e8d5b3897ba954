"""Applications: the list, the counter, one of them with its way, what the family takes home."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.models import Person
from households.selectors.life_events import put_right_since
from households.selectors.representations import representatives_of, standing_for
from households.services.accounts import current_account
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.case_forms import ApplicationFilter, DocumentsForm, EntryForm, ProgrammeChoice
from subsidies.documents import names_of, papers_of
from subsidies.enums import ApplicationState, Step
from subsidies.models import Application, PolicyVersion, Programme, PublicStatus
from subsidies.selectors.applications import offers_for, scans_of, time_left_of, way_of
from subsidies.selectors.assessed import Assessed, assessed
from subsidies.selectors.days_to_account import days_of_grant, days_of_office
from subsidies.selectors.employers import employer_who_pays
from subsidies.selectors.listed import lists_of
from subsidies.services import applications as services
from subsidies.views.listed import lines_of_lists, steps_by_list

COLUMNS = (
    Column(gettext_lazy("File number"), "file", ("file_number",)),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Entered on"), "entered", ("entered_on",)),
    Column(gettext_lazy("Due on"), "due", ("due_on",)),
)


def visible_application(request: OfficeRequest, application_id: UUID) -> Application:
    """An application within the reader's scope, and the log that she saw it; 404 otherwise."""
    application = get_object_or_404(
        Application.objects.visible_to(request.actor).select_related(
            "programme", "policy_version", "person", "entered_by", "handed_in_by__representation"
        ),
        pk=application_id,
    )
    note_read(request, application.person, reason="application")
    return application


@page(policies.may_see_applications)
@require_GET
def application_list(request: OfficeRequest) -> HttpResponse:
    """Applications within scope; filters stand in the address."""
    filters = ApplicationFilter(request.GET or None, actor=request.actor)
    rows = Application.objects.visible_to(request.actor).select_related("programme", "person")
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(rows),
        columns=COLUMNS,
        default_sort="-entered",
        filters=filters,
    )
    shown = list(listing.page)
    note_read(request, [application.person for application in shown], reason="list")
    names = names_of_divisions({application.division_code for application in shown})
    left = time_left_of(shown, on=request.business_day)
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "application": application,
                "state": ApplicationState(application.state),
                "village": names.get(application.division_code, ""),
                "left": left.get(application.pk),
            }
            for application in shown
        ],
        "days": days_of_office(request.actor, today=request.business_day),
        "may_enter": policies.may_enter_applications(request.actor),
        "by_list": [step for step in steps_by_list(request.actor) if step != Step.ENTRY],
    }
    return render(request, "subsidies/application_list.html", context)


@page(policies.may_enter_applications)
@require_http_methods(["GET", "POST"])
def application_new(request: OfficeRequest) -> HttpResponse:
    """Enter an application for `?person=` and `?programme=`: from the owed list, or at the counter."""
    person = _person_asked_for(request)
    if person is None:
        return render(request, "subsidies/application_start.html")
    choice = ProgrammeChoice(request.GET or None, initial=request.GET.dict())
    if not choice.is_valid():
        blank = ProgrammeChoice() if "programme" not in request.GET else choice
        context = {"person": person, "choice": blank, "village": village_of(person.division_code)}
        return render(request, "subsidies/application_choose.html", context)
    return _entry(request, person, choice.cleaned_data["programme"])


def _person_asked_for(request: OfficeRequest) -> Person | None:
    try:
        asked = UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=asked)
    note_read(request, person, reason="application")
    return person


def _entry(request: OfficeRequest, person: Person, programme: Programme) -> HttpResponse:
    version = PolicyVersion.objects.filter(programme=programme).published_on(request.business_day).get()
    hands = representatives_of(person, on=request.business_day)
    form = EntryForm(request.POST or None, version=version, hands=hands)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.enter_application(
                person=person,
                programme=programme,
                documents=form.cleaned_data["documents"],
                has_declared=form.cleaned_data["has_declared"],
                actor=request.actor,
                handed_in_by=form.cleaned_data.get("handed_in_by"),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("File %(number)s is opened.") % {"number": application.file_number})
            return redirect("subsidies:application", application.pk)
    context = {
        "form": form,
        "programme": programme,
        "version": version,
        **person_facts(
            request, person, assessed(person=person, programme=programme, on=request.business_day)
        ),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/application_new.html", context, status=status)


def person_facts(request: OfficeRequest, person: Person, found: Assessed) -> dict[str, Any]:
    """What the register says of the applicant, for the pages that decide on her application."""
    return {
        "person": person,
        "age": person.age_on(request.business_day),
        "village": village_of(person.division_code),
        "account": current_account(person=person, on=request.business_day),
        "assessed": found,
    }


def code_of(case: Application) -> str:
    """The code of the family's slip."""
    found = PublicStatus.objects.filter(application_id=case.pk).values_list("code", flat=True).first()
    return found or ""


def village_of(code: str) -> str:
    """Township and village in one."""
    names = names_of_divisions([f"{code[:9]}000", code])
    return "".join(name for _code, name in sorted(names.items()))


@page(policies.may_see_applications)
@require_GET
def application(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """One application: its way, what comes next, who may do it, and everything that was done."""
    case = visible_application(request, application_id)
    way = way_of(case, on=request.business_day)
    context = {
        "application": case,
        "state": ApplicationState(case.state),
        "way": way,
        "offers": offers_for(case, way, actor=request.actor),
        "village": village_of(case.division_code),
        "account": current_account(person=case.person, on=request.business_day),
        "employer": employer_who_pays(
            actor=request.actor, person=case.person, version=case.policy_version, on=request.business_day
        ),
        "brought": names_of(case.documents_brought),
        "missing": names_of(case.documents_missing),
        "steps": steps_with_lists(case),
        "standing": standing_for([case.person], actor=request.actor, on=request.business_day),
        "objections": _objections(case),
        "scans": scans_of(case),
        "letters": case.letters.order_by("issued_on", "serial"),
        "left": time_left_of([case], on=request.business_day).get(case.pk),
        "grant": getattr(case, "grant", None),
        "days": days_of_grant(case.grant, today=request.business_day) if hasattr(case, "grant") else None,
        "assessed": _assessed_today(case, request) if case.is_open else None,
        "put_right": put_right_since(person=case.person, day=case.entered_on) if case.is_open else [],
    }
    return render(request, "subsidies/application.html", context)


def steps_with_lists(case: Application) -> list[dict[str, Any]]:
    """The steps of a case; of one that was taken by list, which list."""
    steps = list(case.steps.select_related("acted_by"))
    lists = lists_of(steps)
    return [{"step": step, "on_list": lists.get(step.pk)} for step in steps]


def _assessed_today(case: Application, request: OfficeRequest) -> Assessed | None:
    try:
        return assessed(person=case.person, programme=case.programme, on=request.business_day)
    except DomainError:  # no policy holds today; the page is shown all the same
        return None


def _objections(case: Application) -> list[dict[str, Any]]:
    return [
        {"objection": objection, "notice": notice}
        for notice in case.notices.prefetch_related("objections")
        for objection in notice.objections.all()
    ]


@page(policies.may_see_applications)
@require_GET
def application_history(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Who did what with an application, and what its rows were before."""
    case = visible_application(request, application_id)
    return show_history(
        request,
        record=case,
        heading=f"{case.file_number} · {case.person.name}",
        back_url=reverse("subsidies:application", args=[case.pk]),
        back_label=case.file_number,
        further=lines_of_lists(case.steps.all()),
    )


@page(policies.may_enter_applications)
@require_http_methods(["GET", "POST"])
def application_documents(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Take the papers that were missing."""
    case = visible_application(request, application_id)
    if not policies.may_take(request.actor, step=Step.ENTRY, division_code=case.division_code):
        raise NotAllowed()
    choices = list(zip(case.documents_missing, names_of(case.documents_missing), strict=True))
    form = DocumentsForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            services.complete_documents(
                application=case, documents=form.cleaned_data["documents"], actor=request.actor
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("All papers are there: the village review comes next."))
            return redirect("subsidies:application", case.pk)
    context = {"application": case, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/application_documents.html", context, status=status)


@page(policies.may_enter_applications)
@require_http_methods(["GET", "POST"])
def application_withdraw(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """The family takes its application back."""
    case = visible_application(request, application_id)
    if request.method == "POST":
        services.withdraw_application(application=case, actor=request.actor)
        messages.success(request, _("The application is withdrawn, as the family wishes."))
        return redirect("subsidies:application", case.pk)
    context = {
        "application": case,
        "confirm_label": _("Withdraw it"),
        "confirm_tone": "danger",
        "cancel_url": reverse("subsidies:application", args=[case.pk]),
    }
    return render(request, "subsidies/application_withdraw.html", context)


@page(policies.may_see_applications)
@require_GET
def application_slip(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """The slip that the family takes home: file number, what is there, what is missing, what comes."""
    case = visible_application(request, application_id)
    context = {
        "application": case,
        "state": ApplicationState(case.state),
        "village": village_of(case.division_code),
        "brought": names_of(case.documents_brought),
        "missing": names_of(case.documents_missing),
        "required": names_of(papers_of(case)),
        "code": code_of(case),
        "way": way_of(case, on=request.business_day),
    }
    return render(request, "subsidies/application_slip.html", context)
