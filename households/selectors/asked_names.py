"""What somebody who types in the search box means by it, where it is about a name.

Characters, pinyin, initials and any of them beside each other (`王秀英`, `wangxiuying`, `wxy`, `wang xiu`,
`王xy`) are read as the pieces of a name, and these as what the database can compare by `=` or a range.
Its tokens are written by the triggers of the migration that made them: characters and syllables in small
letters, initials in capital ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from offices.pinyin import SYLLABLES, beginnings, sort_key, syllables_of

LONGEST_TOKEN = 4
"""Characters of a name in one token; more are asked by their first four and compared whole."""
MOST_TOKENS = 48
"""More readings than this has only what is too short to mean one of them."""

_RUNS = re.compile(r"[a-z]+|[^\W_a-z]")
_TYPED_OTHERWISE: dict[int, int | str] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **{ord(typed): meant for typed, meant in (("\u3000", " "), ("ü", "v"), ("Ü", "v"))},
}
_KNOWN = frozenset(SYLLABLES)
_BEGUN = frozenset(syllable[:length] for syllable in SYLLABLES for length in range(1, len(syllable) + 1))
_LONGEST_SYLLABLE = max(map(len, SYLLABLES))
_DOUBLE_INITIALS = frozenset({"zh", "ch", "sh"})
_TONE = "(?:[1-5]|0)"
_READING = "(?:[a-z:]+[1-5]|.0|~)"


@dataclass(frozen=True, slots=True)
class AskedName:
    """Names whose sort key is one of `wholes` or begins with one of `keys`, or which have one of the `tokens`.

    Beside a token stands the regular expression that the sort key has to fit as well (empty: any).
    """

    wholes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    tokens: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wholes or self.keys or self.tokens)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One character of a name as it was typed: itself, its syllable, or how its syllable begins."""

    text: str
    is_written: bool = False

    @property
    def is_whole(self) -> bool:
        return self.is_written or self.text in _KNOWN

    def sounds(self, *, at_beginning: bool) -> Iterable[str]:
        return sorted(syllables_of(self.text, at_beginning=at_beginning)) if self.is_written else (self.text,)


def read_asked_name(text: str) -> AskedName:
    """What a question asks of names; false where it holds no letter and no character."""
    asked = text.translate(_TYPED_OTHERWISE)
    runs = _RUNS.findall(asked.lower())
    letters = [run for run in runs if run.isascii() and run.isalpha()]
    if not runs:
        return AskedName()
    if not letters:
        return _of_characters(asked, runs)
    keys, tokens = [], []
    if len(runs) == 1:
        keys = [_in_keys(runs[0])] if runs[0] in _BEGUN or len(runs[0]) == 1 else []
        tokens = list(_of_letters(runs[0]))
    for pieces in islice(_piecewise(runs), MOST_TOKENS):
        tokens += _of_pieces(pieces, is_bounded=len(runs) > 1)
    return AskedName(keys=tuple(keys), tokens=tuple(islice(dict.fromkeys(tokens), MOST_TOKENS)))


def _of_characters(asked: str, runs: Sequence[str]) -> AskedName:
    pattern = _pattern([_Piece(run, is_written=True) for run in runs]) if len(runs) > LONGEST_TOKEN else ""
    return AskedName(
        wholes=(sort_key(asked),),
        keys=tuple(sorted(beginnings(asked))),
        tokens=(("".join(runs[:LONGEST_TOKEN]), pattern),),
    )


def _of_letters(letters: str) -> Iterator[tuple[str, str]]:
    """Letters without a blank: the pinyin or the initials as they stand, however they are to be parted.

    One letter alone is how a name begins, and within it a syllable that is no longer (`e`), never an initial.
    """
    if len(letters) == 1:
        if letters in _KNOWN:
            yield letters, ""
        return
    yield letters, ""
    if len(letters) <= LONGEST_TOKEN:
        yield letters.upper(), ""
    else:
        yield letters[:LONGEST_TOKEN].upper(), _pattern([_Piece(letter) for letter in letters])
        tone = f"(?:{_TONE}.)?"
        anywhere = f"^(?:{_READING}.)*" + tone.join(letter.replace("v", "(?:u:|v)") for letter in letters)
        for end in sorted(_ends_of_syllables(letters)):
            if end < len(letters):
                yield letters[:end], anywhere


def _ends_of_syllables(letters: str) -> set[int]:
    """Where the first four syllables may end."""
    ends = {0}
    for _syllable in range(LONGEST_TOKEN):
        ends = {
            end + length
            for end in ends
            for length in range(1, _LONGEST_SYLLABLE + 1)
            if letters[end : end + length] in _KNOWN and end + length <= len(letters)
        }
    return ends


