"""What machines ask: does the process answer, could it serve now. Said to anybody, so nothing in it is worth hiding."""

from collections.abc import Callable
from functools import cache

from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from crm import broker
from crm.base.checks import TRIGRAMS_OF_CHINESE
from crm.metrics import metrics

_PATIENCE = 2  # seconds for each question: who asks has less patience than users
Answer = Callable[[HttpRequest], HttpResponseBase]


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks no database: a slow one must not get the process killed."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: 200, else 503. Pages do without the broker, so it is told and decides nothing."""
    database = _database()
    ready = database == "ok"
    found = {
        "status": "ready" if ready else "not ready",
        "database": database,
        "broker": "ok" if broker.answers() else "does not answer",
    }
    return JsonResponse(found, status=200 if ready else 503)


def _database() -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{_PATIENCE}s"])
            missing = _migrations() - MigrationRecorder(connection).applied_migrations().keys()
            if missing:
                return "migrations are missing"
            cursor.execute(TRIGRAMS_OF_CHINESE)
            return "ok" if cursor.fetchone()[0] else "finds no Chinese"
    except Error:
        return "does not answer"


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Those that this version of the program knows."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


_ADDRESSES: dict[str, Answer] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def answer_machines(get_response: Answer) -> Answer:
    """Middleware before everything that looks at the host, the scheme or the session: a probe asks a container by
    its number, over http, as nobody."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _ADDRESSES.get(request.path_info, get_response)(request)

    return middleware
