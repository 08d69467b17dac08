"""Names, notes, searches and addresses go through everything that can break; no log line has any of them."""

import importlib
import json
import logging
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote

import celery
import psycopg2
import pytest

from crm.base import logs
from crm.base.ids import uuid7
from tests.faults.browser import Browser
from tests.faults.ground import eventually
from tests.production.compose import OURS, Stack

NAME, NOTE, MAIL = "卡娜丽", "canary-note-7391", "canary-7391@example.com"
CANARIES = (NAME, NOTE, MAIL, quote(NAME), "7391")
RUNNING = ("web", "worker", "beat")

_MAKE_TOKEN = """
from datetime import timedelta
from accounts.actions.tokens import create_token
from accounts.models import User
from accounts.models.tokens import SCOPES
from crm.base import clock
rep, at = User.objects.get(username={name!r}), clock.now()
boss = next(u for u in User.objects.filter(postings__role="operations").distinct() if u.has_role("operations"))
print(rep.pk, create_token(actor=boss, user=rep.pk, name="mirror", scopes=list(SCOPES),
      expires_at=at + timedelta(days=1), at=at)[1])
"""

# The database quotes the whole row, as it does when a constraint is broken.
BREAK = """
CREATE FUNCTION break_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row is refused' USING DETAIL = NEW::text, ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER break_it BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION break_{table}();
"""


