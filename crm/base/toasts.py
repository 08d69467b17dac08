"""What a page says after something was done, with a way back: shown for ten seconds, and longer while one is at it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from crm.base.bidi import upright


@dataclass(frozen=True)
class Undo:
    """A form of one button that takes back what was done: where it posts to, and what."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


def tell(request: HttpRequest, sentence: str, undo: Undo | None = None) -> None:
    """Say on the next page that it is done."""
    tags = json.dumps({"url": undo.url, "fields": dict(undo.fields)}) if undo else ""
    messages.success(request, upright(str(sentence)), extra_tags=tags)


def undo_of(message: Any) -> Undo | None:
    """The way back that a message carries."""
    return Undo(**json.loads(message.extra_tags)) if (message.extra_tags or "").startswith("{") else None
