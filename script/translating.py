"""`script/messages`: the message catalogue, gathered and checked without GNU gettext.

English is the msgids themselves. Chinese is `locale/zh_Hans/LC_MESSAGES/django.po`; whoever works on one
area may write its translations to `locale/zh_Hans/parts/<area>.po`, which go before what the catalogue has.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config.installation import REPOSITORY
from script.speaking import SetupError, say

LOCALE = "zh_Hans"
FOLDER = REPOSITORY / "locale" / LOCALE
CATALOGUE = FOLDER / "LC_MESSAGES" / "django.po"
PARTS = FOLDER / "parts"
APPS = ("config", "offices", "households", "enforcement", "checkups", "subsidies", "reports")

_HEADER = """\
# Chinese of Huimin.
msgid ""
msgstr ""
"Project-Id-Version: huimin\\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
# Which arguments of a call are message, plural and context, counted from 0.
_CALLS: dict[str, tuple[int, int | None, int | None]] = {
    "gettext": (0, None, None),
    "ngettext": (0, 1, None),
    "pgettext": (1, None, 0),
    "npgettext": (1, 2, 0),
}
_NAMES = {
    **{name: name for name in _CALLS},
    **{f"{name}_lazy": name for name in _CALLS},
    "gettext_noop": "gettext",
    "_": "gettext",
    "_n": "ngettext",
    "_p": "pgettext",
}
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?([a-zA-Z%])|\{(\w*)[^{}]*\}")


@dataclass(frozen=True)
class Key:
    """What names a message: its English and, where one word has two meanings, its context."""

    english: str
    context: str | None = None


@dataclass
class Message:
    """A message in the code, and its Chinese once it is known."""

    key: Key
    plural: str | None
    places: set[str] = field(default_factory=set)
    chinese: str = ""
    is_fuzzy: bool = False


def main(words: list[str]) -> int:
    """Gather and merge; `--check` only looks, `--compile` only compiles."""
    if words == ["--compile"]:
        compile_catalogues()
        return 0
    if words == ["--check"]:
        problems = check()
        for problem in problems:
            say(f"  {problem}")
        say(f"Message catalogue: {f'{len(problems)} problems' if problems else 'complete'}.")
        return 1 if problems else 0
    if words:
        say("Usage: script/messages [--check | --compile]")
        return 2
    merge()
    compile_catalogues()
    return 0


def gather() -> dict[Key, Message]:
    """Every message of the code and the templates. Raises SetupError for a file that cannot be read."""
    messages: dict[Key, Message] = {}
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(REPOSITORY).as_posix()
        found = _from_python(text, place) if path.suffix == ".py" else _from_template(text, place)
        for key, plural in found:
            message = messages.setdefault(key, Message(key, plural))
            message.plural = message.plural or plural
            message.places.add(place)
    return messages


def merge() -> None:
    """Write the catalogue: the code's messages with the Chinese that the parts and the catalogue have."""
    messages = gather()
    known = _known(CATALOGUE)
    given, conflicts = _given_by_parts()
    for message in messages.values():
        source = given.get(message.key) or known.get(message.key)
        if source is not None:
            message.chinese = source.chinese
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(_catalogue_text(messages.values()), encoding="utf-8")
    lacking = [message.key.english for message in messages.values() if not message.chinese]
    for conflict in conflicts:
        say(f"  {conflict}")
    for english in lacking:
        say(f"  no Chinese: {english!r}")
    say(f"Message catalogue: {len(messages)} messages, {len(lacking)} without Chinese.")


def check() -> list[str]:
    """What is wrong with the catalogue, a sentence each; an empty list when it is complete."""
    messages = gather()
    known = _known(CATALOGUE)
    problems = [
        *_given_by_parts()[1],
        *(
            f"not in the catalogue: {key.english!r} ({_first_place(messages[key])})"
            for key in sorted(messages.keys() - known.keys(), key=_order)
        ),
        *(f"left over: {key.english!r}" for key in sorted(known.keys() - messages.keys(), key=_order)),
    ]
    for key in sorted(known.keys() & messages.keys(), key=_order):
        entry = known[key]
        if entry.is_fuzzy:
            problems.append(f"fuzzy: {key.english!r}")
        if not entry.chinese:
            problems.append(f"no Chinese: {key.english!r} ({_first_place(messages[key])})")
        elif not _same_placeholders(messages[key], entry.chinese):
            problems.append(f"placeholders differ: {key.english!r} → {entry.chinese!r}")
    return problems


