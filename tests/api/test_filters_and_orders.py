"""What every filter lets through and how every order runs, held to plain Python over the rows of the whole list.

A filter or an order that nothing below speaks of fails.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from accounts.models import TerritoryParent
from crm.api.registry import DAY, ID, Filter, Resource
from crm.api.resources import RESOURCES
from crm.base.ids import uuid7_text
from customers.models import Affiliation, Customer
from tests.api import many
from tests.api.conftest import Program, Programs, World
from tests.cast import TODAY, Cast

T = TypeVar("T")
Row = dict[str, Any]
Said = Callable[[Row], Iterable[str | None]]
by_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@dataclass(frozen=True)
class Kept:
    """`says`: the words of a row that are compared with the word of the address; one that holds is enough."""

    says: Said
    holds: Callable[[str, str], bool] = operator.eq

    def words(self, row: Row) -> list[str]:
        return [word for word in self.says(row) if word is not None]

    def keeps(self, row: Row, asked: str) -> bool:
        return any(self.holds(word, asked) for word in self.words(row))


def _field(name: str) -> Said:
    def says(row: Row) -> list[str | None]:
        value = row[name]
        return [{True: "true", False: "false"}[value] if isinstance(value, bool) else value]

    return says


def _of_statuses(name: str) -> Said:
    return lambda row: [status[name] for status in row["statuses"]]


def _under(territories: Iterable[str | None], *, itself: bool) -> list[str]:
    """Whatever these stand under today."""
    parents = {
        str(row.territory_id): str(row.parent_id)
        for row in TerritoryParent.objects.filter(during__contains=TODAY)
    }  # fmt: skip
    found = []
    for one in territories:
        above = one if itself else parents.get(one or "")
        while above:
            found.append(above)
            above = parents.get(above)
    return found


def _workplaces(row: Row) -> list[str]:
    rows = Affiliation.objects.filter(person=row["id"], during__contains=TODAY)
    return [str(pk) for pk in rows.values_list("institution", flat=True)]


def _within(period: str, day: str) -> bool:
    first, last = period.split("/")
    return first <= day <= (last or "9999")


_COMPARED = {
    "name": Kept(_field("name")),
    "kind": Kept(_field("kind")),
    "line": Kept(_field("line")),
    "parent": Kept(_field("parent")),
    "person": Kept(_field("person")),
    "product": Kept(_field("product")),
    "role": Kept(_field("role")),
    "influencer": Kept(_field("influencer")),
    "influenced": Kept(_field("influenced")),
    "maker": Kept(_field("maker")),
    "channel": Kept(_field("channel")),
    "state": Kept(_field("state")),
    "customer": Kept(_field("customer")),
    "institution": Kept(_field("institution")),
    "is_active": Kept(_field("is_active")),
    "is_medical": Kept(_field("is_medical")),
    "is_primary": Kept(_field("is_primary")),
    "territory": Kept(_of_statuses("territory")),
    "below": Kept(lambda row: _under(_of_statuses("territory")(row), itself=True)),
    "tier": Kept(_of_statuses("tier")),
    "due_by": Kept(_of_statuses("next_due_on"), operator.le),
    "ended": Kept(lambda row: ["true" if row["ended_on"] else "false"]),
    "source": Kept(lambda row: [one["source"] for one in row["external_ids"]]),
    "external_id": Kept(lambda row: [f"{one['source']}:{one['external_id']}" for one in row["external_ids"]]),
    "on": Kept(lambda row: [f"{row['first'] or ''}/{row['last'] or ''}"], _within),
    "since": Kept(_field("on"), operator.ge),
    "until": Kept(_field("on"), operator.le),
    "persons.institution": Kept(_workplaces),
    "territories.below": Kept(lambda row: _under([row["id"]], itself=False)),
    "visits.customer": Kept(lambda row: row["customers"]),
    "tiers.tier": Kept(_field("tier")),
    "reminders.territory": Kept(_field("territory")),
    "reminders.due_by": Kept(lambda row: [row["postponed_to"] or row["due_on"]], operator.le),
}


def _by_pinyin(row: Row) -> tuple[str, str]:
    return Customer.objects.get(pk=row["id"]).pinyin, row["name"]


_SORTED: dict[str, Callable[[Row], tuple[Any, ...]]] = {
    "id": lambda row: (),
    "territories.name": lambda row: (row["name"],),
    "products.name": lambda row: (row["name"],),
    "customers.name": _by_pinyin,
    "persons.name": _by_pinyin,
    "institutions.name": _by_pinyin,
    "on": lambda row: (row["on"],),
    "reported_at": lambda row: (row["reported_at"],),
    "customer": lambda row: (row["customer"],),
    "due_on": lambda row: (row["due_on"],),
}


def _its(resource: Resource, known: Mapping[str, T], name: str) -> T:
    own = f"{resource.name}.{name}"
    return known[own if own in known else name]


@pytest.fixture
def filled(world: World) -> Cast:
    return many.fill(world)


def _asked(of: Filter, kept: Kept, rows: list[Row], cast: Cast) -> set[str]:
    """What the rows say and what none of them does; of days also the days around."""
    words = {word for row in rows for word in kept.words(row)}
    words |= {str(value) for value in of.shape.get("enum", ())}
    if of.shape == ID:
        strangers = (cast.stray, cast.jiangbei, cast.china, cast.stranger)
        words |= {uuid7_text(), *(str(one.pk) for one in strangers)}
    if of.shape == DAY:
        days = {date.fromisoformat(day) for word in words for day in word.split("/") if day}
        words = {(day + timedelta(days=away)).isoformat() for day in days for away in (-1, 0, 1)}
    if of.shape.get("type") == "string" and of.shape not in (DAY, ID):
        words |= {"nobody:1" if of.name == "external_id" else "nobody"} if "enum" not in of.shape else set()
    return words


@by_resource
def test_a_filter_keeps_what_it_says(resource: Resource, filled: Cast, program: Programs) -> None:
    zheng = program(filled.zheng)
    rows = zheng.items(f"{resource.name}?limit=1000")
    for one in resource.filters:
        kept = _its(resource, _COMPARED, one.name)
        parted = False
        for word in sorted(_asked(one, kept, rows, filled)):
            found = zheng.items(f"{resource.name}?limit=1000&{one.name}={quote(word)}")
            assert found == [row for row in rows if kept.keeps(row, word)], f"{one.name}={word}"
            parted |= 0 < len(found) < len(rows)
        assert parted, f"no word of {one.name} tells the rows apart"


def _paged(program: Program, path: str) -> list[Row]:
    found: list[Row] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = program.get(f"{path}&limit=2" + (f"&cursor={cursor}" if cursor else ""))
        assert answer.status_code == 200, answer.content
        page = answer.json()
        assert len(page["items"]) == 2 or page["next"] is None
        found += page["items"]
        cursor = page["next"]
    return found


@by_resource
def test_an_order_holds_over_pages(resource: Resource, filled: Cast, program: Programs) -> None:
    zheng = program(filled.zheng)
    rows = zheng.items(f"{resource.name}?limit=1000")
    assert len(rows) > 4
    for order in resource.order_names():
        key = _its(resource, _SORTED, order.removeprefix("-"))
        keys = {row["id"]: key(row) for row in rows}
        expected = sorted(rows, key=lambda row: (*keys[row["id"]], row["id"]), reverse=order.startswith("-"))
        assert _paged(zheng, f"{resource.name}?order={order}") == expected, order
        if order != "id":
            assert 1 < len(set(keys.values())) < len(rows), f"nothing ties in {order}, or everything does"
            assert expected not in (rows, rows[::-1]), f"{order} is that of the ids"


def test_pages_of_what_a_filter_keeps(filled: Cast, program: Programs) -> None:
    zheng = program(filled.zheng)
    for path in ("visits?order=-on&state=reported", "customers?order=name&kind=person", "tiers?order=customer&tier=A"):
        assert _paged(zheng, path) == zheng.items(f"{path}&limit=1000")
        assert len(_paged(zheng, path)) > 2
