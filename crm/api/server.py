"""What gunicorn refuses by itself, before Django is asked: under the API's address in the shape of every problem there.

`gunicorn.conf.py` names the worker. It is loaded before Django is, so what needs Django is imported when it is needed.
"""

import re
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.http import message
from gunicorn.http.parser import RequestParser
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

_ASKED = re.compile(rb"[A-Z]+ /api/")
_BEGINNING = 64  # bytes, which hold the method and where the address begins
_CODES = {414: "address_too_long", 431: "headers_too_large", 500: "failed"}
_PIECE, _PATIENCE = 64 * 1024, 1  # bytes, seconds


class Request(message.Request):
    """A request whose refusal knows how it began: gunicorn itself forgets what it could not read."""

    began = b""

    def __init__(self, *given: Any) -> None:
        try:
            super().__init__(*given)
        except Exception as refused:
            refused.began = self.began  # type: ignore[attr-defined]
            raise

    def read_into(self, unreader: Any, buf: bytearray, stop: bool = False) -> None:
        super().read_into(unreader, buf, stop)
        self.began = self.began or bytes(buf[:_BEGINNING])


RequestParser.mesg_class = Request


class _Listener:
    """A socket that only keeps what gunicorn says."""

    said = b""

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, said: bytes) -> None:
        self.said += said


class Worker(ThreadWorker):
    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """gunicorn judges and logs as ever; programs are told in their own words."""
        if not _is_for_programs(req, exc):
            super().handle_error(req, client, addr, exc)
            return
        listener = _Listener()
        super().handle_error(req, listener, addr, exc)
        status = int(listener.said[9:12] or 400)  # after "HTTP/1.1 "
        with suppress(OSError):
            write_nonblock(client, _problem(_CODES.get(status, "malformed")))
            _drop_rest(client)


def _is_for_programs(req: Any, exc: Exception) -> bool:
    began = getattr(exc, "began", b"") or f"{getattr(req, 'method', '')} {getattr(req, 'uri', '')}".encode()
    return _ASKED.match(began) is not None


def _problem(code: str) -> bytes:
    """The whole answer. In the language of the house: which one the program reads is not known here."""
    from django.conf import settings
    from django.utils.translation import override

    from crm.api.problems import Problem, document

    with override(settings.LANGUAGE_CODE):
        answer = document(Problem(code))
    more = {"Content-Length": len(answer.content), "Cache-Control": "no-store", "Connection": "close"}
    lines = [f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in {**answer.headers, **more}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin1") + answer.content


def _drop_rest(client: Any) -> None:
    """Read and forget for a moment what is still sent: a connection that is closed on it would break before the answer
    is read."""
    client.shutdown(socket.SHUT_WR)
    until = time.monotonic() + _PATIENCE
    while (left := until - time.monotonic()) > 0:
        client.settimeout(left)
        if not client.recv(_PIECE):
            return
