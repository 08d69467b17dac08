"""Words that stand in one place only. Whoever reads one where he may not has found a leak."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.models import Customer
from customers.queries.keys import search_columns

_LETTERS = "bcdfghjklmnpqrstvwxz"  # no vowels: such a word is no word, no name and no sound
# Each stands in one name: a search takes a name for another that differs by one character.
_NAMES = "鞍镖蹭戳耷盹俄钒隔颌羁喀阔榄瞒囡藕湃蛆壤砂瘫豌隙鸦铡拗蚌忱痘噩甫罡亨脊槛廓泐昴糯坯擒冉嗓挞瓮霄蔫槌"
_numbers = count(1)


@dataclass(frozen=True)
class Canary:
    """A word, and the field of the branch in which it was let go."""

    word: str
    branch: str
    field: str


@dataclass
class Flock:
    """All canaries; `names` are those that no customer has yet."""

    canaries: dict[str, Canary] = field(default_factory=dict)
    names: Iterator[str] = field(default_factory=lambda: map("".join, zip(*[iter(_NAMES)] * 3, strict=False)))

    def plant(self, branch: str, model: Any, **values: Any) -> Any:
        """A row with a canary in every text field that is not given a value."""
        for one in text_fields(model):
            if one.name not in values:
                values[one.name] = self.word(branch, model, one)
        row = model(**values)
        row.save(force_insert=True)
        return row

    def customer(self, branch: str, kind: str) -> Customer:
        """With a name that is found by its sound."""
        name = next(self.names)
        self.canaries[name] = Canary(name, branch, "customers.Customer.name")
        return self.plant(branch, Customer, kind=kind, name=name, **search_columns(name, kind))

    def note(self, branch: str, word: str, where: str) -> str:
        """A word of another shape, such as a phone number."""
        self.canaries[word] = Canary(word, branch, where)
        return word

    def word(self, branch: str, model: Any, one: Any) -> Any:
        letters = nonsense(next(_numbers))
        self.note(branch, letters, f"{model._meta.label}.{one.name}")
        if isinstance(one, ArrayField):
            return [letters]
        return {"word": letters} if isinstance(one, models.JSONField) else letters

    def of(self, branch: str) -> list[Canary]:
        return [canary for canary in self.canaries.values() if canary.branch == branch]

    def heard(self, text: str) -> list[Canary]:
        """The canaries that a text holds."""
        return [canary for word, canary in self.canaries.items() if word in text]


def nonsense(number: int) -> str:
    """A word of the same shape as every canary. No number gives a part of another's word."""
    letters = ""
    for _place in range(5):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return f"Zq{letters}qZ"


def text_fields(model: Any) -> list[Any]:
    """Where people, files and programs write what they like: no choices, no keys, nothing that is computed."""
    return [one for one in model._meta.local_fields if _is_free_text(one)]


def _is_free_text(one: Any) -> bool:
    if one.choices or one.primary_key or getattr(one, "generated", False) or one.is_relation:
        return False
    inner = one.base_field if isinstance(one, ArrayField) else one
    return isinstance(inner, models.CharField | models.TextField | models.JSONField)
