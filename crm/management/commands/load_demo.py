"""./dev manage load_demo"""

import json
import time
from argparse import ArgumentParser
from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError

from crm.base import clock
from crm.demo.country import ALL_DISTRICTS, Country
from crm.demo.loading import holds_a_company, is_loaded, load_country
from crm.demo.sign_in import SignIn, demo_sign_ins, settle_password


class Command(BaseCommand):
    help = "Load an invented country to try Rounds with, and show who can sign in. Loading it twice is loading it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--districts",
            type=int,
            choices=range(1, ALL_DISTRICTS + 1),
            default=ALL_DISTRICTS,
            help="a smaller country",
        )

        parser.add_argument("--anyway", action="store_true", help="beside a company's own territories, too")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        today = clock.company_date(clock.now())
        again = is_loaded()
        if not again and not options["anyway"] and holds_a_company():
            self.stdout.write("This database holds a company's own territories: the demo country was not loaded.")
            self.stdout.write(json.dumps({"kind": "demo", "loaded": False, "users": 0, "seconds": 0}))
            return
        if not again and load_country(Country(today, options["districts"]), night=today) is None:
            raise CommandError("Another process is loading the demo country; try again when it is done.")
        password = settle_password()
        sign_ins = demo_sign_ins()
        self._show(sign_ins, password.text)
        if again and password.was_set:
            self.stdout.write("The password is a new one: the one before is not valid any more.")
        if password.kept_in:
            self.stdout.write(f"It is kept in {password.kept_in}.")
        seconds = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps({"kind": "demo", "loaded": not again, "users": len(sign_ins), "seconds": seconds}))

    def _show(self, sign_ins: list[SignIn], password: str) -> None:
        """One of each role and level in full; the others in a line, since all have one password."""
        first: dict[tuple[str, int], SignIn] = {}
        for sign_in in sign_ins:
            first.setdefault((sign_in.role, sign_in.level), sign_in)
        rows = [("role", "territory", "name", "username", "password")]
        rows += [(s.role, s.territory, s.name, s.username, password) for s in first.values()]
        widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            self.stdout.write("  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)))
        others = [s.username for s in sign_ins if s not in first.values()]
        self.stdout.write(f"The same password opens: {', '.join(others)}.")


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
