"""./dev manage history KIND ID"""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.backends.postgresql.psycopg_any import DateRange

from crm.base.audit import tracked_models
from crm.base.history import Entry, Trail, history
from crm.base.periods import last_day


class Command(BaseCommand):
    help = "Print what happened to one row, oldest first, as JSON lines: who, when, what. Notes included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = sorted(str(model._meta.model_name) for model in tracked_models())
        parser.add_argument("kind", choices=kinds, metavar="KIND", help=", ".join(kinds))
        parser.add_argument("id", metavar="ID", help="the row's own id")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        model = next(m for m in tracked_models() if m._meta.model_name == options["kind"])
        try:
            identity = model._meta.pk.to_python(options["id"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        entries = history(Trail(model, identity))
        if not entries:
            raise CommandError(f"The trail knows no {options['kind']} {options['id']}.", returncode=2)
        for entry in entries:
            print(_json(_line(entry)))
        line = {"kind": options["kind"], "rows": len(entries), "seconds": round(time.monotonic() - started, 3)}
        print(_json(line), file=sys.stderr)


def _line(entry: Entry) -> dict[str, Any]:
    said = {"changes": entry.changes} if entry.changes is not None else {"row": entry.row}
    who = {"actor": entry.actor, "job": entry.job, "db_user": entry.db_user}
    return {"at": entry.at.isoformat(), "what": entry.what} | who | said


class _Encoder(DjangoJSONEncoder):
    """Periods as files show them: with their last day."""

    def default(self, o: Any) -> Any:
        if isinstance(o, DateRange):
            return {"from": o.lower, "to": last_day(o)}
        return super().default(o)


def _json(value: Any) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False)
