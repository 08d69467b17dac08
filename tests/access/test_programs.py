"""Every address of programs by every method, asked with a token that reads and one that writes, of every actor, for his
own, his sibling's, a foreign and an absent object: against tests/access/programs.py."""

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import transaction

from accounts.models import ApiToken
from accounts.models.tokens import SCOPES
from crm.api import limits
from crm.api.resources import RESOURCES
from crm.api.urls import urlpatterns
from crm.api.writers import WRITERS
from crm.base.ids import uuid7_text
from crm.base.models import ExternalId
from tests.access.conftest import Visitors
from tests.access.programs import CHANGES, COLUMNS, GRIDS, LOOKERS_ON, TABLE, key_of, new_of, put_of
from tests.access.table import PROGRAMS
from tests.access.test_canaries import SEES, whole
from tests.cast import NOON

pytestmark = pytest.mark.once

READS, WRITES = "reads", "writes"
SAID = {200: ".", 201: ".", 401: "t", 403: "x", 404: "-", 422: "!"}
LISTS = {resource.name for resource in RESOURCES}
ELSEWHERE = {"openapi", "unknown"}  # without a token: test_openapi.py; of nothing: test_reading.py
NOTED = {"accounts_apitoken"}  # when a token was used last
OUT = ("anon", "shut")


@pytest.fixture(scope="module")
def tokens(visitors: Visitors) -> Iterator[Visitors]:
    """The actors with two tokens each; their institutions, ground and goods have external ids, too."""
    with transaction.atomic():
        hired = {name: visitors.house.user("south", name, ("jiangnan", role)) for name, role in LOOKERS_ON.items()}
        for name, user in {**visitors.house.actors, **hired}.items():
            if user is None:
                continue
            for kind in (READS, WRITES):
                digest = sha256(_secret(name, kind).encode()).hexdigest()
                scopes = [scope for scope in SCOPES if kind == WRITES or scope.endswith(":read")]
                ApiToken.objects.create(
                    user=user, name=kind, begins="rounds_", digest=digest, scopes=scopes, created_at=NOON,
                    expires_at=NOON + timedelta(30),
                )  # fmt: skip
        for branch in visitors.house.branches.values():
            rows = {"institution": branch.rows["institution"], "territory": branch.rows["territory"]}
            for kind, key in {**rows, "product": branch.product.pk}.items():
                known = {"kind": kind, "source": "crm", "external_id": f"house-{branch.name}"}
                ExternalId.objects.get_or_create(**known, defaults={"object_id": key})
        yield visitors
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PREFIX", f"test:{uuid7_text()}")


def _secret(actor: str, kind: str) -> str:
    return f"rounds_{actor}_{kind}"


def ask(visitors: Visitors, actor: str, kind: str, method: str, path: str, body: Any = None) -> Any:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {_secret(actor, kind)}"} if actor != "anon" else {}
    if method == "PATCH":
        headers["HTTP_IF_MATCH"] = "*"
    sent = "" if body is None else json.dumps(body)
    more: dict[str, Any] = {"content_type": "application/json", **headers}
    return visitors.ask("anon", method, f"/{PROGRAMS}{path}", sent, watch=True, **more)


def request_of(visitors: Visitors, route: str, method: str, which: str) -> tuple[str, Any]:
    """The path and body that ask for an object."""
    house, (resource, _dash, part) = visitors.house, route.partition("-")
    key = key_of(house, resource, which)
    if part == "external":
        known = ExternalId.objects.filter(kind=WRITERS[resource].named, source="crm", object_id=key).first()
        path = f"{resource}/external/crm/{known.external_id if known else 'nobody'}"
        return path, put_of(house, resource, which) if method == "PUT" else None
    if method == "GET":
        return f"{resource}/{key}", None
    if part == "batch":
        return f"{resource}/batch", {resource: [new_of(house, resource, which)]}
    path = {"": resource, "one": f"{resource}/{key}", "answers": f"{resource}/{key}/answers"}[part]
    return path, CHANGES[resource] if method == "PATCH" else new_of(house, resource, which)


def grid(name: str) -> Iterator[tuple[str, str, str]]:
    """Object, actor and answer of every cell."""
    for line in GRIDS[name].strip().splitlines():
        (*words,) = line.split()
        which, cells = " ".join(words[: -len(COLUMNS)]), words[-len(COLUMNS) :]
        for column, cell in zip(COLUMNS, cells, strict=True):
            for actor in OUT if column == "out" else (column,):
                yield which, actor, cell


