"""What is refused before a view is asked: programs are told as the API tells them, and nothing of it is logged."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from tests import houses
from tests.faults.ground import eventually
from tooling.ports import free_port

CANARY = "zhangwei"
LONG, MANY = "x" * 9000, "".join(f"X-{number}: {CANARY}\r\n" for number in range(200))


@dataclass(frozen=True)
class Web:
    port: int
    log: Path

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
        except OSError:
            return False
        return True


@pytest.fixture(scope="module")
def web(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """gunicorn by the project's own configuration, as it is started in production."""
    database = houses.make_database(f"refusals_{worker}")
    web = Web(free_port(), tmp_path_factory.mktemp("refusals") / "web.log")
    env = os.environ | houses.environment(database) | {"ORIGIN": f"http://localhost:{web.port}"}
    words = ["gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{web.port}", "--threads", "4"]
    with web.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *words, "--no-control-socket"], cwd=houses.ROOT, env=env, stdout=log, stderr=log
        )
        try:
            eventually("the web answers", web.answers)
            yield web
        finally:
            process.terminate()
            process.wait(timeout=60)
    houses.drop_database(database)


def told(port: int, text: str) -> tuple[int, Message, str]:
    """Status, headers and body of what the web answers to these very bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(text.encode())
        said = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _gap, body = said.partition("\r\n\r\n")
    line, _end, headers = head.partition("\r\n")
    return int(line.split()[1]), message_from_string(headers), body


# What follows the beginning of the address.
REFUSED = {
    "a long address": (f"customers?name={CANARY}{LONG} HTTP/1.1\r\n", 414, "address_too_long"),
    "a long header": (f"customers HTTP/1.1\r\nX: {CANARY}{LONG}\r\n", 431, "headers_too_large"),
    "many headers": (f"customers HTTP/1.1\r\n{MANY}", 431, "headers_too_large"),
    "no HTTP": (f"customers {CANARY}\r\n", 400, "malformed"),
    "no header": (f"customers HTTP/1.1\r\n{CANARY}\r\n", 400, "malformed"),
    "an unknown coding": ("visits HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", 400, "malformed"),
    "no host of ours": (f"customers HTTP/1.1\r\nHost: {CANARY}.example\r\nConnection: close\r\n", 400, "malformed"),
}


@pytest.mark.parametrize(("text", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_no_view_is_asked_is_a_problem(web: Web, text: str, status: int, code: str) -> None:
    host = "" if "Host:" in text else f"Host: localhost:{web.port}\r\n"
    answered, headers, body = told(web.port, f"GET /api/v1/{text}{host}\r\n")
    assert (answered, headers["Content-Type"]) == (status, "application/problem+json"), body
    problem = json.loads(body)
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:rounds:problem:{code}")
    assert problem["detail"]
    assert int(headers["Content-Length"]) == len(body.encode())
    assert headers["Cache-Control"] == "no-store"
    answered, headers, body = told(web.port, f"GET /{text}{host}\r\n")
    assert answered >= 400
    assert headers.get_content_type() == "text/html"
    assert CANARY not in web.log.read_text(encoding="utf-8")


def test_a_sound_request_passes(web: Web) -> None:
    sound = f"GET /api/v1/customers HTTP/1.1\r\nHost: localhost:{web.port}\r\nConnection: close\r\n\r\n"
    status, _headers, body = told(web.port, sound)
    assert (status, json.loads(body)["code"]) == (401, "not_authenticated")