@pytest.fixture
def unfriendly_mail_server() -> Iterator[int]:
    """Refuses every recipient, by name."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                guest, _address = door.accept()
                with guest, guest.makefile("rw", encoding="utf-8", newline="\r\n") as talk:
                    print("220 hello", file=talk, flush=True)
                    for line in talk:
                        refused = line.upper().startswith("RCPT")
                        said = f"550 nobody is called {line.strip()[8:]}" if refused else "250 yes"
                        print(said, file=talk, flush=True)

    threading.Thread(target=serve, daemon=True).start()
    yield door.getsockname()[1]
    door.close()


def as_superuser(stack: Stack, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(stack.superuser)
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def a_rep(stack: Stack) -> tuple[str, str, str]:
    """His name, a customer of his, and his today."""
    return as_superuser(
        stack,
        """SELECT u.username, cs.customer_id::text, (now() AT TIME ZONE 'Asia/Shanghai')::date::text
           FROM customers_customerstatus cs JOIN accounts_posting p ON p.territory_id = cs.territory_id
           JOIN accounts_user u ON u.id = p.user_id
           WHERE p.role = 'rep' AND p.during @> (now() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY 2 LIMIT 1""",
    )[0]


class Program:
    """Asks the API for a rep, and remembers what it was answered."""

    def __init__(self, origin: str, stack: Stack, rep: str) -> None:
        made = stack.manage("web", "shell", "-c", _MAKE_TOKEN.format(name=rep))
        assert made.returncode == 0, made.stderr
        self.user, self.secret = made.stdout.split()[-2:]
        self.origin = origin
        self.statuses: list[int] = []

    def ask(self, status: int, method: str, path: str, body: Any = None) -> None:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.origin}/api/v1/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found, kind = answer.status, answer.headers["Content-Type"]
        except urllib.error.HTTPError as refused:
            found, kind = refused.code, refused.headers["Content-Type"]
        assert (found, kind) == (status, "application/json" if status < 400 else "application/problem+json"), path
        self.statuses.append(found)


@pytest.mark.tooling
def test_no_canary_reaches_a_log(stack: Stack, unfriendly_mail_server: int) -> None:
    stack.given |= {"MAIL_URL": f"smtp://localhost:{unfriendly_mail_server}"}
    stack.stop(*OURS)
    for name in RUNNING:
        stack.log(name).unlink(missing_ok=True)
    stack.up(*RUNNING)
    before = len(stack.log("postgres").read_bytes())
    rep, customer, today = a_rep(stack)
    browser = Browser(int(stack.environment("web")["ORIGIN"].rpartition(":")[2]))
    browser.sign_in(rep)

    # A search, an address that does not exist, a form that is refused.
    browser.get(f"/search/?q={quote(NAME)}")
    browser.post("/search/", {"q": NAME}, form_on="/account/")
    with suppress(urllib.error.HTTPError):
        browser.get(f"/{quote(NAME)}/{NOTE}/?{NOTE}")
    visit = {"id": str(uuid7()), "on": today, "channel": "face_to_face", "note": NOTE}
    with pytest.raises(urllib.error.HTTPError, match="422"):
        browser.post(f"/customers/{customer}/visits/new/", visit | {"on": "9" + today})

    # What is no HTTP: a search as somebody typed it into an address.
    with socket.create_connection(("127.0.0.1", int(browser.origin.rpartition(":")[2])), timeout=10) as bare:
        bare.sendall(f"GET /search/?q={NAME} {NOTE} HTTP/1.1\r\n\r\n".encode())
        assert b"400 Bad Request" in bare.recv(1000)

    # A program: what it asks by name, what is refused with the values in it, what stands there with another body.
    program = Program(browser.origin, stack, rep)
    persons = {"id": str(uuid7()), "name": NAME, "institution": NAME, "note": NOTE}
    pushed = visit | {"id": str(uuid7()), "customers": [customer]}
    program.ask(200, "GET", f"customers?name={quote(NAME)}")
    program.ask(400, "GET", f"customers?{quote(NAME)}={NOTE}")
    program.ask(404, "GET", f"persons/external/crm/{NOTE}")
    program.ask(400, "POST", "persons", persons)
    program.ask(422, "POST", "visits", pushed | {"on": NAME})
    program.ask(422, "POST", "visits", pushed | {"on": f"1{today[1:]}"})
    program.ask(201, "POST", "visits", pushed)
    program.ask(409, "POST", "visits", pushed | {"note": f"{NAME} {NOTE}"})

    # An error page, and a statement that the database refuses with the row in its message.
    as_superuser(stack, BREAK.format(table="visits_visit"))
    with pytest.raises(urllib.error.HTTPError, match="500"):
        browser.post(f"/customers/{customer}/visits/new/", visit)
    program.ask(500, "POST", "visits", pushed | {"id": str(uuid7())})
    as_superuser(stack, "DROP FUNCTION break_visits_visit CASCADE")

    # An import with bad rows, and one that breaks in the worker.
    chief = as_superuser(
        stack,
        """SELECT u.username FROM accounts_user u JOIN accounts_posting p ON p.user_id = u.id
           WHERE p.role = 'operations' ORDER BY 1 LIMIT 1""",
    )[0][0]
    office = Browser(int(browser.origin.rpartition(":")[2]))
    office.sign_in(chief)
    file = f"external_id,name,name_pinyin\n7391,{NAME},\n7391,{NAME},\n".encode()
    office.upload("/files/kinds/persons/", {"source": "canary"}, file)
    eventually(
        "the import is checked",
        lambda: as_superuser(stack, "SELECT state FROM base_importrun WHERE state NOT IN ('checking')"),
    )  # fmt: skip

    # A task that fails with what it was given, and a mail that is refused by name.
    with celery.Celery("test", broker=stack.environment("web")["REDIS_URL"]) as app:
        app.send_task("run a night", [NAME])
        app.send_task("a task nobody knows", [NOTE], {"note": NOTE})
    as_superuser(stack, "UPDATE accounts_user SET email = %s WHERE username = %s", MAIL, rep)
    Browser(int(browser.origin.rpartition(":")[2])).post("/password/", {"username": MAIL})

    def told(name: str) -> str:
        return stack.log(name).read_text(encoding="utf-8")

    eventually("the task has failed", lambda: "ValueError" in told("worker"))
    eventually("the mail was refused", lambda: "SMTPRecipientsRefused" in told("web") + told("worker"))
    assert "CheckViolation" in told("web")
    ours = stack.log("postgres").read_bytes()[before:].decode("utf-8", "replace")
    assert "a row is refused" in ours
    for name, text in {**{name: told(name) for name in RUNNING}, "postgres": ours}.items():
        for canary in (*CANARIES, program.secret):
            where = next((line for line in text.splitlines() if canary in line), "")
            assert not where, f"{canary} in the log of {name}: {where[:300]}"
        if name != "postgres":
            for line in text.splitlines():
                assert line.startswith("{"), f"no line of ours in the log of {name}: {line[:300]}"
                assert {"time", "level", "logger", "message"} <= json.loads(line).keys(), line
    lines = [json.loads(line) for line in told("web").splitlines()]
    failed = [line for line in lines if line["logger"] == "crm.requests" and line["status"] == 500]
    assert [(line["route"], line["method"]) for line in failed] == [("log-visit", "POST"), ("api-visits", "POST")]
    for one in failed:
        cause = next(line for line in lines if line.get("exception") and line["request"] == one["request"])
        assert any(place.startswith("visits/actions/") for places in cause["where"] for place in places)
    asked = [line for line in lines if line["logger"] == "crm.requests" and line["route"].startswith("api-")]
    assert [line["status"] for line in asked] == program.statuses
    assert {(line["user"], program.secret.startswith(line["token"])) for line in asked} == {(program.user, True)}


def record(name: str, message: object, *args: object, **more: Any) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, more.get("exc_info"))


def test_of_others_only_pattern_and_numbers_are_told() -> None:
    text = logs.Text()
    assert NAME not in text.format(record("django.request", "%s: %s", "Not Found", f"/{NAME}/"))
    assert "took 17 ms for …" in text.format(record("somebody", "took %d ms for %r", 17, NAME))
    assert "(without its words)" in text.format(record("somebody", f"composed with {NAME}"))
    assert "Task …" in text.format(record("celery.app.trace", "Task %(name)s", {"name": NAME}))
    lost = importlib.import_module("celery.worker.consumer.consumer").CONNECTION_RETRY
    line = text.format(record("celery.worker.consumer.consumer", "%s (%r)", lost, OSError(NAME)))
    assert "Connection to broker lost" in line
    assert NAME not in line
    refused = f"Invalid request from ip=::1: Invalid HTTP request line: 'GET /{NAME}\n {NOTE}'"
    line = text.format(record("gunicorn.error", refused))
    assert "Invalid request from ip=::1: …" in line
    assert not [canary for canary in (NAME, NOTE) if canary in line]
    assert "night 3" in text.format(record("crm.nightly", "night %d", 3))


@pytest.mark.parametrize("form", [logs.Json(), logs.Text()])
def test_of_an_exception_types_and_places_are_told(form: logging.Formatter) -> None:
    try:
        try:
            raise ValueError(NAME)
        except ValueError as error:
            raise RuntimeError(NOTE) from error
    except RuntimeError:
        line = form.format(record("django.request", "%s", NAME, exc_info=sys.exc_info()))
    assert "builtins.RuntimeError" in line
    assert "builtins.ValueError" in line
    assert "tests/production/test_logs.py:" in line
    assert NAME not in line
    assert NOTE not in line
