"""The rules of a password, each with a sentence that says what to do.

Django's own rules with the office's words, since its Chinese lacks some of them.
"""

from __future__ import annotations

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _


class LongEnough(rules.MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        return _("This password is too short: take at least %(length)d characters.") % {
            "length": self.min_length
        }

    def get_help_text(self) -> str:
        return _("At least %(length)d characters; a short sentence is easy to keep in mind.") % {
            "length": self.min_length
        }


class NotCommon(rules.CommonPasswordValidator):
    """Not one of the 20,000 that everybody tries first."""

    def get_error_message(self) -> str:
        return _("This password is one of those that are tried first: take another.")

    def get_help_text(self) -> str:
        return _("Not a common one such as 12345678abcd.")


class NotOnesName(rules.UserAttributeSimilarityValidator):
    """Not the user name or the name with little changed."""

    def get_error_message(self) -> str:
        return _("This password is too much like your name or user name: take another.")

    def get_help_text(self) -> str:
        return _("Not your name or user name with little changed.")
