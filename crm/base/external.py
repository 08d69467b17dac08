"""How other systems name our rows, said one by one."""

import re
from uuid import UUID

from django.db import connection

from crm.base.actor import acting
from crm.base.models import ExternalId, Source

SOURCE = re.compile(r"[a-z][a-z0-9_-]*")


def row_named(kind: str, source: str, external_id: str, *, lock: bool = False) -> UUID | None:
    """Which row of this kind a source names so. `lock`: until the end of the transaction nobody else enters one by this
    name."""
    if lock:
        with connection.cursor() as cursor:
            name = "\x1f".join((kind, source, external_id))
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [name])
    rows = ExternalId.objects.filter(external_id=external_id, kind=kind, source=source)
    return rows.values_list("object_id", flat=True).first()


def name_row(*, actor: UUID, row: UUID, kind: str, source: str, external_id: str) -> None:
    """From now on this source names it so."""
    with acting(actor):
        Source.objects.bulk_create([Source(name=source)], ignore_conflicts=True)
        ExternalId.objects.create(kind=kind, source=source, external_id=external_id, object_id=row)
