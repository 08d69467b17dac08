"""Supervision with real processes: restart, orderly end, and ending orphans without hitting anybody else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tooling.conftest import MakeCheckout
from tooling import locks, orphans, processes, supervisor, up
from tooling.checkout import Checkout, write_privately
from tooling.supervisor import Child, Supervisor

pytestmark = pytest.mark.tooling

STUBBORN = """
import signal, subprocess, time
subprocess.Popen(["sleep", "61"])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


@pytest.fixture
def checkout(make_checkout: MakeCheckout) -> Checkout:
    return make_checkout("二 up")


@pytest.fixture
def sleeper(checkout: Checkout) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that works in the checkout and leads a group, as a web or worker does."""
    with subprocess.Popen(["sleep", "60"], cwd=checkout.root, start_new_session=True) as process:
        yield process
        process.kill()


def child(checkout: Checkout, *command: str) -> Child:
    return Child("worker", command, checkout.log("worker"))


def wait_for(happened: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_child_that_dies_is_reported_and_started_again(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = child(checkout, "sleep", "60")
    worker.delay = 0.0
    house = Supervisor(checkout, [worker], dict(os.environ))
    house.tend()
    assert worker.process
    first = worker.process.pid
    worker.process.kill()
    wait_for(lambda: not processes.is_alive(first))
    house.tend()
    assert worker.process
    assert worker.process.pid != first
    assert "worker ended with code -9; again in" in capsys.readouterr().err
    house.stop()


def test_a_child_that_keeps_dying_waits_longer_each_time(checkout: Checkout) -> None:
    worker = child(checkout, "false")
    delays = []
    for _ in range(7):
        worker.start(dict(os.environ), checkout.root)
        assert note_death_of(worker) == 1
        delays.append(worker.put_off())
    assert delays == [1, 2, 4, 8, 16, 30, 30]


def note_death_of(worker: Child) -> int | None:
    assert worker.process
    pid = worker.process.pid
    wait_for(lambda: not processes.is_alive(pid))
    return worker.note_death()


def test_a_child_whose_program_is_missing_is_tried_again(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = child(checkout, "/gone/python")
    house = Supervisor(checkout, [worker], dict(os.environ))
    house.tend()
    assert "worker cannot start (No such file or directory); again in 1 s" in capsys.readouterr().err
    assert worker.process is None


def test_stopping_ends_the_stubborn_and_their_children(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.3)
    worker = child(checkout, sys.executable, "-c", STUBBORN)
    house = Supervisor(checkout, [worker], dict(os.environ))
    house.tend()
    wait_for(lambda: "deaf" in worker.log.read_text(encoding="utf-8"))
    assert worker.process
    group = worker.process.pid
    house.stop()
    wait_for(lambda: not group_lives(group))


def group_lives(group: int) -> bool:
    listing = subprocess.run(["ps", "-eo", "pgid,stat"], capture_output=True, text=True, check=True).stdout
    members = (line.split() for line in listing.splitlines()[1:])
    return any(pgid == str(group) and not state.startswith("Z") for pgid, state in members)


def test_orphans_of_a_killed_up_are_ended(checkout: Checkout, sleeper: "subprocess.Popen[bytes]") -> None:
    orphans.record(checkout, {"web": sleeper.pid})
    assert orphans.end(checkout) == ["web"]
    assert sleeper.wait(timeout=5) == -signal.SIGTERM
    assert orphans.end(checkout) == []


def test_a_recycled_pid_is_not_ended(checkout: Checkout, sleeper: "subprocess.Popen[bytes]") -> None:
    orphans.record(checkout, {"web": sleeper.pid})
    file = checkout.state / "children.json"
    started = processes.started_at(sleeper.pid)
    assert started
    write_privately(file, file.read_text(encoding="utf-8").replace(started, f"1{started}"))
    assert orphans.end(checkout) == []
    assert sleeper.poll() is None


def test_the_original_of_a_copied_checkout_is_not_ended(
    checkout: Checkout, make_checkout: MakeCheckout, sleeper: "subprocess.Popen[bytes]"
) -> None:
    orphans.record(checkout, {"web": sleeper.pid})
    copy = make_checkout()
    write_privately(copy.state / "children.json", (checkout.state / "children.json").read_text("utf-8"))
    assert orphans.end(copy) == []
    assert sleeper.poll() is None


def test_where_the_system_hides_the_folder_the_recorded_one_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(self: Path, other: object) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "samefile", hidden)
    assert processes.works_in(os.getpid(), tmp_path, recorded=str(tmp_path))
    assert not processes.works_in(os.getpid(), tmp_path, recorded="/elsewhere")
    assert not processes.works_in(os.getpid(), tmp_path)


def test_a_second_up_says_where_the_first_one_is(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    lock = locks.try_alone(checkout.state / "up.lock")
    assert lock
    with lock:
        write_privately(checkout.state / "up.json", '{"address": "http://localhost:8123"}')
        assert up.run(checkout, []) == 0
    assert capsys.readouterr().out == "Rounds already runs at http://localhost:8123\n"


def test_the_web_gets_a_socket_that_is_already_open(checkout: Checkout) -> None:
    from tooling.ports import RememberedPorts, free_port, is_free

    remembered = RememberedPorts(checkout.state / "ports.json")
    remembered.keep("web", free_port())
    with up._open_door(None, remembered) as door:
        assert door.getsockname() == ("127.0.0.1", remembered.get("web"))
        assert not is_free(remembered.get("web") or 0)
        with up._open_door(None, remembered) as other:
            assert other.getsockname()[1] != remembered.get("web")
