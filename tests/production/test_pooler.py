"""PgBouncer by transaction before the web: reps work at once through two sessions of the database, and nothing that one
of them leaves in a session reaches another."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from crm.base.ids import uuid7_text
from tests.faults.browser import Browser
from tests.faults.ground import Ground, eventually
from tests.faults.house import House
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
_SETTINGS = """
[databases]
{database} = host={host} port={server} dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 100
"""


@pytest.fixture(scope="module")
def pooler(ground: Ground) -> Iterator[int]:
    """The port of a pooler that knows rounds_app."""
    port, folder = free_port(), ground.folder / "pooler"
    folder.mkdir(mode=0o700)
    (folder / "users").write_text(f'"{roles.APP}" "{ground.credentials.rounds_app}"\n')
    words = {"host": LOOPBACK, "server": ground.cluster.port, "database": roles.DATABASE, "folder": folder}
    (folder / "ini").write_text(_SETTINGS.format(port=port, sessions=SESSIONS, **words))
    log = ground.folder / "pooler.log"
    ground.cluster.footing.take_over(folder)
    with log.open("ab") as file:
        process = ground.cluster.footing.popen([PGBOUNCER, str(folder / "ini")], file, dict(os.environ))
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


def test_reps_work_at_once_through_few_sessions(house: House, ground: Ground) -> None:
    reps = house.sql(
        """SELECT u.username, u.id::text, array_agg(s.customer_id::text ORDER BY s.customer_id)
           FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
           JOIN customers_customerstatus s ON s.territory_id = p.territory_id
           WHERE p.role = 'rep' AND p.during @> %s GROUP BY 1, 2 ORDER BY 1""",
        house.today,
    )
    assert len(reps) > 4
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

    with ThreadPoolExecutor(len(reps)) as threads:
        list(threads.map(day, reps))

    wanted = sorted((visit, maker) for maker, visits in made.items() for visit in visits)
    ids = [visit for visit, _maker in wanted]
    stored = house.sql("SELECT id::text, maker_id::text FROM visits_visit WHERE id::text = ANY(%s)", ids)
    assert sorted(stored) == wanted
    written = house.sql(
        "SELECT id::text, actor::text FROM visits_visitevent WHERE pgh_label = 'insert' AND id::text = ANY(%s)",
        ids,
    )
    assert sorted(written) == wanted, "the trail names whoever wrote, not whoever used the session before"


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
