"""./dev manage take_out_counts PERSON --from MONTH [--to MONTH] [--source S]"""

import json
import re
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.db import connections, transaction

from crm.base.exchange.table import BadFile
from crm.base.periods import month_start
from crm.exchange import DEFAULT_SOURCE
from crm.management.answering import AnsweringCommand, check_source
from segmentation.actions.policies import find_objects


def _month(text: str) -> date:
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if not match:
        raise ArgumentTypeError(f"{text} is not a month; write it as 2026-11.")
    return date(int(match[1]), int(match[2]), 1)


class Command(AnsweringCommand):
    help = (
        "Take the sales of a person out for good, all versions: where somebody turns out to have worked at a medical "
        "institution, the law leaves no room for his counts (CN-NO-DOCTOR-COUNTS). Needs the owner of the tables."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="id of the person in the source")
        parser.add_argument("--from", dest="first", type=_month, required=True, help="first month, such as 2026-03")
        parser.add_argument("--to", dest="last", type=_month, help="last month (default: all since)")
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="whose id it is (default: %(default)s)")

    def answer(self, **options: Any) -> None:
        started = time.monotonic()
        check_source(options["source"])
        person = find_objects("person", [options["person"]], options["source"]).get(options["person"])
        if person is None:
            raise BadFile("No person of this source has this id; nothing was changed.")
        after = month_start(options["last"], 1) if options["last"] else None
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT set_config('rounds.job', 'take out counts', true)")
            figures = {}
            for name, table in (("sales", "sales_salesmonth"), ("rollup", "sales_salesrollup")):
                cursor.execute(
                    f"DELETE FROM {table} WHERE customer_id = %s AND daterange(%s, %s) @> month",
                    [person, options["first"], after],
                )
                figures[name] = cursor.rowcount
        print(json.dumps({"kind": "take_out_counts", **figures, "seconds": round(time.monotonic() - started, 3)}))
