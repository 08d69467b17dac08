"""docker-compose.yml as Docker would read it, and its services as processes on the servers of the tests."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker", "beat", "beat-2")
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(:[-?])?((?:[^${}]|\$\{[^}]*\})*)\}")


class NotGiven(Exception):
    """`${NAME:?}`: nothing starts without it."""


def read(given: dict[str, str]) -> dict[str, Any]:
    """The file with its variables filled in."""
    filled = _filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")), given)
    assert isinstance(filled, dict)
    return filled


def _filled(part: Any, given: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, given) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, given) for value in part]
    return _VARIABLE.sub(lambda found: _value(found, given), part) if isinstance(part, str) else part


def _value(found: "re.Match[str]", given: dict[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    value = given.get(found[1], "")
    if not value and found[2] == ":?":
        raise NotGiven(found[1])
    return value or _filled(found[3], given)


def of_the_image() -> dict[str, str]:
    """What the Dockerfile's last stage puts into every container's environment."""
    last = (ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("FROM ")[2]
    pairs = (pair for line in re.findall(r"^ENV (.+)$", last, re.M) for pair in shlex.split(line))
    return dict(pair.split("=", 1) for pair in pairs)


@dataclass
class Stack:
    """The services, each with what it finds in a container replaced by what is here."""

    given: dict[str, str]
    folder: Path
    here: dict[str, str]  # what stands in the file: where that is on this machine
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def service(self, name: str) -> dict[str, Any]:
        (self.folder / name).mkdir(exist_ok=True)
        found = self._moved(read(self.given)["services"][name], name)
        assert isinstance(found, dict)
        return found

    def _moved(self, part: Any, name: str) -> Any:
        if isinstance(part, dict):
            return {key: self._moved(value, name) for key, value in part.items()}
        if isinstance(part, list):
            return [self._moved(value, name) for value in part]
        if not isinstance(part, str):
            return part
        for there, here in ({"/tmp/": f"{self.folder / name}/"} | self.here).items():
            part = part.replace(there, here)
        return part

    def environment(self, name: str) -> dict[str, str]:
        """Nothing of ours comes along: what is missing in the file is missing here."""
        image = of_the_image() | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
        return image | self.service(name)["environment"]

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                in_venv(shlex.split(self.service(name)["command"])),
                cwd=ROOT, env=self.environment(name), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return self._running[name]

    def manage(self, name: str, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=self.environment(name) | more, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def is_healthy(self, name: str) -> bool:
        """What the health check's own command says."""
        how, *command = self.service(name)["healthcheck"]["test"]
        command = ["sh", "-c", *command] if how == "CMD-SHELL" else in_venv(command)
        done = subprocess.run(command, cwd=ROOT, env=self.environment(name), capture_output=True, check=False)
        return done.returncode == 0

    def stop(self, *names: str) -> None:
        stopping = [self._running.pop(name) for name in names or tuple(self._running)]
        for process in stopping:
            process.terminate()
        for process in stopping:
            process.wait(timeout=30)


def in_venv(command: list[str]) -> list[str]:
    """As the image's PATH finds it."""
    program, *arguments = command
    return [sys.executable, *arguments] if program == "python" else [sys.executable, "-m", program, *arguments]
