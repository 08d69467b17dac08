"""./dev manage words: compile the translations, or collect what is to be translated. Pure Python, no database."""

import json
import os
import re
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

# How our code marks texts; `_` stands for gettext and gettext_lazy.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
ROOMS = ("crm", "accounts", "customers", "sales", "visits", "segmentation")
_CALL = re.compile(r"\b(?:_|gettext|ngettext|pgettext|npgettext)\(")

Message = tuple[str | None, str, str | None]  # context, text, plural


def messages(root: Path) -> dict[Message, list[str]]:
    """Every text to be translated, with the files that hold it, in the order of files."""
    found: dict[Message, list[str]] = {}
    for path, source in _sources(root):
        name = str(path.relative_to(root))
        for message in _extract(source):
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return found


def _sources(root: Path) -> Iterator[tuple[Path, bytes]]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((root / "templates").rglob("*.html")):
        python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # What is left of the template between the calls is no Python: only the calls are.
        calls = [python[match.start() :] for match in _CALL.finditer(python)]
        yield path, "\n".join(_first_call(call) for call in calls).encode()


def _first_call(text: str) -> str:
    """`text` up to the bracket that closes its first call; strings are escaped by templatize."""
    depth, quote, i = 0, "", 0
    while i < len(text):
        character = text[i]
        if quote:
            if character == "\\":
                i += 1
            elif text.startswith(quote, i):
                i += len(quote) - 1
                quote = ""
        elif character in "\"'":
            quote = character * 3 if text.startswith(character * 3, i) else character
            i += len(quote) - 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                return text[: i + 1]
        i += 1
    raise CommandError("A translation tag in a template does not end.")


def _extract(source: bytes) -> Iterator[Message]:
    from io import BytesIO

    try:
        from babel.messages.extract import extract
    except ImportError as missing:
        raise CommandError("--collect needs babel: install requirements-dev.txt.") from missing

    for _line, text, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
        if isinstance(text, tuple):
            yield context, text[0], text[1]
        elif text:
            yield context, text, None


def catalogs() -> list[Path]:
    return sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po"))


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po to .mo; with --collect, bring the .po files in step with the code first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--collect", action="store_true", help="add new texts, drop those that nobody uses")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = {}
        for path in catalogs():
            catalog = polib.pofile(str(path), wrapwidth=110)
            if options["collect"]:
                self._collect(catalog, messages(settings.BASE_DIR))
                catalog.save(str(path))
            _write(path.with_suffix(".mo"), catalog.to_binary())
            language = path.parent.parent.name
            figures[language] = {"texts": len(catalog), "untranslated": len(catalog.untranslated_entries())}
        print(json.dumps({"kind": "words", **figures}))

    def _collect(self, catalog: Any, found: dict[Message, list[str]]) -> None:
        """Translations stay with their texts; nothing is guessed."""
        known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in catalog}
        catalog.clear()
        for (context, text, plural), places in found.items():
            entry = known.get((context, text, plural)) or polib.POEntry(msgctxt=context, msgid=text, msgstr="")
            if plural and not entry.msgid_plural:
                entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
            entry.occurrences = [(place, "") for place in places]
            entry.flags = ["python-format"] if re.search(r"%(\(\w+\))?[sd]", text) else []
            catalog.append(entry)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: several processes may compile at once."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)  # in an image root compiles, and somebody else reads
    Path(temporary).replace(path)
