"""What makes requests cheap must not make them wrong: kept plans, scopes compiled once, connections left unasked."""

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Territory
from accounts.queries import below
from crm.api import scopes
from crm.api.registry import Resource
from crm.api.resources import RESOURCES
from crm.base import prepared
from crm.base.ids import uuid7
from crm.base.postgresql import base
from tests.api.conftest import Programs, ids
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db


def _ask(statement: str, **params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, params)
        return list(cursor.fetchall())


def test_a_request_takes_two_statements(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    assert lin.get(f"customers/{cast.chen.pk}").status_code == 200  # notes the use
    for path in (f"customers/{cast.chen.pk}", "customers", "persons?limit=1"):
        with CaptureQueriesContext(connection) as asked:
            assert lin.get(path).status_code == 200
        assert len(asked) == 2, [query["sql"] for query in asked]


def test_users_who_are_posted_alike_see_each_his_own(cast: Cast, program: Programs) -> None:
    assert scopes.reach_of(cast.lin, TODAY)[0] == scopes.reach_of(cast.zhao, TODAY)[0]
    held = {who: ids(program(who).items("customers")) for who in (cast.lin, cast.zhao)}
    assert cast.chen.pk in held[cast.lin]
    assert cast.shopkeeper.pk in held[cast.zhao]
    assert not held[cast.lin] & held[cast.zhao]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_what_is_kept_for_a_kind_of_postings_is_what_django_asks(resource: Resource, cast: Cast) -> None:
    for who in (cast.lin, cast.zhao, cast.zheng, cast.operations, cast.idle):
        reach, params = scopes.reach_of(who, TODAY)
        for name, rows in resource.seen(who).items():
            statement, constants = scopes.scoped(resource, f"SELECT * FROM {{{name}}} x", reach)
            kept = [row[0] for row in _ask(statement, **params, **constants)]
            assert sorted(kept) == sorted(next(iter(row.values())) for row in rows)


def test_what_a_user_sees_asks_nothing_by_the_way(cast: Cast) -> None:
    """Else the answer for one would be kept for all."""
    asks = replace(RESOURCES[0], seen=lambda user: {"x": below(list(Territory.objects.values_list("pk", flat=True)))})
    with pytest.raises(AssertionError):
        scopes.scoped(asks, "SELECT", scopes.reach_of(cast.lin, TODAY)[0])


def test_no_cookie_is_looked_at(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    lin.client.force_login(cast.operations)
    with CaptureQueriesContext(connection) as asked:
        answer = lin.get(f"customers/{cast.chen.pk}")
    assert answer.status_code == 200
    assert not any("session" in query["sql"] for query in asked)
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies


def test_values_go_as_values() -> None:
    nasty = "'; DROP TABLE x; -- %s $1 %%"
    assert _ask("SELECT %(it)s::text, %(it)s::text = %(other)s, '100 %%'", it=nasty, other=nasty) == [
        (nasty, True, "100 %")
    ]


@pytest.mark.parametrize("count", [0, 1, 3, prepared.LISTED, prepared.LISTED + 1])
def test_lists_of_every_length(count: int) -> None:
    keys = [uuid7() for _number in range(count)]
    asked = "SELECT cardinality(%(keys)s::uuid[]), %(key)s = ANY (%(keys)s::uuid[])"
    assert _ask(asked, keys=keys, key=uuid7()) == [(count, False)]
    if keys:
        assert _ask(asked, keys=keys, key=keys[-1]) == [(count, True)]


def test_a_plan_is_kept_and_the_oldest_makes_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_kept", type(prepared._kept)())
    monkeypatch.setattr(prepared, "MOST", 2)
    for number in (1, 2, 1, 3, 1, 2):
        assert _ask(f"SELECT {number}, %(it)s::int AS kept_for_this_test", it=7) == [(number, 7)]
    left = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %(like)s"
    assert _ask(left, like="%kept\\_for\\_this\\_test%") == [(1,)]  # the other is this one


def test_behind_a_pooler_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as asked:
        assert _ask("SELECT %(it)s::text, %(keys)s::int[]", it="x", keys=[1, 2]) == [("x", [1, 2])]
    assert "EXECUTE" not in asked[0]["sql"]


def test_a_session_that_was_ended_is_left_before_anything_is_asked() -> None:
    own: Any = connection.copy()
    own.ensure_connection()
    session = own.connection
    assert not base._has_news(session.fileno())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session.info.backend_pid])
    own.health_check_enabled, own.health_check_done = True, False
    with own.cursor() as cursor:
        prepared.execute(cursor, "SELECT %(it)s::int", {"it": 2})
        assert cursor.fetchall() == [(2,)]
    assert own.connection is not session
    own.close()


def test_a_connection_that_rested_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    own: Any = connection.copy()
    own.ensure_connection()
    asks = Mock(return_value=True)
    monkeypatch.setattr(own, "is_usable", asks)
    own.health_check_enabled = True
    for rested, times in ((0.0, 0), (base.RESTED + 1, 1), (0.0, 1)):
        own.health_check_done = False
        own.asked_at -= rested
        own.close_if_health_check_failed()
        assert asks.call_count == times
    own.close()
