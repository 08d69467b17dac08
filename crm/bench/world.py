"""An invented world of a given size, made by SQL in the database's own tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, connections

from accounts.actions import default_line, refresh_ground
from accounts.models import Posting, Territory, User
from crm.base.periods import period
from customers.management.commands.refresh_search import refresh_search

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Size:
    customers: int
    districts: int
    territories: int  # a district


SIZES = {
    "S": Size(20_000, districts=32, territories=4),
    "M": Size(200_000, districts=80, territories=16),
    "L": Size(1_000_000, districts=250, territories=25),
}

_GROUND = """
INSERT INTO accounts_territory (id, name, line_id, own_jurisdiction, own_time_zone, jurisdiction, time_zone)
SELECT md5('territory' || n)::uuid, 'Territory ' || n, %(line)s, '', '', '', ''
FROM generate_series(0, %(districts)s * (1 + %(territories)s)) n;
INSERT INTO accounts_territoryparent (territory_id, parent_id, during)
SELECT md5('territory' || n)::uuid,
       md5('territory' || CASE WHEN n <= %(districts)s THEN 0 ELSE 1 + (n - 1) %% %(districts)s END)::uuid, '(,)'
FROM generate_series(1, %(districts)s * (1 + %(territories)s)) n;
"""

# Leaves are the territories above the number of districts; customers are spread over them.
_CUSTOMERS = """
INSERT INTO customers_customer (id, kind, name, version, created_at)
SELECT md5('customer' || n)::uuid, 'person', 'Customer ' || n, 1, now() FROM generate_series(1, %(customers)s) n;
INSERT INTO customers_person (customer_id, honorific, title, specialty, gender, phone)
SELECT md5('customer' || n)::uuid, '', '', '', '', '' FROM generate_series(1, %(customers)s) n;
INSERT INTO customers_customerstatus
    (customer_id, line_id, territory_id, tier, provisional, last_visit_on, next_due_on)
SELECT md5('customer' || n)::uuid, %(line)s,
       md5('territory' || %(districts)s + 1 + n %% (%(districts)s * %(territories)s))::uuid,
       CASE WHEN n %% 10 < 1 THEN 'A' WHEN n %% 10 < 4 THEN 'B' ELSE 'C' END, false,
       %(today)s::date - 25 + n %% 50 - 30, %(today)s::date + 3 + n %% 45 - 15
FROM generate_series(1, %(customers)s) n;
"""


def make(size: Size) -> None:
    """Ground, customers and their statuses. A customer's due date lies from 12 days back to 32 ahead."""
    params: dict[str, Any] = {
        "line": default_line().pk,
        "districts": size.districts,
        "territories": size.territories,
        "customers": size.customers,
        "today": TODAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUND, params)
        refresh_ground(on=TODAY)
        cursor.execute(_CUSTOMERS, params)
    analyze()


# A surname and two characters.
_NAMES = """
UPDATE customers_customer c
SET name = substr(%(surnames)s, (1 + n %% length(%(surnames)s))::int, 1)
           || substr(%(given)s, (1 + (n * 7919) %% length(%(given)s))::int, 1)
           || substr(%(given)s, (1 + (n * 104729) %% length(%(given)s))::int, 1)
FROM (SELECT id, substr(name, 10)::bigint AS n FROM customers_customer WHERE name LIKE 'Customer %%') numbered
WHERE numbered.id = c.id
"""
_PHONES = """
UPDATE customers_person p SET phone = '13' || lpad((('x' || substr(md5(customer_id::text), 1, 8))::bit(32)::bigint
    %% 1000000000)::text, 9, '0')
"""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余单仇解"
GIVEN = (
    "伟明芳娜敏静丽强磊军洋勇艳杰娟涛超秀英霞平刚桂兰建华文辉玲志红玉国春梅海燕雪晨宇浩然子轩欣怡佳琪思雨梦"
    "瑶嘉俊毅博宏光荣庆福寿康宁安泰和顺祥瑞祺晓东南西北中天地山川江河湖云雷电风霜露冰清洁白青松柏竹菊莲荷"
)


def name_everybody() -> None:
    """Chinese names and phone numbers, with what search reads."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"surnames": SURNAMES, "given": GIVEN})
        cursor.execute(_PHONES, {})
    refresh_search()
    analyze("customers_customer", "customers_person")


_ALIGNED = """
INSERT INTO customers_alignment (customer_id, line_id, territory_id, during)
SELECT customer_id, line_id, territory_id, '(,)' FROM customers_customerstatus
"""


def align() -> None:
    """Whoever holds a customer by its status does so by an alignment, too."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIGNED)
    analyze("customers_alignment")


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Invented facts need no trail: it would take longer than they do. Keys are checked as ever."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("; ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
        yield
        cursor.execute("; ".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


def analyze(*tables: str) -> None:
    """What autovacuum does within a minute. By the owner: of others PostgreSQL takes it for a wish."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")


def posted(role: str, territory: Territory) -> User:
    """Somebody new who is posted to the territory since ever."""
    user = User.objects.create(username=f"{role}-{territory.name}", name=f"{role} of {territory.name}")
    Posting.objects.create(user=user, territory=territory, role=role, during=period(None))
    return user
