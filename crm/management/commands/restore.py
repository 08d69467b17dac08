"""./dev manage restore FOLDER"""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.backups import restore
from crm.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "Fill an empty database and an empty folder of private files from a backup, and compare every count."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        manifest = restore(options["folder"])
        line = {
            "folder": str(options["folder"]),
            "made_at": manifest["made_at"],
            "tables": len(manifest["tables"]),
            "rows": sum(manifest["tables"].values()),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
