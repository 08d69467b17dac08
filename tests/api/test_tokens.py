"""Tokens: what opens the API, how far, for how long; and what is refused at its door."""

import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client

from accounts.actions.opening import find_token
from accounts.actions.tokens import create_token, renew_token, revoke_token
from accounts.models import ApiToken, Posting
from crm.api import limits
from crm.base.audit import tracked_models
from crm.base.ids import uuid7_text
from crm.base.refusals import Refused
from tests.api.conftest import READ, Program, Programs, ids, problem
from tests.cast import NOON, TODAY, Cast, user

LATER = NOON + timedelta(days=90)


def _made(cast: Cast, **more: Any) -> tuple[ApiToken, str]:
    values: dict[str, Any] = {"user": cast.lin.pk, "name": "mirror", "scopes": READ, "expires_at": LATER, "at": NOON}
    return create_token(**{"actor": cast.operations, **values, **more})


def test_a_secret_is_kept_nowhere(cast: Cast) -> None:
    token, secret = _made(cast)
    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(row)
    assert secret.startswith(row["begins"])
    assert len(secret) > len(row["begins"]) + 32
    with pytest.raises(IntegrityError):
        ApiToken.objects.filter(pk=token.pk).update(digest=secret)


def test_the_trail_tells_of_tokens_without_what_opens(cast: Cast) -> None:
    token, _secret = _made(cast)
    revoke_token(actor=cast.operations, token=token.pk, at=NOON)
    events = list(tracked_models()[ApiToken].objects.order_by("pgh_id").values())
    assert [event["pgh_label"] for event in events] == ["insert", "update"]
    assert {event["actor"] for event in events} == {cast.operations.pk}
    assert "digest" not in events[0]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer rounds_x", "Bearer rounds_" + "a" * 5000, "Basic bGluOmxpbg==", "Bearer 口令", "rounds_x"],
)
def test_without_a_valid_token_nothing_opens(header: str, cast: Cast) -> None:
    answer = Client().get("/api/v1/customers", headers={"Authorization": header.encode().decode("latin-1")})
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Rounds"'


def test_a_session_or_an_address_opens_nothing(cast: Cast) -> None:
    _token, secret = _made(cast)
    browser = Client()
    browser.force_login(cast.lin)
    problem(browser.get("/api/v1/customers"), 401, "not_authenticated")
    problem(Client().get(f"/api/v1/customers?token={secret}"), 401, "not_authenticated")


def test_expired_revoked_and_closed_look_the_same(cast: Cast, program: Programs) -> None:
    token, secret = _made(cast)
    lin = Program(secret)
    assert lin.get("customers").status_code == 200
    with time_machine.travel(LATER, tick=False):
        expired = problem(lin.get("customers"), 401, "not_authenticated")
    cast.lin.is_active = False
    cast.lin.save()
    closed = problem(lin.get("customers"), 401, "not_authenticated")
    cast.lin.is_active = True
    cast.lin.save()
    assert lin.get("customers").status_code == 200
    revoke_token(actor=cast.operations, token=token.pk, at=NOON)
    revoked = problem(lin.get("customers"), 401, "not_authenticated")
    assert expired == closed == revoked


def test_a_renewed_token_goes_on_for_a_day(cast: Cast) -> None:
    token, secret = _made(cast)
    successor, other = renew_token(actor=cast.operations, token=token.pk, at=NOON)
    assert other != secret
    assert (successor.scopes, successor.user_id, successor.expires_at) == (token.scopes, token.user_id, LATER)
    assert find_token(secret, NOON + timedelta(hours=23))
    assert not find_token(secret, NOON + timedelta(hours=24))
    assert find_token(other, NOON + timedelta(days=89))
    with pytest.raises(Refused):
        renew_token(actor=cast.operations, token=token.pk, at=NOON)


