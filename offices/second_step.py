"""The second step of sign-in in the office's words; django-allauth does the rest."""

from __future__ import annotations

from typing import ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class SecondStepAdapter(DefaultMFAAdapter):
    """Says what to do when a code is wrong."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer. Type the one that the app shows now."),
    }


def _code_field() -> forms.CharField:
    return forms.CharField(
        label=_("Verification code"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "input-day"}
        ),
    )


class AuthenticateForm(base_forms.AuthenticateForm):
    """A code of the app, or a recovery code, at sign-in."""

    code = _code_field()


class ReauthenticateForm(base_forms.ReauthenticateForm):
    """A code before something delicate."""

    code = _code_field()


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of a new app."""

    code = _code_field()
