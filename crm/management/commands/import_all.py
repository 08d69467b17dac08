"""./dev manage import_all FOLDER"""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.base import clock
from crm.copies import read_copy
from crm.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "Fill an empty house from a copy that export_all wrote. Cut off, it goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        rows = read_copy(
            options["folder"],
            today=clock.company_date(clock.now()),
            said=lambda name, rows: self.stderr.write(f"{name}: {rows}"),
        )
        line = {
            "folder": str(options["folder"]),
            "files": len(rows),
            "rows": sum(rows.values()),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
