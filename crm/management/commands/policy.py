"""./dev manage policy publish FILE.json | check FILE.json | try FILE.json | show"""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from crm.base import clock
from crm.base.periods import last_day
from crm.management.answering import AnsweringCommand
from segmentation.actions import publish_policy
from segmentation.actions.trial import try_policy
from segmentation.models import TierPolicyVersion
from segmentation.models.document import BadPolicy


class Command(AnsweringCommand):
    help = "Publish a tier policy from a JSON document, check or try one, or show those that are published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["publish", "check", "try", "show"])
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.json")
        parser.add_argument(
            "--from",
            dest="first_night",
            type=date.fromisoformat,
            help="in force from this night on (default: the first version for all nights, a later one from today)",
        )

    def answer(self, **options: Any) -> None:
        if options["what"] == "show":
            self._show()
            return
        raw = self._read(options["file"])
        today = clock.company_date(clock.now())
        if options["what"] == "try":
            print(json.dumps(try_policy(raw=raw, today=today).as_dict()))
            return
        with transaction.atomic():
            # Checking is publishing without keeping: territory, products and law are looked at, too.
            version = publish_policy(raw=raw, actor=None, today=today, first_night=options["first_night"])
            transaction.set_rollback(options["what"] == "check")
        print(json.dumps(_as_dict(version) | {"published": options["what"] == "publish"}, ensure_ascii=False))

    def _read(self, path: Path | None) -> Any:
        if path is None:
            raise BadPolicy(["Name the file of the document."])
        try:
            return json.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise BadPolicy([f"The file is not JSON: {error}."]) from None

    def _show(self) -> None:
        versions = TierPolicyVersion.objects.select_related("policy__territory").order_by(
            "policy__territory__name", "policy", "number"
        )
        for version in versions:
            print(json.dumps(_as_dict(version) | {"document": version.document}, ensure_ascii=False))


def _as_dict(version: TierPolicyVersion) -> dict[str, Any]:
    first, last = version.during.lower, last_day(version.during)
    return {
        "policy": version.name,
        "territory": version.policy.territory.name,
        "customers": version.policy.customers,
        "version": version.number,
        "ever_in_force": not version.during.isempty,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }
