"""./dev bench NAME [--size S|M|L]: one JSON object a line."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Territory
from crm.bench import api, dashboard, imports, lists, reminders, search, visits
from crm.bench.measure import BackendOutOfSight, Figure, WrongResult

BENCHES: dict[str, Callable[[str], Iterator[Figure]]] = {
    "customer": api.run,
    "dashboard": dashboard.run,
    "import": imports.run,
    "list": lists.run,
    "reminders": reminders.run,
    "search": search.run,
    "visit-log": visits.run,
}


class Command(BaseCommand):
    help = "Measure, as a ratio to a bound of the same run. Checks its own result first. Needs an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=list(BENCHES), metavar="NAME", help=", ".join(BENCHES))
        parser.add_argument("--size", choices=["S", "M", "L"], default="S")

    def handle(self, *args: Any, **options: Any) -> None:
        if Territory.objects.exists():
            raise CommandError("This database is in use. ./dev bench makes one of its own.")
        try:
            for figure in BENCHES[options["name"]](options["size"]):
                self.stdout.write(figure.as_line())
        except (BackendOutOfSight, WrongResult) as failure:
            raise CommandError(str(failure)) from failure
