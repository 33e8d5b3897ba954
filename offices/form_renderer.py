"""How every form of the office is drawn: one renderer, one set of field templates, days as they are typed."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")


class OfficeBoundField(BoundField):
    """A field that carries the classes of its widget and says so when it is in error."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        own_class = str(built.get("class") or widget.attrs.get("class", ""))
        built["class"] = " ".join(
            filter(None, [own_class, _control_class(widget), "is-invalid" if self.errors else ""])
        )
        if not built["class"]:
            del built["class"]
        return built


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    if widget.is_hidden:
        return ""
    return "form-control"


class OfficeFormRenderer(TemplatesSetting):
    """Forms, form sets and fields drawn by `templates/forms/`."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = OfficeBoundField


class DayField(forms.DateField):
    """A day that a clerk types: 1953-02-01, 1953/2/1, 1953.2.1, 19530201 or 1953年2月1日.

    A plain text box: typed digits are faster than three spinning parts, and every
    browser of the offices shows the same.
    """

    default_error_messages = {
        "invalid": _("This is not a day. Type year, month and day, for example 1953-02-01 or 19530201.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DAY_FORMATS)
        kwargs.setdefault(
            "widget",
            forms.DateInput(
                format="%Y-%m-%d", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-day"}
            ),
        )
        kwargs.setdefault("help_text", _("For example 1953-02-01 or 19530201"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        if isinstance(value, str):
            value = "".join(value.split())
        return super().to_python(value)
