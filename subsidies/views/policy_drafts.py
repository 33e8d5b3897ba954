"""The parts of a draft, each a form of its own: basis, dated values, conditions, notice, who pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, page
from subsidies import policies, rule_editing
from subsidies.models import PolicyVersion
from subsidies.policy_forms import (
    BasisForm,
    ConditionForm,
    DatedValues,
    FundingForm,
    GroupForm,
    NoticeForm,
    RevisionForm,
)
from subsidies.policy_words import example_of, kinds_of, name_of
from subsidies.predicates import VOCABULARY, RuleError, Where
from subsidies.predicates.base import OPERATORS
from subsidies.predicates.tree import parameters_named
from subsidies.programme_forms import FIELD_OF, CorrectionForm, StopRuleForm
from subsidies.selectors.shown_rules import sentence_of
from subsidies.services.drafts import change_draft, with_rows
from subsidies.services.programmes import correct_programme
from subsidies.views.policies import may_correct, may_edit, visible_version


def _save(request: OfficeRequest, version: PolicyVersion, *, revision: int, **parts: Any) -> str:
    """Save parts of a draft; the sentence of a refusal, empty when it is saved."""
    try:
        change_draft(actor=request.actor, draft=version, revision=revision, **parts)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return str(refusal)
    messages.success(request, _("Saved."))
    return ""


def _shown(request: OfficeRequest, version: PolicyVersion, template: str, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context |= {"version": version, "back_url": reverse("subsidies:policy", args=[version.pk])}
    return render(request, template, context, status=status)


def _part(
    request: OfficeRequest,
    version_id: UUID,
    *,
    form_class: type[RevisionForm],
    initial: Callable[[PolicyVersion], dict[str, Any]],
    parts: Callable[[Any], dict[str, Any]],
    heading: str,
) -> HttpResponse:
    """A part of a draft that is one form."""
    version = visible_version(request, version_id)
    form = form_class(request.POST or None, version=version, initial=initial(version))
    if request.method == "GET" and not may_edit(request.actor, version):
        return redirect("subsidies:policy", version.pk)
    if request.method == "POST" and form.is_valid():
        refused = _save(request, version, revision=form.opened_revision, **parts(form))
        if not refused:
            return redirect("subsidies:policy", version.pk)
        form.add_error(None, refused)
    return _shown(request, version, "subsidies/policy_part.html", form=form, heading=heading)


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_basis(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """The document it rests on, its first day, and what is still to be checked."""
    names = ("basis_title", "basis_number", "from_on", "remark_zh", "remark_en")
    return _part(
        request,
        version_id,
        form_class=BasisForm,
        initial=lambda version: {name: getattr(version, name) for name in names},
        parts=lambda form: {name: form.cleaned_data[name] for name in names},
        heading=_("Legal basis and first day"),
    )


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_notice(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """Where and how long a name is posted before it is granted."""
    return _part(
        request,
        version_id,
        form_class=NoticeForm,
        initial=lambda version: {"calendar": "calendar", "days": 7, **version.notice},
        parts=lambda form: {"notice": form.notice()},
        heading=_("Public notice"),
    )


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_funding(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """Who pays which share."""
    return _part(
        request,
        version_id,
        form_class=FundingForm,
        initial=lambda _version: {},
        parts=lambda form: {"funding": form.funding()},
        heading=_("Who pays"),
    )


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_stop_rule(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """Until when is paid once the reason has ended."""
    return _part(
        request,
        version_id,
        form_class=StopRuleForm,
        initial=lambda version: {"stop_rule": version.stop_rule},
        parts=lambda form: {"stop_rule": form.cleaned_data["stop_rule"]},
        heading=_("When its reason ends"),
    )


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_programme(request: OfficeRequest, version_id: UUID) -> HttpResponse:
    """What a programme is called and is, as long as no version of it is published."""
    version = visible_version(request, version_id)
    if request.method == "GET" and not may_correct(request.actor, version):
        return redirect("subsidies:policy", version.pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None, version=version)
    if form.is_bound and form.is_valid():
        try:
            correct_programme(
                actor=request.actor, draft=version, revision=form.opened_revision, terms=form.terms
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("subsidies:policy", version.pk)
    heading = _("What the programme is")
    return _shown(request, version, "subsidies/policy_part.html", form=form, heading=heading)


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_parameter(request: OfficeRequest, version_id: UUID, name: str) -> HttpResponse:
    """The values of one dated parameter, a row each; `more` asks for a further row and saves nothing."""
    version = visible_version(request, version_id)
    if not kinds_of(version, name) and name not in version.parameters:
        raise Http404
    if request.method == "GET" and not may_edit(request.actor, version):
        return redirect("subsidies:policy", version.pk)
    posted = request.POST if request.method == "POST" else None
    values = DatedValues(version=version, parameter=name, posted=posted)
    is_asking_more = posted is not None and "more" in posted
    if posted is not None and not is_asking_more and values.is_valid():
        parameters = with_rows(version.parameters, name, values.rows())
        revision = values.head.opened_revision
        refused = _save(request, version, revision=revision, parameters=parameters)
        if not refused:
            return redirect("subsidies:policy", version.pk)
        values.add_error(refused)
    if is_asking_more:
        values = DatedValues(version=version, parameter=name, posted=posted)
    context = {
        "version": version,
        "back_url": reverse("subsidies:policy", args=[version.pk]),
        "values": values,
        "heading": name_of(name),
        "uses": _sentences_with(version, name),
        "errors": [] if is_asking_more else list(values.errors()),
    }
    is_refused = posted is not None and not is_asking_more
    return render(request, "subsidies/policy_parameter.html", context, status=422 if is_refused else 200)


def _sentences_with(version: PolicyVersion, name: str) -> list[str]:
    """The clauses that a parameter decides."""
    clauses = rule_editing.parts_of(version.rule)
    return [
        sentence_of(version, clause, version.from_on)[0]
        for clause in clauses
        if name in parameters_named(clause)
    ]


# Conditions ----------------------------------------------------------------------------------


def _node(version: PolicyVersion, path: str) -> tuple[rule_editing.Path, Mapping[str, Any]]:
    try:
        place = rule_editing.read_path(path)
        return place, rule_editing.node_at(version.rule, place)
    except RuleError as missing:
        raise Http404 from missing


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_condition_new(request: OfficeRequest, version_id: UUID, path: str) -> HttpResponse:
    """Choose a condition of the vocabulary (`?condition=`), then state its values."""
    version = visible_version(request, version_id)
    place, group = _node(version, path)
    if rule_editing.word_of(group) not in ("all", "any"):
        raise Http404
    if request.method == "GET" and not may_edit(request.actor, version):
        return redirect("subsidies:policy", version.pk)
    choices = _choices(version, is_top=not place)
    code = request.GET.get("condition", "")
    if code not in {choice["code"] for choice in choices}:
        return _shown(request, version, "subsidies/policy_condition_choose.html", choices=choices, path=path)
    form = ConditionForm(request.POST or None, version=version, code=code)
    if request.method == "POST" and form.is_valid():
        node, parameters = form.node_and_parameters()
        rule = rule_editing.added(version.rule, place, node)
        refused = _save(request, version, revision=form.opened_revision, rule=rule, parameters=parameters)
        if not refused:
            return redirect("subsidies:policy", version.pk)
        form.add_error(None, refused)
    return _shown(
        request,
        version,
        "subsidies/policy_part.html",
        form=form,
        heading=_("Add a condition"),
        example=example_of(code),
    )


def _choices(version: PolicyVersion, *, is_top: bool) -> list[dict[str, Any]]:
    """The closed vocabulary as sentences, as far as the kind of programme may use it.

    What is asked when applying is a clause of its own, not part of a group.
    """
    kind = version.programme.kind
    return [
        {
            "code": code,
            "example": example_of(code),
            "is_application": predicate.where is Where.APPLICATION,
        }
        for code, predicate in VOCABULARY.items()
        if code != "living"
        and (is_top or predicate.where is not Where.APPLICATION)
        and (predicate.kinds is None or kind in predicate.kinds)
    ]


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def policy_condition(request: OfficeRequest, version_id: UUID, path: str) -> HttpResponse:
    """Change a condition's values, or how the conditions of a group belong together."""
    version = visible_version(request, version_id)
    place, node = _node(version, path)
    word = rule_editing.word_of(node)
    if not place or (word not in VOCABULARY and word not in ("all", "any")):
        raise Http404
    if request.method == "GET" and not may_edit(request.actor, version):
        return redirect("subsidies:policy", version.pk)
    posted = request.POST or None
    form: ConditionForm | GroupForm
    if word in OPERATORS:
        form = GroupForm(posted, version=version, initial={"operator": word})
    else:
        form = ConditionForm(posted, version=version, code=word, stated=node[word])
    if request.method == "POST" and form.is_valid():
        if isinstance(form, GroupForm):
            changed, parameters = {form.cleaned_data["operator"]: node[word]}, version.parameters
        else:
            changed, parameters = form.node_and_parameters()
        rule = rule_editing.replaced(version.rule, place, changed)
        refused = _save(request, version, revision=form.opened_revision, rule=rule, parameters=parameters)
        if not refused:
            return redirect("subsidies:policy", version.pk)
        form.add_error(None, refused)
    heading = _("Change a condition")
    example = sentence_of(version, node, version.from_on)[0]
    return _shown(request, version, "subsidies/policy_part.html", form=form, heading=heading, example=example)