def test_every_address_has_its_line_in_the_table() -> None:
    known = {str(pattern.name).removeprefix("api-") for pattern in urlpatterns} - ELSEWHERE
    written = {(route, method) for route in known for method in _offered(route)}
    assert written == set(TABLE), "Say in tests/access/programs.py (TABLE) who gets which answer there."


def _offered(route: str) -> set[str]:
    """The methods, but GET of a list: it answers everybody, with what he sees."""
    (view,) = (one.callback for one in urlpatterns if one.name == f"api-{route}")
    offered = {name.upper() for name in view.view_class.http_method_names if hasattr(view.view_class, name)}
    return offered - {"HEAD", "OPTIONS"} - ({"GET"} if route in LISTS else set())


def _status(route: str, answer: Any) -> int:
    """Of an answer about one of many, what became of that one."""
    if not route.endswith("batch") or answer.status_code != 200:
        return int(answer.status_code)
    (one,) = json.loads(answer.whole)["items"]
    return int(one["problem"]["status"]) if one["problem"] else 201


@pytest.mark.parametrize(("route", "method"), TABLE, ids=lambda word: word)
def test_every_program_gets_the_answer_of_the_table(tokens: Visitors, route: str, method: str) -> None:
    wrong = []
    for which, actor, cell in grid(TABLE[route, method]):
        for kind in (READS, WRITES) if actor != "anon" else ("",):
            path, body = request_of(tokens, route, method, which)
            answer = ask(tokens, actor, kind, method, path, body)
            wanted = "x" if kind == READS and method != "GET" and cell != "t" else cell
            got = SAID.get(_status(route, answer), str(answer.status_code))
            if got != wanted:
                wrong.append(f"{which} by {actor} who {kind}: {got}, not {wanted}: {answer.whole[:200]!r}")
            if tokens.written - NOTED and (method == "GET" or wanted != "."):
                wrong.append(f"{which} by {actor} who {kind} ({got}) wrote to {sorted(tokens.written)}")
            if wanted == "." and method != "GET" and not tokens.written - NOTED:
                wrong.append(f"{which} by {actor} who {kind}: nothing was written")
    assert not wrong, "\n".join([f"{method} {route}", *wrong])


@pytest.mark.parametrize("resource", sorted(LISTS))
def test_a_list_holds_what_its_reader_sees_one_by_one(tokens: Visitors, resource: str) -> None:
    """What it names is what the table says that its reader sees, and it tells a stranger nothing."""
    wrong = []
    listed: dict[str, set[str]] = {}
    for which, actor, cell in grid(TABLE[f"{resource}-one", "GET"]):
        if actor not in listed:
            answer = ask(tokens, actor, READS, "GET", f"{resource}?limit=200")
            assert answer.status_code == (401 if actor in OUT else 200), (actor, answer.whole)
            page = json.loads(answer.whole)
            assert not page.get("next"), "all that there is stands on one page"
            listed[actor] = {str(one["id"]) for one in page.get("items", [])}
        if (str(key_of(tokens.house, resource, which)) in listed[actor]) != (cell == "."):
            wrong.append(f"{which} by {actor}")
    assert not wrong, "\n".join([resource, *wrong])


@pytest.mark.parametrize("actor", COLUMNS[1:])
def test_no_program_reads_a_foreign_word(tokens: Visitors, actor: str) -> None:
    own, read, leaks = {"shared", *SEES["com" if actor in LOOKERS_ON else actor].split()}, set(), []
    for resource in sorted(LISTS):
        for canary in tokens.house.flock.heard(whole(ask(tokens, actor, READS, "GET", f"{resource}?limit=200"))):
            read.add(canary.field)
            if canary.branch not in own:
                leaks.append(f"{canary.field} of {canary.branch} in {resource}")
    assert not leaks, "\n".join([f"{actor} reads:", *sorted(leaks)])
    if actor not in ("emp", "idle"):
        assert {"customers.Customer.name", "visits.Visit.note"} <= read, "nothing is heard"


def test_foreign_and_absent_look_the_same_to_programs(tokens: Visitors) -> None:
    compared = 0
    for (route, method), name in TABLE.items():
        if method == "GET":
            path, _body = request_of(tokens, route, method, "far")
            nothing, _body = request_of(tokens, route, method, "absent")
            for actor in ("rep", "ops", "idle"):
                foreign, absent = (ask(tokens, actor, READS, "GET", one) for one in (path, nothing))
                assert foreign.status_code == absent.status_code == 404, (route, name)
                assert json.loads(foreign.whole) == json.loads(absent.whole), (route, actor)
                compared += 1
    assert compared > 25
