"""Names of figures for people, in the language of the page."""

from __future__ import annotations

from django.utils.translation import get_language

from reports.catalogue import ANNUAL, FigureDefinition, catalogue_for
from reports.selectors.tables import SOURCE_NAMES
from subsidies.models import Programme


def figure_name(code: str) -> str:
    """A figure's name with its programme and source: 奖励扶助·已到账（中央）; a year's has no programme."""
    of_year = {definition.code: definition for definition in ANNUAL}.get(code)
    if of_year is not None:
        return _name(of_year)
    table, subject, _measure, *rest = code.split(".")
    is_english = _is_english()
    known = {definition.code: definition for definition in catalogue_for([subject])}
    definition = known.get(code)
    name = code if definition is None else _name(definition)
    source = rest[0] if table == "t2" and rest else ""
    if source:
        name += f" ({SOURCE_NAMES[source]})" if is_english else f"（{SOURCE_NAMES[source]}）"
    programme = Programme.objects.filter(pk=subject.upper()).first()
    if programme is None:
        return name
    return f"{programme.name}: {name}" if is_english else f"{programme.name}·{name}"


def _name(definition: FigureDefinition) -> str:
    return definition.name_en if _is_english() else definition.name_zh


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
