"""A document and its template become a PDF, with a note of the characters that are printed as boxes."""

from __future__ import annotations

from html import unescape

from django.template.loader import render_to_string
from django.utils import translation

from reports.pdf.documents import FormalDocument
from reports.pdf.engine import render_pdf
from reports.pdf.fonts import missing_glyphs

LANGUAGE_TAGS = {"zh-hans": "zh-CN", "en": "en"}


def document_html(document: FormalDocument, *, template: str) -> str:
    """The page to be printed, in the active language."""
    html = render_to_string(template, {"document": document, "unprintable": ""})
    boxed = sorted(missing_glyphs(unescape(html)))
    if boxed:
        named = ", ".join(f"{character} U+{ord(character):04X}" for character in boxed)
        html = render_to_string(template, {"document": document, "unprintable": named})
    return html


def print_document(document: FormalDocument, *, template: str) -> bytes:
    """The PDF of `document` in the active language. Raises what render_pdf raises."""
    language = LANGUAGE_TAGS[translation.get_language() or "zh-hans"]
    return render_pdf(
        document_html(document, template=template), title=document.plain_title, language=language
    )
