"""An invented world of a given size, made by SQL in the database's own tables."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from accounts.actions import default_line, refresh_ground

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
        cursor.execute("ANALYZE")
