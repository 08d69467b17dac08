"""What a text typed into the search box may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from crm.base.pinyin import Reading, is_chinese, is_whole, readings, spellings
from customers.queries.keys import fold, printable

LONGEST = 80  # characters that are looked at


@dataclass(frozen=True)
class Sought:
    """What a text may mean: as written, and as sounds if it holds Latin letters."""

    typed: str  # without what no name holds
    text: str  # folded
    letters: str = ""  # the sounds without spaces; empty: not a sound
    sounds: tuple[Reading, ...] = ()
    written: str = ""  # the Chinese characters among the letters: the name must hold them

    @classmethod
    def read(cls, text: str) -> "Sought | None":
        typed = printable(text[: 4 * LONGEST]).strip()[:LONGEST].strip()
        if not typed:
            return None
        folded = fold(typed)
        letters = re.sub(r"[\s'’·-]", "", folded.replace("ü", "v"))
        written = "".join(filter(is_chinese, letters))
        if not re.search("[a-z]", letters) or re.search("[^a-z]", letters.translate(dict.fromkeys(map(ord, written)))):
            return cls(typed, folded)
        if not written:
            return cls(typed, folded, letters, tuple(_likeliest(letters)))
        sounds = tuple(dict.fromkeys(_read_out(letters)))
        return cls(typed, folded, "".join(sounds[0]) if sounds else "", sounds, written)


def _likeliest(letters: str) -> Iterator[Reading]:
    """Whole syllables, the last one perhaps begun; shortened ones only where there are no others. In any
    case each letter for itself: that is cheap."""
    spelled = spellings(letters)
    plain = [sound for sound in spelled if all(map(is_whole, sound[:-1]))]
    yield from plain[:3] or spelled[:3]
    if tuple(letters) in spelled and tuple(letters) not in (plain[:3] or spelled[:3]):
        yield tuple(letters)


def _read_out(mixed: str) -> Iterator[Reading]:
    """`chen望`: what is written in characters is read out, the rest is spelled."""
    ways: list[Reading] = [()]
    for place, run in enumerate(re.findall(r"[a-z]+|[^a-z]+", mixed)):
        meant = _likeliest(run) if run.isascii() else readings(run, of_person=place == 0)
        ways = [(*before, *after) for after in meant for before in ways]
    yield from islice(ways, 4)
