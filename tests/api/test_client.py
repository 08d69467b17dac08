"""The client of docs/api.md, as it stands there, against a real web server."""

import http.client
import re
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crm.base.ids import uuid7_text
from tests.houses import House

_MAKE_TOKEN = """
from datetime import timedelta
from accounts.actions.tokens import create_token
from accounts.models import Posting, User
from crm.base import clock
at = clock.now()
rep = User.objects.get(username={name!r})
boss = next(u for u in User.objects.filter(postings__role="operations").distinct() if u.has_role("operations"))
print("TOKEN", create_token(actor=boss, user=rep.pk, name="docs", scopes=["customers:read", "visits:write"],
      expires_at=at + timedelta(days=1), at=at)[1])
"""


def _client() -> dict[str, Any]:
    text = Path("docs/api.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.S)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)
    return names


@pytest.fixture(scope="module")
def secret(house: House) -> str:
    done = house.manage("shell", "-c", _MAKE_TOKEN.format(name=house.users["rep"][0]))
    found = re.search(r"TOKEN (rounds_\S+)", done.stdout)
    assert found, done.stderr
    return found[1]


def test_it_mirrors_customers_and_pushes_visits_twice(house: House, secret: str) -> None:
    names = _client()
    rounds = names["Rounds"](house.url, secret)
    store: dict[str, Any] = {"somebody who left": {}}
    came, gone = names["mirror"](rounds, store)
    assert (came, gone) == (store.keys(), {"somebody who left"})
    assert len(store) > 20
    assert "somebody who left" not in store
    people = [row["id"] for row in store.values() if row["kind"] == "person" and not row["ended_on"]][:3]
    (today,) = house.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date::text")[0]
    visits = [{"id": uuid7_text(), "on": today, "customers": [one], "channel": "phone"} for one in people]
    before = house.rows("SELECT count(*) FROM visits_visit")[0][0]
    assert names["push"](rounds, visits) == ([], [])
    assert names["push"](rounds, visits) == ([], [])
    assert house.rows("SELECT count(*) FROM visits_visit")[0][0] == before + 3
    ((_id, sentence),), unsent = names["push"](rounds, [visits[0] | {"note": "x"}])
    assert sentence
    assert unsent == []


def test_what_did_not_change_is_not_sent_again(house: House, secret: str) -> None:
    names = _client()
    rounds = names["Rounds"](house.url, secret)
    store: dict[str, Any] = {}
    names["mirror"](rounds, store)
    once, statuses = rounds._once, set()

    def told(request: Any) -> Any:
        answer = once(request)
        statuses.add(answer[0])
        return answer

    rounds._once = told
    assert names["mirror"](rounds, store) == (set(), set())
    assert statuses == {304}
    left = next(iter(store))
    store[left] = store[left] | {"name": "Other"}
    assert names["mirror"](rounds, store) == ({left}, set())


def test_a_web_server_that_ends_in_the_middle_loses_and_doubles_nothing(house: House, secret: str) -> None:
    names = _client()
    waited: list[float] = []
    rounds = names["Rounds"](house.url, secret)

    def sleep(seconds: float) -> None:
        """Nobody was there: he is started again."""
        waited.append(seconds)
        if len(waited) == 2:
            house.start_web(int(house.url.rpartition(":")[2]))

    names["time"] = SimpleNamespace(sleep=sleep)
    (today,) = house.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date::text")[0]
    somebody = next(row["id"] for row in rounds.all("customers") if row["kind"] == "person" and not row["ended_on"])
    visits = [{"id": uuid7_text(), "on": today, "customers": [somebody], "channel": "phone"} for _visit in range(60)]
    before = house.rows("SELECT count(*) FROM visits_visit")[0][0]

    def end_in_the_middle() -> None:
        while house.rows("SELECT count(*) FROM visits_visit")[0][0] < before + 5:
            time.sleep(0.01)
        house.end_web()

    ending = threading.Thread(target=end_in_the_middle)
    ending.start()
    assert names["push"](rounds, visits) == ([], [])
    ending.join()
    assert waited[:2] == [1, 2]
    assert house.rows("SELECT count(*) FROM visits_visit")[0][0] == before + 60
    assert names["push"](rounds, visits) == ([], [])
    assert house.rows("SELECT count(*) FROM visits_visit")[0][0] == before + 60


def test_what_could_not_be_sent_is_said(secret: str) -> None:
    """Nobody listens: neither lost nor taken for refused."""
    names = _client()
    waited: list[float] = []
    names["time"] = SimpleNamespace(sleep=waited.append)
    rounds = names["Rounds"]("http://127.0.0.1:9", secret)
    visits = [{"id": uuid7_text()}, {"id": uuid7_text()}]
    assert names["push"](rounds, visits) == ([], visits)
    assert waited == [1, 2, 4, 8, 16, 32, 60]


def test_whoever_sends_far_too_much_is_told_so(house: House, secret: str) -> None:
    """By a client that sends first and listens then, as most do; with a length said before, and without."""
    names = _client()
    rounds = names["Rounds"](house.url, secret)
    for body, status, code in (({"note": "x" * 50_000_000}, 413, "too_large"), ({}, 422, "invalid")):
        found, said, _headers = rounds.send("POST", "visits", body)
        assert (found, said["code"]) == (status, code)
    pieces = (b"x" * 1_000_000 for _piece in range(50))
    caller = http.client.HTTPConnection(house.url.removeprefix("http://"), timeout=60)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    caller.request("POST", "/api/v1/visits", pieces, headers, encode_chunked=True)
    answer = caller.getresponse()
    assert answer.status == 422  # nobody counts it: it is none
    assert answer.headers["Content-Type"] == "application/problem+json"
