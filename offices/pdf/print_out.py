"""A document and its template become a PDF, with a note of the characters that are printed as boxes."""

from __future__ import annotations

from html import unescape
from typing import Protocol

from django.template.loader import render_to_string
from django.utils import translation

from offices.pdf.engine import render_on_one_page, render_pdf
from offices.pdf.fonts import missing_glyphs

LANGUAGE_TAGS = {"zh-hans": "zh-CN", "en": "en"}
ONE_PAGE_STYLE_SHEET = "templates/print/sheet.css"
LETTERS = ("regular", "dense", "tiny")
"""Settings of a paper that has to take one page, the widest first."""


class Document(Protocol):
    """What is printed: its template asks for the rest."""

    @property
    def plain_title(self) -> str: ...


def document_html(document: Document, *, template: str, letters: str = LETTERS[0]) -> str:
    """The page to be printed, in the active language."""
    context = {"document": document, "letters": letters, "unprintable": ""}
    html = render_to_string(template, context)
    boxed = sorted(missing_glyphs(unescape(html)))
    if boxed:
        named = ", ".join(f"{character} U+{ord(character):04X}" for character in boxed)
        html = render_to_string(template, {**context, "unprintable": named})
    return html


def print_document(document: Document, *, template: str) -> bytes:
    """The PDF of `document` in the active language. Raises what render_pdf raises."""
    return render_pdf(
        document_html(document, template=template), title=document.plain_title, language=_language_tag()
    )


def print_on_one_page(document: Document, *, template: str) -> bytes:
    """The PDF of a sheet whose letters are as large as one page allows. Raises what render_pdf raises."""
    return render_on_one_page(
        (document_html(document, template=template, letters=letters) for letters in LETTERS),
        title=document.plain_title,
        language=_language_tag(),
        style_sheet=ONE_PAGE_STYLE_SHEET,
    )


def _language_tag() -> str:
    return LANGUAGE_TAGS[translation.get_language() or "zh-hans"]
