"""Houses behind web servers of their own, for the tools that look at pages: the demo country, and what it is not."""

from __future__ import annotations

import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tooling import beginning, ports, project
from tooling.checkout import Checkout
from tooling.console import Refusal, say
from tooling.servers import ThrowAwayServers

_SIGN_IN = re.compile(r"^([a-z]+) +\S+ +\S+ +([a-z]+) ", re.M)  # a line of the report of load_demo
_PASSWORD = secrets.token_urlsafe(12)  # of everybody in every house, as long as this process lives
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
    with _house(checkout) as env:
        say("inventing a country …")
        report = project.quietly(project.manage(checkout, "load_demo"), env, "Loading the demo country failed")
        users = [f"{role}={name}" for role, name in _SIGN_IN.findall(report)]
        if not users:
            raise Refusal("load_demo named nobody who may sign in: look at what it prints.")
        worker = ("celery", "-A", "crm", "worker", "--pool", "solo")  # checks and loads a file that is brought
        with _web(checkout, env), _in_background(checkout, env, *worker):
            yield Country(env["ORIGIN"], users, env)


@contextmanager
def first_day(checkout: Checkout) -> Iterator[dict[str, Country]]:
    """A company on its first day, without a worker; the same without tables; the same without a database."""

    def manage(*arguments: str) -> None:
        project.quietly(project.manage(checkout, *arguments), env, "Entering the first day failed")

    with _house(checkout) as env, ExitStack() as stack:
        people = beginning.enter(manage, _PASSWORD)
        settings = {"first-day": beginning.SETTINGS}
        for name, address in beginning.without_data(env["DATABASE_URL"]).items():
            settings[name] = {"DATABASE_URL": address}
        users = [f"{role}={name}" for role, name in people.items()]
        houses = {}
        for name, own in settings.items():
            houses[name] = Country(_free_origin(), users, env | own)
            stack.enter_context(_web(checkout, {**houses[name].env, "ORIGIN": houses[name].origin}))
        yield houses


@contextmanager
def _house(checkout: Checkout) -> Iterator[dict[str, str]]:
    """An empty house with servers for it only; gives the environment of its processes."""
    with ThrowAwayServers(checkout).in_use() as env, tempfile.TemporaryDirectory() as static:
        project.migrate(checkout, env)
        env = {
            **env,
            "ORIGIN": _free_origin(),
            "ROUNDS_DEMO_PASSWORD": _PASSWORD,
            "ROUNDS_STATIC": static,
        }
        project.quietly(project.manage(checkout, *_COLLECT), env, "Collecting the files of the pages failed")
        yield env


def _free_origin() -> str:
    return f"http://localhost:{ports.free_port()}"


def _web(checkout: Checkout, env: Mapping[str, str]) -> AbstractContextManager[None]:
    address = f"{ports.LOOPBACK}:{urlsplit(env['ORIGIN']).port}"
    return _in_background(checkout, env, "gunicorn", "crm.wsgi:application", "--bind", address, "--threads", "4")


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
