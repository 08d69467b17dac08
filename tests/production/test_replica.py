"""Managers' pages come from a real streaming replica while it follows, and from the primary when it does not."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.browser import Browser
from tests.faults.ground import Ground, eventually
from tests.faults.house import House
from tooling import roles
from tooling.postgres import THROW_AWAY, Cluster

pytestmark = pytest.mark.faults
PAGES = ("/team/", "/team/customers/", "/team/visits/", "/team/promises/", "/tiers/", "/moves/")


@pytest.fixture(scope="module")
def replica(ground: Ground) -> Iterator[Cluster]:
    """A base backup of the primary that streams what follows."""
    primary, folder = ground.cluster, ground.folder / ".rounds" / "replica"
    cluster = Cluster(folder, primary.wheel_binaries, primary.password, ground.folder / "replica.log", THROW_AWAY)
    where = f"host=127.0.0.1 port={primary.port} user=postgres"
    cluster.data.mkdir(mode=0o700)
    cluster.footing.take_over(cluster.data)
    command = [
        str(cluster.footing.binaries / "pg_basebackup"),
        "-D",
        str(cluster.data),
        "-d",
        where,
        "-R",
        "-X",
        "stream",
    ]
    with cluster.log.open("ab") as log:
        copied = cluster.footing.popen([*command, "-c", "fast"], log, os.environ | {"PGPASSWORD": primary.password})
    assert copied.wait(timeout=120) == 0, cluster.log.read_text()
    # The password of the stream is not written down: who starts the server says it.
    with (cluster.data / "postgresql.auto.conf").open("a") as conf:
        conf.write(f"primary_conninfo = '{where} password={primary.password}'\n")
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def house(ground: Ground, replica: Cluster) -> Iterator[House]:
    house = House(ground, roles.DATABASE, 1)
    for command in (["migrate", "--database", "owner", "-v0"], ["load_demo", "--districts", "1"]):
        done = house.run("manage.py", *command, seconds=300)
        assert done.returncode == 0, done.stderr
    app = ground.credentials.rounds_app
    house.settings["DATABASE_REPLICA_URL"] = replica.address(roles.APP, app, roles.DATABASE)
    yield house
    house.close()


def reads(cluster: Cluster) -> int:
    """Rows that the application has read there from the figures of managers' pages."""
    counted = cluster.run_sql(
        "SELECT coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0) FROM pg_stat_all_tables "
        "WHERE relname IN ('segmentation_cyclerollup', 'segmentation_cyclecustomer', 'segmentation_tiermove')",
        roles.DATABASE,
    )
    return int(counted)


def caught_up(ground: Ground, replica: Cluster) -> bool:
    position = ground.cluster.run_sql("SELECT pg_current_wal_lsn()")
    return replica.run_sql(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn") == "t"


def test_pages_follow_the_replica_and_do_without_it(house: House, ground: Ground, replica: Cluster) -> None:
    manager = house.sql(
        """SELECT u.username FROM accounts_user u JOIN accounts_posting p ON p.user_id = u.id
           WHERE p.role = 'manager' AND p.during @> %s ORDER BY u.username LIMIT 1""",
        house.today,
    )[0][0]
    eventually("the replica follows", lambda: caught_up(ground, replica))
    browser = Browser(house.start_web())
    browser.sign_in(manager)
    there, here = reads(replica), reads(ground.cluster)
    for page in PAGES:
        assert browser.get(page).status == 200, page
    eventually("the statistics are written", lambda: reads(replica) > there)
    assert reads(ground.cluster) == here, "a figure was read from the primary"

    # What is written is read where it was written: sign-in and saved views are the primary's.
    browser.post("/views/", {"list": "customers", "name": "mine", "query": "q=a"}, form_on="/account/")
    assert house.sql("SELECT name FROM accounts_savedview") == [("mine",)]

    # It stands still: as soon as it is too far behind, pages come from the primary.
    replica.run_sql("SELECT pg_wal_replay_pause()")
    house.sql(
        "UPDATE accounts_territory SET name = 'Moved while paused' WHERE id IN (SELECT id FROM accounts_territory)"
    )
    house.settings["REPLICA_MAY_LAG"] = "1"
    lagging = Browser(house.start_web())
    lagging.sign_in(manager)
    eventually("the primary answers", lambda: "Moved while paused" in lagging.get("/team/").read().decode())
    replica.run_sql("SELECT pg_wal_replay_resume()")

    # It is gone in the middle of the day.
    replica.stop()
    for page in PAGES:
        assert browser.get(page).status == 200, page
        assert lagging.get(page).status == 200, page


def test_a_row_that_was_read_there_is_saved_here(house: House, ground: Ground, replica: Cluster) -> None:
    replica.start()  # on whatever port
    house.settings["DATABASE_REPLICA_URL"] = replica.address(roles.APP, ground.credentials.rounds_app, roles.DATABASE)
    eventually("the replica follows", lambda: caught_up(ground, replica))
    code = (
        "from accounts.models import Territory; from crm.base.replica import from_replica\n"
        "class request: method = 'GET'\n"
        "one = from_replica(lambda request: Territory.objects.order_by('pk').first())(request)\n"
        "assert one._state.db == 'replica', one._state.db\n"
        "one.name = 'Saved here'; one.save()"
    )
    done = house.run("manage.py", "shell", "-v0", "-c", code)
    assert done.returncode == 0, done.stderr
    assert house.sql("SELECT count(*) FROM accounts_territory WHERE name = 'Saved here'") == [(1,)]
