"""When Rounds itself fails: a problem like any other, and not a word of what was in the way, neither to the program nor
in the log."""

from typing import Any

import pytest
from django.db import OperationalError

from crm.api.openapi import api_document
from crm.base.logs import Json
from tests.api.conftest import Programs, problem
from tests.cast import Cast

CANARY = "卡娜丽 7391"


def failing(error: Exception) -> Any:
    def fail(*args: Any, **more: Any) -> None:
        raise error

    return fail


def told(caplog: pytest.LogCaptureFixture) -> str:
    """All lines as production writes them."""
    return "".join(Json().format(record) for record in caplog.records)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(ValueError(CANARY), 500, "failed"), (OperationalError(CANARY), 503, "unavailable")],
    ids=["failed", "unavailable"],
)
@pytest.mark.parametrize("where", ["crm.api.reading.page", "crm.api.tokens.find_token"])
def test_a_failure_is_a_problem_without_a_word_of_its_reason(
    where: str, error: Exception, status: int, code: str, cast: Cast, program: Programs,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asks = program(cast.lin)
    monkeypatch.setattr(where, failing(error))
    answer = asks.get("customers", Accept_Language="zh-CN")
    said = problem(answer, status, code)
    assert said["errors"] == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert int(answer.headers.get("Retry-After", 1)) in range(1, 60)
    assert CANARY not in answer.content.decode()
    lines = told(caplog)
    assert "The API failed." in lines
    assert type(error).__qualname__ in lines
    assert CANARY not in lines


def test_a_failure_of_a_write_is_one_too(cast: Cast, program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = program(cast.lin)
    monkeypatch.setattr("crm.api.writing.judged", failing(ValueError(CANARY)))
    problem(asks.post("visits", {"note": CANARY}), 500, "failed")


def test_every_operation_documents_both(db: None) -> None:
    operations = [
        operation
        for path in api_document()["paths"].values()
        for operation in path.values()
        if "responses" in operation
    ]
    assert len(operations) > 40
    for operation in operations:
        answers = operation["responses"]
        for status, code in (("500", "failed"), ("503", "unavailable")):
            assert code in answers[status]["content"]["application/problem+json"]["examples"], operation["operationId"]
        assert "Retry-After" in answers["503"]["headers"]
        assert "Retry-After" not in answers["500"]["headers"]
