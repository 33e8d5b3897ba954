"""Which faces print a document, so that no machine needs a font of its own.

GB/T 9704 asks for 仿宋 (text), 小标宋 (title), 黑体 and 楷体 (headings). These are licensed faces: an
office that owns them names their folder in HUIMIN_PDF_FONTS, any other prints with the bundled Noto
faces. Only static TrueType faces serve: slices of web fonts print wrong glyphs, and variable or
collected ones take many seconds a page.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError


@dataclass(frozen=True, slots=True)
class BundledFace:
    """A face that comes with the front-end files: `package` and `path` say where npm brings it from."""

    family: str
    weight: int
    package: str
    path: str

    @property
    def file_name(self) -> str:
        """Its name in the folder of bundled faces."""
        return self.path.rpartition("/")[2]


BUNDLED_FACES = (
    BundledFace(
        "Noto Serif SC", 400, "@expo-google-fonts/noto-serif-sc", "400Regular/NotoSerifSC_400Regular.ttf"
    ),
    BundledFace(
        "Noto Serif SC", 600, "@expo-google-fonts/noto-serif-sc", "600SemiBold/NotoSerifSC_600SemiBold.ttf"
    ),
    BundledFace(
        "Noto Sans SC", 400, "@expo-google-fonts/noto-sans-sc", "400Regular/NotoSansSC_400Regular.ttf"
    ),
    BundledFace("Noto Sans SC", 500, "@expo-google-fonts/noto-sans-sc", "500Medium/NotoSansSC_500Medium.ttf"),
    # Two more for names: 𠮷 is in the first of them only, some 1,700 other rare characters in the second.
    BundledFace(
        "Noto Serif JP", 400, "@expo-google-fonts/noto-serif-jp", "400Regular/NotoSerifJP_400Regular.ttf"
    ),
    BundledFace(
        "Noto Serif TC", 400, "@expo-google-fonts/noto-serif-tc", "400Regular/NotoSerifTC_400Regular.ttf"
    ),
)
"""What the front-end set-up copies from npm into static/vendor/fonts, under `file_name`."""

RARE_FAMILIES = ("Noto Serif SC", "Noto Sans SC", "Noto Serif JP", "Noto Serif TC")
"""Asked in this order for every character, after the face that its place in the document calls for."""

MARK_FAMILY = "Huimin Code Point"
"""The last of every list: boxes that show the code point of a character no other face has."""


class Place(StrEnum):
    """What a face is for; the style sheet names them `--face-…` and `--weight-…`."""

    TEXT = "text"
    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"


LICENSED_FAMILIES: dict[Place, tuple[str, ...]] = {
    Place.TEXT: (
        "FangSong_GB2312",
        "仿宋_GB2312",
        "FangSong",
        "仿宋",
        "FZFangSong-Z02",
        "方正仿宋简体",
        "STFangsong",
    ),
    Place.TITLE: ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
    Place.HEADING: ("SimHei", "黑体", "FZHei-B01S", "方正黑体简体", "STHeiti"),
    Place.SUBHEADING: (
        "KaiTi_GB2312",
        "楷体_GB2312",
        "KaiTi",
        "楷体",
        "FZKai-Z03S",
        "方正楷体简体",
        "STKaiti",
    ),
}
BUNDLED_CHOICE: dict[Place, tuple[str, int]] = {
    Place.TEXT: ("Noto Serif SC", 400),
    Place.TITLE: ("Noto Serif SC", 600),
    Place.HEADING: ("Noto Sans SC", 500),
    Place.SUBHEADING: ("Noto Serif SC", 600),
}


def bundled_folder() -> Path:
    """Where the front-end set-up puts the bundled faces."""
    return Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"


def absent_faces() -> tuple[BundledFace, ...]:
    """Bundled faces whose files are not there (for the check of an installation)."""
    folder = bundled_folder()
    return tuple(face for face in BUNDLED_FACES if not (folder / face.file_name).is_file())


def require_bundled_faces() -> None:
    """Raise DomainError `fonts_missing` unless every bundled face is there: a page of boxes helps nobody."""
    absent = absent_faces()
    if absent:
        raise DomainError(
            "fonts_missing",
            _("%(count)d fonts for printing are missing, %(first)s among them. Run script/bootstrap again."),
            count=len(absent),
            first=absent[0].file_name,
        )


def font_folders() -> tuple[Path, ...]:
    """The bundled folder and those of HUIMIN_PDF_FONTS (`bundled`, or folders as in PATH)."""
    named = [
        folder for folder in str(settings.HUIMIN_PDF_FONTS).split(os.pathsep) if folder not in ("", "bundled")
    ]
    return (bundled_folder(), *(Path(folder).expanduser() for folder in named))


@cache
def _families_in(folder: Path) -> dict[str, str]:
    """Every family name (folded) of the static faces in `folder`, with its spelling."""
    from fontTools.ttLib import TTFont, TTLibError

    families: dict[str, str] = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in (".ttf", ".otf"):
            continue
        try:
            with file.open("rb") as opened, TTFont(opened, lazy=True) as face:
                names = [record.toUnicode() for record in face["name"].names if record.nameID == 1]
        except (OSError, TTLibError, UnicodeDecodeError):
            # A damaged file in an office's own folder must not stop printing: it is simply not there.
            continue
        families.update({name.casefold(): name for name in names})
    return families


def licensed_family(place: Place) -> str | None:
    """The office's own face for `place`, the first of the standard's that is in a folder it named."""
    for folder in font_folders()[1:]:
        families = _families_in(folder)
        for name in LICENSED_FAMILIES[place]:
            if name.casefold() in families:
                return families[name.casefold()]
    return None


def _face_of(place: Place) -> tuple[str, int]:
    licensed = licensed_family(place)
    return (licensed, 400) if licensed else BUNDLED_CHOICE[place]


def families_for(place: Place) -> tuple[str, ...]:
    """The families that print `place`, the first first; the last marks what none of them has."""
    first, _weight = _face_of(place)
    return (first, *(name for name in RARE_FAMILIES if name != first), MARK_FAMILY)


def face_rules() -> str:
    """The style rules that name the faces: variables for the sheet, and the page's own (it inherits none)."""

    def listed(place: Place) -> str:
        return ", ".join(f'"{name}"' for name in families_for(place))

    variables = "".join(
        f"--face-{place}:{listed(place)};--weight-{place}:{_face_of(place)[1]};" for place in Place
    )
    return f":root{{{variables}}}@page{{font-family:{listed(Place.TEXT)}}}"


