"""Calling the Django project: its environment variables, its migrations, its translations."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tooling.checkout import Checkout, read_json, write_privately
from tooling.console import Refusal, say
from tooling.credentials import Credentials
from tooling.ports import LOOPBACK, RememberedPorts
from tooling.roles import APP, DATABASE, OWNER

DEFAULT_WEB_PORT = 8000


def variables(credentials: Credentials, environ: Mapping[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    """The environment of every Django process. What the user has set himself wins."""
    where = f"{LOOPBACK}:{ports['postgres']}/{DATABASE}"
    database = environ.get("DATABASE_URL") or f"postgresql://{APP}:{credentials.rounds_app}@{where}"
    owner = f"postgresql://{OWNER}:{credentials.rounds_owner}@{where}"
    if environ.get("DATABASE_URL"):
        owner = environ.get("DATABASE_OWNER_URL") or database
    ours = {
        "SECRET_KEY": credentials.secret_key,
        "ORIGIN": f"http://localhost:{ports['web']}",
        "ROUNDS_DEBUG": "0",
        "REDIS_URL": f"redis://:{credentials.valkey}@{LOOPBACK}:{ports['valkey']}/0",
    }
    chosen = {name: environ.get(name) or value for name, value in ours.items()}
    fixed = {
        "DATABASE_URL": database,
        "DATABASE_OWNER_URL": owner,
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return {**environ, **chosen, **fixed}


def offline_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """For commands that import the project and need no server: nobody listens at these addresses."""
    return variables(Credentials(), environ, {"postgres": 1, "valkey": 1, "web": DEFAULT_WEB_PORT})


def web_port(ports: RememberedPorts) -> int:
    """The port that the web had last, for links made outside `up`."""
    return ports.get("web") or DEFAULT_WEB_PORT


def manage(checkout: Checkout, *arguments: str) -> list[str]:
    """The command line of a Django management command."""
    return [str(checkout.python), str(checkout.root / "manage.py"), *arguments]


def quietly(command: list[str], env: Mapping[str, str], failure: str) -> str:
    """Run a command of which only a failure concerns the user; returns what it wrote to stdout."""
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal(f"{failure}:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


def migrate(checkout: Checkout, env: Mapping[str, str]) -> None:
    """Bring the database to the newest migration."""
    quietly(manage(checkout, "migrate", "--database", "owner", "--verbosity", "0"), env, "Migrating failed")


class MigrationStamp:
    """Remembers which migration files our database has seen, so that most calls skip a second."""

    def __init__(self, checkout: Checkout, data: Path) -> None:
        self.root = checkout.root
        self.path = checkout.state / "migrated.json"
        self.cluster = data / "PG_VERSION"  # made once per cluster: a new one has seen nothing

    def is_current(self) -> bool:
        """Has the database seen the files as they are now?"""
        return read_json(self.path).get("seen") == self._seen()

    def keep(self) -> None:
        """The database has just seen the files."""
        write_privately(self.path, json.dumps({"seen": self._seen()}))

    def forget(self) -> None:
        """Somebody migrates by hand: look again next time."""
        self.path.unlink(missing_ok=True)

    def _seen(self) -> str:
        files = [self.cluster, *sorted(self.root.glob("*/migrations/*.py"))]
        files += sorted(self.root.glob("*/*/migrations/*.py"))
        stats = [(str(path), path.stat().st_ino, path.stat().st_mtime_ns) for path in files]
        return hashlib.sha256(json.dumps(stats).encode()).hexdigest()


def compile_words(checkout: Checkout) -> None:
    """Compile the translations whose text is newer than what was compiled from it."""
    texts = checkout.root.glob("locale/*/LC_MESSAGES/*.po")
    if not any(_is_newer(text, text.with_suffix(".mo")) for text in texts):
        return
    env = offline_variables(os.environ)
    done = subprocess.run(manage(checkout, "words"), env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        say(f"the translations were not compiled: {reason}")


def _is_newer(text: Path, compiled: Path) -> bool:
    return not compiled.exists() or text.stat().st_mtime > compiled.stat().st_mtime
