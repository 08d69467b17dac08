"""./dev manage export_all FOLDER"""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.copies import write_copy
from crm.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "Write a whole copy of this house into a new folder: every kind of file, history and audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        rows = write_copy(options["folder"], lambda name, rows: self.stderr.write(f"{name}: {rows}"))
        line = {
            "folder": str(options["folder"]),
            "files": len(rows),
            "rows": sum(rows.values()),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
