"""From a page of HTML to a PDF that can be kept: PDF/A-2u, tagged, every face inside it.

The same HTML gives the same bytes on the same machine: nothing in the file is drawn by lot or read
from a clock. The creation date is the document's own (`<meta name="dcterms.created">`).
"""

from __future__ import annotations

import atexit
import base64
import os
import tempfile
import threading
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings

from offices.pdf.fonts import MARK_FAMILY, face_rules, fontconfig_text, missing_glyphs
from offices.pdf.marks import mark_face

PDF_VARIANT = "pdf/a-2u"
STYLE_SHEET = "templates/print/gbt9704.css"

_loading = threading.Lock()


@cache
def _scratch_folder() -> Path:
    """Where this process keeps its fontconfig file and cache; gone when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="huimin-fonts-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _load_weasyprint() -> Any:
    """WeasyPrint, told of our faces only.

    Fontconfig reads its file's place from the environment, already while the library loads, and
    complains there of a machine without fonts. It stays set: changing the environment back and forth
    is not safe beside the threads that Pango starts.
    """
    with _loading:
        file = _scratch_folder() / "fonts.conf"
        # A forked process that ends may have taken its parent's folder with it.
        file.parent.mkdir(exist_ok=True)
        text = fontconfig_text(file.parent / "cache")
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        import weasyprint

        return weasyprint


def marks_rule(characters: set[str]) -> str:
    """The rule that brings a box with the code point for each of `characters`; empty for none."""
    if not characters:
        return ""
    face = base64.b64encode(mark_face(characters)).decode("ascii")
    return f'@font-face{{font-family:"{MARK_FAMILY}";src:url("data:font/ttf;base64,{face}")}}'


def render_pdf(html: str, *, title: str, language: str, style_sheet: str = STYLE_SHEET) -> bytes:
    """Print `html` with a style sheet, by default that of GB/T 9704, and return the PDF/A-2u file.

    `title` and `language` (a BCP 47 tag such as `zh-CN`) become the file's own. Nothing is fetched:
    pictures are inline SVG or `data:`, anything else stops the print. A character without a glyph is
    printed as a box with its code point and stays the character in the file's text.
    Raises DomainError `fonts_missing`.
    """
    return _written(_laid_out(html, style_sheet), title=title, language=language)


def render_on_one_page(settings_of: Iterable[str], *, title: str, language: str, style_sheet: str) -> bytes:
    """Print the first of several settings of the same paper that takes one page, as `render_pdf` does.

    They are given from the widest to the closest; where even the closest takes more it goes on to the
    next page, because nothing may be left out. Raises DomainError `fonts_missing`.
    """
    document: Any = None
    for html in settings_of:
        document = _laid_out(html, style_sheet)
        if len(document.pages) == 1:
            break
    return _written(document, title=title, language=language)


def _laid_out(html: str, style_sheet: str) -> Any:
    unprintable = missing_glyphs(unescape(html))
    weasyprint = _load_weasyprint()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    sheet = (Path(settings.BASE_DIR) / style_sheet).read_text(encoding="utf-8")
    styles = [
        weasyprint.CSS(string=text, font_config=fonts, url_fetcher=fetcher)
        for text in (marks_rule(unprintable), face_rules(), sheet)
    ]
    return weasyprint.HTML(string=html, url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=styles, pdf_variant=PDF_VARIANT, pdf_tags=True
    )


def _written(document: Any, *, title: str, language: str) -> bytes:
    document.metadata.title = title
    document.metadata.lang = language
    printed: bytes = document.write_pdf(pdf_variant=PDF_VARIANT, pdf_tags=True)
    return printed
