"""./dev manage load_real_data: the real data sets of ROUNDS_SHARED_DATA, through the import."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from crm.base import clock
from crm.base.exchange.loading import load
from crm.base.exchange.table import BadFile, Rows
from crm.exchange import ENTITIES, KINDS
from crm.real_data import beijing, ckm, detailing
from segmentation.models import TierPolicyVersion

SETS = {module.SOURCE: module for module in (detailing, beijing, ckm)}
REFUSED, SOME_REJECTED = 2, 3


class Command(BaseCommand):
    help = "Load physician_detailing, hospitals_cn with cn_divisions, and ckm_physician_network. Twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sets", nargs="*", metavar="SET", help=f"which (default: all): {', '.join(SETS)}")
        parser.add_argument("--data", type=Path, default=settings.SHARED_DATA, help="where they lie (%(default)s)")
        parser.add_argument("--password", help="let its users (us-manager, us-rep-01, cn-rep-01 …) sign in with it")

    def handle(self, *args: Any, **options: Any) -> None:
        data: Path = options["data"]
        unknown = [name for name in options["sets"] if name not in SETS]
        if unknown or not data.is_dir():
            self.stderr.write(f"There is no set {', '.join(unknown)}." if unknown else f"There is no folder {data}.")
            sys.exit(REFUSED)
        total = {"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "seconds": 0.0}
        for name in options["sets"] or SETS:
            self._load(name, data, total)
        if options["password"]:
            self._let_in(options["password"])
        if not TierPolicyVersion.objects.exists():
            self.stderr.write("No tiers yet: publish a policy (docs/policies.md), then ./dev manage nightly.")
        print(json.dumps({"kind": "real data"} | total | {"seconds": round(total["seconds"], 3)}))
        if total["rejected"]:
            sys.exit(SOME_REJECTED)

    def _load(self, name: str, data: Path, total: dict[str, Any]) -> None:
        today = clock.company_date(clock.now())
        for part in SETS[name].loads(data):
            kind = KINDS[part.kind]
            table = Rows(part.columns.split(), part.rows)
            try:
                outcome = load(kind, table, kinds=ENTITIES, source=part.source, actor=None, today=today)
            except BadFile as bad:
                self.stderr.write(f"{name}, {part.kind}: {bad}")
                sys.exit(REFUSED)
            self.stderr.write(f"{name}: {json.dumps(outcome.as_dict())}")
            for figure in total:
                total[figure] += getattr(outcome, figure)

    def _let_in(self, password: str) -> None:
        for user in User.objects.filter(username__regex=r"^(us|cn)-(manager|rep-[0-9]+)$").order_by("pk"):
            user.set_password(password)
            user.save(update_fields=["password"])
