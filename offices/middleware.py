"""One request, one transaction: county, actor, scope, and the log of what was read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import empty
from django_htmx.http import HttpResponseClientRefresh

from offices import clock
from offices.actors import Actor
from offices.database.context import default_county, keep_context, open_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.models import Division
from offices.services.acts import record_read
from offices.services.staff import actors_of

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
ROLE_KEY = "role_in_use"


class CountyMiddleware:
    """The county of a request; an installation with one county has it from its settings."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.county = default_county()  # type: ignore[attr-defined] # ours
        request.reads = []  # type: ignore[attr-defined] # ours
        request.actor = None  # type: ignore[attr-defined] # ours
        return self.get_response(request)


class LanguageMiddleware:
    """Chinese, unless English was chosen on a page: the browser's own preference says nothing of the clerk."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined] # as Django's own names it
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ContextMiddleware:
    """Runs the view and its template inside the context's transaction.

    Safe methods get a READ ONLY transaction; what was read is logged in one of its own before
    the answer leaves, and without that log no answer leaves. A page without a declared policy,
    or one that the role may not open, is 403; without sign-in it leads to the sign-in page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        with keep_context():
            self._identify(request)
        actor: Actor | None = request.actor
        with open_context(
            county=request.county,
            scope=None if actor else "",
            actor=actor,
            channel="page",
            address=request.META.get("REMOTE_ADDR"),
            read_only=request.method in SAFE_METHODS,
        ):
            with clock.held(request.business_day) if request.method in SAFE_METHODS else nullcontext():
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if request.reads and response.status_code < 400 and actor:
            with open_context(
                county=request.county, actor=actor, channel="page", address=request.META.get("REMOTE_ADDR")
            ):
                for record_type, ids, reason in request.reads:
                    record_read(
                        actor=actor,
                        page=request.resolver_match.view_name if request.resolver_match else request.path,
                        record_type=record_type,
                        record_ids=ids,
                        reason=reason,
                    )
        return response

    def _identify(self, request: Any) -> None:
        request.business_day = clock.today()
        request.actors = []
        user = request.user
        if user.is_authenticated:
            # The user is fetched here, inside a context; later use finds it in memory.
            if getattr(user, "_wrapped", empty) is not empty:
                request.user = user._wrapped
            request.actors = actors_of(request.user, on=request.business_day)
        county = full_code(request.county)
        request.division_names = dict(
            Division.objects.filter(
                code__in={county, *(actor.division_code for actor in request.actors)}
            ).values_list("code", "name")
        )
        request.county_name = request.division_names.get(county, "")
        if not request.actors:
            return
        wanted = request.session.get(ROLE_KEY)
        chosen = [a for a in request.actors if f"{a.role}@{a.division_code}" == wanted]
        request.actor = (chosen or request.actors)[0]

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "is_public", False) or view.__module__.startswith(("allauth.", "django.views.i18n")):
            return None
        if not request.user.is_authenticated:
            # The sign-in page belongs in the window, not in the part that asked.
            return HttpResponseClientRefresh() if request.htmx else redirect_to_login(request.get_full_path())
        policy = getattr(view, "policy", None)
        if policy is None or request.actor is None or not policy(request.actor):
            return forbidden(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReauthenticationRequired):
            # Raised before anything is written; the library asks who it is, and has to look that up.
            return None
        response: HttpResponse | None = None
        if isinstance(exception, NotAllowed):
            response = forbidden(request, exception)
        elif isinstance(exception, DomainError):
            # A refusal that no form took up is said on a page of its own.
            response = render(request, "errors/422.html", {"error": exception}, status=422)
        # Nothing is half written; after this no query is possible, so the page is rendered first.
        transaction.set_rollback(True)
        return response


def forbidden(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    """The 403 page, with the reason where there is one."""
    return render(request, "errors/403.html", {"error": error or NotAllowed()}, status=403)
