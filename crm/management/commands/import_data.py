"""./dev manage import_data KIND FILE [--source S] [--dry-run]"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.base import clock
from crm.base.exchange.describe import as_json, as_words
from crm.base.exchange.loading import load, open_table
from crm.base.exchange.table import BadFile
from crm.exchange import DEFAULT_SOURCE, ENTITIES, KINDS
from crm.management.answering import SOME_REJECTED, AnsweringCommand, check_source


class Command(AnsweringCommand):
    help = "Load a CSV (UTF-8 or GB18030) or XLSX file by (source, external id). Loading it twice is loading it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[name for name, kind in KINDS.items() if kind.write], metavar="KIND")
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="whose ids the file speaks (default: %(default)s)")
        parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
        parser.add_argument("--rejects", type=Path, help="where to write rejected lines (default: beside the file)")
        parser.add_argument("--describe", action="store_true", help="say which columns the kind has, and stop")
        parser.add_argument("--json", action="store_true", help="with --describe: as JSON")

    def answer(self, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        if options["describe"]:
            self.stdout.write(json.dumps(as_json(kind), ensure_ascii=False) if options["json"] else as_words(kind))
            return
        path: Path | None = options["file"]
        if path is None:
            raise BadFile("Name a file, or ask for the columns with --describe.")
        check_source(options["source"])
        outcome = load(
            kind,
            open_table(path, kind),
            kinds=ENTITIES,
            source=options["source"],
            actor=None,
            today=clock.company_date(clock.now()),
            dry_run=options["dry_run"],
            reject_path=options["rejects"] or path.with_name(path.stem + ".rejects.csv"),
        )
        if outcome.rejected:
            self.stderr.write(f"{outcome.rejected} rows were rejected; why stands in {outcome.reject_file}")
        print(json.dumps(outcome.as_dict(), ensure_ascii=False))
        if outcome.rejected:
            sys.exit(SOME_REJECTED)
