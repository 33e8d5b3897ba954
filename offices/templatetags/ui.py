"""Tags and filters of the shared components: built in for every template.

Dates, money and masked numbers have one form each, here. A component is a template of
`templates/components/` that gets only what it is given.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from offices.tones import Tone

register = template.Library()

NOTHING = "—"


def _in_chinese() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")


# Dates ------------------------------------------------------------------------------------


def _local(value: datetime.date) -> datetime.date:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: datetime.date | None) -> str:
    """2014年1月6日, or 6 January 2014."""
    if not value:
        return NOTHING
    return date_format(_local(value), "Y年n月j日" if _in_chinese() else "j F Y")


@register.filter
def day_long(value: datetime.date | None) -> str:
    """A day with its weekday: 2014年1月6日 星期一."""
    if not value:
        return NOTHING
    return date_format(_local(value), "Y年n月j日 l" if _in_chinese() else "l, j F Y")


@register.filter
def day_iso(value: datetime.date | None) -> str:
    """2014-01-06: for columns, where days stand below each other."""
    return f"{_local(value):%Y-%m-%d}" if value else NOTHING


@register.filter
def month(value: datetime.date | None) -> str:
    """2013年12月, or December 2013."""
    if not value:
        return NOTHING
    return date_format(_local(value), "Y年n月" if _in_chinese() else "F Y")


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """An instant in China's time to the minute: 2014年1月6日 15:04."""
    if not value:
        return NOTHING
    return date_format(_local(value), "Y年n月j日 H:i" if _in_chinese() else "j F Y, H:i")


# Numbers ----------------------------------------------------------------------------------


@register.filter
def money(value: Decimal | int | None) -> str:
    """An amount in yuan to the cent, without the unit: 1,234.50. For columns headed by the unit."""
    return NOTHING if value is None else f"{Decimal(value):,.2f}"


@register.filter
def yuan(value: Decimal | int | None) -> str:
    """An amount with its unit: 1,234.50元, or ¥1,234.50."""
    if value is None:
        return NOTHING
    return f"{money(value)}元" if _in_chinese() else f"¥{money(value)}".replace("¥-", "-¥")


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count with thousands separated: 12,345."""
    return NOTHING if value is None else f"{value:,}"


@register.filter
def percent(value: Decimal | float | None) -> str:
    """A share of one as a percentage with one place: 0.873 is 87.3%."""
    return NOTHING if value is None else f"{Decimal(str(value)) * 100:.1f}%"


# What is masked ---------------------------------------------------------------------------


@register.filter
def mask_identity(value: str | None) -> str:
    """First three and last two characters: with birth date and village beside it, more gives it away."""
    return _masked(value, head=3, tail=2)


@register.filter
def mask_phone(value: str | None) -> str:
    """First three and last two digits."""
    return _masked(value, head=3, tail=2)


@register.filter
def mask_account(value: str | None) -> str:
    """The last four digits, as on a bank's slip."""
    return _masked(value, head=0, tail=4)


def _masked(value: str | None, *, head: int, tail: int) -> str:
    if not value:
        return NOTHING
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


# Forms ------------------------------------------------------------------------------------


@register.filter
def error_sentences(field: BoundField, with_label: bool = False) -> list[str]:
    """What has to be put right at a field, a sentence each; `with_label` where it stands away from it.

    What is left empty is asked for by its name: Django's own words name a 'field'.
    """
    sentences = []
    for error in field.errors.as_data():
        if error.code == "required":
            sentences.append(_asked_for(field))
            continue
        told = " ".join(error.messages)
        named = _("%(label)s: %(error)s") % {"label": field.label, "error": told}
        sentences.append(named if with_label else told)
    return sentences


def _asked_for(field: BoundField) -> str:
    label = str(field.label).rstrip("。.：:")
    if field.widget_type == "checkbox":
        return _("Tick “%(label)s”.") % {"label": label}
    if isinstance(field.field, forms.ChoiceField | forms.FileField):
        return _("Choose “%(label)s”.") % {"label": label}
    return _("Fill in “%(label)s”.") % {"label": label}


