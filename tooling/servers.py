"""PostgreSQL and Valkey of one checkout, shared by all its ./dev calls; the last one to leave stops them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tooling import locks, project, roles
from tooling.checkout import Checkout
from tooling.credentials import Credentials
from tooling.ports import RememberedPorts
from tooling.postgres import LASTING, THROW_AWAY, Cluster, embedded_binaries
from tooling.valkey import Valkey, valkey_binary

# What a developer may have set for his own servers; the tests run on theirs.
NOT_FOR_TESTS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ORIGIN", "SECRET_KEY", "ROUNDS_DEBUG"}


class Servers:
    """The two servers, each of which the environment may replace by one of the user's own."""

    def __init__(self, checkout: Checkout, environ: Mapping[str, str]) -> None:
        checkout.prepare_state()
        self.checkout = checkout
        self.environ = environ
        self.ports = RememberedPorts(checkout.state / "ports.json")
        own_database = not environ.get("DATABASE_URL")
        self.own_broker = not environ.get("REDIS_URL")
        self._lock = checkout.state / "servers.lock"
        self._users = checkout.state / "servers.users"
        with locks.alone(self._lock):
            self.credentials = Credentials.of(checkout.state / "secrets.json")
        self.cluster = _cluster(checkout, "postgres", self.credentials) if own_database else None
        self.valkey = _valkey(checkout, "valkey", self.credentials) if self.own_broker else None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Run the servers for the length of the block."""
        lease = locks.share(self._users)
        try:
            with locks.alone(self._lock):
                self._start()
            yield
        finally:
            self._leave(lease)

    def _start(self) -> None:
        """Start or adopt what is ours. A killed start may have left no roles, so they are always prepared."""
        if self.cluster:
            self.cluster.start(self.ports.get("postgres"))
            self.ports.keep("postgres", self.cluster.port)
            roles.prepare(self.cluster, self.credentials)
        if self.valkey:
            self.valkey.start(self.ports.get("valkey"))
            self.ports.keep("valkey", self.valkey.port)

    def variables(self) -> dict[str, str]:
        """The environment of Django processes that use these servers."""
        ports = {
            "postgres": self.cluster.port if self.cluster else 0,
            "valkey": self.valkey.port if self.valkey else 0,
            "web": project.web_port(self.ports),
        }
        return project.variables(self.credentials, self.environ, ports)

    def migrate(self, env: Mapping[str, str]) -> None:
        """Migrate when a migration is new to our database; one of the user's own is always asked."""
        with locks.alone(self.checkout.state / "migrate.lock"):
            stamp = self.migration_stamp()
            if stamp and stamp.is_current():
                return
            project.migrate(self.checkout, env)
            if stamp:
                stamp.keep()

    def migration_stamp(self) -> project.MigrationStamp | None:
        """What our database has seen; nothing is remembered about one of the user's own."""
        return project.MigrationStamp(self.checkout, self.cluster.data) if self.cluster else None

    def repair(self) -> bool:
        """Start again what has died; True when something had."""
        if (not self.cluster or self.cluster.running()) and (not self.valkey or self.valkey.running()):
            return False
        with locks.alone(self._lock):
            self._start()
        return True

    def _leave(self, lease: IO[str]) -> None:
        """Give up the lease, and stop the servers when nobody else holds one."""
        with locks.alone(self._lock):
            lease.close()
            sole_user = locks.try_alone(self._users)
            if sole_user is None:
                return
            with sole_user:
                if self.valkey:
                    self.valkey.stop()
                if self.cluster:
                    self.cluster.stop()


class ThrowAwayServers:
    """Servers for one test run: empty, fast because a crash may lose them, gone afterwards."""

    def __init__(self, checkout: Checkout, binaries: Path | None = None) -> None:
        checkout.prepare_state()
        self.checkout = checkout
        self.binaries = binaries
        self.credentials = Credentials()

    @contextmanager
    def in_use(self) -> Iterator[dict[str, str]]:
        """Run them in a place of their own for the length of the block; gives the tests' environment."""
        place, lock = self._free_place()
        with lock:
            cluster = _cluster(self.checkout, f"{place}-postgres", self.credentials, self.binaries)
            valkey = _valkey(self.checkout, f"{place}-valkey", self.credentials)
            files = self.checkout.state / f"{place}-files"
            try:
                _remove(cluster, valkey)  # what a killed run left there
                cluster.start()
                roles.prepare(cluster, self.credentials)
                valkey.start()
                yield self._variables(cluster, valkey) | {"ROUNDS_FILES": str(files)}
            finally:
                _remove(cluster, valkey)
                shutil.rmtree(files, ignore_errors=True)

    def _variables(self, cluster: Cluster, valkey: Valkey) -> dict[str, str]:
        """As for the application, plus the keys to the cluster. The user's own servers are left alone."""
        environ = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
        ports = {"postgres": cluster.port, "valkey": valkey.port, "web": project.DEFAULT_WEB_PORT}
        return project.variables(self.credentials, environ, ports) | {
            "ROUNDS_TEST_SUPERUSER_URL": cluster.address("postgres", self.credentials.postgres, "postgres"),
            "ROUNDS_TEST_OWNER_PASSWORD": self.credentials.rounds_owner,
            "ROUNDS_TEST_APP_PASSWORD": self.credentials.rounds_app,
            "ROUNDS_TEST_REDIS_URL": valkey.address(),
        }

    def _free_place(self) -> tuple[str, IO[str]]:
        """The first name that no other test run holds."""
        number = 1
        while not (lock := locks.try_alone(self.checkout.state / f"test-{number}.lock")):
            number += 1
        return f"test-{number}", lock


def _remove(cluster: Cluster, valkey: Valkey) -> None:
    valkey.remove()
    cluster.remove()


def _cluster(checkout: Checkout, name: str, credentials: Credentials, binaries: Path | None = None) -> Cluster:
    settings = LASTING if name == "postgres" else THROW_AWAY
    return Cluster(
        checkout.state / name,
        binaries or embedded_binaries(checkout.venv),
        credentials.postgres,
        checkout.log(name),
        settings,
    )


def _valkey(checkout: Checkout, name: str, credentials: Credentials) -> Valkey:
    return Valkey(checkout.state / name, valkey_binary(checkout.venv), credentials.valkey, checkout.log(name))
