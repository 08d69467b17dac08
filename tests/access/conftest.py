"""One company for all questions of access, set up once; every request in a savepoint that is rolled back."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils.translation import trans_real

from accounts.views.guards import SEEN, SINCE
from crm.imports.tasks import work_off_imports
from crm.tasks import run_the_night
from tests.access.house import House, build
from tests.cast import NOON

# What a request may write beside its purpose: the session, and what is counted at the doors.
ASIDE = {"django_session", "accounts_attempts", "accounts_signinevent", "usersessions_usersession"}
_WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


@dataclass
class Visitors:
    """Asks as any actor of the house, through the whole stack of middleware."""

    house: House
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    keys: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    statements: int = 0  # that the last answer took
    counted: dict[str, int] | None = None  # after the last request that was watched; None: another came since
    answers: dict[str, Any] = field(default_factory=dict)  # of a module that asks once and looks several times

    def admit(self) -> None:
        for name, user in self.house.actors.items():
            if user is None:
                continue
            client = Client()
            client.force_login(user)
            session = client.session
            session[SINCE] = session[SEEN] = NOON.isoformat()
            session.save()
            self.keys[name] = str(session.session_key)

    def ask(
        self,
        actor: str,
        method: str,
        address: str,
        data: Any = None,
        *,
        watch: bool = False,
        keep: bool = False,
        **more: Any,
    ) -> Any:
        """The answer, read to its end. `watch`: note in `written` the tables to which it wrote; `keep`: roll nothing
        back, whoever asks does."""
        self.client.cookies.clear()
        if key := self.keys.get(actor):
            self.client.cookies[settings.SESSION_COOKIE_NAME] = key
        with transaction.atomic():
            before = _written() if watch and self.counted is None else self.counted or {}
            self.statements = 0
            with connection.execute_wrapper(self._count):
                answer = self._sent(method, address, data, more)
                answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if watch:
                now = _written()
                self.written = {name for name in now if now[name] != before.get(name, 0)} - ASIDE
            self.counted = now if watch else None
            transaction.set_rollback(not keep)
        return answer

    def _count(self, execute: Any, sql: Any, *more: Any) -> Any:
        self.statements += not str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *more)

    def _sent(self, method: str, address: str, data: Any, more: dict[str, Any]) -> Any:
        if "content_type" in more:
            return self.client.generic(method, address, data, **more)
        if data is None:
            return self.client.generic(method, address, **more)
        kind: Any = {"content_type": "application/x-www-form-urlencoded"} if isinstance(data, bytes) else {}
        return self.client.post(address, data, **kind)


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())


@pytest.fixture(scope="package")
def visitors(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Visitors]:
    call_command("words")
    vars(trans_real)["_translations"].clear()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), time_machine.travel(NOON, tick=False):
        private: Any = settings.STORAGES["private"]
        folder = {**private, "OPTIONS": {**private["OPTIONS"], "location": str(tmp_path_factory.mktemp("files"))}}
        patch.setattr(work_off_imports, "apply_async", lambda **_more: None)  # nobody would read the message
        patch.setattr(run_the_night, "apply_async", lambda **_more: None)
        patch.setattr(settings, "STORAGES", {**settings.STORAGES, "private": folder})
        for name in ("django.request", "crm.requests"):  # thousands of refusals are meant
            patch.setattr(logging.getLogger(name), "disabled", True)
        with transaction.atomic():
            found = Visitors(build())
            found.admit()
            yield found
            transaction.set_rollback(True)
