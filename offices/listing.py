"""Lists whose filters, order and page stand in the address, so that a link is the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

ROWS_A_PAGE = 50

Rows = TypeVar("Rows", bound="QuerySet[Any] | Sequence[Any]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: sortable when it has a `key` (its word in the address) and the `order` behind it."""

    label: str | Promise
    key: str = ""
    order: tuple[str, ...] = ()
    kind: Literal["text", "number", "actions"] = "text"


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head as it is shown; `direction` is what `aria-sort` says."""

    label: str | Promise
    kind: str
    sort_url: str
    direction: Literal["ascending", "descending", "none"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    value: str
    without_url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list with everything that its component shows."""

    headers: Sequence[Header]
    page: Page[Any]
    total: int
    chips: Sequence[Chip]
    clear_url: str
    page_urls: Sequence[tuple[int | None, str]] = field(default=())
    previous_url: str = ""
    next_url: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)


def make_listing(
    *,
    query: QueryDict,
    rows: QuerySet[Any] | Sequence[Any],
    columns: Sequence[Column],
    default_sort: str = "",
    filters: forms.Form | None = None,
    per_page: int = ROWS_A_PAGE,
) -> Listing:
    """Order and cut `rows` as the address says; an unknown order or page is the first one.

    `rows` is already filtered by what `filters` cleaned. A sequence is not re-ordered.
    """
    asked = _asked(query, columns, default_sort)
    rows = in_order(rows, query=query, columns=columns, default_sort=default_sort)
    paginator = Paginator(rows, per_page)
    page = paginator.get_page(query.get("page"))
    return Listing(
        headers=[_header(column, asked, query) for column in columns],
        page=page,
        total=paginator.count,
        chips=_chips(filters, query),
        clear_url=_address(query, keep=("sort",)),
        page_urls=[
            (entry, _address(query, page=str(entry))) if isinstance(entry, int) else (None, "")
            for entry in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        ],
        previous_url=_address(query, page=str(page.previous_page_number())) if page.has_previous() else "",
        next_url=_address(query, page=str(page.next_page_number())) if page.has_next() else "",
    )


def in_order(rows: Rows, *, query: QueryDict, columns: Sequence[Column], default_sort: str = "") -> Rows:
    """All of a list's rows in the order that the address asks for; a sequence is not re-ordered."""
    asked = _asked(query, columns, default_sort)
    if not isinstance(rows, QuerySet) or not asked:
        return rows
    column = next(column for column in columns if column.key == asked.lstrip("-"))
    return rows.order_by(*_order(column, descending=asked.startswith("-")), "pk")


def filters_in_words(filters: forms.Form) -> list[tuple[str, str]]:
    """The filters in force, each with what was chosen, in the words of its field."""
    if not filters.is_bound or not filters.is_valid():
        return []
    return [
        (str(filters[name].label), _said(filters, name, value))
        for name, value in filters.cleaned_data.items()
        if value not in (None, "", [], False)
    ]


def _asked(query: QueryDict, columns: Sequence[Column], default_sort: str) -> str:
    asked = query.get("sort", default_sort)
    return asked if asked.lstrip("-") in {column.key for column in columns if column.key} else default_sort


def _order(column: Column, *, descending: bool) -> list[str]:
    if not descending:
        return list(column.order)
    return [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in column.order]


def _header(column: Column, asked: str, query: QueryDict) -> Header:
    if not column.key:
        return Header(column.label, column.kind, "", "none")
    if asked == column.key:
        return Header(
            column.label, column.kind, _address(query, sort=f"-{column.key}", page=None), "ascending"
        )
    direction: Literal["descending", "none"] = "descending" if asked == f"-{column.key}" else "none"
    return Header(column.label, column.kind, _address(query, sort=column.key, page=None), direction)


def _chips(filters: forms.Form | None, query: QueryDict) -> list[Chip]:
    if filters is None or not filters.is_bound:
        return []
    filters.is_valid()
    chips = []
    for name in filters.fields:
        bound = filters[name]
        value = filters.cleaned_data.get(name)
        if value in (None, "", [], False) or bound.is_hidden:
            continue
        chips.append(
            Chip(
                str(bound.label),
                _said(filters, name, value),
                _address(query, page=None, **{bound.html_name: None}),
            )
        )
    return chips


def _said(filters: forms.Form, name: str, value: Any) -> str:
    """What was chosen, in the words of the field."""
    choices = getattr(filters.fields[name], "choices", None)
    if choices is None or isinstance(filters.fields[name], forms.ModelChoiceField):
        return "" if value is True else str(value)
    labels = {str(key): str(label) for key, label in choices}
    chosen = value if isinstance(value, list) else [value]
    return "、".join(labels.get(str(item), str(item)) for item in chosen)


def _address(query: QueryDict, *, keep: Sequence[str] | None = None, **changed: str | None) -> str:
    """The address of the same page with other parameters; None takes one out."""
    target = query.copy()
    for name in list(target):
        if (keep is not None and name not in keep) or target[name] == "":
            del target[name]
    for name, value in changed.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    return f"?{target.urlencode()}"
