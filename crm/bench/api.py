"""The API as programs use it: requests with a token through the whole house, against what they ask by plain SQL."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory

from accounts.actions.tokens import create_token
from accounts.models import Posting, Territory, User
from accounts.models.tokens import SCOPES
from crm.base import clock
from crm.bench import world
from crm.bench.measure import Figure, check, compare
from customers.models import CustomerStatus

Send = Callable[..., bytes]
ROWS, PAGES, ONES = 50, 20, 200
PAGE_TARGET, ONE_TARGET = 2.0, 1.6

# The same facts of the same customers, as somebody would ask them by hand.
_FACTS = """
SELECT row_to_json(x) FROM (
    SELECT c.id, c.kind, c.name, c.version, c.created_at, c.ended_on,
           coalesce((SELECT json_agg(json_build_object('source', e.source, 'external_id', e.external_id))
            FROM base_externalid e WHERE e.kind = c.kind AND e.object_id = c.id), '[]') AS external_ids,
           coalesce((SELECT json_agg(json_build_object('line', s.line_id, 'territory', s.territory_id, 'tier', s.tier,
                'provisional', s.provisional, 'last_visit_on', s.last_visit_on, 'next_due_on', s.next_due_on))
            FROM customers_customerstatus s
            WHERE s.customer_id = c.id AND s.territory_id IN ({ground})), '[]') AS statuses,
           (SELECT json_build_object('institution', f.institution_id, 'department', f.department,
                'position', f.position)
            FROM customers_affiliation f
            WHERE f.person_id = c.id AND f.is_primary AND f.during @> %(on)s::date) AS place
    FROM customers_customer c
    WHERE c.merged_into_id IS NULL AND {wanted} AND c.id IN (
        SELECT cs.customer_id FROM customers_customerstatus cs WHERE cs.territory_id IN ({ground}))
    ORDER BY c.id LIMIT {rows}) x
"""
_GROUND = """SELECT p.descendant_id FROM accounts_territorypath p
    JOIN accounts_posting g ON g.territory_id = p.ancestor_id AND g.during @> %(on)s::date WHERE g.user_id = %(user)s"""


def _facts(wanted: str, rows: int) -> str:
    return _FACTS.replace("{ground}", _GROUND).replace("{wanted}", wanted).replace("{rows}", str(rows))


def program_of(user: User) -> Send:
    """Sends a request with a token of `user`, and gives the body of the answer, which is none of a refusal."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    connection.close_at = None  # a slow machine needs longer than a session lives, and bounds keep tables in theirs
    root = Territory.objects.exclude(paths_up__depth__gt=0).get()
    boss = world.posted(Posting.Role.OPERATIONS, root)
    at = clock.now()
    _token, secret = create_token(
        actor=boss, user=user.pk, name="bench", scopes=list(SCOPES), expires_at=at + timedelta(days=1), at=at
    )
    asking = RequestFactory(SERVER_NAME=settings.ALLOWED_HOSTS[0], headers={"authorization": f"Bearer {secret}"})
    usual = asking.generic("POST", "/", content_type="application/json").environ
    house = get_wsgi_application()

    def send(method: str, path: str, body: Any = None, **headers: str) -> bytes:
        data = json.dumps(body).encode() if body is not None else b""
        page, _mark, query = path.partition("?")
        asked = usual | {"REQUEST_METHOD": method, "PATH_INFO": f"/api/v1/{page}", "QUERY_STRING": query}
        asked |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data)), "wsgi.input": BytesIO(data)}
        asked |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        status: list[str] = []

        def start_response(line: str, headers: Any, exc_info: Any = None) -> Any:
            status.append(line)

        answer = house(asked, start_response)
        try:
            said = b"".join(answer)
        finally:
            answer.close()
        check(status[0].startswith("2"), f"{path} answers {status[0]}: {said[:300]!r}")
        return said

    return send


def pages(size: str, rep: User) -> Figure:
    """Pages of a rep's customers as JSON."""
    send = program_of(rep)
    params: dict[str, Any] = {"on": world.TODAY, "user": str(rep.pk)}

    def plain() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(_facts("true", ROWS), params)
            return cursor.fetchall()

    items = json.loads(send("GET", f"customers?limit={ROWS}"))["items"]
    check([item["id"] for item in items] == [row[0]["id"] for row in plain()], "the page holds other customers")
    check(len(items) == ROWS, f"{len(items)} rows: not what was to be measured")
    return compare(
        bench="list",
        size=size,
        metric=f"{PAGES} pages of {ROWS} customers as JSON, with a token",
        bound_is="their facts by one statement of psycopg2, as Python values",
        target=PAGE_TARGET,
        measured=lambda: [send("GET", f"customers?limit={ROWS}") for _time in range(PAGES)],
        bound=lambda: [plain() for _time in range(PAGES)],
    )


def run(size: str) -> Iterator[Figure]:
    """`customer`: one customer after the other."""
    world.make(world.SIZES[size])
    world.name_everybody()
    ground = Territory.objects.filter(pk__in=CustomerStatus.objects.values("territory")).order_by("name")[0]
    rep = world.posted(Posting.Role.REP, ground)
    send = program_of(rep)
    keys = list(CustomerStatus.objects.filter(territory=ground).values_list("customer", flat=True)[:ONES])

    def plain() -> list[Any]:
        found = []
        with connection.cursor() as cursor:
            for key in keys:
                params: dict[str, Any] = {"on": world.TODAY, "user": str(rep.pk), "key": str(key)}
                cursor.execute(_facts("c.id = %(key)s::uuid", 1), params)
                found += cursor.fetchall()
        return found

    def asked() -> list[bytes]:
        return [send("GET", f"customers/{key}") for key in keys]

    check([json.loads(one)["id"] for one in asked()] == [row[0]["id"] for row in plain()], "others are answered")
    yield compare(
        bench="customer",
        size=size,
        metric=f"{len(keys)} customers one by one, with a token",
        bound_is="the facts of each by one statement of psycopg2",
        target=ONE_TARGET,
        measured=asked,
        bound=plain,
    )
