"""How a payment is divided over those who fund it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.enums import FundingSource


def split(amount: Decimal, funding: Sequence[Mapping[str, str]]) -> dict[str, Decimal]:
    """Yuan by source, to the cent; the parts add up to `amount` exactly.

    `funding` is a policy version's: `[{"source": "central", "share": "0.5"}, …]`, shares adding up
    to 1. Every source gets its share rounded down to the cent; the cents left over go one each to
    the sources with the largest remainders, among equals to the one named first (the method of
    largest remainders). A source that gets nothing is left out. Raises DomainError
    `funding_shares`.
    """
    shares = [(str(part["source"]), Decimal(str(part["share"]))) for part in funding]
    if (
        sum(share for _source, share in shares) != 1
        or any(share < 0 or source not in FundingSource.values for source, share in shares)
        or len({source for source, _share in shares}) != len(shares)
    ):
        raise DomainError(
            "funding_shares",
            _("The policy's funding shares do not add up to the whole. Correct the policy version first."),
        )
    cents = int(amount * 100)
    exact = [cents * share for _source, share in shares]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: cents - sum(parts)]:
        parts[place] += 1
    return {source: Decimal(part) / 100 for (source, _share), part in zip(shares, parts, strict=True) if part}


def share_out(amount: Decimal, parts: Sequence[int]) -> list[Decimal]:
    """An amount divided among heirs by their parts, to the cent, in their order; adds up to it exactly.

    Whole cents first; the cents left over go one each to the largest remainders, among equals to the one
    named first. The database reckons the same (subsidies_heir_part) and refuses another amount.
    """
    cents, whole = int(amount * 100), sum(parts)
    shares = [cents * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (-(cents * parts[place] % whole), place))
    for place in order[: cents - sum(shares)]:
        shares[place] += 1
    return [Decimal(share) / 100 for share in shares]


def split_back(amount: Decimal, left: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Money that comes back, divided over those who paid in proportion to what each has not got back yet.

    To the cent by largest remainders, among equals to the one named first; the parts add up to `amount` exactly,
    nobody gets more than is left of the own part, and when all of it has come everybody has all of it back.
    `amount` is at most the sum of `left`, which has nothing below zero; ValueError otherwise.
    """
    cents = {name: int(value * 100) for name, value in left.items()}
    whole, coming = sum(cents.values()), int(amount * 100)
    if not 0 < coming <= whole or min(cents.values()) < 0:
        raise ValueError("more comes back than was paid")
    parts = {name: coming * value // whole for name, value in cents.items()}
    order = sorted(cents, key=lambda name: -(coming * cents[name] % whole))
    for name in order[: coming - sum(parts.values())]:
        parts[name] += 1
    return {name: Decimal(part) / 100 for name, part in parts.items() if part}


def lower(amounts: Sequence[Decimal], to: Decimal) -> list[Decimal]:
    """Amounts lowered in proportion so that they add up to `to`, to the cent, in their order."""
    left = {str(place): amount for place, amount in enumerate(amounts)}
    parts = split_back(to, left) if to else {}
    return [parts.get(name, Decimal()) for name in left]
