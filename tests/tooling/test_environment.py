"""The virtual environment's stamp, the environment of Django processes, and small promises of ./dev."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tooling import checks, environment, project, suite
from tooling.checkout import Checkout
from tooling.commands import COMMANDS, HELP
from tooling.console import Refusal
from tooling.credentials import Credentials

pytestmark = pytest.mark.tooling
PROJECT = Path(__file__).parents[2]
PORTS = {"postgres": 5, "valkey": 6, "web": 8000}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout whose installation is only pretended, and counted in `.venv/made`."""

    def pretend(command: list[str], failure: str) -> None:
        python = tmp_path / ".venv" / "bin" / "python"
        if "venv" in command:
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
        else:
            with (tmp_path / "made").open("a", encoding="utf-8") as made:
                made.write("x")

    monkeypatch.setattr(environment, "_run", pretend)
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\n", encoding="utf-8")
    return Checkout.at(tmp_path)


def times_made(checkout: Checkout) -> int:
    return len((checkout.root / "made").read_text(encoding="utf-8"))


def test_the_environment_is_made_once(checkout: Checkout) -> None:
    environment.ensure(checkout)
    environment.ensure(checkout)
    assert times_made(checkout) == 1


def test_other_requirements_or_a_half_made_environment_make_it_again(checkout: Checkout) -> None:
    environment.ensure(checkout)
    (checkout.root / "requirements-dev.txt").write_text("django==5.3\n", encoding="utf-8")
    environment.ensure(checkout)
    assert times_made(checkout) == 2
    (checkout.venv / "installed-by-dev").unlink()
    environment.ensure(checkout)
    assert times_made(checkout) == 3
    checkout.python.unlink()
    checkout.python.symlink_to("/gone/python3.11")
    environment.ensure(checkout)
    assert times_made(checkout) == 4


def test_a_python_without_venv_names_the_package(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refusal, match=r"apt install python3\.\d+-venv"):
        environment.ensure(checkout)


def test_what_the_user_sets_wins() -> None:
    own = {"DATABASE_URL": "postgresql://me@db/mine", "ORIGIN": "https://crm.example.com", "HOME": "/root"}
    env = project.variables(Credentials(), own, PORTS)
    assert env["DATABASE_OWNER_URL"] == env["DATABASE_URL"] == own["DATABASE_URL"]
    assert env["ORIGIN"] == own["ORIGIN"]
    assert env["HOME"] == "/root"
    own["DATABASE_OWNER_URL"] = "postgresql://owner@db/mine"
    assert project.variables(Credentials(), own, PORTS)["DATABASE_OWNER_URL"] == own["DATABASE_OWNER_URL"]


def test_the_two_roles_have_addresses_of_their_own() -> None:
    credentials = Credentials()
    env = project.variables(credentials, {}, PORTS)
    where = "127.0.0.1:5/rounds"
    assert env["DATABASE_URL"] == f"postgresql://rounds_app:{credentials.rounds_app}@{where}"
    assert env["DATABASE_OWNER_URL"] == f"postgresql://rounds_owner:{credentials.rounds_owner}@{where}"
    assert env["ORIGIN"] == "http://localhost:8000"
    assert "ROUNDS_SHARED_DATA" not in env


def test_credentials_never_show_in_a_traceback() -> None:
    assert repr(Credentials()) == "Credentials()"


def test_migrating_is_skipped_until_a_migration_or_the_cluster_changes(tmp_path: Path) -> None:
    first, deep = "visits/migrations/0001_initial.py", "crm/base/migrations/0001_initial.py"
    for name in ("data/PG_VERSION", first, deep):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    (tmp_path / ".rounds").mkdir()
    stamp = project.MigrationStamp(Checkout.at(tmp_path), tmp_path / "data")
    assert not stamp.is_current()
    for change in (first, deep, "visits/migrations/0002_more.py", "data/PG_VERSION"):
        stamp.keep()
        assert stamp.is_current()
        (tmp_path / change).touch()
        os.utime(tmp_path / change, (1, 1))
        assert not stamp.is_current()


@pytest.mark.parametrize(
    "line",
    [
        "==== 120 passed, 1 skipped in 30.1s ====",
        "======= 1 failed, 2 passed, 3 warnings in 75.20s (0:01:15) =======",
        "\x1b[32m======= \x1b[32m\x1b[1m26 passed\x1b[0m\x1b[32m in 7.02s\x1b[0m\x1b[32m =======\x1b[0m",
        "==== no tests ran in 2.48s ====",
    ],
)
def test_the_closing_line_of_pytest_is_recognised(line: str) -> None:
    assert suite.CLOSING_LINE.match(line)
    assert not suite.CLOSING_LINE.match("==== test session starts ====")


def test_all_checks_run_even_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [checks.Check("bad", ["sh", "-c", "echo why; exit 3"]), checks.Check("good", ["true"])]
    monkeypatch.setattr(checks, "all_checks", lambda checkout: questions)
    assert checks.run(Checkout.at(tmp_path)) == 1
    said = capsys.readouterr().out
    assert "bad          FAILED" in said
    assert "\nwhy\n" in said
    assert "good         ok" in said


@pytest.mark.parametrize(("arguments", "code"), [(["help"], 0), (["--help"], 0), (["fly"], 2), ([], 2)])
def test_help_fits_one_screen_and_an_unknown_command_is_refused(arguments: list[str], code: int) -> None:
    done = subprocess.run([PROJECT / "dev", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert HELP in (done.stdout if code == 0 else done.stderr)
    assert bool(done.stdout) == (code == 0)
    assert HELP.count("\n") <= 24
    assert all(f"\n  {name} " in HELP for name in COMMANDS)