_CHANGES: dict[str, Callable[[Mapping[str, Any], rule_editing.Path], dict[str, Any]]] = {
    "remove": rule_editing.removed,
    "negate": rule_editing.negated,
    "any": lambda rule, path: rule_editing.wrapped(rule, path, "any"),
    "all": lambda rule, path: rule_editing.wrapped(rule, path, "all"),
    "up": lambda rule, path: rule_editing.moved(rule, path, -1),
    "down": lambda rule, path: rule_editing.moved(rule, path, 1),
}


@page(policies.may_publish_policies)
@require_POST
def policy_condition_step(request: OfficeRequest, version_id: UUID, path: str, step: str) -> HttpResponse:
    """Take a condition out, turn it round, move it, or make it the first of several."""
    version = visible_version(request, version_id)
    change = _CHANGES.get(step)
    place, _found = _node(version, path)
    if change is None or not place:
        raise Http404
    form = RevisionForm(request.POST, version=version)
    if not form.is_valid():
        refused = _("Open the draft again, and try once more from there.")
    else:
        rule = change(version.rule, place)
        refused = _save(request, version, revision=form.opened_revision, rule=rule)
    if refused:
        messages.error(request, refused)
    return redirect(f"{reverse('subsidies:policy', args=[version.pk])}#conditions")
