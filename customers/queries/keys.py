"""What the search columns of a customer hold, and how a name and a typed text are made comparable."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import add
from typing import Any

from crm.base.pinyin import Reading, initials, readings
from customers.models import Customer

SEARCH_COLUMNS = ("folded", "pinyin", "initials", "other_pinyin", "keys")
KEYS_BETWEEN = "\x1f"  # where keys travel as one text; folding leaves no control character in them
MOST_LETTERS = 300  # of a reading that is stored: an index entry must stay under a third of a page


@lru_cache(maxsize=20_000)
def _printable(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character


def printable(text: str) -> str:
    """Without control characters and halves of characters, which the database refuses."""
    return "".join(map(_printable, text))


@lru_cache(maxsize=20_000)
def _fold(character: str) -> str:
    character = _printable(character)
    plain = unicodedata.normalize("NFKC", character).lower()
    if len(plain) != 1:
        plain = character.lower()
    return plain if len(plain) == 1 else character


def fold(text: str) -> str:
    """Small letters, half width, no control characters. Character by character, so that a part of a name
    folds to a part of the folded name."""
    return "".join(map(_fold, text))


def search_columns(name: str, kind: str) -> dict[str, Any]:
    """The values of the columns of Customer that follow from its name."""
    folded = fold(name)
    usual, *others = readings(folded, of_person=kind == Customer.Kind.PERSON)
    return {
        "folded": folded,
        "pinyin": _joined(usual),
        "initials": initials(usual)[:MOST_LETTERS],
        "other_pinyin": ",".join(map(_joined, others)),
        "keys": list(dict.fromkeys([*name_keys(folded), *_sound_keys(usual, others)])),
    }


def _joined(reading: Reading) -> str:
    return " ".join(reading)[:MOST_LETTERS].rstrip()


def name_keys(folded: str) -> Iterator[str]:
    """Every character and every two neighbours: a trigram index can't find less than three of them."""
    return chain(folded, pairs(folded))


def pairs(parts: Sequence[str]) -> Iterator[str]:
    return map(add, parts, parts[1:])


def _sound_keys(usual: Reading, others: list[Reading]) -> list[str]:
    keys = [*syllable_keys(usual), *initial_keys(initials(usual))]
    wholes = []  # the usual one is found by its own columns
    for other in others:
        letters = initials(other)
        keys += syllable_keys(other)
        keys += initial_keys(letters)
        wholes += [whole_key("".join(other)), whole_key(letters)]
    return keys + wholes


def syllable_keys(syllables: Iterable[str]) -> list[str]:
    return ["~" + syllable for syllable in syllables]


def initial_keys(letters: str) -> list[str]:
    return ["-" + pair for pair in pairs(letters)]


def whole_key(letters: str) -> str:
    return f"={letters[:MOST_LETTERS]}"