def fontconfig_text(cache_folder: Path) -> str:
    """A configuration for fontconfig that knows our folders and no machine's."""
    folders = "".join(f"<dir>{_xml(folder)}</dir>" for folder in font_folders())
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{folders}<cachedir>{_xml(cache_folder)}</cachedir></fontconfig>"
    )


def _xml(path: Path) -> str:
    return str(path).replace("&", "&amp;").replace("<", "&lt;")


@cache
def _drawn_by(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as face:
        return frozenset(face.getBestCmap())


def _drawn() -> Iterator[frozenset[int]]:
    for face in BUNDLED_FACES:
        # The weights of a family hold the same characters.
        if face.weight == 400:
            yield _drawn_by(bundled_folder() / face.file_name)


def _needs_glyph(character: str) -> bool:
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return False  # variation selectors change the glyph before them and have none
    return unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")


def missing_glyphs(text: str) -> set[str]:
    """Characters of `text` that no bundled face can draw, so that they need a mark.

    Some names hold characters of the later extensions, or of a private area that an older system
    used. Printed unseen they would vanish or turn into the same empty box. The office's own faces
    are not asked: they hold fewer, and every list of families ends with the bundled ones.
    Raises DomainError `fonts_missing`.
    """
    require_bundled_faces()
    left = {character for character in set(text) if _needs_glyph(character)}
    for drawn in _drawn():
        left = {character for character in left if ord(character) not in drawn}
        if not left:
            break
    return left
