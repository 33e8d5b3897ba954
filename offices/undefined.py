"""Undefined template variables are mistakes: tests make them fail instead of showing nothing."""

from __future__ import annotations


class UndefinedVariable(LookupError):
    """A template reads a variable that nobody gave it."""


class FailsWhenShown(str):
    """For `string_if_invalid`: raises UndefinedVariable with the name of the variable.

    `{% if %}`, `{% for %}` and `{% firstof %}` still take a missing variable for nothing, which is
    how a component reads its optional parameters.
    """

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"the template has no variable {variable!r}")
