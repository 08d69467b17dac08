"""`./dev screens`: docs/screens/, a picture of every page in every dress, from the invented country."""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from tooling import foreground, ports, project
from tooling.checkout import Checkout
from tooling.console import Refusal, say
from tooling.servers import ThrowAwayServers

_SIGN_IN = re.compile(r"^([a-z]+) +\S+ +\S+ +([a-z]+) ", re.M)  # a line of the report of load_demo


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Servers for this only, the demo country, a web server, a worker, and a browser that goes through all pages."""
    with ThrowAwayServers(checkout).in_use() as env:
        project.migrate(checkout, env)
        port = ports.free_port()
        password = secrets.token_urlsafe(12)
        env = {**env, "ORIGIN": f"http://localhost:{port}", "ROUNDS_DEMO_PASSWORD": password}
        say("inventing a country …")
        report = project.quietly(project.manage(checkout, "load_demo"), env, "Loading the demo country failed")
        users = [f"{role}={name}" for role, name in _SIGN_IN.findall(report)]
        if not users:
            raise Refusal("load_demo named nobody who may sign in: look at what it prints.")
        with _web(checkout, env, port), _worker(checkout, env):
            pictures = [str(checkout.python), "-m", "tooling.pictures", env["ORIGIN"], *users, *arguments]
            return foreground.run(pictures, env)


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


def _web(checkout: Checkout, env: Mapping[str, str], port: int) -> AbstractContextManager[None]:
    address = f"{ports.LOOPBACK}:{port}"
    return _in_background(checkout, env, "gunicorn", "crm.wsgi:application", "--bind", address, "--threads", "4")


def _worker(checkout: Checkout, env: Mapping[str, str]) -> AbstractContextManager[None]:
    """Checks and loads the file that is brought."""
    return _in_background(checkout, env, "celery", "-A", "crm", "worker", "--pool", "solo")