def compile_catalogues() -> None:
    """Write the `.mo` that Django reads, unless it is newer than the catalogue."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    if not CATALOGUE.exists():
        return
    compiled = CATALOGUE.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns > CATALOGUE.stat().st_mtime_ns:
        return
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=LOCALE)
    written = io.BytesIO()
    write_mo(written, catalogue)
    draft = compiled.with_suffix(".draft")
    draft.write_bytes(written.getvalue())
    draft.replace(compiled)


def _sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((REPOSITORY / app).rglob("*")):
            if (path.suffix == ".py" and "migrations" not in path.parts) or (
                "templates" in path.parts and path.suffix in {".html", ".txt", ".xml", ".svg"}
            ):
                yield path
    for path in sorted((REPOSITORY / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml", ".svg"}:
            yield path


def _from_python(text: str, place: str) -> Iterator[tuple[Key, str | None]]:
    try:
        tree = ast.parse(text)
    except SyntaxError as problem:
        raise SetupError(
            f"{place} is not Python: {problem}.", f"{place} 不是有效的 Python 文件：请改正。"
        ) from problem
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            key_and_plural = _read_call(name, [_literal(argument) for argument in node.args])
            if key_and_plural is not None:
                yield key_and_plural


def _from_template(text: str, place: str) -> Iterator[tuple[Key, str | None]]:
    from babel.messages.extract import extract_python
    from django.conf import settings
    from django.template import TemplateSyntaxError
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    try:
        pseudo_python = templatize(text, origin=place)
    except (TemplateSyntaxError, SyntaxError) as problem:
        raise SetupError(
            f"{place} cannot be read: {problem}.", f"模板 {place} 无法解析：请改正。"
        ) from problem
    # What stands between the tags is indented as HTML is, which Python's tokenizer would refuse.
    flush_left = "\n".join(line.lstrip() for line in pseudo_python.splitlines())
    found = extract_python(io.BytesIO(flush_left.encode()), dict.fromkeys(_NAMES), (), {})
    for _line, name, words, _comments in found:
        arguments: list[str | None] = [words] if isinstance(words, str) else [*words]
        key_and_plural = _read_call(str(name), arguments)
        if key_and_plural is not None:
            yield key_and_plural


def _read_call(name: str, arguments: list[str | None]) -> tuple[Key, str | None] | None:
    if name not in _NAMES:
        return None
    at, plural_at, context_at = _CALLS[_NAMES[name]]
    needed = [position for position in (at, plural_at, context_at) if position is not None]
    if len(arguments) <= max(needed) or any(not arguments[position] for position in needed):
        return None
    english = arguments[at] or ""
    context = arguments[context_at] if context_at is not None else None
    return Key(english, context), arguments[plural_at] if plural_at is not None else None


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _known(path: Path) -> dict[Key, Message]:
    from babel.messages.pofile import PoFileError, read_po

    if not path.exists():
        return {}
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=LOCALE, ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, ValueError) as problem:
        raise SetupError(f"{path} cannot be read: {problem}.", f"{path} 无法读取：请改正。") from problem
    known: dict[Key, Message] = {}
    for entry in catalogue:
        if not entry.id:
            continue
        english, plural = entry.id if isinstance(entry.id, (tuple, list)) else (entry.id, None)
        chinese = entry.string if isinstance(entry.string, str) else next(iter(entry.string or ("",)), "")
        key = Key(english, entry.context)
        known[key] = Message(key, plural, chinese=chinese or "", is_fuzzy=entry.fuzzy)
    return known


def _given_by_parts() -> tuple[dict[Key, Message], list[str]]:
    given: dict[Key, Message] = {}
    origin: dict[Key, str] = {}
    conflicts: list[str] = []
    for path in sorted(PARTS.glob("*.po")):
        for key, message in _known(path).items():
            if not message.chinese:
                continue
            if key in given and given[key].chinese != message.chinese:
                conflicts.append(
                    f"two translations: {key.english!r} is {given[key].chinese!r} in {origin[key]}"
                    f" and {message.chinese!r} in {path.name}"
                )
                continue
            given[key] = message
            origin[key] = path.name
    return given, conflicts


def _same_placeholders(message: Message, chinese: str) -> bool:
    wanted = _placeholders(message.key.english)
    if message.plural is not None:
        # Chinese has one form for both numbers: it may name the count that the English singular leaves out.
        return wanted <= _placeholders(chinese) <= wanted | _placeholders(message.plural)
    return _placeholders(chinese) == wanted


def _placeholders(text: str) -> set[str]:
    found = set()
    for match in _PLACEHOLDER.finditer(text):
        name, kind, brace = match.groups()
        if kind == "%":
            continue
        if brace is not None:
            found.add(f"{{{brace}}}")
        elif name is not None or kind in "sdfri":
            found.add(f"%({name or ''}){kind}")
    return found


def _catalogue_text(messages: Iterable[Message]) -> str:
    entries = []
    for message in sorted(messages, key=lambda message: _order(message.key)):
        lines = [f"#: {' '.join(sorted(message.places))}"]
        if any(name.startswith("%") for name in _placeholders(message.key.english)):
            lines.append("#, python-format")
        if message.key.context is not None:
            lines.append(f"msgctxt {_quoted(message.key.context)}")
        lines.append(f"msgid {_quoted(message.key.english)}")
        if message.plural is None:
            lines.append(f"msgstr {_quoted(message.chinese)}")
        else:
            lines += [f"msgid_plural {_quoted(message.plural)}", f"msgstr[0] {_quoted(message.chinese)}"]
        entries.append("\n".join(lines) + "\n")
    return _HEADER + "\n".join(entries)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    if "\n" not in escaped:
        return f'"{escaped}"'
    pieces = [piece.replace("\n", "\\n") for piece in escaped.splitlines(keepends=True)]
    return '""\n' + "\n".join(f'"{piece}"' for piece in pieces)


def _order(key: Key) -> tuple[str, str]:
    return key.english, key.context or ""


def _first_place(message: Message) -> str:
    return min(message.places, default="")
