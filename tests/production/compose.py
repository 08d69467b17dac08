"""docker-compose.yml as Docker would read it, and its services as processes, each with its own command, environment and
health check, in the order of what they wait for."""

import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.faults.ground import eventually
from tests.production.servers import Postgres, Valkey

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker", "beat", "beat-2")
SERVERS = ("postgres", "valkey")
_ENDED = "service_completed_successfully"
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(:[-?])?((?:[^${}]|\$\{[^}]*\})*)\}")


class NotGiven(Exception):
    """`${NAME:?}`: nothing starts without it."""


def read(given: dict[str, str], *overrides: str) -> dict[str, Any]:
    """The file with its variables filled in, and what other files say more."""
    whole: dict[str, Any] = {}
    for name in ("docker-compose.yml", *overrides):
        filled = _filled(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")), given)
        whole = _merged(whole, filled)
    return whole


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """As Docker does it: mappings by key, the rest is replaced; here no override adds to a list."""
    both = dict(one)
    for key, value in other.items():
        both[key] = _merged(one[key], value) if isinstance(one.get(key), dict) and isinstance(value, dict) else value
    return both


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


def documented(heading: str) -> list[str]:
    """The commands of Docker in a chapter of docs/operations.md."""
    chapter = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    return re.findall(r"^    (docker compose .+)$", chapter.partition("\n## ")[0], re.M)


@dataclass
class Stack:
    """The services, each with what it finds in a container replaced by what is here."""

    given: dict[str, str]
    folder: Path
    here: dict[str, str] = field(default_factory=dict)  # what stands in the file: where that is on this machine
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @cached_property
    def postgres(self) -> Postgres:
        return Postgres(self.folder, ROOT)

    @cached_property
    def valkey(self) -> Valkey:
        return Valkey(self.folder)

    @property
    def superuser(self) -> str:
        """The address of the database `rounds`, for whoever may do everything there."""
        password = self.service("postgres")["environment"]["POSTGRES_PASSWORD"]
        return f"postgresql://postgres:{password}@127.0.0.1:{self.postgres.port}/rounds"

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
        places = {"postgres:5432": self.postgres.port, "valkey:6379": self.valkey.port}
        servers = {there: f"127.0.0.1:{port}" for there, port in places.items()}
        for there, here in ({"/tmp/": f"{self.folder / name}/"} | servers | self.here).items():
            part = part.replace(there, here)
        return part

    def environment(self, name: str) -> dict[str, str]:
        """Nothing of ours comes along: what is missing in the file is missing here."""
        own = self.service(name)["environment"]
        if name in SERVERS:
            return (self.postgres if name == "postgres" else self.valkey).variables() | own
        return of_the_image() | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"} | own

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def up(self, *names: str) -> None:
        """`docker compose up -d --wait`: what they wait for first, each as it is to be waited for."""
        once: set[str] = set()
        for name in names or (*SERVERS, *OURS):
            self._up(name, once)
        for name in once:
            self._await(name, "service_healthy" if "healthcheck" in self.service(name) else _ENDED)

    def _up(self, name: str, once: set[str]) -> None:
        if name in once:
            return
        once.add(name)
        for needed, how in self.service(name).get("depends_on", {}).items():
            self._up(needed, once)
            self._await(needed, how["condition"])
        if not self.is_running(name):
            self.start(name)

    def _await(self, name: str, condition: str) -> None:
        if condition == "service_healthy":
            eventually(f"{name} is healthy", lambda: self.is_healthy(name))
        else:
            assert condition == _ENDED
            assert self._running[name].wait(timeout=300) == 0, self.log(name).read_text(encoding="utf-8")

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        service = self.service(name)
        if name in SERVERS:
            server = self.postgres if name == "postgres" else self.valkey
            self._running[name] = server.start(service, self.log(name))
            return self._running[name]
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                in_venv(shlex.split(service["command"])),
                cwd=ROOT, env=self.environment(name), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return self._running[name]

    def manage(self, name: str, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=self.environment(name) | more, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def obey(self, line: str) -> None:
        """A line of the documentation: `docker compose up …`, `run … SERVICE COMMAND`, or `exec -T SERVICE COMMAND`
        with a file of `folder` handed in or out."""
        docker, compose, verb, *words = shlex.split(line, comments=True)
        assert (docker, compose) == ("docker", "compose")
        if verb == "exec":
            self._execute(words)
            return
        options, mounts = [], {}
        while words and words[0].startswith("-"):
            options.append(words.pop(0))
            if options[-1] == "-v":
                source, there, *_how = words.pop(0).split(":")
                mounts[there] = self.here[source]
        if verb == "up":
            self.up(*words)
            return
        assert verb == "run"
        name, python, manage, *command = words
        assert (python, manage) == ("python", "manage.py")
        if "--no-deps" not in options:
            self.up(*self.service(name)["depends_on"])
        for there, here in mounts.items():
            command = [word.replace(there, here) for word in command]
        done = self.manage(name, *command)
        assert done.returncode == 0, (line, done.stdout, done.stderr)

    def _execute(self, words: list[str]) -> None:
        terminal, name, *command = words
        assert terminal == "-T", "who hands files in and out has no terminal"
        assert self.is_running(name)
        sign, file = command[-2:]
        inward, outward = Path(os.devnull), Path(os.devnull)
        if sign in ("<", ">"):
            command = command[:-2]
            inward, outward = (self.folder / file, outward) if sign == "<" else (inward, self.folder / file)
        moved = [sys.executable if word == "python" else self._moved(word, name) for word in command]
        with inward.open("rb") as given, outward.open("wb") as out:
            done = subprocess.run(
                moved, cwd=ROOT, env=self.environment(name), stdin=given, stdout=out, stderr=subprocess.PIPE,
                check=False,
            )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)

    def is_healthy(self, name: str) -> bool:
        """What the health check's own command says."""
        how, *command = self.service(name)["healthcheck"]["test"]
        command = ["sh", "-c", *command] if how == "CMD-SHELL" else in_venv(command)
        done = subprocess.run(command, cwd=ROOT, env=self.environment(name), capture_output=True, check=False)
        return done.returncode == 0

    def stop(self, *names: str) -> None:
        """Those, else all: the servers last."""
        for group in ([name for name in names or OURS if name in self._running], () if names else SERVERS):
            stopping = {name: self._running.pop(name) for name in group if name in self._running}
            for name, process in stopping.items():  # PostgreSQL's image says so: SIGTERM would wait for every session
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            for process in stopping.values():
                process.wait(timeout=30)

    def remove(self) -> None:
        self.stop()
        self.postgres.remove()


def in_venv(command: list[str]) -> list[str]:
    """As the image's PATH finds it."""
    program, *arguments = command
    return [sys.executable, *arguments] if program == "python" else [sys.executable, "-m", program, *arguments]
