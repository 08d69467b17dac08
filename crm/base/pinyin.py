"""Chinese as people type it on a Latin keyboard: how a name may be read, and what typed letters may mean.

Pure functions. Syllables are lower case without tones; ü is `v`, and `u` as a second reading.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

from pypinyin import lazy_pinyin

from crm.base.polyphones import DOUBLE_SURNAMES, IN_NAMES, IN_PLACES, SURNAMES, SYLLABLES

Reading = tuple[str, ...]
"""The syllables of a name in order; a run of Latin letters or of digits is one syllable."""

Choice = tuple[str, ...]
"""How one character may be read, the likeliest first."""

MOST_READINGS = 8
_MOST_SPELLINGS = 6
_LONGEST = max(map(len, SYLLABLES))
_STARTS = frozenset(s[:2] if s[1:2] == "h" else s[0] for s in SYLLABLES) - set("aeo")
_PREFIXES = frozenset(s[:end] for s in SYLLABLES for end in range(1, len(s)))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(f"[{_HAN}]")
_BEGINS_DOUBLE_SURNAME = frozenset(surname[0] for surname in DOUBLE_SURNAMES)
_PART = re.compile(rf"[{_HAN}]|\d+|[^\W\d_{_HAN}]+")


def is_chinese(character: str) -> bool:
    return _CHINESE.fullmatch(character) is not None


@lru_cache(maxsize=20_000)
def _usual(character: str) -> str:
    return "".join(lazy_pinyin(character))  # a character that the dictionary lacks reads as itself


def readings(name: str, *, of_person: bool) -> list[Reading]:
    """The plausible readings of a folded name, the likeliest first, at most MOST_READINGS.

    A person's name begins with a surname, whose reading often differs (单 shan, 仇 qiu); that of an
    institution is read by its words (重庆 chong qing, 银行 yin hang).
    """
    parts = _PART.findall(name)
    choices = _of_person(parts) if of_person else _of_institution(parts)
    usual = tuple([choice[0] for choice in choices])
    doubtful = [place for place, choice in enumerate(choices) if len(choice) > 1]
    if not doubtful:
        return [usual]
    if len(doubtful) == 1:
        [place] = doubtful
        return [(*usual[:place], choice, *usual[place + 1 :]) for choice in choices[place]][:MOST_READINGS]
    return list(_by_likelihood(usual, choices, doubtful, doubts=2 if of_person else 1))


def _of_person(parts: Sequence[str]) -> list[Choice]:
    surname = _surname(parts)
    return surname + list(map(_choices, parts[len(surname) :]))


def _surname(parts: Sequence[str]) -> list[Choice]:
    if not parts:
        return []
    if parts[0] in _BEGINS_DOUBLE_SURNAME:
        for length in (4, 2):
            if (double := DOUBLE_SURNAMES.get("".join(parts[:length]))) and len(double) == length:
                return [_with_u((syllable,)) for syllable in double]
    return [_with_u(tuple(SURNAMES[parts[0]]))] if parts[0] in SURNAMES else []


def _of_institution(parts: Sequence[str]) -> list[Choice]:
    words = [syllable for run in _runs(parts) for syllable in lazy_pinyin(run)]
    return [
        _with_u((read, *(other for other in IN_PLACES.get(part, ()) if other != read)))
        for part, read in zip(parts, words, strict=True)
    ]


def _runs(parts: Sequence[str]) -> Iterator[str]:
    """Neighbouring characters of the dictionary together, so that it knows words; anything else by itself."""
    run = ""
    for part in parts:
        if is_chinese(part) and _usual(part) != part:
            run += part
            continue
        if run:
            yield run
        run = ""
        yield part
    if run:
        yield run


@lru_cache(maxsize=20_000)
def _choices(part: str) -> Choice:
    return _with_u(tuple(IN_NAMES.get(part) or [_usual(part) if is_chinese(part) else part]))


@lru_cache(maxsize=20_000)
def _with_u(choice: Choice) -> Choice:
    dotless = [s.replace("v", "u") for s in choice if s in SYLLABLES and "v" in s]
    return tuple(dict.fromkeys([*choice, *dotless]))


def _by_likelihood(usual: Reading, choices: list[Choice], doubtful: list[int], doubts: int) -> Iterator[Reading]:
    """The usual reading, then those in which one character is read otherwise, up to `doubts` of them."""
    given = 0
    for number in range(doubts + 1):
        for places in combinations(doubtful, number):
            for others in product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, others, strict=True))
                yield tuple(changed.get(place, syllable) for place, syllable in enumerate(usual))
                given += 1
                if given == MOST_READINGS:
                    return


def initials(reading: Reading) -> str:
    """First letters; a number whole, as it is typed: 301yy."""
    return "".join([syllable if syllable.isdigit() else syllable[0] for syllable in reading])


# What typed letters may mean


def spellings(letters: str) -> list[Reading]:
    """How letters without spaces may fall into syllables, the likeliest first: xian is xian or xi an.

    A syllable may be given by its beginning (zhwm, zhangwm), the last one by any beginning (zhangwe).
    Nothing if they can't be pinyin.
    """
    size = len(letters)
    ways: list[list[tuple[int, Reading]]] = [*([] for _ in letters), [(0, ())]]
    for start in range(size - 1, -1, -1):
        found = []
        for end in range(start + 1, min(start + _LONGEST, size) + 1):
            cost = _cost(letters[start:end], last=end == size)
            if cost:
                found += [(cost + rest, (letters[start:end], *after)) for rest, after in ways[end]]
        ways[start] = sorted(found)[:_MOST_SPELLINGS]
    spelled = [reading for _cost_of_all, reading in ways[0] if reading]
    abbreviated = tuple(letters)
    if size and abbreviated not in spelled and all(letter in _STARTS or letter in "aeo" for letter in letters):
        spelled.append(abbreviated)
    return spelled


def _cost(syllable: str, *, last: bool) -> int:
    """Few and whole syllables are likelier; 0: no syllable."""
    if syllable in SYLLABLES:
        return 2
    if syllable in _STARTS or (last and syllable in _PREFIXES):
        return 3
    return 0


def is_whole(syllable: str) -> bool:
    return syllable in SYLLABLES


def misspelt(letters: str) -> list[Reading]:
    """Whole syllables that lie one slip of the finger away: a letter wrong, missing, too many, or two swapped."""
    cuts = [(letters[:place], letters[place:]) for place in range(len(letters) + 1)]
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    too_many = {a + b[1:] for a, b in cuts if b}
    missing = {a + letter + b for a, b in cuts for letter in _LETTERS}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS}
    slips = (swapped | too_many | missing | wrong) - {letters}
    return sorted({reading for slip in slips for reading in _whole_only(slip)})


def _whole_only(letters: str) -> list[Reading]:
    """As `spellings`, but of whole syllables and without ranking: it runs for hundreds of words."""
    ways: list[list[Reading]] = [[()], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if ways[start] and letters[start:end] in SYLLABLES:
                ways[end] += [(*before, letters[start:end]) for before in ways[start]]
        del ways[end][4:]
    return ways[-1]
