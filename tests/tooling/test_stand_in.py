"""`up` and `manage` from end to end, on a stand-in project small enough to start in a second."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.tooling.conftest import MakeCheckout
from tooling.checkout import Checkout, read_json

pytestmark = pytest.mark.tooling
PROJECT = Path(__file__).parents[2]

MANAGE = """
import os, sys
from pathlib import Path
command = sys.argv[1]
with Path(__file__).with_name("called").open("a") as called:
    print(command, file=called)
said = {"load_demo": "sign in as anna\\n{}", "echo": sys.stdin.read() if command == "echo" else ""}
print(said.get(command, command))
sys.exit(7 if command == "fail" else 0)
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["HTTP_HOST"].encode()]
"""
CELERY = """
import os
from celery import Celery
app = Celery("crm", broker=os.environ["REDIS_URL"])
"""
RUN = """
import sys
from pathlib import Path
from tooling import managing, up
from tooling.checkout import Checkout
run = {"up": up.run, "manage": managing.run}[sys.argv[2]]
sys.exit(run(Checkout(Path(sys.argv[1]), Path(sys.prefix)), sys.argv[3:]))
"""


@pytest.fixture
def checkout(make_checkout: MakeCheckout) -> Checkout:
    made = make_checkout("替 身")
    for name, text in {
        "manage.py": MANAGE,
        "crm/__init__.py": "from crm.celery import app\n",
        "crm/wsgi.py": WSGI,
        "crm/celery.py": CELERY,
        "crm/migrations/0001_initial.py": "",
    }.items():
        (made.root / name).parent.mkdir(exist_ok=True)
        (made.root / name).write_text(text, encoding="utf-8")
    return made


def command(checkout: Checkout, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-c", RUN, str(checkout.root), *arguments]


def environment() -> dict[str, str]:
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ORIGIN"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {"PYTHONPATH": str(PROJECT)}


def test_manage_hands_through_input_output_and_exit_code(checkout: Checkout) -> None:
    for arguments, given, said, code in (("echo", "见面", "见面\n", 0), ("fail", "", "fail\n", 7)):
        done = subprocess.run(
            command(checkout, "manage", arguments),
            env=environment(),
            input=given,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.stdout, done.returncode) == (said, code), done.stderr
    assert (checkout.root / "called").read_text(encoding="utf-8").split() == ["migrate", "echo", "fail"]
    assert not (checkout.state / "postgres" / "postmaster.pid").exists()


@pytest.fixture
def start(checkout: Checkout) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts `up` in the background; a failing test leaves none behind."""
    started: list[subprocess.Popen[bytes]] = []

    def up() -> "subprocess.Popen[bytes]":
        with (checkout.root / "said").open("wb") as said:
            started.append(subprocess.Popen(command(checkout, "up"), env=environment(), stdout=said, stderr=said))
        return started[-1]

    yield up
    for launcher in started:
        launcher.kill()
        launcher.wait()


def test_up_survives_being_killed_and_ends_in_order(
    checkout: Checkout, start: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    first = start()
    address = wait_for_address(checkout)
    wait_until(lambda: len(read_json(checkout.state / "children.json")) == 3)
    first.kill()
    first.wait()
    again = start()
    assert wait_for_address(checkout) == address
    assert ask(f"{address}/healthz") == address.removeprefix("http://")
    second = subprocess.run(command(checkout, "up"), env=environment(), capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout) == (0, f"Rounds already runs at {address}\n")
    again.send_signal(signal.SIGTERM)
    assert again.wait(timeout=20) == 0
    said = (checkout.root / "said").read_text(encoding="utf-8")
    assert f"Rounds runs at {address}\nsign in as anna\n" in said
    assert "ended what a killed ./dev up had left running: beat, web, worker" in said
    assert processes_of(checkout) == []


def wait_for_address(checkout: Checkout) -> str:
    said = checkout.root / "said"
    wait_until(lambda: "Rounds runs at" in said.read_text(encoding="utf-8"))
    found = re.search(r"^Rounds runs at (\S+)", said.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return str(answer.read().decode())


def processes_of(checkout: Checkout) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(checkout.root) in line]
