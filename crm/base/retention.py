"""What is not kept for ever. How long, and why, stands in the table `Retention`; the nightly step obeys it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from crm.base.actor import acting
from crm.base.models import Retention

CHUNK = 1_000  # rows a transaction: well below 200 ms


@dataclass(frozen=True)
class Expiring:
    """Rows that may go: `what` names their line in the table, `aged` which of them are older than a moment
    (`%(before)s`), served by an index; letting them go takes nothing else along."""

    what: str
    table: str
    aged: str
    by: str = ""  # how rows go that are not deleted: an UPDATE up to its WHERE


COMMAND_BODIES = Expiring("command_bodies", "base_commandbody", "kept_since < %(before)s")
SESSIONS = Expiring("sessions", "django_session", "expire_date < %(before)s")


def nights(name: str) -> Expiring:
    """Finished runs of a nightly job; an unfinished one stays, however old."""
    return Expiring("nights", "base_jobrun", f"name = '{name}' AND state = 'done' AND finished_at < %(before)s")


# Files are let go by their row; what lies in the storage without one is swept (crm.imports.keeping).
IMPORT_FILES = Expiring(
    "import_files",
    "base_importrun",
    "files_kept AND state NOT IN ('checking', 'loading') AND coalesce(finished_at, heartbeat_at) < %(before)s",
    by="""UPDATE base_importrun SET files_kept = false, finished_at = coalesce(finished_at, now()),
          state = CASE state WHEN 'checked' THEN 'discarded' ELSE state END""",
)
IMPORTS = Expiring("imports", "base_importrun", "NOT files_kept AND finished_at < %(before)s")


def obey(*, on: date, tables: list[Expiring], job: str) -> dict[str, Any]:
    """Delete what the table says has had its time on `on`; figures by kind. What has no line stays."""
    kept = dict(Retention.objects.values_list("what", "days"))
    return {
        expiring.what: _delete(expiring, on - timedelta(days=kept[expiring.what]), job)
        for expiring in tables
        if expiring.what in kept
    }


def _delete(expiring: Expiring, before: date, job: str) -> int:
    statement = f"""{expiring.by or f"DELETE FROM {expiring.table}"} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {expiring.table} WHERE {expiring.aged} LIMIT {CHUNK} FOR UPDATE SKIP LOCKED))"""
    moment = datetime.combine(before, time.min, tzinfo=settings.COMPANY_TIME_ZONE)
    deleted = 0
    while True:
        with acting(None, job=job), connection.cursor() as cursor:
            cursor.execute(statement, {"before": moment})
            gone = cursor.rowcount
        deleted += gone
        if gone < CHUNK:
            return deleted
