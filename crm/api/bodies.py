"""Bodies: JSON, not compressed, not large, and no stranger JSON than the standard knows."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from crm.api.problems import Problem

_DEEPEST = 16
_PIECE, _MOST_DROPPED, _PATIENCE = 64 * 1024, 64 * 1024 * 1024, 10  # bytes, bytes, seconds


class JsonParser(BaseParser):
    """`application/json`. What is compressed is refused unread, so that no bomb goes off."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = (parser_context or {})["request"]
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Problem("unsupported_media_type")
        body = stream.read(settings.API_MOST_BYTES + 1)
        if len(body) > settings.API_MOST_BYTES:
            raise too_large()
        return read(body)


def too_large() -> Problem:
    return Problem("too_large", _("A body holds at most %d bytes.") % settings.API_MOST_BYTES)


def drop_rest(request: HttpRequest) -> None:
    """Read and forget what is left of a refused body, within limits. Whoever sends first and listens then would find
    the connection broken instead of the refusal."""
    # A server that ends the stream itself knows bodies without a length, too.
    stream = request.environ["wsgi.input"] if request.environ.get("wsgi.input_terminated") else request  # type: ignore[attr-defined]
    until, left = time.monotonic() + _PATIENCE, _MOST_DROPPED
    with suppress(OSError):
        while left > 0 and time.monotonic() < until and (piece := stream.read(_PIECE)):
            left -= len(piece)


def read(body: bytes) -> Any:
    """The value of a JSON text. Raises Problem for what is none, names a key twice, or nests too deep."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed", _("The body is not JSON in UTF-8.")) from error
    _refuse_strange(value, _DEEPEST)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Problem("malformed", _("The body names a key twice."))
    return found


def _no_number(word: str) -> NoReturn:
    raise Problem("malformed", _("%s is no number of JSON.") % word)


def _refuse_strange(value: Any, left: int) -> None:
    """What nests deeper than `left`, and texts that escapes alone can write."""
    if not left:
        raise Problem("malformed", _("The body nests too deep."))
    if isinstance(value, str):
        _refuse_text(value)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            _refuse_text(name)
            _refuse_strange(one, left - 1)
    elif isinstance(value, list):
        for one in value:
            _refuse_strange(one, left - 1)


def _refuse_text(text: str) -> None:
    """The database stores no NUL; half a character stands in no UTF-8, so not in an answer that quotes it, either."""
    if "\x00" in text:
        raise Problem("invalid", _("The body holds a NUL character."))
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Problem("invalid", _("The body holds half a character: a surrogate without its other half."))
