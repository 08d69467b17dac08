"""./dev manage policy publish FILE.json | show | check FILE.json"""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from crm.base import clock
from crm.base.periods import last_day
from segmentation.actions import publish_policy
from segmentation.models import TierPolicyVersion
from segmentation.models.document import BadPolicy, read_document

REFUSED = 2


class Command(BaseCommand):
    help = "Publish a tier policy from a JSON document, check one, or show those that are published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["publish", "check", "show"])
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.json")
        parser.add_argument(
            "--from",
            dest="first_night",
            type=date.fromisoformat,
            help="in force from this night on (default: the first version for all nights, a later one from today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "show":
            self._show()
            return
        try:
            raw = self._read(options["file"])
            if options["what"] == "check":
                read_document(raw)
                print(json.dumps({"policy": raw["name"], "sound": True}, ensure_ascii=False))
                return
            today = clock.company_date(clock.now())
            version = publish_policy(raw=raw, actor=None, today=today, first_night=options["first_night"])
        except BadPolicy as bad:
            for sentence in bad.sentences:
                self.stderr.write(sentence)
            print(json.dumps({"refused": bad.sentences}, ensure_ascii=False))
            sys.exit(REFUSED)
        print(json.dumps(_as_dict(version), ensure_ascii=False))

    def _read(self, path: Path | None) -> Any:
        if path is None:
            raise BadPolicy(["Name the file of the document."])
        try:
            return json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise BadPolicy([f"The file can't be read: {error.strerror}."]) from None
        except ValueError as error:
            raise BadPolicy([f"The file is not JSON: {error}."]) from None

    def _show(self) -> None:
        versions = TierPolicyVersion.objects.select_related("policy__territory").order_by("policy", "number")
        for version in versions:
            print(json.dumps(_as_dict(version) | {"document": version.document}, ensure_ascii=False))


def _as_dict(version: TierPolicyVersion) -> dict[str, Any]:
    first, last = version.during.lower, last_day(version.during)
    return {
        "policy": version.name,
        "territory": version.policy.territory.name,
        "version": version.number,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }
