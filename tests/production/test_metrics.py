"""Health and figures, asked as machines ask: by number, over http, as nobody."""

import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from tests.cast import Cast
from tests.faults.ground import eventually
from tests.production.compose import Stack

TOKEN = {"Authorization": "Bearer a-token-for-metrics-in-tests"}


@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["crm.example.com"])
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_know_no_host_and_no_https(address: str, db: None) -> None:
    answer = Client().get(address, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_not_ready_without_a_migration_and_ready_without_the_broker(db: None) -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["broker"]) == (200, "does not answer")

    def unknown(*args: Any) -> dict[Any, Any]:
        return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crm.health.MigrationRecorder.applied_migrations", unknown)
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations are missing"


def test_not_ready_without_the_database() -> None:
    """No database fixture here: asking one is refused as if it did not answer."""

    def gone(*args: Any, **more: Any) -> None:
        raise OperationalError("no route to a host whose name is secret")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crm.health.transaction.atomic", gone)
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"
    assert "secret" not in answer.content.decode()


def test_metrics_are_there_for_their_token_only(cast: Cast) -> None:
    with override_settings(METRICS_TOKEN=""):
        assert Client().get("/metrics", headers=TOKEN).status_code == 404
    with override_settings(METRICS_TOKEN="a-token-for-metrics-in-tests"):
        assert Client().get("/metrics").status_code == 404
        assert Client().get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 404
        signed_in = Client()
        signed_in.force_login(cast.zheng)
        assert signed_in.get("/metrics").status_code == 404
        found = Client().get("/metrics", headers=TOKEN)
    assert found.status_code == 200
    body = found.content.decode()
    for name in (
        "database_up 1.0",
        "reminders_open 0.0",
        'nights_unfinished{state="failed"} 0.0',
        'imports_running{state="loading"} 0.0',
        "visits_of_two_days 0.0",
        "database_connections{",
    ):
        assert f"rounds_{name}" in body, name
    assert "郑" not in body


@pytest.mark.tooling
def test_figures_of_all_processes_of_a_web_stand_together(stack: Stack) -> None:
    if not stack.is_healthy("web"):
        stack.start("web")
    eventually("the web is healthy", lambda: stack.is_healthy("web"))
    origin = stack.environment("web")["ORIGIN"]

    def ask(path: str, headers: dict[str, str]) -> str:
        with urllib.request.urlopen(urllib.request.Request(origin + path, headers=headers), timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    def counted() -> int:
        found = re.search(r'seconds_count\{[^}]*route="sign-in"[^}]*\} (\d+)', ask("/metrics", TOKEN))
        return int(found[1]) if found else 0

    before = counted()
    for _ in range(20):
        ask("/sign-in/", {})
    assert [counted() - before for _ in range(4)] == [20] * 4  # whichever process answers
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask("/metrics", {})
