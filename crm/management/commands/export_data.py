"""./dev manage export_data KIND [--on DATE] [--source S] [--out FILE]"""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from crm.base.exchange.dumping import dump
from crm.exchange import DEFAULT_SOURCE, KINDS
from crm.management.answering import AnsweringCommand, check_source


class Command(AnsweringCommand):
    help = "Write rows as CSV in the columns that import_data reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="only what is in force on this day, such as 2026-11-21"
        )
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="whose ids stand plainly (default: %(default)s)")
        parser.add_argument("--out", type=Path, help="write here instead of to stdout")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        check_source(options["source"])
        kind, path = KINDS[options["kind"]], options["out"]
        if path is None:
            rows = dump(kind, sys.stdout.buffer, source=options["source"], on=options["on"])
        else:
            whole = path.with_name(path.name + ".part")  # a reader never meets half a file
            with whole.open("wb") as out:
                rows = dump(kind, out, source=options["source"], on=options["on"])
            whole.replace(path)
        line = {
            "kind": kind.name,
            "rows": rows,
            "file": str(path or ""),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False), file=sys.stdout if path else sys.stderr)
