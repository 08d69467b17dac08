"""./dev manage export_data KIND [--on DATE] [--source S] [--out FILE] [--format csv|xlsx]"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from crm.base.exchange.dumping import dump
from crm.base.exchange.table import BadFile
from crm.base.exchange.xlsx_dump import dump_xlsx
from crm.exchange import DEFAULT_SOURCE, KINDS
from crm.management.answering import AnsweringCommand, check_source

WRITERS: dict[str, Callable[..., int]] = {"csv": dump, "xlsx": dump_xlsx}


class Command(AnsweringCommand):
    help = "Write rows as CSV or XLSX in the columns that import_data reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="only what is in force on this day, such as 2026-11-21"
        )
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="whose ids stand plainly (default: %(default)s)")
        parser.add_argument("--out", type=Path, help="write here instead of to stdout")
        parser.add_argument("--format", choices=list(WRITERS), help="default: by the ending of --out, else csv")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        check_source(options["source"])
        kind, path = KINDS[options["kind"]], options["out"]
        ending = path.suffix.lower().removeprefix(".") if path else ""
        write = WRITERS[options["format"] or (ending if ending in WRITERS else "csv")]
        if path is None:
            rows = write(kind, sys.stdout.buffer, source=options["source"], on=options["on"])
        else:
            rows = self._write_whole(path, lambda out: write(kind, out, source=options["source"], on=options["on"]))
        line = {
            "kind": kind.name,
            "rows": rows,
            "file": str(path or ""),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False), file=sys.stdout if path else sys.stderr)

    def _write_whole(self, path: Path, write: Callable[[BinaryIO], int]) -> int:
        """A reader never meets half a file, and a refused one leaves nothing behind."""
        whole = path.with_name(path.name + ".part")
        try:
            with whole.open("wb") as out:
                rows = write(out)
            whole.replace(path)
        except BadFile:
            whole.unlink()
            raise
        return rows
