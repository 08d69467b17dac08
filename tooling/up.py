"""`./dev up`: the whole of Rounds on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from tooling import foreground, locks, orphans, project
from tooling.checkout import Checkout, read_json, write_privately
from tooling.console import Refusal, last_lines, say
from tooling.ports import LOOPBACK, RememberedPorts, is_free, next_free_port
from tooling.servers import Servers
from tooling.supervisor import Child, Supervisor

ALL_ENDINGS = (signal.SIGINT, *foreground.ENDINGS)
WEB_PATIENCE = 60.0
SECONDS_BETWEEN_SERVER_CHECKS = 5.0


@dataclass
class Running:
    """What is ready to serve once everything that may be interrupted is done."""

    servers: Servers
    supervisor: Supervisor
    port: int
    sign_ins: str

    @property
    def address(self) -> str:
        """Where to point the browser; `localhost`, for passkeys refuse the bare 127.0.0.1."""
        return f"http://localhost:{self.port}"


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Run everything, unless this checkout runs already."""
    options = _options(arguments)
    lock = locks.try_alone(checkout.state / "up.lock")
    if lock is None:
        where = read_json(_address_file(checkout)).get("address", "an address that it is about to say")
        print(f"Rounds already runs at {where}")
        return 0
    asked_to_end = threading.Event()
    with lock, foreground.handling(ALL_ENDINGS, lambda *_: asked_to_end.set()), ExitStack() as stack:
        try:
            with foreground.handling(ALL_ENDINGS, _interrupt):
                running = _prepare(checkout, options, stack)
        except KeyboardInterrupt:
            return 0
        stack.callback(running.supervisor.stop)
        _serve(running, asked_to_end)
        say("stopping …")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev up", description="Run Rounds until Ctrl-C.")
    parser.add_argument("--port", type=int, help="port of the web (default: the last one, else from 8000 on)")
    parser.add_argument("--debug", action="store_true", help="Django's debug pages")
    parser.add_argument("--reload", action="store_true", help="restart the web when a source file changes")
    return parser.parse_args(arguments)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """While preparing, any wish to end is a Ctrl-C."""
    raise KeyboardInterrupt


def _prepare(checkout: Checkout, options: argparse.Namespace, stack: ExitStack) -> Running:
    """Servers, tables and demo data; what is opened is closed by the stack."""
    _address_file(checkout).unlink(missing_ok=True)
    if names := orphans.end(checkout):
        say(f"ended what a killed ./dev up had left running: {', '.join(names)}")
    servers = Servers(checkout, os.environ)
    door = stack.enter_context(_open_door(options.port, servers.ports))
    port = int(door.getsockname()[1])
    servers.ports.keep("web", port)
    stack.enter_context(servers.in_use())
    if options.debug:
        servers.environ = {**servers.environ, "ROUNDS_DEBUG": "1"}
    env = servers.variables()
    servers.migrate(env)
    # The demo country comes only into a database that holds no company's own territories.
    report = project.quietly(project.manage(checkout, "load_demo"), env, "Loading the demo country failed")
    web = _web(checkout, door.fileno(), ["--reload"] if options.reload else [])
    running = Running(servers, Supervisor(checkout, [web], env), port, _without_json(report))
    write_privately(_address_file(checkout), json.dumps({"address": running.address}))
    return running


def _address_file(checkout: Checkout) -> Path:
    return checkout.state / "up.json"


def _open_door(wanted: int | None, ports: RememberedPorts) -> socket.socket:
    """Listen ourselves and hand the socket to gunicorn: nobody can take the port in between."""
    if wanted and not is_free(wanted):
        raise Refusal(f"Port {wanted} is taken: choose another with --port.")
    remembered = ports.get("web")
    if not wanted and remembered and is_free(remembered):
        wanted = remembered
    port = wanted or next_free_port(project.DEFAULT_WEB_PORT)
    return socket.create_server((LOOPBACK, port), backlog=256)


def _without_json(report: str) -> str:
    """What a command says to people; its last line is for programs."""
    return "\n".join(line for line in report.splitlines() if not line.startswith("{"))


def _web(checkout: Checkout, door: int, more: Sequence[str]) -> Child:
    command = [str(checkout.python), "-m", "gunicorn", "crm.wsgi:application", "--bind", f"fd://{door}"]
    command += ["--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket", *more]
    return Child("web", command, checkout.log("web"), files=(door,))


def _worker_and_beat(checkout: Checkout) -> list[Child]:
    celery = [str(checkout.python), "-m", "celery", "-A", "crm"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "-s", str(checkout.state / "beat-schedule"), "--loglevel", "INFO"]
    return [Child("worker", worker, checkout.log("worker")), Child("beat", beat, checkout.log("beat"))]


def _serve(running: Running, asked_to_end: threading.Event) -> None:
    """Start the web, say where it is once it answers, add worker and beat, and keep all alive."""
    running.supervisor.tend()
    _wait_for_web(running, asked_to_end)
    if not asked_to_end.is_set():
        print(f"Rounds runs at {running.address}\n{running.sign_ins}", flush=True)
        say("Ctrl-C stops it; logs are in .rounds/logs")
        running.supervisor.children += _worker_and_beat(running.supervisor.checkout)
    look_at_servers = time.monotonic() + SECONDS_BETWEEN_SERVER_CHECKS
    while not asked_to_end.wait(0.5):
        running.supervisor.tend()
        if time.monotonic() > look_at_servers:
            _repair_servers(running)
            look_at_servers = time.monotonic() + SECONDS_BETWEEN_SERVER_CHECKS


def _wait_for_web(running: Running, asked_to_end: threading.Event) -> None:
    """A web that does not come up at the first start is a fault to show, not one to retry for ever."""
    web = running.supervisor.children[0]
    deadline = time.monotonic() + WEB_PATIENCE
    host = urlsplit(running.supervisor.env["ORIGIN"]).netloc
    while not _is_healthy(running.port, host):
        if web.process is None or web.process.poll() is not None or time.monotonic() > deadline:
            raise Refusal(f"The web did not start; {web.log} says:\n{last_lines(web.log, 30)}")
        if asked_to_end.wait(0.1):
            return


def _is_healthy(port: int, host: str) -> bool:
    """Does the web answer? Our socket takes the request before gunicorn is there, so do not wait long."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _repair_servers(running: Running) -> None:
    """A server that was killed comes back; if on another port, the children start again with it."""
    try:
        if not running.servers.repair():
            return
    except Refusal as refusal:
        say(str(refusal))
        return
    say("PostgreSQL or Valkey had ended and was started again")
    env = running.servers.variables()
    if env != running.supervisor.env:
        running.supervisor.restart(env)
