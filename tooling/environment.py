"""The virtual environment: exactly what requirements-dev.txt locks, remade whenever that changes."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tooling import locks
from tooling.checkout import Checkout
from tooling.console import Refusal, say


def ensure(checkout: Checkout) -> None:
    """Make the environment unless its stamp says that it is complete; a second call takes milliseconds."""
    checkout.prepare_state()
    wanted = _requirements_hash(checkout)
    if _is_complete(checkout, wanted):
        return
    lock = checkout.state / "environment.lock"
    with locks.alone(lock, while_waiting=lambda: say("waiting for another ./dev that installs the libraries …")):
        if not _is_complete(checkout, wanted):
            _make(checkout, wanted)


def _make(checkout: Checkout, wanted: str) -> None:
    """Remake from nothing: an upgraded environment would keep libraries that are no longer locked."""
    _check_venv_module()
    began = time.monotonic()
    say("installing the locked libraries into .venv (about half a minute, once) …")
    if checkout.venv.is_symlink():
        checkout.venv.unlink()
    shutil.rmtree(checkout.venv, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(checkout.venv)], "Making .venv failed")
    pip = [str(checkout.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-input", "--no-compile", "--require-hashes", "-r", str(_requirements(checkout))]
    _run(pip, "Installing the libraries failed (is PyPI reachable?)")
    _stamp(checkout).write_text(f"{wanted}\n{checkout.python.resolve()}\n", encoding="utf-8")
    say(f"libraries installed in {time.monotonic() - began:.0f} s")


def _is_complete(checkout: Checkout, wanted: str) -> bool:
    """The stamp names the requirements and the interpreter, for a system upgrade replaces the latter."""
    try:
        stamp = _stamp(checkout).read_text(encoding="utf-8")
    except OSError:
        return False
    return checkout.python.exists() and stamp == f"{wanted}\n{checkout.python.resolve()}\n"


def _check_venv_module() -> None:
    if all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    raise Refusal(
        f"This Python has no venv module: install it (Debian, Ubuntu: apt install {package}) and start again."
    )


def _run(command: list[str], failure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("WARNING")]
        raise Refusal(f"{failure}:\n" + "\n".join(said[-15:]))


def _requirements(checkout: Checkout) -> Path:
    return checkout.root / "requirements-dev.txt"


def _requirements_hash(checkout: Checkout) -> str:
    try:
        return hashlib.sha256(_requirements(checkout).read_bytes()).hexdigest()
    except OSError as error:
        raise Refusal(f"{_requirements(checkout)} cannot be read: {error.strerror}.") from error


def _stamp(checkout: Checkout) -> Path:
    """Inside the environment, so that deleting or copying the one takes the other along."""
    return checkout.venv / "installed-by-dev"
