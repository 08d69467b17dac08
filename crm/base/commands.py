"""Commands: every write that a form, phone or client may send twice goes through `execute`."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import Json

from crm.base import prepared
from crm.base.actor import acting


class OtherBodySameId(Exception):
    """The id was used before, for something else or by somebody else. Nothing was changed."""

    def __str__(self) -> str:
        return _("This form was already sent with other contents. Open it again and enter what is missing.")


# Two that wait for each other, and two that can't both be as they read: the loser did nothing, and does it again.
_WORTH_A_RETRY = ("40P01", "40001")
_TWICE = "23505"

_KNOWN = "SELECT body_sha256, actor_id, object_id, result FROM base_command WHERE id = %(id)s"
_KEEP = """
WITH command AS (
    INSERT INTO base_command (id, kind, body_sha256, actor_id, object_id, result, done_at)
    VALUES (%(id)s, %(kind)s, %(digest)s, %(actor)s, %(object)s::uuid, %(result)s, %(now)s))
INSERT INTO base_commandbody (command_id, body, kept_since) VALUES (%(id)s, %(body)s, %(now)s)
"""


@dataclass(frozen=True)
class Receipt:
    """What came of a command. `again` is true when it had been applied before."""

    object_id: UUID | None
    result: dict[str, Any]
    again: bool


def _json(value: Any, **more: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, **more)  # ids and days in letters


def _digest(kind: str, body: dict[str, Any]) -> bytes:
    canonical = _json([kind, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).digest()


def execute(
    *,
    command_id: UUID,
    kind: str,
    body: dict[str, Any],
    actor: UUID,
    effect: Callable[[], tuple[UUID | None, dict[str, Any]]],
) -> Receipt:
    """Run `effect` once for ever for `command_id`. The command and its effect commit together.

    `body` is what was asked for: JSON values, ids and days. Raises OtherBodySameId; whatever `effect` raises
    leaves no trace of the command, so that a corrected form may use the same id. Where `effect` stores a row under
    this id and a file brought one of the same id before, that is other contents, too.
    """
    digest = _digest(kind, body)

    def attempt() -> Receipt:
        try:
            return _attempt(command_id, kind, body, digest, actor, effect)
        except IntegrityError as error:
            if _is_known_row(error):
                raise OtherBodySameId from error
            raise

    try:
        return attempt()
    except OperationalError as error:
        if connection.in_atomic_block or getattr(error.__cause__, "pgcode", "") not in _WORTH_A_RETRY:
            raise
        return attempt()


def _is_known_row(error: IntegrityError) -> bool:
    """A row of this primary key is there: of all keys only that of the command was not made just now."""
    found = getattr(error.__cause__, "diag", None)
    name = getattr(found, "constraint_name", None) or ""
    return getattr(found, "sqlstate", "") == _TWICE and name.endswith("_pkey")


def _attempt(
    command_id: UUID,
    kind: str,
    body: dict[str, Any],
    digest: bytes,
    actor: UUID,
    effect: Callable[[], tuple[UUID | None, dict[str, Any]]],
) -> Receipt:
    with acting(actor, turn=command_id):
        with connection.cursor() as cursor:
            prepared.execute(cursor, _KNOWN, {"id": command_id})
            known = cursor.fetchone()
        if known is not None:
            known_digest, known_actor, object_id, result = known
            if bytes(known_digest) != digest or known_actor != actor:
                raise OtherBodySameId
            return Receipt(object_id, json.loads(result), again=True)
        object_id, result = effect()
        row = {"id": command_id, "kind": kind, "digest": digest, "actor": actor, "object": object_id}
        with connection.cursor() as cursor:
            told = {"result": Json(result), "body": Json(body, _json), "now": timezone.now()}
            prepared.execute(cursor, _KEEP, row | told)
    return Receipt(object_id, result, again=False)
