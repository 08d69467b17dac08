"""PgBouncer by transaction before the web: reps work at once through two sessions of the database, and nothing that one
of them leaves in a session reaches another."""

import json
import os
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest

from crm.base.ids import uuid7_text
from tests.faults.browser import Browser
from tests.faults.ground import Ground, eventually
from tests.faults.house import House
from tests.production import compose
from tests.production.compose import ROOT
from tests.production.conftest import SECRETS
from tooling import roles
from tooling.ports import LOOPBACK, answers, free_port

PGBOUNCER = "/usr/sbin/pgbouncer"
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(
        not os.access(PGBOUNCER, os.X_OK), reason="*** NO POOLER RAN: pgbouncer is absent (apt install pgbouncer) ***"
    ),
]
SESSIONS = 2
OVERRIDE = "docs/pooler/docker-compose.yml"
_MAKE_TOKENS = """
from datetime import timedelta
from accounts.actions.tokens import create_token
from accounts.models import User
from accounts.models.tokens import SCOPES
from crm.base import clock
at = clock.now()
boss = next(u for u in User.objects.filter(postings__role="operations").distinct() if u.has_role("operations"))
for rep in User.objects.filter(username__in={names!r}):
    print("TOKEN", rep.pk, create_token(actor=boss, user=rep.pk, name="mirror", scopes=list(SCOPES),
          expires_at=at + timedelta(days=1), at=at)[1])
"""


def _moved(text: str, places: Mapping[str, str]) -> str:
    """What stands in the documentation, with what is elsewhere here."""
    for there, here in places.items():
        assert there in text, there
        text = text.replace(there, here)
    return text


@pytest.fixture(scope="module")
def pooler(ground: Ground) -> Iterator[int]:
    """The port of a pooler that knows rounds_app."""
    port, folder = free_port(), ground.folder / "pooler"
    folder.mkdir(mode=0o700)
    given = SECRETS | {"ORIGIN": "https://crm.example.com", "APP_PASSWORD": ground.credentials.rounds_app}
    service = compose.read(given, OVERRIDE)["services"]["pgbouncer"]
    here = {
        "host=postgres port=5432 dbname=rounds": f"host={LOOPBACK} port={ground.cluster.port} dbname={roles.DATABASE}",
        "listen_addr = 0.0.0.0": f"listen_addr = {LOOPBACK}",
        "listen_port = 6432": f"listen_port = {port}",
        "auth_file = /tmp/users": f"auth_file = {folder}/users",
        "default_pool_size = 20": f"default_pool_size = {SESSIONS}",
    }
    (folder / "ini").write_text(_moved((ROOT / "docs" / "pooler" / "pgbouncer.ini").read_text(encoding="utf-8"), here))
    places = {"/tmp/users": f"{folder}/users", "/etc/pgbouncer/rounds.ini": f"{folder}/ini"}
    command = shlex.split(_moved(service["command"], places))
    log = ground.folder / "pooler.log"
    ground.cluster.footing.take_over(folder)
    with log.open("ab") as file:
        path = {"PATH": f"/usr/sbin:{os.defpath}"}
        process = ground.cluster.footing.popen(command, file, path | service["environment"])
    eventually("the pooler answers", lambda: answers(port))
    yield port
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
    print(log.read_text(encoding="utf-8")[-4000:])


@pytest.fixture(scope="module")
def house(ground: Ground, pooler: int) -> Iterator[House]:
    """The web behind the pooler; commands go to the server itself."""
    house = House(ground, roles.DATABASE, 1)
    for command in (["migrate", "--database", "owner", "-v0"], ["load_demo", "--districts", "2"]):
        done = house.run("manage.py", *command, seconds=300)
        assert done.returncode == 0, done.stderr
    address = f"postgresql://{roles.APP}:{ground.credentials.rounds_app}@{LOOPBACK}:{pooler}/{roles.DATABASE}"
    house.settings |= {"DATABASE_URL": address, "DATABASE_POOLED": "1"}
    yield house
    house.close()