def _piecewise(runs: Sequence[str]) -> Iterator[tuple[_Piece, ...]]:
    """The likeliest ways to part each run of letters, combined with the characters beside them."""
    ways: list[list[list[_Piece]]] = []
    for place, run in enumerate(runs):
        if run.isascii() and run.isalpha():
            ends_it = place == len(runs) - 1
            ways.append([[_Piece(piece) for piece in split] for split in _splits(run, ends_it=ends_it)])
        else:
            ways.append([[_Piece(run, is_written=True)]])
    for way in product(*ways):
        yield tuple(piece for pieces in way for piece in pieces)


def _splits(letters: str, *, ends_it: bool) -> list[tuple[str, ...]]:
    """Partings into syllables and initials: as few pieces as can be, of them few that are initials.

    The last piece of a question may be a syllable that is only begun.
    """
    best: list[tuple[int, list[tuple[str, ...]]]] = [(0, [()])]
    for end in range(1, len(letters) + 1):
        cost = 1 << 30
        splits: list[tuple[str, ...]] = []
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            piece = letters[start:end]
            is_last = ends_it and end == len(letters)
            if piece in _KNOWN or (is_last and piece in _BEGUN):
                price = 1
            elif len(piece) == 1 or piece in _DOUBLE_INITIALS:
                price = 100
            else:
                continue
            price += best[start][0]
            if price < cost:
                cost, splits = price, []
            if price == cost:
                splits += [(*split, piece) for split in best[start][1]]
        best.append((cost, splits[:4]))
    return best[-1][1]


def _of_pieces(pieces: Sequence[_Piece], *, is_bounded: bool) -> Iterator[tuple[str, str]]:
    *before, last = pieces
    first = pieces[:LONGEST_TOKEN]
    pattern = _pattern(pieces) if is_bounded or len(pieces) > LONGEST_TOKEN else ""
    if all(piece.is_whole for piece in before):
        if len(pieces) == 1 and (len(last.text) == 1 or last.text in _DOUBLE_INITIALS):
            return
        sounds = [piece.sounds(at_beginning=place == 0) for place, piece in enumerate(first)]
        if len(pieces) <= LONGEST_TOKEN and not last.is_written:
            sounds[-1] = _completions(last.text)
        for syllables in product(*sounds):
            yield "".join(syllables), pattern
        return
    is_plain = all(len(piece.text) == 1 and not piece.is_written for piece in pieces)
    if not is_plain:
        pattern = _pattern(pieces)
    initials = [
        sorted({sound[0].upper() for sound in piece.sounds(at_beginning=place == 0)})
        for place, piece in enumerate(first)
    ]
    for letters in product(*initials):
        yield "".join(letters), pattern if len(pieces) > LONGEST_TOKEN or not is_plain else ""


def _completions(begun: str) -> list[str]:
    """Syllables that begin so, and ü where u was typed for it; a Latin letter may be a name's own."""
    found = [syllable for syllable in SYLLABLES if syllable.startswith(begun)]
    if begun in ("lu", "nu", "lue", "nue"):
        found += [syllable for syllable in SYLLABLES if syllable.startswith(begun.replace("u", "v"))]
    return found if len(begun) > 1 or begun in found else [*found, begun]


def _in_keys(letters: str) -> str:
    """As sort keys write it, where ü follows u."""
    return letters.replace("v", "u:") if len(letters) > 1 else letters


def _pattern(pieces: Sequence[_Piece]) -> str:
    """The regular expression of the sort keys of names with these pieces one after the other."""
    *before, last = pieces
    fitting = [_fitting(piece, may_go_on=len(piece.text) == 1 or not piece.is_whole) for piece in before]
    whole = "".join([*fitting, _fitting(last, may_go_on=True)])
    if pieces[0].is_written and not pieces[0].text.isascii():
        # No reading is written with such a character, so wherever it stands the name is parted rightly;
        # to find that out from the beginning on takes several times as long.
        return whole.removeprefix(_READING)
    return f"^(?:{_READING}.)*{whole}"


def _fitting(piece: _Piece, *, may_go_on: bool) -> str:
    if piece.is_written:
        upper = piece.text.upper()
        return f"{_READING}[{piece.text}{upper if len(upper) == 1 and upper != piece.text else ''}]"
    rest = "(?:[a-z:]*[1-5]|0)" if may_go_on else _TONE
    return f"{_in_keys(piece.text)}{rest}."
