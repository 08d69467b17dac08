"""The demo country behind a web server of its own, for the tools that look at pages."""

from __future__ import annotations

import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tooling import ports, project
from tooling.checkout import Checkout
from tooling.console import Refusal, say
from tooling.servers import ThrowAwayServers

_SIGN_IN = re.compile(r"^([a-z]+) +\S+ +\S+ +([a-z]+) ", re.M)  # a line of the report of load_demo
_COLLECT = ("collectstatic", "--noinput", "--verbosity", "0")


@dataclass(frozen=True)
class Country:
    """`users` are arguments `role=user name`; of several of a role any will do."""

    origin: str
    users: list[str]
    env: Mapping[str, str]


@contextmanager
def standing(checkout: Checkout) -> Iterator[Country]:
    """Servers for this only, the demo country, files as in production, a web server and a worker."""
    with ThrowAwayServers(checkout).in_use() as env, tempfile.TemporaryDirectory() as static:
        project.migrate(checkout, env)
        port = ports.free_port()
        env = {
            **env,
            "ORIGIN": f"http://localhost:{port}",
            "ROUNDS_DEMO_PASSWORD": secrets.token_urlsafe(12),
            "ROUNDS_STATIC": static,
        }
        say("inventing a country …")
        report = project.quietly(project.manage(checkout, "load_demo"), env, "Loading the demo country failed")
        users = [f"{role}={name}" for role, name in _SIGN_IN.findall(report)]
        if not users:
            raise Refusal("load_demo named nobody who may sign in: look at what it prints.")
        project.quietly(project.manage(checkout, *_COLLECT), env, "Collecting the files of the pages failed")
        address = f"{ports.LOOPBACK}:{port}"
        web = ("gunicorn", "crm.wsgi:application", "--bind", address, "--threads", "4")
        worker = ("celery", "-A", "crm", "worker", "--pool", "solo")  # checks and loads a file that is brought
        with _in_background(checkout, env, *web), _in_background(checkout, env, *worker):
            yield Country(env["ORIGIN"], users, env)


@contextmanager
def _in_background(checkout: Checkout, env: Mapping[str, str], *command: str) -> Iterator[None]:
    process = subprocess.Popen(
        [str(checkout.python), "-m", *command],
        cwd=checkout.root,
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
