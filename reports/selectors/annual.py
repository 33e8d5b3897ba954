"""The figures of a year that belong to programmes, computed from its cases.

Money is what reached accounts in the year, whichever period it was for, and whatever came back of it
later by a recovery (as in table 2). A case counts for a division where it is served today, a qualification
where it was on the last day (as in table 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from offices.database.context import county_scope
from reports.months import Month, read_month
from reports.selectors.figures import Figures
from reports.selectors.money import payments_paid
from reports.selectors.qualifications import grants_counted
from subsidies.enums import GoodsMoveKind, RecognitionKind, RecognitionState
from subsidies.models import Bundle, GoodsMove, Grant, Recognition, SealedList
from subsidies.models.batches import PaymentQuerySet
from subsidies.selectors.sealed_lists import standing_entries

WAIVERS, FOUR_REWARDS = "LMYY", "SXJL"
"""Bundles: which programmes they name is the county's to say."""
REWARD, LUMP_SUM, EXAM, MODEL_FAMILY = "NCJF", "DSYL", "ZKJF", "MFXJ"
"""Programmes that a published figure is about."""
IN_LAWS = (RecognitionKind.DAUGHTER_IN_LAW, RecognitionKind.MOTHER_IN_LAW)

_HOUSEHOLDS_PAID = """
SELECT count(DISTINCT coalesce(m.household_id, p.person_id))
  FROM subsidies_payment p
  LEFT JOIN households_membership m ON m.person_id = p.person_id
       AND (m.from_on IS NULL OR m.from_on <= p.paid_on) AND (m.to_on IS NULL OR m.to_on > p.paid_on)
 WHERE p.programme_id = %(programme)s AND p.state = 'paid'
   AND p.paid_on >= %(first)s AND p.paid_on < %(after)s
   AND p.division_code >= %(scope)s AND p.division_code < %(scope)s || '~'
"""


def figures_of_year(year: int, *, scope: str) -> Figures:
    """The annual figures of a division, given by its scope of 6, 9 or 12 digits, by code of the catalogue."""
    december = read_month(f"{year}-12")
    with county_scope():
        paid = payments_paid(december).filter(within(scope))
        awards = _awards(year, scope)
        return {
            "fee_waivers_paid": _yuan(paid, _members_of(WAIVERS)),
            "four_rewards_paid": _yuan(paid, _members_of(FOUR_REWARDS)),
            "reward_assistance_recipients": _recipients(december, scope),
            "lump_sum_pension_households": _households_paid(december, scope),
            "lump_sum_pension_paid": _yuan(paid, [LUMP_SUM]),
            "exam_bonus_students": _examinees(year, scope),
            "model_families": awards.aggregate(n=Count("application__nomination__household", distinct=True))[
                "n"
            ],
            "model_families_value": _yuan(paid, [MODEL_FAMILY]) + _goods_value(year, scope),
            "in_laws_honoured": _honoured(year, scope, IN_LAWS),
            "individuals_honoured": _honoured(year, scope, [RecognitionKind.PERSON]),
        }


def within(scope: str, field: str = "division_code") -> Q:
    """What lies in a division, by its scope."""
    return Q(**{f"{field}__gte": scope, f"{field}__lt": scope + "~"})


def _members_of(bundle: str) -> list[str]:
    found = Bundle.objects.filter(pk=bundle).values_list("programmes", flat=True).first()
    return list(found or ())


def _yuan(paid: PaymentQuerySet, programmes: Iterable[str]) -> Decimal:
    """What reached accounts for programmes; of a family's or a person's right, whoever took it."""
    return paid.filter(programme__in=list(programmes)).aggregate(s=Sum("amount"))["s"] or Decimal()


def _recipients(december: Month, scope: str) -> int:
    """Persons whose reward assistance is in force on the last day; a suspended one keeps the qualification."""
    held = Grant.objects.filter(grants_counted("closing", december, scope=scope), programme=REWARD)
    return held.aggregate(n=Count("person", distinct=True))["n"]


def _households_paid(december: Month, scope: str) -> int:
    """Households of the day of payment to which a lump-sum subsidy was paid, each once."""
    with connection.cursor() as cursor:
        cursor.execute(
            _HOUSEHOLDS_PAID,
            {
                "programme": LUMP_SUM,
                "first": december.year_start,
                "after": december.next_day,
                "scope": scope,
            },
        )
        (count,) = cursor.fetchone()
    return int(count)


def _examinees(year: int, scope: str) -> int:
    """Persons on the sealed list of the year, after what its sealed supplements added and removed."""
    first = SealedList.objects.sealed().filter(programme=EXAM, year=year, supplements=None).first()
    entries = standing_entries(first).values() if first else ()
    return sum(entry.division_code.startswith(scope) for entry in entries)


def _awards(year: int, scope: str) -> QuerySet[Grant]:
    """Awards to model families that begin in the year and cover a day of it."""
    holds: Any = Q(to_on=None) | Q(to_on__gt=F("from_on"))
    return Grant.objects.filter(within(scope), holds, programme=MODEL_FAMILY, from_on__year=year)


def _goods_value(year: int, scope: str) -> Decimal:
    """Yuan worth of goods that families signed for in the year, at the value kept for the goods."""
    handed_out = GoodsMove.objects.filter(
        within(scope, "grant__division_code"),
        kind=GoodsMoveKind.HANDED_OUT,
        grant__programme=MODEL_FAMILY,
        moved_on__year=year,
    )
    return handed_out.aggregate(s=Sum(F("quantity") * F("item__unit_value")))["s"] or Decimal()


def _honoured(year: int, scope: str, kinds: Iterable[RecognitionKind]) -> int:
    """Persons with a confirmed honour of the year; who has two of a kind of figure counts once."""
    confirmed = Recognition.objects.filter(
        within(scope), state=RecognitionState.CONFIRMED, year=year, kind__in=list(kinds)
    )
    return confirmed.aggregate(n=Count("person", distinct=True))["n"]
