"""What a resource is. One declaration drives reading, the documentation, and the tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import User

Shape = Mapping[str, Any]
"""A part of a JSON schema."""

ID: Shape = {"type": "string", "format": "uuid"}
NUMBER: Shape = {"type": "integer"}
TEXT: Shape = {"type": "string"}
DAY: Shape = {"type": "string", "format": "date"}
MOMENT: Shape = {"type": "string", "format": "date-time"}
YES_NO: Shape = {"type": "boolean"}
NAMED: Shape = {"type": "string", "pattern": r"^[^:\x00]+:[^\x00]+$"}
"""How another system names a row: its source, a colon, its id."""
MONEY: Shape = {
    "type": "object",
    "properties": {"minor": NUMBER, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    "required": ["minor", "currency"],
}
OUTCOMES = ("applied", "duplicate", "conflict", "rejected")
"""Of one of many that were sent together."""


def one_of(choices: Sequence[Any]) -> Shape:
    return {"type": "integer" if isinstance(choices[0], int) else "string", "enum": list(choices)}


def listed(**properties: Shape) -> Shape:
    """A list of small objects."""
    return {"type": "array", "items": thing(**properties)}


def thing(**properties: Shape) -> Shape:
    return {"type": "object", "properties": properties, "required": list(properties)}


def or_null(shape: Shape) -> Shape:
    if "enum" in shape:
        return {**shape, "type": [shape["type"], "null"], "enum": [*shape["enum"], None]}
    return {**shape, "type": [shape["type"], "null"]}


@dataclass(frozen=True)
class Field:
    """`sql` speaks of the tables of its resource's `rows`."""

    name: str
    sql: str
    shape: Shape
    help: str
    example: Any


@dataclass(frozen=True)
class Filter:
    """A condition with `%(value)s` as its parameter; of `shape`, as one word of the address."""

    name: str
    sql: str
    shape: Shape
    help: str


@dataclass(frozen=True)
class Order:
    """Columns that are never NULL; the key comes last by itself, to make the order total."""

    columns: tuple[tuple[str, str], ...]  # SQL, its type
    backwards: bool = False


Seen = Callable[[User], Mapping[str, QuerySet[Any, Any]]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """`rows` is the FROM of its statement; `{name}` in it, in `where` and in fields stands for the rows of that
    name of `seen`, subqueries made by `for_user`. `%(today)s` is given, too.
    `state` is what `If-Match` compares: it changes whenever somebody edits the row, and never for the night."""

    name: str
    one: str
    tag: str
    scope: str
    help: str
    fields: tuple[Field, ...]
    rows: str
    where: str
    seen: Seen
    key: str
    state: str
    key_shape: Shape = field(default_factory=lambda: ID)
    filters: tuple[Filter, ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)
    successor: str = ""  # SQL with %(id)s: the key by which a merged one goes on

    def field_names(self) -> list[str]:
        return [field.name for field in self.fields]

    def order_names(self) -> list[str]:
        return ["id", *self.orders]

    @property
    def key_type(self) -> str:
        return "bigint" if self.key_shape == NUMBER else "uuid"

    def example(self) -> dict[str, Any]:
        return {field.name: field.example for field in self.fields}

    def schema(self) -> Shape:
        """What an answer holds. With `fields=` it may hold less."""
        properties = {
            field.name: {
                **field.shape,
                "description": field.help,
                "examples": [field.example],
            }
            for field in self.fields
        }
        return {"type": "object", "properties": properties, "required": ["id"], "additionalProperties": False}
