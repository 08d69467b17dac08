"""docker-compose.yml, run: there is no Docker in the tests, so each service is a process with its own command,
environment and health check."""

import ast
import json
import os
import re
import shlex
import urllib.request
from contextlib import closing
from typing import Any

import psycopg2
import pytest
import redis

from crm.base.ids import uuid7
from tests.faults.browser import Browser
from tests.faults.ground import eventually
from tests.production import compose
from tests.production.compose import OURS, ROOT, SERVERS, NotGiven, Stack, documented
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


def test_postgres_and_valkey_run_by_their_own_command(stack: Stack) -> None:
    """With the settings of the file, found healthy by its own checks, and unhealthy when they are gone."""
    stack.up(*SERVERS)
    assert f"postgres:{stack.postgres.major}" == stack.service("postgres")["image"]
    with closing(psycopg2.connect(stack.superuser)) as session, session.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings")
        told = dict(cursor.fetchall())
    wanted = shlex.split(stack.service("postgres")["command"])
    pairs = [word.split("=", 1) for word in wanted if "=" in word]
    assert len(pairs) >= 5
    assert {name: told[name] for name, _value in pairs} == dict(pairs)
    assert told["log_statement"] == "none"
    assert told["log_min_duration_statement"] == "-1"
    assert _rows(stack, "SELECT show_trgm('张伟') <> '{}', current_user") == [(True, "rounds_app")]
    with closing(redis.Redis.from_url(stack.environment("web")["REDIS_URL"])) as broker:
        asked = ("appendonly", "maxmemory-policy")
        assert {name: broker.config_get(name)[name] for name in asked} == {
            "appendonly": "yes", "maxmemory-policy": "noeviction"
        }  # fmt: skip
    with pytest.raises(redis.AuthenticationError), closing(redis.Redis(port=stack.valkey.port)) as stranger:
        stranger.ping()
    stack.stop(*SERVERS)
    assert not [name for name in SERVERS if stack.is_healthy(name)]
    stack.up(*SERVERS)


def test_each_version_has_an_image_of_its_own() -> None:
    """So that there is one to go back to."""
    for given, image in (({}, "rounds:latest"), ({"ROUNDS_VERSION": "2026.11"}, "rounds:2026.11")):
        services = compose.read(GIVEN | given)["services"]
        assert {services[name]["image"] for name in OURS} == {image}


def _rows(stack: Stack, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(stack.environment("web")["DATABASE_URL"])) as session, session.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall()


def test_the_services_come_up_healthy_and_a_rep_logs_a_visit(stack: Stack) -> None:
    assert not stack.is_healthy("web")
    stack.up()
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
    assert [name for name in (*OURS, *SERVERS) if not stack.is_running(name)] == ["migrate"]


def test_a_companys_file_is_handed_in_as_documented(stack: Stack) -> None:
    stack.up("web")
    (stack.folder / "lines.csv").write_text("code,name\nvaccines,疫苗\n", encoding="utf-8")
    lines = [line for line in documented("First install") if " exec -T " in line]
    assert len(lines) == 3
    for line in lines:
        stack.obey(line)
    assert _rows(stack, "SELECT name FROM accounts_line WHERE code = 'vaccines'") == [("疫苗",)]
    assert not (stack.folder / "web" / "lines.csv").exists()


def test_the_proxy_of_the_docs_takes_our_bodies_and_logs_no_address() -> None:
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    most, of_programs = (int(size) for size in re.findall(r"client_max_body_size (\d+)m;", text))
    usual = re.search(r"`ROUNDS_UPLOAD_MB` \| `(\d+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    assert usual
    assert int(usual[1]) < most
    assert 1 < of_programs < 10
    (told,) = re.findall(r"log_format rounds '(.*)';", text)
    assert not re.search(r"\$(request|request_uri|uri|document_uri|args|query_string|http_referer)\b", told)
    assert {"Host", "X-Forwarded-Proto", "X-Forwarded-For"} == set(re.findall(r"proxy_set_header (\S+)", text))


def test_health_checks_notice(stack: Stack) -> None:
    """A container that does not do its work is unhealthy; the other beat goes on."""
    stack.stop("web", "beat")
    assert not stack.is_healthy("web")
    assert stack.is_healthy("beat-2")
    alive = stack.folder / "worker" / "alive"
    stack.stop("worker")
    os.utime(alive, (alive.stat().st_mtime - 90,) * 2)
    assert not stack.is_healthy("worker")
