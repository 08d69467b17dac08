"""`list`: a page of a rep's customers, 50 rows, through the whole house, against its rows by plain SQL."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory

from accounts.models import Posting, Territory, User
from crm.bench import api, world
from crm.bench.measure import Figure, check, compare
from customers.models import CustomerStatus

ROWS, PAGES = 50, 20
FULL_PAGE = 12.0

# What the page shows of each customer, and how many there are under each tab.
_ROWS = """
SELECT c.id, c.kind, c.name, cs.tier, cs.provisional, cs.last_visit_on, cs.next_due_on, t.name, l.name, place.*,
       (SELECT array_agg(r.role ORDER BY r.strength DESC) FROM customers_roleassignment r
        WHERE r.person_id = c.id AND r.during @> %(on)s::date)
FROM customers_customerstatus cs
JOIN customers_customer c ON c.id = cs.customer_id
JOIN accounts_territory t ON t.id = cs.territory_id JOIN accounts_line l ON l.id = cs.line_id
LEFT JOIN LATERAL (
    SELECT i.name, f.department, f.position FROM customers_affiliation f
    JOIN customers_customer i ON i.id = f.institution_id
    WHERE f.person_id = c.id AND f.is_primary AND f.during @> %(on)s::date) place ON true
WHERE c.merged_into_id IS NULL AND c.ended_on IS NULL AND cs.territory_id IN (
    SELECT p.descendant_id FROM accounts_territorypath p
    JOIN accounts_posting g ON g.territory_id = p.ancestor_id AND g.during @> %(on)s::date WHERE g.user_id = %(user)s)
ORDER BY cs.next_due_on, c.pinyin, c.name, c.id LIMIT 50
"""
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE cs.next_due_on < %(on)s), count(*) FILTER (WHERE cs.last_visit_on IS NULL)
FROM customers_customerstatus cs JOIN customers_customer c ON c.id = cs.customer_id
WHERE c.merged_into_id IS NULL AND c.ended_on IS NULL AND cs.territory_id IN (
    SELECT p.descendant_id FROM accounts_territorypath p
    JOIN accounts_posting g ON g.territory_id = p.ancestor_id AND g.during @> %(on)s::date WHERE g.user_id = %(user)s)
"""


def run(size: str) -> Iterator[Figure]:
    world.make(world.SIZES[size])
    world.name_everybody()
    rep = world.posted(Posting.Role.REP, _a_leaf())
    browser = RequestFactory(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    asked = browser.get("/customers/", headers={"cookie": _signed_in(rep)}).environ
    house = get_wsgi_application()

    def page() -> bytes:
        status: list[str] = []

        def start_response(line: str, headers: Any, exc_info: Any = None) -> Any:
            status.append(line)

        answer = house(dict(asked), start_response)
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        check(status[0].startswith("200"), f"the page answers {status[0]}")
        return body

    def plain() -> tuple[list[Any], Any]:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {"on": world.TODAY, "user": str(rep.pk)})
            rows = cursor.fetchall()
            cursor.execute(_COUNTS, {"on": world.TODAY, "user": str(rep.pk)})
            return rows, cursor.fetchone()

    _check(page().decode(), *plain())
    yield compare(
        bench="list",
        size=size,
        metric=f"{PAGES} full pages of {ROWS} customers, signed in",
        bound_is="their rows and counts by psycopg2, two statements",
        target=FULL_PAGE,
        measured=lambda: [page() for _time in range(PAGES)],
        bound=lambda: [plain() for _time in range(PAGES)],
    )
    yield api.pages(size, rep)


def _a_leaf() -> Territory:
    held = CustomerStatus.objects.values("territory")
    leaf = Territory.objects.filter(pk__in=held).order_by("name").first()
    assert leaf is not None
    return leaf


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    cookie: SimpleCookie = client.cookies
    return f"{settings.SESSION_COOKIE_NAME}={cookie[settings.SESSION_COOKIE_NAME].value}"


def _check(page: str, rows: list[Any], counts: Any) -> None:
    check(len(rows) == ROWS and counts[0] > ROWS, f"{len(rows)} rows of {counts[0]}: not what was to be measured")
    for row in rows:
        check(str(row[0]) in page and row[2] in page, f"{row[0]} is not on the page")
