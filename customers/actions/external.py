"""How other systems name customers, said one by one."""

import re
from uuid import UUID

from django.db import connection

from accounts.models import User
from crm.base.actor import acting
from crm.base.models import ExternalId, Source

SOURCE = re.compile(r"[a-z][a-z0-9_-]*")


def customer_named(kind: str, source: str, external_id: str, *, lock: bool = False) -> UUID | None:
    """Whom a source names so. `lock`: until the end of the transaction nobody else enters him by this name."""
    if lock:
        with connection.cursor() as cursor:
            name = "\x1f".join((kind, source, external_id))
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [name])
    rows = ExternalId.objects.filter(external_id=external_id, kind=kind, source=source)
    return rows.values_list("object_id", flat=True).first()


def name_customer(*, actor: User, customer: UUID, kind: str, source: str, external_id: str) -> None:
    """From now on this source names him so."""
    with acting(actor.pk):
        Source.objects.bulk_create([Source(name=source)], ignore_conflicts=True)
        ExternalId.objects.create(kind=kind, source=source, external_id=external_id, object_id=customer)
