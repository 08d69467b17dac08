"""The embedded servers with real processes: start, adopt, recover, and never touch a neighbour's."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tooling.conftest import MakeCheckout
from tooling import ports, postgres, processes, roles, suite, unprivileged
from tooling.checkout import Checkout
from tooling.console import Refusal
from tooling.postgres import Cluster, PidFile
from tooling.servers import Servers, ThrowAwayServers
from tooling.valkey import Valkey

pytestmark = pytest.mark.tooling
PROJECT = Path(__file__).parents[2]

# Holds the servers until it is killed, as a ./dev up does.
HOLD = """
import sys, time
from pathlib import Path
from tooling.checkout import Checkout
from tooling.servers import Servers
with Servers(Checkout(Path(sys.argv[1]), Path(sys.prefix)), {}).in_use():
    print("held", flush=True)
    time.sleep(60)
"""


def cluster_of(servers: Servers) -> Cluster:
    assert servers.cluster
    return servers.cluster


def valkey_of(servers: Servers) -> Valkey:
    assert servers.valkey
    return servers.valkey


def running(servers: Servers) -> PidFile:
    found = cluster_of(servers).running()
    assert found
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def shared(make_checkout: MakeCheckout) -> Iterator[Servers]:
    """Servers for the tests that only ask them something, at a path that needs quoting."""
    servers = Servers(make_checkout("客户 拜访 & 'co'"), {})
    with servers.in_use():
        yield servers


def test_chinese_text_has_trigrams(shared: Servers) -> None:
    found = cluster_of(shared).run_sql("SELECT array_length(show_trgm('张伟'), 1)", roles.DATABASE)
    assert int(found) > 0


def test_the_cluster_is_utf8_and_listens_on_the_loopback_only(shared: Servers) -> None:
    settings = cluster_of(shared).run_sql(
        "SELECT current_setting('server_encoding'), current_setting('listen_addresses'),"
        " current_setting('unix_socket_directories') = '', current_setting('password_encryption')"
    )
    assert settings == "UTF8|127.0.0.1|t|scram-sha-256"


def test_the_application_may_write_rows_but_not_change_the_schema(shared: Servers) -> None:
    cluster, credentials = cluster_of(shared), shared.credentials
    owner, app = (roles.OWNER, credentials.rounds_owner), (roles.APP, credentials.rounds_app)
    cluster.run_sql("CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY, note text)", "rounds", owner)
    cluster.run_sql("INSERT INTO visit (note) VALUES ('见面'); UPDATE visit SET note = 'x'", "rounds", app)
    assert cluster.run_sql("SELECT count(*) FROM visit", "rounds", app) == "1"
    for forbidden in ("CREATE TABLE mine ()", "DROP TABLE visit", "CREATE SCHEMA mine"):
        with pytest.raises(Refusal, match=r"permission denied|must be owner"):
            cluster.run_sql(forbidden, "rounds", app)


def test_nobody_signs_in_without_the_password(shared: Servers) -> None:
    with pytest.raises(Refusal, match=r"secrets\.json"):
        cluster_of(shared).run_sql("SELECT 1", role=("postgres", "guess"))


def test_preparing_twice_changes_nothing(shared: Servers) -> None:
    roles.prepare(cluster_of(shared), shared.credentials)
    found = cluster_of(shared).run_sql("SELECT extname FROM pg_extension ORDER BY 1", roles.DATABASE)
    assert found.split() == ["btree_gist", "pg_stat_statements", "pg_trgm", "plpgsql"]


def test_secrets_are_private_and_shown_nowhere(shared: Servers) -> None:
    state = shared.checkout.state
    assert mode(state) in (0o700, 0o710)
    assert mode(state / "secrets.json") == 0o600
    assert mode(state / "valkey" / "valkey.conf") == 0o600
    commands = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    logs = "".join(log.read_text(encoding="utf-8") for log in (state / "logs").iterdir())
    remembered = cluster_of(shared).run_sql("SELECT query FROM pg_stat_statements", roles.DATABASE)
    for secret in vars(shared.credentials).values():
        assert secret not in commands
        assert secret not in logs
        assert secret not in remembered


def test_valkey_keeps_nothing_and_has_room_for_every_test_worker(shared: Servers) -> None:
    import redis

    client = redis.Redis.from_url(valkey_of(shared).address())
    wanted = {"databases": "64", "maxmemory-policy": "noeviction", "save": "", "appendonly": "no"}
    assert {name: client.config_get(name)[name] for name in wanted} == wanted
    with socket.create_connection(("127.0.0.1", valkey_of(shared).port), timeout=5) as stranger:
        stranger.sendall(b"PING\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


def test_a_second_start_has_the_same_ports_and_passwords(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    seen = []
    for _ in range(2):
        servers = Servers(checkout, {})
        with servers.in_use():
            seen.append(servers.variables())
        assert cluster_of(servers).running() is None
        assert valkey_of(servers).running_pid() is None
    assert seen[0] == seen[1]


def test_servers_of_a_killed_launcher_are_adopted_and_then_stopped(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    kill_launcher(checkout)
    servers = Servers(checkout, {})
    orphaned = running(servers).pid, valkey_of(servers).running_pid()
    with servers.in_use():
        assert (running(servers).pid, valkey_of(servers).running_pid()) == orphaned
    assert not any(processes.is_alive(pid) for pid in orphaned if pid)


def kill_launcher(checkout: Checkout) -> None:
    command = [sys.executable, "-c", HOLD, str(checkout.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout
        assert launcher.stdout.readline() == b"held\n"
        launcher.kill()


def test_the_last_user_stops_the_servers(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    first, second = Servers(checkout, {}), Servers(checkout, {})
    with first.in_use():
        with second.in_use():
            assert running(first).pid == running(second).pid
        assert running(first)
    assert cluster_of(first).running() is None


def test_racing_starts_share_one_server(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    pids = []
    all_hold = threading.Barrier(3)

    def use() -> None:
        servers = Servers(checkout, {})
        with servers.in_use():
            pids.append((running(servers).pid, valkey_of(servers).running_pid()))
            all_hold.wait(timeout=30)

    users = [threading.Thread(target=use) for _ in range(3)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert len(pids) == 3
    assert len(set(pids)) == 1


def test_a_crashed_server_recovers_from_its_stale_pid_file(make_checkout: MakeCheckout) -> None:
    servers = Servers(make_checkout(), {})
    with servers.in_use():
        cluster_of(servers).run_sql("CREATE TABLE kept ()", roles.DATABASE)
        for pid in (running(servers).pid, valkey_of(servers).running_pid()):
            assert pid
            processes.end(pid, signal.SIGKILL)
        assert (cluster_of(servers).data / "postmaster.pid").exists()
        assert servers.repair()
        assert cluster_of(servers).run_sql("SELECT count(*) FROM kept", roles.DATABASE) == "0"
        assert valkey_of(servers).running()
        assert not servers.repair()


def test_a_recycled_pid_in_the_pid_file_is_left_alone(make_checkout: MakeCheckout) -> None:
    servers = Servers(make_checkout(), {})
    with servers.in_use():
        content = (cluster_of(servers).data / "postmaster.pid").read_text(encoding="utf-8")
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = [str(stranger.pid), *content.splitlines()[1:]]
        (cluster_of(servers).data / "postmaster.pid").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (servers.checkout.state / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n", encoding="ascii")
        with servers.in_use():
            assert running(servers).pid != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_a_copy_of_a_running_checkout_does_not_disturb_it(make_checkout: MakeCheckout) -> None:
    original, copy = Servers(make_checkout(), {}), make_checkout()
    with original.in_use():
        before = original.variables()
        cluster_of(original).run_sql("CREATE TABLE original_only ()", roles.DATABASE)
        shutil.rmtree(copy.state)
        subprocess.run(["cp", "-r", original.checkout.state, copy.state], check=True)
        copied = Servers(copy, {})
        assert cluster_of(copied).running() is None
        assert valkey_of(copied).running_pid() is None
        with copied.in_use():
            assert running(copied).pid != running(original).pid
            assert running(copied).port != running(original).port
            cluster_of(copied).run_sql("DROP TABLE original_only", roles.DATABASE)
        assert original.variables() == before
        assert valkey_of(original).running()
        assert cluster_of(original).run_sql("SELECT count(*) FROM original_only", roles.DATABASE) == "0"


def test_the_server_of_a_moved_checkout_is_still_ours(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    kill_launcher(checkout)
    moved = Checkout(checkout.root.with_name("moved"), checkout.venv)
    checkout.root.rename(moved.root)
    servers = Servers(moved, {})
    with servers.in_use():
        assert running(servers)  # two servers on one data folder would destroy it
    assert cluster_of(servers).running() is None
    moved.root.rename(checkout.root)


def test_a_port_lost_at_the_last_moment_is_replaced(
    shared: Servers, make_checkout: MakeCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = running(shared).port
    offers = iter([lost, lost])
    monkeypatch.setattr(postgres, "free_port", lambda preferred: next(offers, 0) or ports.free_port())
    servers = Servers(make_checkout(), {})
    with servers.in_use():
        assert running(servers).port != lost


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step aside")
@pytest.mark.parametrize("refused", ["0", "1"])
def test_in_a_closed_home_root_steps_aside(
    make_checkout: MakeCheckout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refused: str,
) -> None:
    """In a namespace where that is allowed, else with the data in /var/tmp; the next start finds it again."""
    monkeypatch.setenv(unprivileged.NO_UNSHARE, refused)
    checkout = make_checkout(mode=0o700)
    servers = Servers(checkout, {})
    with servers.in_use():
        cluster_of(servers).run_sql("CREATE TABLE kept ()", roles.DATABASE)
    elsewhere = cluster_of(servers).data != checkout.state / "postgres"
    assert elsewhere or refused == "0"
    assert ("keeps its data in /var/tmp" in capsys.readouterr().err) == elsewhere
    again = Servers(checkout, {})
    with again.in_use():
        assert cluster_of(again).run_sql("SELECT count(*) FROM kept", roles.DATABASE) == "0"
    cluster_of(again).remove()
    assert not unprivileged.away_folder(checkout.state / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step aside")
def test_a_cluster_moves_along_when_namespaces_are_no_longer_allowed(
    make_checkout: MakeCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = make_checkout(mode=0o700)
    first, later = Servers(checkout, {}), Servers(checkout, {})
    with first.in_use():
        if cluster_of(first).data != checkout.state / "postgres":
            pytest.skip("namespaces are refused here already")
        cluster_of(first).run_sql("CREATE TABLE kept ()", roles.DATABASE)
        monkeypatch.setenv(unprivileged.NO_UNSHARE, "1")
        with pytest.raises(Refusal, match="still runs"):
            cluster_of(later).start()
    with later.in_use():
        assert cluster_of(later).run_sql("SELECT count(*) FROM kept", roles.DATABASE) == "0"
    assert not (checkout.state / "postgres").exists()


def test_the_users_own_servers_are_used_instead(make_checkout: MakeCheckout) -> None:
    servers = Servers(make_checkout(), {"DATABASE_URL": "postgresql://a@db/b", "REDIS_URL": "redis://cache/1"})
    with servers.in_use():
        env = servers.variables()
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == ("postgresql://a@db/b", "redis://cache/1")
    assert env["DATABASE_OWNER_URL"] == env["DATABASE_URL"]
    assert not (servers.checkout.state / "postgres").exists()


@pytest.mark.skipif(not (suite.OLDEST_SUPPORTED / "postgres").exists(), reason="no PostgreSQL 15 here")
def test_the_oldest_postgresql_has_chinese_trigrams_too(make_checkout: MakeCheckout) -> None:
    throw_away = ThrowAwayServers(make_checkout(), suite.OLDEST_SUPPORTED)
    with throw_away.in_use() as env:
        psql = [str(suite.OLDEST_SUPPORTED / "psql"), env["DATABASE_URL"], "-XAtc"]
        question = "SELECT current_setting('server_version_num')::int / 10000, array_length(show_trgm('张伟'), 1)"
        answer = subprocess.run([*psql, question], capture_output=True, text=True, check=True).stdout
    assert answer == "15|3\n"


def test_throw_away_servers_of_parallel_runs_do_not_meet(make_checkout: MakeCheckout) -> None:
    checkout = make_checkout()
    with ThrowAwayServers(checkout).in_use() as one, ThrowAwayServers(checkout).in_use() as other:
        assert one["DATABASE_URL"] != other["DATABASE_URL"]
        assert one["ROUNDS_TEST_REDIS_URL"] != other["ROUNDS_TEST_REDIS_URL"]
    left = {path.name for path in checkout.state.iterdir() if path.is_dir()}
    assert left == {"logs"}
