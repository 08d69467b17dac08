"""Customers to search for: a few by hand, and a crowd with a database of its own, because plans mean nothing
without statistics."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from django.db import connections

from accounts.models import Territory, User
from crm.base.ids import uuid7
from customers.models import Customer, Institution, Person
from customers.queries.keys import SEARCH_COLUMNS, search_columns
from tests import houses
from tests.cast import Cast, assemble
from tests.search.names import institutions, persons, told_apart

Add = Callable[..., Customer]
TOLD_APART = 2_000
OTHERS = 16_000
OTHER_PLACES = 2_000


@pytest.fixture
def add(cast: Cast) -> Add:
    """`add("单雄信")`: a customer with its search columns, in Xixi unless told otherwise."""

    def add_customer(name: str, kind: str = "person", territory: Territory | None = None, phone: str = "") -> Customer:
        customer = Customer.objects.create(kind=kind, name=name, **search_columns(name, kind))
        if kind == "person":
            Person.objects.create(customer=customer, phone=phone)
        else:
            Institution.objects.create(customer=customer, kind="hospital")
        held = territory or cast.xixi
        customer.statuses.create(line_id=held.line_id, territory=held)
        return customer

    return add_customer


@dataclass
class Crowd:
    """2,000 customers with different names in Xixi, the ground of one rep; 18,000 others in Dongdu."""

    rep: User
    manager: User
    names: list[tuple[str, str]]  # of Xixi, and how they are said
    ids: dict[str, UUID]


@pytest.fixture(scope="module")
def crowd(worker: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Crowd]:
    connection = connections["default"]
    usual, name = connection.settings_dict["NAME"], houses.make_database(f"crowd_{worker}")
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield _gather(name)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            houses.drop_database(name)


def _gather(database: str) -> Crowd:
    cast = assemble()
    names = told_apart(TOLD_APART)
    ids = {name: uuid7() for name, _said in names}
    rows = [(ids[name], "person", name, cast.xixi) for name, _said in names]
    rows += [(uuid7(), "person", name, cast.dongdu) for name, _said in persons(OTHERS, seed=3)]
    rows += [(uuid7(), "institution", name, cast.dongdu) for name in institutions(OTHER_PLACES)]
    owner = psycopg2.connect(houses.owner_url(database))
    with owner, owner.cursor() as cursor:
        _copy(
            cursor, "customers_customer", ("id", "kind", "name", "version", "created_at", *SEARCH_COLUMNS), _named(rows)
        )
        _copy(
            cursor,
            "customers_person",
            ("customer_id", "honorific", "title", "specialty", "gender", "phone"),
            ((key, "", "", "", "", f"139{n:08}") for n, (key, kind, *_) in enumerate(rows) if kind == "person"),
        )
        _copy(
            cursor,
            "customers_customerstatus",
            ("customer_id", "line_id", "territory_id", "tier", "provisional"),
            ((key, held.line_id, held.pk, "", "f") for key, _kind, _name, held in rows),
        )
        _copy(
            cursor,
            "base_externalid",
            ("kind", "source", "external_id", "object_id"),
            ((kind, "crm", f"X-{n}", key) for n, (key, kind, *_) in enumerate(rows)),
        )
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE")  # also empties the pending list of the index on keys
    owner.close()
    return Crowd(cast.lin, cast.zheng, names, ids)


def _named(rows: list[tuple[UUID, str, str, Territory]]) -> Iterator[tuple[Any, ...]]:
    for key, kind, name, _held in rows:
        follows = search_columns(name, kind)
        keys = "{" + ",".join(f'"{k}"' for k in follows["keys"]) + "}"
        yield key, kind, name, 1, "2026-01-01", *(follows[column] for column in SEARCH_COLUMNS[:-1]), keys


def _copy(cursor: Any, table: str, columns: tuple[str, ...], rows: Any) -> None:
    text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)
