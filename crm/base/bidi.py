"""Texts of people beside our own words: what runs from right to left, and what cannot be seen."""

import re
import unicodedata
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_TURNING = "\u202a-\u202e\u2066-\u2069"  # by themselves they turn round whatever follows
TURNING = re.compile(f"[{_TURNING}]")
_LEFTWARD = re.compile(
    f"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff\u200f{_TURNING}]"
)
_JOINER = "\u200d"

TURNED = _("holds a character that can't be seen and turns words round; take it out.")


def refuse_turning(text: str) -> None:
    """A validator. Raises ValidationError."""
    if TURNING.search(text):
        raise ValidationError(TURNED, "turning")


def is_seen(text: str) -> bool:
    """One line in which every character can be seen, but for the joiners between the parts of a picture: 👩‍⚕️."""
    if text.isprintable():
        return True
    parts = text.split(_JOINER)
    joined = all(_is_picture(one[-1:]) and _is_picture(two[:1]) for one, two in pairwise(parts))
    return joined and all(map(str.isprintable, parts))


def _is_picture(character: str) -> bool:
    """Also the end of one: its colour of skin, or the mark that it is drawn in colours."""
    return character == "\ufe0f" or (bool(character) and unicodedata.category(character) in {"So", "Sk"})


def runs_leftward(text: str) -> bool:
    """Would it move what stands beside it?"""
    return not text.isascii() and bool(_LEFTWARD.search(text))


def upright(text: str) -> str:
    """Without what turns round; a name may be older than its refusal."""
    return TURNING.sub("", text)