# Icons, badges ----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The icons of the sprite, as `templates/icons.txt` lists them."""
    listed = Path(settings.BASE_DIR) / "templates" / "icons.txt"
    return frozenset(listed.read_text(encoding="utf-8").split())


@register.simple_tag
def icon(name: str, label: str = "", extra_class: str = "") -> SafeString:
    """An icon of the sprite: silent beside a word, or with a `label` where it stands alone.

    Raises LookupError for a name that `templates/icons.txt` does not list.
    """
    if name not in icon_names():
        raise LookupError(f"{name!r} is not in templates/icons.txt")
    heard = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false" width="20" height="20"><use href="{}#{}"></use></svg>',
        extra_class,
        heard,
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def badge(label: str, tone: str = Tone.NEUTRAL) -> SafeString:
    """A state by word, shape and colour."""
    kind = Tone(tone)
    return format_html(
        '<span class="state state-{}">{}<span>{}</span></span>', kind.value, icon(kind.icon), label
    )


@register.simple_tag
def state_badge(state: Any) -> SafeString:
    """The badge of a member of an enumeration that has `label` and `tone`."""
    return badge(state.label, state.tone)


@register.simple_tag
def job_badge(job: Any) -> SafeString:
    """The badge of a long piece of work by its state."""
    tones = {
        "waiting": Tone.WAITING,
        "running": Tone.ACTIVE,
        "done": Tone.GOOD,
        "failed": Tone.BAD,
        "cancelled": Tone.ENDED,
    }
    return badge(job.get_state_display(), tones[job.state])


@register.simple_tag
def verdict(result: bool | None, yes: str = "", no: str = "", unknown: str = "") -> SafeString:
    """Whether a clause holds: met, not met, or not known yet."""
    if result is None:
        return badge(unknown or _("Not known"), Tone.ATTENTION)
    return badge(yes or _("Met"), Tone.GOOD) if result else badge(no or _("Not met"), Tone.BAD)


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    """One step of the way back to the first page; without `url` it is the page itself."""
    if url:
        return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)
    return format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', label)


# Components -------------------------------------------------------------------------------

_PARTS = "component_parts"
_ALWAYS_GIVEN = ("request", "csrf_token", "LANGUAGE_CODE")


def _render_component(name: str, context: template.Context, given: Mapping[str, Any]) -> SafeString:
    found = get_template(f"components/{name}.html").template  # type: ignore[attr-defined] # Django's own engine
    inherited = {key: context[key] for key in _ALWAYS_GIVEN if key in context}
    with context.render_context.push():
        return found.render(context.new({**inherited, **given}))


class ComponentNode(template.Node):
    """`{% component "panel" title=… %} body {% part actions %} … {% endpart %} {% endcomponent %}`."""

    def __init__(
        self, name: FilterExpression, given: Mapping[str, FilterExpression], nodelist: NodeList | None
    ) -> None:
        self.name = name
        self.given = given
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        values = {key: expression.resolve(context) for key, expression in self.given.items()}
        if self.nodelist is not None:
            parts: dict[str, SafeString] = {}
            with context.push(**{_PARTS: parts}):
                values["body"] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 # already rendered
            values["parts"] = parts
        return _render_component(self.name.resolve(context), context, values)


class PartNode(template.Node):
    """A named piece of a component's content."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        parts = context[_PARTS]
        parts[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 # already rendered
        return ""


def _given(parser: Parser, token: Token) -> tuple[FilterExpression, dict[str, FilterExpression]]:
    tag, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{tag} needs the name of a component")
    name = parser.compile_filter(bits.pop(0))
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag} takes name=value pairs after the name, not {bits[0]}")
    return name, given


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    """A component with a body: `components/<name>.html` sees only what it is given."""
    name, given = _given(parser, token)
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(name, given, nodelist)


@register.tag
def show(parser: Parser, token: Token) -> ComponentNode:
    """A component without a body."""
    name, given = _given(parser, token)
    return ComponentNode(name, given, None)


@register.tag
def part(parser: Parser, token: Token) -> PartNode:
    """A named part inside `{% component %}`."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("part takes one name")
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(bits[1], nodelist)
