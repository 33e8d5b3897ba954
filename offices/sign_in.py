"""Sign-in rules of the office on top of django-allauth: nobody signs up, every sign-in is an act."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from offices import clock
from offices.database.context import county_scope
from offices.services.acts import record_act
from offices.services.staff import actors_of


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation; sign-ins are recorded with the role they begin in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        with county_scope():
            for actor in actors_of(user, on=clock.today())[:1]:
                record_act(
                    actor=actor, verb="offices.sign_in", record=user, division_code=actor.division_code
                )
        return response
