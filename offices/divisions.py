"""What a 12-digit division code tells: its level, its scope, its kind of unit.

Source: the statistics bureau's rules for its division and urban-rural codes.
"""

from __future__ import annotations

from offices.enums import DivisionLevel, UnitClass

# Prefectures without a county level count as counties: Dongguan, Zhongshan, Danzhou, Jiayuguan.
COUNTYLESS_PREFECTURES = frozenset({"4419", "4420", "4604", "6202"})


def level_of(code: str) -> DivisionLevel:
    """Level of a 12-digit code by its trailing zeros."""
    if code[2:] == "0" * 10:
        return DivisionLevel.PROVINCE
    if code[4:] == "0" * 8:
        return DivisionLevel.PREFECTURE
    if code[6:] == "0" * 6:
        return DivisionLevel.COUNTY
    if code[9:] == "000":
        return DivisionLevel.TOWNSHIP
    return DivisionLevel.VILLAGE


def scope_of(code: str) -> str:
    """The prefix that covers a division: 6 digits of a county, 9 of a township, 12 of a village.

    Cut by level, never by stripping zeros: county 370410 must not become 37041.
    """
    level = level_of(code)
    if level is DivisionLevel.PREFECTURE and code[:4] in COUNTYLESS_PREFECTURES:
        return code[:6]
    return {DivisionLevel.COUNTY: code[:6], DivisionLevel.TOWNSHIP: code[:9]}.get(level, code)


def unit_class_of(code: str) -> UnitClass | None:
    """Which kind of township or village a 12-digit code names; None for other levels and unused ranges."""
    level = level_of(code)
    if level is DivisionLevel.VILLAGE:
        number = int(code[9:])
        if number < 200:
            return UnitClass.RESIDENTS_COMMITTEE
        if number < 400:
            return UnitClass.VILLAGE_COMMITTEE
        return UnitClass.VILLAGE_LIKE if number < 600 else None
    if level is DivisionLevel.TOWNSHIP:
        number = int(code[6:9])
        if number < 100:
            return UnitClass.SUB_DISTRICT
        if number < 200:
            return UnitClass.TOWN
        if number < 400:
            return UnitClass.TOWNSHIP
        return UnitClass.TOWNSHIP_LIKE if number < 600 else None
    return None


def full_code(code: str) -> str:
    """The 12-digit code of a division given with 6, 9 or 12 digits. Raises ValueError otherwise."""
    if len(code) not in (6, 9, 12) or not code.isascii() or not code.isdigit():
        raise ValueError(code)
    return code.ljust(12, "0")
