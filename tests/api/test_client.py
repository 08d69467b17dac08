"""The client of docs/api.md, as it stands there, against a real web server."""

import re
from pathlib import Path
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
    names["mirror"](rounds, store)
    assert len(store) > 20
    assert "somebody who left" not in store
    people = [row["id"] for row in store.values() if row["kind"] == "person" and not row["ended_on"]][:3]
    (today,) = house.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date::text")[0]
    visits = [{"id": uuid7_text(), "on": today, "customers": [one], "channel": "phone"} for one in people]
    before = house.rows("SELECT count(*) FROM visits_visit")[0][0]
    assert names["push"](rounds, visits) == []
    assert names["push"](rounds, visits) == []
    assert house.rows("SELECT count(*) FROM visits_visit")[0][0] == before + 3
    ((_id, sentence),) = names["push"](rounds, [visits[0] | {"note": "x"}])
    assert sentence
