"""docker-compose.yml, run: there is no Docker in the tests, so each service is a process with its own command,
environment and health check."""

import ast
import json
import os
import re
import urllib.request
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from crm.base.ids import uuid7
from tests.faults.browser import Browser
from tests.faults.ground import eventually
from tests.production import compose
from tests.production.compose import OURS, ROOT, NotGiven, Stack
from tests.production.conftest import SECRETS

pytestmark = pytest.mark.tooling
GIVEN = SECRETS | {"ORIGIN": "https://crm.example.com"}
NOT_IN_CONTAINERS = {
    *("ROUNDS_DEBUG", "ROUNDS_SHARED_DATA", "ROUNDS_DEMO_PASSWORD"),  # of development
    "DATABASE_OWNER_URL",  # of migrate alone
    "PROMETHEUS_MULTIPROC_DIR",  # made by gunicorn
    "ROUNDS_STATIC",  # collected while the image is built
}


def variables_read() -> dict[str, bool]:
    """Every variable that the settings read, and whether they do without it."""
    source = ast.parse((ROOT / "crm" / "settings.py").read_text(encoding="utf-8"))
    calls = [
        node for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name) and node.func.value.id == "env"
    ]  # fmt: skip
    return {
        call.args[0].value: call.func.attr in ("text", "postgres") and len(call.args) + len(call.keywords) == 1  # type: ignore[attr-defined]
        for call in calls
    }


def test_every_variable_of_the_settings_is_given_and_documented() -> None:
    read, services = variables_read(), compose.read(GIVEN)["services"]
    assert {name for name, required in read.items() if required} >= {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.M))
    assert not read.keys() - documented, "docs/settings.md says nothing of these"
    for name in OURS:
        environment = services[name]["environment"]
        missing = [variable for variable, required in read.items() if required and not environment.get(variable)]
        assert not missing, name
        assert not read.keys() - environment.keys() - NOT_IN_CONTAINERS, name
    assert [name for name in OURS if "DATABASE_OWNER_URL" in services[name]["environment"]] == ["migrate"]


@pytest.mark.parametrize("name", [*SECRETS, "ORIGIN"])
def test_no_secret_has_a_default(name: str) -> None:
    with pytest.raises(NotGiven, match=name):
        compose.read({key: value for key, value in GIVEN.items() if key != name})


def test_nobody_is_root_and_everybody_has_a_health_check() -> None:
    services = compose.read(GIVEN)["services"]
    assert re.search(r"^USER (?!root)\w+$", (ROOT / "Dockerfile").read_text(), re.M)
    for name in OURS:
        assert services[name]["cap_drop"] == ["ALL"]
        assert "user" not in services[name]
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]
    assert "--appendonly yes" in services["valkey"]["command"]


def _rows(stack: Stack, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(stack.environment("web")["DATABASE_URL"])) as session, session.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall()


def test_the_services_come_up_healthy_and_a_rep_logs_a_visit(stack: Stack) -> None:
    assert not stack.is_healthy("web")
    running = {name: stack.start(name) for name in OURS if name != "migrate"}
    for name in running:
        eventually(f"{name} is healthy", lambda name=name: stack.is_healthy(name))
    origin = stack.environment("web")["ORIGIN"]
    with urllib.request.urlopen(f"{origin}/readyz", timeout=20) as answer:
        assert json.load(answer) == {"status": "ready", "database": "ok", "broker": "ok"}
    ((rep, customer, today),) = _rows(
        stack,
        """SELECT u.username, cs.customer_id::text, (now() AT TIME ZONE 'Asia/Shanghai')::date::text
           FROM customers_customerstatus cs JOIN accounts_posting p ON p.territory_id = cs.territory_id
           JOIN accounts_user u ON u.id = p.user_id JOIN customers_person d ON d.customer_id = cs.customer_id
           WHERE p.role = 'rep' AND p.during @> (now() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY 2 LIMIT 1""",
    )
    browser, visit = Browser(int(origin.rpartition(":")[2])), str(uuid7())
    browser.sign_in(rep)
    browser.post(f"/customers/{customer}/visits/new/", {"id": visit, "on": today, "channel": "face_to_face"})
    assert _rows(stack, "SELECT state FROM visits_visit WHERE id = %s", visit) == [("reported",)]
    night = "SELECT state, attempts FROM base_jobrun WHERE name = 'night' AND scheduled"
    eventually("the night", lambda: [state for state, _n in _rows(stack, night)] == ["done"])
    assert _rows(stack, night) == [("done", 1)], "two beats are one night"
    assert [process.poll() for process in running.values()] == [None] * 4


def test_health_checks_notice(stack: Stack) -> None:
    """A container that does not do its work is unhealthy; the other beat goes on."""
    stack.stop("web", "beat")
    assert not stack.is_healthy("web")
    assert stack.is_healthy("beat-2")
    alive = stack.folder / "worker" / "alive"
    stack.stop("worker")
    os.utime(alive, (alive.stat().st_mtime - 90,) * 2)
    assert not stack.is_healthy("worker")
