"""Lines of the log, in which no name and no note stands, whatever goes wrong.

Our own loggers are trusted with their messages: they say ids, codes and types. Of everybody else's only the pattern,
its numbers and the library's own constants are told, because what is filled in may be an address with a search in it,
a task's result, a refused recipient. Of an exception its type and places are told, never its text: PostgreSQL quotes
rows in it.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

OURS = ("crm", "accounts", "customers", "sales", "visits", "segmentation")
# Their messages without anything filled in are sentences of theirs, and of use.
_SPEAK_FREELY = ("celery.beat", "celery.apps", "celery.worker", "gunicorn.error", "kombu")
# But for the one that quotes what somebody sent that is no HTTP, such as an address with a search in it.
_QUOTE = re.compile(r"^(Invalid request from ip=[^ ]*:) .*", re.DOTALL)
_PLACES = 15  # of a traceback, the innermost
_HOUSE = Path(__file__).resolve().parents[2]

# The request or task that lines belong to.
current: ContextVar[Mapping[str, Any]] = ContextVar("current", default=MappingProxyType({}))


class Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname, "logger": record.name, "message": _message(record)}
        return json.dumps(line | _facts(record) | _failure(record), ensure_ascii=False, default=_opaque)


class Text(logging.Formatter):
    """The same for eyes."""

    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {_message(record)}{facts}"
        for failure, places in zip(*(_failure(record).get(key, []) for key in ("exception", "where")), strict=True):
            line += "".join(f"\n  {place}" for place in [failure, *places])
        return line


def _message(record: logging.LogRecord) -> str:
    pattern = str(record.msg)
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    if not record.args:
        return _QUOTE.sub(r"\1 …", pattern) if record.name.startswith(_SPEAK_FREELY) else "(without its words)"
    given, own = record.args, _sentences(record.name)
    shown: Any
    if isinstance(given, dict):
        shown = {name: _told(value, own) for name, value in given.items()}
    else:
        shown = tuple(_told(value, own) for value in given)
    try:
        return pattern % shown
    except (TypeError, ValueError):
        return "(without its words)"


def _sentences(logger: str) -> set[str]:
    """What a module that is named like its logger says in constants of its own: "Connection to broker lost"."""
    return {value for value in vars(sys.modules.get(logger, object)).values() if type(value) is str}


def _told(value: object, sentences: set[str]) -> object:
    return value if type(value) in (int, float) or (type(value) is str and value in sentences) else _Dots()


def _opaque(value: object) -> str:
    return str(value) if hasattr(value, "hex") else "…"


class _Dots(str):
    """In place of a text, whatever the pattern wants to make of it."""

    def __new__(cls) -> "_Dots":
        return super().__new__(cls, "…")

    def __repr__(self) -> str:
        return "…"


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """What belongs to the request or task, what our own line adds, and which task Celery speaks of."""
    facts = {**current.get(), **getattr(record, "facts", {})}
    told = getattr(record, "data", None)
    if record.name.startswith("celery.") and isinstance(told, dict):
        facts |= {fact: told[key] for key, fact in (("name", "task"), ("id", "task_id")) if key in told}
    return facts


def _failure(record: logging.LogRecord) -> dict[str, Any]:
    """Types and places of an exception and of those that it followed from."""
    error = record.exc_info[1] if record.exc_info else None
    kinds: list[str] = []
    places: list[list[str]] = []
    while error is not None and len(kinds) < 5:
        frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        places.append([f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames])
        error = error.__cause__ or error.__context__
    return {"exception": kinds, "where": places} if kinds else {}


def _short(filename: str) -> str:
    """Inside the house, or inside a library."""
    path = Path(filename)
    if path.is_relative_to(_HOUSE) and "site-packages" not in path.parts:
        return str(path.relative_to(_HOUSE))
    return "/".join(path.parts[-3:])