def test_use_is_noted_every_few_minutes(cast: Cast) -> None:
    token, secret = _made(cast)
    for minutes, noted in ((0, 0), (4, 0), (6, 6)):
        find_token(secret, NOON + timedelta(minutes=minutes))
        token.refresh_from_db()
        assert token.last_used_at == NOON + timedelta(minutes=noted)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"expires_at": NOON + timedelta(days=91)}, "last"),
        ({"expires_at": NOON}, "last"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
    ],
)
def test_what_a_token_may_not_be(more: dict[str, Any], field: str, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        _made(cast, **more)
    assert refused.value.field == field
    assert not ApiToken.objects.exists()


def test_tokens_are_made_for_those_whom_one_manages(cast: Cast) -> None:
    south = user("south", "江南运营", cast.jiangnan, Posting.Role.OPERATIONS)
    _made(cast, actor=south)
    for actor, of in ((south, cast.stranger), (south, cast.operations), (south, south), (cast.lin, cast.zhao)):
        with pytest.raises(Refused):
            _made(cast, actor=actor, user=of.pk)
    with pytest.raises(Refused):
        _made(cast, territory=cast.dongdu.pk)  # lin sees nothing there


def test_a_scope_opens_its_own_resources(cast: Cast, program: Programs) -> None:
    reader = program(cast.lin, ["customers:read"])
    assert reader.get("customers").status_code == 200
    assert "visits:read" in problem(reader.get("visits"), 403, "not_allowed")["detail"]
    writer = program(cast.lin, ["visits:write"])
    problem(writer.get("visits"), 403, "not_allowed")


def test_a_subtree_narrows_what_a_user_sees(cast: Cast, program: Programs) -> None:
    whole = ids(program(cast.zheng).items("persons"))
    xixi = ids(program(cast.zheng, territory=cast.xixi).items("persons"))
    assert whole == {cast.chen.pk, cast.meng.pk, cast.shopkeeper.pk}
    assert xixi == {cast.chen.pk, cast.meng.pk}
    problem(program(cast.zheng, territory=cast.xixi).get(f"persons/{cast.shopkeeper.pk}"), 404, "not_found")
    assert {t["name"] for t in program(cast.zheng, territory=cast.xixi).items("territories")} == {"西溪"}


def test_a_subtree_opens_nobody_whom_no_territory_holds(cast: Cast, program: Programs) -> None:
    stray, body = str(cast.stray.pk), {"title": "主任"}
    affiliation = {
        "id": uuid7_text(), "person": stray, "institution": str(cast.hospital.pk), "first": TODAY.isoformat(),
        "is_primary": False,
    }  # fmt: skip
    whole = program(cast.operations)
    south, top = (program(cast.operations, territory=ground) for ground in (cast.jiangnan, cast.china))
    assert whole.get(f"persons/{stray}").status_code == 200
    for reader in (whole, south, top):
        assert ids(reader.items("persons")) >= {cast.chen.pk, cast.shopkeeper.pk}
        assert (cast.stray.pk in ids(reader.items("customers"))) == (reader is whole)
    for narrow in (south, top):
        problem(narrow.get(f"persons/{stray}"), 404, "not_found")
        problem(narrow.patch(f"persons/{stray}", body, If_Match="*"), 404, "not_found")
        problem(narrow.post("affiliations", affiliation), 422, "invalid")
    assert whole.patch(f"persons/{stray}", body, If_Match="*").status_code == 200


def test_limits_are_told_and_held(cast: Cast, program: Programs, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    lin, zhao = program(cast.lin), program(cast.zhao)
    left = [lin.get("customers").headers["RateLimit-Remaining"] for _time in range(3)]
    assert left == ["2", "1", "0"]
    answer = lin.get("customers")
    problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert zhao.get("customers").status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert lin.get("customers").status_code == 200


def test_limits_are_told_by_whatever_is_answered(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    seen = lin.get("customers").headers["ETag"]
    answers = [
        lin.get("customers", If_None_Match=seen), lin.get("nothing"), lin.post("persons", {}),
        lin.send("DELETE", "customers"), lin.get("customers", Accept="text/html"), lin.get("visits?x=1"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [304, 404, 422, 405, 406, 400]
    left = [int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left == list(range(left[0], left[0] - 6, -1))


def test_who_guesses_is_made_to_wait(cast: Cast, program: Programs, settings: Any) -> None:
    guesser = Program("rounds_guess")
    settings.API_WRONG_TOKENS_A_MINUTE = 3
    for left in ("2", "1", "0"):
        refused = guesser.get("customers")
        problem(refused, 401, "not_authenticated")
        assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("3", left)
        assert 1 <= int(refused.headers["RateLimit-Reset"]) <= 60
    answer = guesser.get("customers")
    problem(answer, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert program(cast.lin).get("customers").status_code == 200


def test_without_redis_the_api_stays_open(
    cast: Cast, program: Programs, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.API_REQUESTS_A_MINUTE = 2
    monkeypatch.setattr(limits, "_of_thread", threading.local())
    lin = program(cast.lin)
    assert [lin.get("customers").status_code for _time in range(3)] == [200, 200, 429]


def test_a_connection_to_redis_that_broke_is_made_anew(cast: Cast, program: Programs, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    lin = program(cast.lin)
    assert lin.get("customers").status_code == 200
    limits._of_thread.connection._sock.shutdown(socket.SHUT_RDWR)
    assert [lin.get("customers").status_code for _time in range(2)] == [200, 429]
    assert not any(key.startswith(limits._PREFIX) for key in limits._kept)


def test_a_token_stays_out_of_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    _token, secret = _made(cast)
    Program(secret).get("customers")
    Program(secret + "x").get("customers")
    assert "rounds_" not in caplog.text


def test_who_lost_his_posting_sees_nothing(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    Posting.objects.filter(user=cast.lin).update(during=f"[2025-01-01,{TODAY.isoformat()})")
    assert lin.items("customers") == []
