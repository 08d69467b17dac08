"""./dev manage backup FOLDER"""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.backups import check_backup, write_backup
from crm.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "Write the database and the private files, as they are at this moment, into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--check", action="store_true", help="only look whether the backup there is whole")

    def answer(self, **options: Any) -> None:
        started, folder = time.monotonic(), options["folder"]
        manifest = check_backup(folder) if options["check"] else write_backup(folder)
        line = {
            "folder": str(folder),
            "made_at": manifest["made_at"],
            "tables": len(manifest["tables"]),
            "rows": sum(manifest["tables"].values()),
            "bytes": sum(path.stat().st_size for path in folder.iterdir()),
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
