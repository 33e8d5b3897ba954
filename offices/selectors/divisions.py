"""Reads of the division tree."""

from __future__ import annotations

from collections.abc import Iterable

from offices.models import Division


def names_of_divisions(codes: Iterable[str]) -> dict[str, str]:
    """Names of divisions by their 12-digit code; a code of another county that is not known is left out."""
    return dict(Division.objects.filter(pk__in=set(codes)).values_list("pk", "name"))
