"""Programs with tokens around the cast."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.actions.tokens import create_token
from accounts.models import Territory, User
from accounts.models.tokens import SCOPES
from crm.api import limits
from crm.base.ids import uuid7
from tests.cast import NOON, Cast
from tests.pages.conftest import World, noon, words, world

__all__ = ["World", "noon", "words", "world"]
READ = [scope for scope in SCOPES if scope.endswith(":read")]
WRITE = list(SCOPES)


@pytest.fixture(autouse=True)
def own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests asked does not count here."""
    monkeypatch.setattr(limits, "_PREFIX", f"test:{uuid7()}")


class Program:
    """A client of the API with a secret of its own."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = more.pop("Content-Type", "application/json")
        return self.client.generic(
            method, f"/api/v1/{path}", data, content_type=kind,
            headers={"Authorization": f"Bearer {self.secret}", **more},
        )  # fmt: skip

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]


Programs = Callable[..., Program]


@pytest.fixture
def program(cast: Cast) -> Programs:
    """Makes programs: `program(user, scopes, territory)`."""

    def make(user: User, scopes: Sequence[str] = WRITE, territory: Territory | None = None) -> Program:
        boss = cast.operations
        if user == boss:
            boss = _another(cast)
        _token, secret = create_token(
            actor=boss, user=user.pk, name="mirror", scopes=scopes, expires_at=NOON + timedelta(days=90),
            territory=territory.pk if territory else None, at=NOON,
        )  # fmt: skip
        return Program(secret)

    return make


def _another(cast: Cast) -> User:
    """Nobody makes a token of his own."""
    from tests.cast import user

    return User.objects.filter(username="ops2").first() or user("ops2", "运营二", cast.china, "operations")


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, whole."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["type"] == f"urn:rounds:problem:{code}"
    assert said["code"] == code
    assert said["status"] == status
    assert {"title", "detail", "errors"} <= set(said)
    return said


def ids(items: Sequence[dict[str, Any]]) -> set[UUID]:
    return {UUID(item["id"]) for item in items}