def program(port: int, token: str, method: str, path: str, body: Any = None, **more: str) -> tuple[int, str]:
    """Status and ETag of an answer of the API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}
    request = urllib.request.Request(f"http://localhost:{port}/api/v1/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.status, answer.headers["ETag"] or ""


def test_of_the_services_the_web_alone_is_pooled() -> None:
    given = SECRETS | {"ORIGIN": "https://crm.example.com"}
    plain, pooled = (compose.read(given, *more)["services"] for more in ((), (OVERRIDE,)))
    assert pooled["web"]["environment"].pop("DATABASE_URL").endswith("@pgbouncer:6432/rounds")
    assert pooled["web"]["environment"].pop("DATABASE_POOLED") == "1"
    assert pooled["web"]["depends_on"].pop("pgbouncer") == {"condition": "service_healthy"}
    assert pooled.pop("pgbouncer")["cap_drop"] == ["ALL"]
    for name in ("DATABASE_URL", "DATABASE_POOLED"):
        del plain["web"]["environment"][name]
    assert pooled == plain


def test_reps_work_at_once_through_few_sessions(house: House, ground: Ground) -> None:
    reps = house.sql(
        """SELECT u.username, u.id::text, array_agg(s.customer_id::text ORDER BY s.customer_id)
           FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
           JOIN customers_customerstatus s ON s.territory_id = p.territory_id
           WHERE p.role = 'rep' AND p.during @> %s GROUP BY 1, 2 ORDER BY 1""",
        house.today,
    )
    assert len(reps) > 4
    written = house.run("manage.py", "shell", "-c", _MAKE_TOKENS.format(names=[name for name, _pk, _customers in reps]))
    tokens = dict(line.split()[1:] for line in written.stdout.splitlines() if line.startswith("TOKEN"))
    port = house.start_web()
    made: dict[str, list[str]] = {}

    def day(rep: tuple[str, str, list[str]]) -> None:
        name, pk, customers = rep
        browser = Browser(port)
        browser.sign_in(name)
        for path in ("/", "/customers/", "/customers/?as=csv", "/visits/", "/account/"):
            assert browser.get(path).status == 200, (name, path)
        for customer in customers[:3]:
            visit = uuid7_text()
            entries = {"id": visit, "on": house.today.isoformat(), "channel": "face_to_face"}
            for _sent_twice in range(2):
                browser.post(f"/customers/{customer}/visits/new/", entries)
            made.setdefault(pk, []).append(visit)
        pushed = {"id": uuid7_text(), "on": house.today.isoformat(), "customers": customers[:1], "channel": "phone"}
        for status in (201, 200):
            assert program(port, tokens[pk], "POST", "visits", pushed)[0] == status
        _status, etag = program(port, tokens[pk], "GET", f"visits/{pushed['id']}")
        change = {"note": "另要一份样本。", "reason": "补充需求"}
        assert program(port, tokens[pk], "PATCH", f"visits/{pushed['id']}", change, **{"If-Match": etag})[0] == 200
        made[pk].append(str(pushed["id"]))

    with ThreadPoolExecutor(len(reps)) as threads:
        list(threads.map(day, reps))

    wanted = sorted((visit, maker) for maker, visits in made.items() for visit in visits)
    ids = [visit for visit, _maker in wanted]
    stored = house.sql("SELECT id::text, maker_id::text FROM visits_visit WHERE id::text = ANY(%s)", ids)
    assert sorted(stored) == wanted
    trail = house.sql(
        "SELECT id::text, actor::text FROM visits_visitevent WHERE pgh_label = 'insert' AND id::text = ANY(%s)",
        ids,
    )
    assert sorted(trail) == wanted, "the trail names whoever wrote, not whoever used the session before"


def test_nothing_stays_in_a_session(house: House, ground: Ground) -> None:
    with ground.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [roles.APP])
        assert 0 < cursor.fetchone()[0] <= SESSIONS
    for _try in range(2 * SESSIONS):
        session = psycopg2.connect(house.settings["DATABASE_URL"])
        with session, session.cursor() as cursor:
            cursor.execute(
                """SELECT coalesce(current_setting('rounds.actor', true), ''),
                   coalesce(current_setting('rounds.job', true), ''), current_setting('TimeZone'),
                   (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors),
                   (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"""
            )
            assert cursor.fetchone() == ("", "", "UTC", 0, 0, 0)
        session.close()
