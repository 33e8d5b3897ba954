"""Reading a printed file back, with the programs that a reader would use (poppler's)."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from html import unescape

import pytest


@dataclass(frozen=True)
class Word:
    """A word and its place on the page, in points from the upper left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Pages:
    """A printed file and the text of its pages."""

    file: bytes

    @cached_property
    def text(self) -> str:
        return told_by("pdftotext", self.file, "-layout", "-", "-")

    @cached_property
    def flat(self) -> str:
        """The text without its spaces and line ends, to look for sentences in."""
        return re.sub(r"\s+", "", self.text)

    @property
    def pages(self) -> list[str]:
        return self.text.split("\f")[:-1]

    def words(self, page: int) -> list[Word]:
        told = told_by("pdftotext", self.file, "-bbox", "-f", str(page), "-l", str(page), "-", "-")
        pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
        return [
            Word(unescape(text), float(left), float(top), float(right), float(bottom))
            for left, top, right, bottom, text in re.findall(pattern, told)
        ]


def told_by(program: str, file: bytes, *words: str) -> str:
    """What one of poppler's programs, which read `-` as their input, says of the file."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (poppler-utils)")
    told = subprocess.run([program, *(words or ("-",))], input=file, check=True, capture_output=True)
    return told.stdout.decode()
