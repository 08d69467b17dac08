"""Finding a customer by whatever one remembers of him: see docs/search.md for patterns and figures.

A text becomes *arms*: conditions that one index serves each. `matching` unites them; `find` takes the
first rows of each, in the index's own order, and ranks what came. The arms are SQL, because the ORM
would need longer to compile them than PostgreSQL to answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Posting, User
from crm.base.pinyin import Reading, initials, is_chinese, is_whole, misspelt, readings
from customers.models import Customer
from customers.queries.keys import initial_keys, pairs, syllable_keys, whole_key
from customers.queries.sought import Sought

MOST_UNORDERED = 40  # rows of an arm that no index gives in order; they are all of the last ranks
MOST_OF_A_GROUND = 1_000  # rows of a rep's ground that are ranked
_MOST_SLIPS = 120
_SLIP_LENGTHS = range(3, 25)  # letters; longer ones have too many slips to try
_EXACT, _BEGINS, _WHOLE_SOUND, _INITIALS, _SOUND_BEGINS, _INITIALS_BEGIN, _INNER = range(7)
Params = tuple[Any, ...]
_PHONE_TAIL = re.compile(r"[0-9]{4,}")


@dataclass(frozen=True)
class Arm:
    """Customers for whom `condition` (SQL) holds; `order`: the columns of the index that serves it."""

    condition: str
    params: Params
    order: str = ""
    rank: int = _INNER  # for those whose names do not say why they were found

    def and_holds(self, part: str) -> "Arm":
        """Of these, the names that hold `part`: looked at, not looked up."""
        if not part:
            return self
        return replace(self, condition=f"{self.condition} AND folded LIKE %s", params=(*self.params, _within(part)))


def find(user: User, text: str, limit: int = 20, *, kind: str = "") -> list[Customer]:
    """The best `limit` customers for `text` among those (of one `kind`) that `user` sees: by name as written, by
    sound, by initials, by a part; only if there is nothing, with a slip of the finger. At most three statements."""
    sought = Sought.read(text)
    if sought is None:
        return []
    try:
        seen = _Seen(user, limit, kind)
    except EmptyResultSet:  # he has no posting
        return []
    found: dict[UUID, Customer] = {}
    for arms in (_ordered, _inner, _slips):
        if len(found) < limit and (arms is not _slips or not found):
            found |= seen.having(list(arms(sought)))
    return sorted(found.values(), key=lambda c: (_rank(c, sought), c.folded, c.pk))[:limit]


def matching(queryset: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """The rows of `queryset` that `find` could show for `text`, slips apart; all for an empty text."""
    sought = Sought.read(text)
    if sought is None:
        return queryset
    arms = [*_ordered(sought), *_inner(sought)]
    each = (f"SELECT customers_customer.id FROM customers_customer WHERE {arm.condition}" for arm in arms)
    return queryset.filter(pk__in=RawSQL(" UNION ".join(each), _params_of(arms)))  # noqa: S611  # our constants


class _Seen:
    """The customers that a user sees: compiled once, asked with different arms.

    `OFFSET 0` keeps the planner from mixing what is inside with what is outside. A rep's ground is read
    first and then searched: the planner can't know how many names hold all of 人民医院. In a wider one,
    each row that the index of an arm gives is looked up: a sequential scan that hopes to meet enough rows
    soon is never tried.
    """

    _TABLE = 'FROM "customers_customer" WHERE'

    def __init__(self, user: User, limit: int, kind: str) -> None:
        seen = Customer.objects.for_user(user).current()
        self._sql, self._params = (seen.filter(kind=kind) if kind else seen).query.sql_with_params()
        self._limit = limit
        self._is_small = all(posting.role == Posting.Role.REP for posting in user.todays_postings)

    def having(self, arms: list[Arm]) -> dict[UUID, Customer]:
        """The first rows of each arm, in one statement."""
        if not arms:
            return {}
        heads = [self._in_ground(arms)] if self._is_small else [self._head(arm) for arm in arms]
        sql = " UNION ALL ".join(f"({head})" for head, _params in heads)
        found: dict[UUID, Customer] = {}
        for customer in Customer.objects.raw(sql, [param for _head, params in heads for param in params]):
            known = found.setdefault(customer.pk, customer)
            known.rank = min(known.rank, customer.rank)  # type: ignore[attr-defined]
        return found

    def _head(self, arm: Arm) -> tuple[str, Params]:
        ranked = self._sql.replace(self._TABLE, f", {arm.rank} AS rank {self._TABLE}", 1)
        if arm.order:
            sql = f"{ranked} AND {arm.condition} ORDER BY {arm.order} LIMIT {self._limit:d}"
            return sql, (*self._params, *arm.params)
        candidates = f"(SELECT * FROM customers_customer WHERE {arm.condition} OFFSET 0) customers_customer"
        sql = ranked.replace(self._TABLE, f"FROM {candidates} WHERE", 1)
        return f"{sql} LIMIT {max(self._limit, MOST_UNORDERED):d}", (*arm.params, *self._params)

    def _in_ground(self, arms: list[Arm]) -> tuple[str, Params]:
        known = [arm for arm in arms if arm.rank != _INNER]
        rank = " ".join(["CASE", *(f"WHEN {arm.condition} THEN {arm.rank}" for arm in known), "ELSE", f"{_INNER} END"])
        either = " OR ".join(f"({arm.condition})" for arm in arms)
        sql = f"""SELECT *, {rank if known else _INNER} AS rank FROM ({self._sql} OFFSET 0) customers_customer
                  WHERE {either} LIMIT {MOST_OF_A_GROUND}"""
        return sql, (*_params_of(known), *self._params, *_params_of(arms))


def _params_of(arms: list[Arm]) -> Params:
    return tuple(param for arm in arms for param in arm.params)


# Arms


def _ordered(sought: Sought) -> Iterator[Arm]:
    """What an index gives in the order of rank: beginnings, whole readings, numbers."""
    yield Arm("folded LIKE %s", (_prefix(sought.text),), "folded, id")
    for sound in sought.sounds:
        if all(map(is_whole, sound[:-1])):
            arm = Arm("pinyin LIKE %s", (_prefix(" ".join(sound)),), "pinyin, folded, id")
        else:
            arm = Arm("initials LIKE %s", (_prefix(initials(sound)),), "initials, folded, id")
            if not _is_initials(sound):
                pattern = _pattern(sound, "^")
                arm = replace(arm, condition=f"{arm.condition} AND pinyin ~ %s", params=(*arm.params, pattern))
        yield arm.and_holds(sought.written)
    if sought.letters:
        yield Arm("keys @> %s", ([whole_key(sought.letters)],)).and_holds(sought.written)
    if re.search("[a-z0-9]", sought.text):
        yield _external_id(sought.typed)
    digits = re.sub(r"[\s+-]", "", sought.text)
    if _PHONE_TAIL.fullmatch(digits):
        yield _phone_tail(digits)


def _external_id(typed: str) -> Arm:
    return Arm(
        """customers_customer.id IN (SELECT object_id FROM base_externalid
           WHERE kind IN ('person', 'institution') AND external_id = %s)""",
        (typed,),
        rank=_EXACT,
    )


def _phone_tail(digits: str) -> Arm:
    return Arm(
        """customers_customer.id IN (SELECT customer_id FROM customers_person
           WHERE phone_reversed LIKE %s AND phone_reversed <> '')""",
        (_prefix(digits[::-1]),),
    )


def _inner(sought: Sought) -> Iterator[Arm]:
    """What lies within a name or a reading, or begins one of its less likely readings."""
    yield _holds(sought.text)
    for sound in sought.sounds:
        keys = [*syllable_keys(filter(is_whole, sound)), *initial_keys(initials(sound))]
        if keys:
            condition, params = _sounds(sound)
            yield Arm(f"keys @> %s AND {condition}", (keys, *params)).and_holds(sought.written)


def _slips(sought: Sought) -> Iterator[Arm]:
    """Another character of the same sound; a character wrong, missing or too many; a slip of the finger."""
    if sought.letters and not sought.written:
        if len(sought.letters) in _SLIP_LENGTHS:
            yield from _heard(misspelt(sought.letters)[:_MOST_SLIPS])
        yield Arm("customers_customer.name %% %s", (sought.text,))
    elif len(sought.text) > 1:
        if any(map(is_chinese, sought.text)):
            meant = [r for of_person in (True, False) for r in readings(sought.text, of_person=of_person)]
            yield from _heard(list(dict.fromkeys(meant)))
        yield from _one_off(sought.text)


def _heard(meant: list[Reading]) -> Iterator[Arm]:
    if meant:
        texts = [" ".join(reading) for reading in meant]
        yield Arm("pinyin = ANY (%s)", (texts,))
        yield Arm("keys && %s", ([whole_key("".join(reading)) for reading in meant],))


def _one_off(text: str) -> Iterator[Arm]:
    """`陈忘舒` finds 陈望舒: all characters but one, in order, with room for another in its place."""
    if len(text) < 3:
        return
    for place in range(len(text)):
        before, after = text[:place], text[place + 1 :]
        yield Arm(
            "keys @> %s AND folded ~ %s",
            ([*before, *after], f"{re.escape(before)}.?.?{re.escape(after)}"),
        )


def _holds(part: str) -> Arm:
    """Names that hold `part`. The keys find them, LIKE makes sure."""
    return Arm("keys @> %s AND folded LIKE %s", (list(pairs(part)) or [part], _within(part)))


def _sounds(sound: Reading) -> tuple[str, Params]:
    """Readings that hold these syllables somewhere."""
    pattern = _pattern(sound, "(^|[ ,])")
    if _is_initials(sound):  # cheaper to compare
        return "(initials LIKE %s OR other_pinyin ~ %s)", (_within("".join(sound)), pattern)
    return "(pinyin ~ %s OR other_pinyin ~ %s)", (pattern, pattern)


def _pattern(sound: Reading, start: str) -> str:
    """Each syllable but whole ones is given by its beginning, the last one in any case."""
    *before, last = sound
    return start + "".join(s + " " if is_whole(s) else s + "[a-z0-9]* " for s in before) + last


def _is_initials(sound: Reading) -> bool:
    return all(len(syllable) == 1 for syllable in sound)


def _within(text: str) -> str:
    return f"%{_literal(text)}%"


def _prefix(text: str) -> str:
    return _literal(text) + "%"


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


# Ranking


def _rank(customer: Customer, sought: Sought) -> int:
    if customer.folded == sought.text:
        return _EXACT
    if customer.folded.startswith(sought.text):
        return _BEGINS
    rank: int = customer.rank  # type: ignore[attr-defined]
    if sought.sounds:
        heard = [customer.pinyin, *customer.other_pinyin.split(",")]
        rank = min(rank, *(_sound_rank(reading, sought) for reading in heard if reading))
    return rank


def _sound_rank(reading: str, sought: Sought) -> int:
    if reading.replace(" ", "") == sought.letters:
        return _WHOLE_SOUND
    syllables = reading.split()
    begun = [sound for sound in sought.sounds if _begins(syllables, sound)]
    if any(len(sound) == len(syllables) for sound in begun):
        return _INITIALS
    if any(reading.startswith(" ".join(sound)) for sound in begun):
        return _SOUND_BEGINS
    return _INITIALS_BEGIN if begun else _INNER


def _begins(syllables: list[str], sound: Reading) -> bool:
    return len(sound) <= len(syllables) and all(map(str.startswith, syllables, sound))
