"""Every address of the house by every method, asked by every actor for his own, his sibling's, a foreign and an absent
object: against tests/access/table.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from crm import health
from tests.access.conftest import Visitors
from tests.access.grids import COLUMNS, GRIDS
from tests.access.objects import address_of, body_of, key_of
from tests.access.statements import MORE, usual
from tests.access.table import AHEAD, METHODS, PROGRAMS, ROUTES, Route

OUT = ("anon", "shut")
NOWHERE = "api-nowhere"  # whatever else a program asks for: tests/api/test_odd_requests.py
_OF_EACH = {"Content-Length", "Location", "X-Request-Id"}  # headers that are another in every answer
_SECRETS = re.compile(r'(name="csrfmiddlewaretoken"|name="id") value="[^"]*"')


def routes(resolver: Any = None) -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) != PROGRAMS:
            yield from routes(entry)
        elif isinstance(entry, URLPattern) and entry.name != NOWHERE:
            yield str(entry.name)


@cache
def grid(name: str) -> dict[str, dict[str, str]]:
    """The answers by object and column."""
    rows = {}
    for line in GRIDS[name].strip().splitlines():
        (*words,) = line.split()
        rows[" ".join(words[: -len(COLUMNS)])] = dict(zip(COLUMNS, words[-len(COLUMNS) :], strict=True))
    return rows


def expected(rows: dict[str, str], actor: str) -> str:
    cell = rows["out" if actor in OUT else actor]
    return "." if cell == "o" else cell


def said(answer: Any) -> str:
    """An answer as the table writes it."""
    where = answer.headers.get("Location", "")
    if answer.status_code == 302:
        return "s" if where.startswith("/sign-in/?next=") else ">"
    return {200: ".", 422: "!", 403: "x", 404: "-"}.get(answer.status_code, str(answer.status_code))


def asked(route: Route) -> Iterator[tuple[str, str, str]]:
    """Method, object and grid of every line of the table."""
    for method, table in (("GET", route.get), ("POST", route.post)):
        for which in grid(table) if table else ():
            yield method, which, table


@dataclass(frozen=True)
class Seen:
    """An answer as the table writes it, what of it can be seen, the tables to which it wrote, and how many statements
    it took."""

    said: str
    face: int
    wrote: frozenset[str]
    statements: int


def ask(visitors: Visitors, actor: str, method: str, name: str, which: str) -> Seen:
    house, kind = visitors.house, ROUTES[name].kind
    address = address_of(house, name, kind, which)
    data = body_of(house, name, which) if method == "POST" else None
    answer = visitors.ask(actor, method, address, data, watch=True)
    statements = visitors.statements
    key = "" if which == "page" else str(key_of(house, kind.rpartition(":")[2], which))
    return Seen(said(answer), hash(_face(answer, key)), frozenset(visitors.written), statements)


def _face(answer: Any, key: str) -> Any:
    """Status, headers and words, without the name of what was asked for."""
    text = answer.whole.decode()
    if key.isdecimal():
        key = f"/{key}/"  # elsewhere it is a number like any other
    headers = {word: value for word, value in answer.headers.items() if word not in _OF_EACH}
    words = without_secrets(text.replace(key, "") if key else text)
    return answer.status_code, tuple(sorted(headers.items())), tuple(sorted(answer.cookies)), words


def without_secrets(text: str) -> str:
    """Without what is another in every answer: the token and the id of a form."""
    return _SECRETS.sub("", text)


def answers(visitors: Visitors, name: str) -> dict[tuple[str, str, str], Seen]:
    """To every line of the table of a route, by method, object and actor: asked once."""
    if name not in visitors.answers:
        visitors.answers[name] = {
            (method, which, actor): ask(visitors, actor, method, name, which)
            for method, which, _table in asked(ROUTES[name])
            for actor in visitors.house.actors
        }
    return visitors.answers[name]


def test_every_route_has_its_line_in_the_table() -> None:
    known = set(routes())
    assert not (new := known - ROUTES.keys()), (
        f"These addresses are new: {sorted(new)}. Say in tests/access/table.py (ROUTES) who gets which answer there; "
        f"a new kind of object is made in tests/access/house.py and named in tests/access/objects.py."
    )
    assert not (old := ROUTES.keys() - known), f"These addresses are gone: take their lines away: {sorted(old)}."


@pytest.mark.parametrize("name", ROUTES)
def test_everybody_gets_the_answer_of_the_table(visitors: Visitors, name: str) -> None:
    route, seen, wrong = ROUTES[name], answers(visitors, name), []
    for method, which, table in asked(route):
        for actor in visitors.house.actors:
            wanted, got = expected(grid(table)[which], actor), seen[method, which, actor]
            if got.said != wanted:
                wrong.append(f"{method} {which} by {actor}: {got.said}, not {wanted}")
            if got.wrote - {route.notes} and (method == "GET" or wanted in "sx-!"):
                wrong.append(f"{method} {which} by {actor} ({got.said}) wrote to {sorted(got.wrote)}")
    assert not wrong, "\n".join([name, *wrong])


@pytest.mark.parametrize("name", ROUTES)
def test_no_answer_takes_more_statements_than_it_may(visitors: Visitors, name: str) -> None:
    most: dict[str, tuple[int, str, str]] = {}
    for (method, which, actor), seen in answers(visitors, name).items():
        if seen.said in (".", ">"):
            most[method] = max(most.get(method, (0, "", "")), (seen.statements, which, actor))
    for method, (statements, which, actor) in most.items():
        limit, _why = MORE.get((name, method), (usual(name, method), ""))
        assert statements <= limit, f"{method} {name} {which} by {actor} takes {statements} statements"
        if (name, method) in MORE:
            assert statements > usual(name, method), f"{method} {name} takes {statements}: no exception any more"


def test_every_exception_is_a_route() -> None:
    assert {name for name, _method in MORE} <= ROUTES.keys()


@pytest.mark.parametrize("name", ROUTES)
def test_other_methods(visitors: Visitors, name: str) -> None:
    """HEAD is GET; what is not offered does nothing."""
    route, wrong = ROUTES[name], []
    table = grid(route.get or route.post)
    which = next(iter(table))
    for method in METHODS:
        offered = route.post if method == "POST" else route.get if method in ("GET", "HEAD") else ""
        if offered and method != "HEAD":
            continue  # asked above
        for actor in ("anon", "rep", "ops"):
            got, first = ask(visitors, actor, method, name, which), expected(table[which], actor)
            # Whoever may not open it need not be told how it is asked.
            fitting = {first} if offered else {"405", first if first in "sx-" else "405"}
            if got.said not in fitting or got.wrote - {route.notes}:
                wrong.append(f"{method} by {actor}: {got.said}, wrote to {sorted(got.wrote)}")
    assert not wrong, "\n".join([name, *wrong])


def test_foreign_and_absent_look_the_same(visitors: Visitors) -> None:
    """To whomever both are refused: the same status, headers and words."""
    wrong, compared = [], 0
    for name, route in ROUTES.items():
        for method, which, table in asked(route):
            for actor in COLUMNS[1:]:
                cells = [grid(table).get(one, {}).get(actor, "") for one in (which, "absent")]
                if cells not in (["-", "-"], ["!", "!"]):
                    continue
                compared += 1
                seen = answers(visitors, name)
                if seen[method, which, actor].face != seen[method, "absent", actor].face:
                    wrong.append(f"{name}: {method} {which} by {actor}")
    assert not wrong, "\n".join(["These do not look as if they were absent:", *wrong])
    assert compared > 500


def test_what_stands_before_the_pages_has_its_line_in_the_table() -> None:
    pages = {address for address in AHEAD if not address.startswith(settings.STATIC_URL)}
    assert pages == set(health._ADDRESSES)


@pytest.mark.parametrize("address", AHEAD)
def test_what_stands_before_the_pages_is_the_same_to_everybody(visitors: Visitors, address: str) -> None:
    wrong = []
    for method, wanted in zip(METHODS, AHEAD[address].split(), strict=True):
        faces = set()
        for actor in visitors.house.actors if method == "GET" else ("anon", "rep", "ops"):
            answer = visitors.ask(actor, method, address, watch=True)
            if said(answer) != wanted or visitors.written or answer.cookies:
                wrong.append(f"{method} by {actor}: {said(answer)}, wrote to {sorted(visitors.written)}")
            faces.add(answer.whole)
        if wanted == "." and len(faces) > 1:
            wrong.append(f"{method}: {len(faces)} different answers")
    assert not wrong, "\n".join([address, *wrong])


@pytest.mark.parametrize("address", ["customers", "customers/{pk}", "visits", "openapi.json", "nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_session_opens_an_address_of_programs(visitors: Visitors, method: str, address: str) -> None:
    """Whoever is signed in, and whoever is not: it takes a token."""
    of = address.format(pk=visitors.house.branches["xixi"].rows["customer"])
    for actor in visitors.house.actors:
        answer = visitors.ask(actor, method, f"/{PROGRAMS}{of}", None)
        assert answer.status_code in (401, 429), actor  # 429: too many have tried without
