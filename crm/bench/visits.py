"""`visit-log`: visits by the action, with all that it checks and keeps, against inserting the same rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from psycopg2.extras import execute_values

from accounts.models import Posting, Product, Territory
from crm.base.ids import uuid7
from crm.bench import api, world
from crm.bench.measure import Figure, check, compare
from customers.models import CustomerStatus
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Cycle, Visit

VISITS = 100  # a run
TARGET = 2.5
# What one visit leaves, its trail included, which triggers write.
_KEYS = {
    "visits_visit": "id",
    "visits_attendee": "visit_id",
    "visits_visitproduct": "visit_id",
    "visits_followup": "visit_id",
    "visits_visitevent": "id",
    "visits_attendeeevent": "visit_id",
    "visits_visitproductevent": "visit_id",
    "visits_followupevent": "visit_id",
    "base_command": "id",
    "base_commandbody": "command_id",
}
_BOUND = "INSERT of the same rows, trail included, into copies of their tables with all indexes, a transaction each"


def run(size: str) -> Iterator[Figure]:
    world.make(world.SIZES[size])
    world.align()
    at = datetime.combine(world.TODAY, time(12), settings.COMPANY_TIME_ZONE)
    ground = Territory.objects.filter(pk__in=CustomerStatus.objects.values("territory")).order_by("name")[0]
    rep = world.posted(Posting.Role.REP, ground)
    customers = list(CustomerStatus.objects.filter(territory=ground).values_list("customer", flat=True)[:VISITS])
    product = Product.objects.create(name="Product", line=ground.line)
    Cycle.objects.get_or_create(line=ground.line, during="[2026-11-01,2026-12-01)")
    logged: list[UUID] = []

    def reports() -> list[VisitReport]:
        return [
            VisitReport(
                id=uuid7(),
                on=world.TODAY,
                customers=[customer],
                products=[(product.pk, "interested")],
                note="Asked for the figures of the second year.",
                next_step=NextStep(kind="material", due_on=world.TODAY, text="Bring them."),
            )
            for customer in customers
        ]

    def log() -> None:
        for report in reports():
            log_visit(actor=rep, report=report, at=at)
            logged.append(report.id)

    def nobody_was_met() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers_customerstatus SET last_visit_on = NULL")
        world.analyze()

    log()
    check(Visit.objects.filter(maker=rep, state="reported").count() == len(customers), "visits are missing")
    met = CustomerStatus.objects.filter(customer__in=customers, last_visit_on=world.TODAY).count()
    check(met == len(customers), "a status does not tell of its visit")
    rows = _rows(logged)
    check(all(found for of_visit in rows for _table, found in of_visit), "a visit left no row in one of the tables")
    send = api.program_of(rep)
    ways: dict[str, Callable[[], None]] = {
        "with a product, a note and a promise, one by one": log,
        "through the API, with a token, one by one": partial(_push, send, reports),
        "through the API, with a token, one by one, the id alone as answer": partial(
            _push, send, reports, prefer="return=minimal"
        ),
        "through the API, with a token, by one request": partial(_push_together, send, reports),
    }
    for way, measured in ways.items():
        yield compare(
            bench="visit-log",
            size=size,
            metric=f"{len(customers)} visits {way}",
            bound_is=_BOUND,
            target=TARGET,
            measured=measured,
            bound=lambda: _insert(rows),
            reset=nobody_was_met,
        )


def _push(send: api.Send, reports: Callable[[], list[VisitReport]], **headers: str) -> None:
    for report in reports():
        send("POST", "visits", _as_json(report), **headers)


def _push_together(send: api.Send, reports: Callable[[], list[VisitReport]]) -> None:
    answer = json.loads(send("POST", "visits/batch", {"visits": [_as_json(report) for report in reports()]}))
    check(all(one["outcome"] == "applied" for one in answer["items"]), "a visit was not taken")


def _as_json(report: VisitReport) -> dict[str, Any]:
    step = report.next_step
    assert step
    return {
        "id": str(report.id),
        "on": report.on.isoformat(),
        "customers": [str(customer) for customer in report.customers],
        "products": [{"product": str(product), "reaction": reaction} for product, reaction in report.products],
        "note": report.note,
        "next_step": {"kind": step.kind, "due_on": step.due_on.isoformat(), "text": step.text},
    }


def _rows(visits: Sequence[UUID]) -> list[list[tuple[str, list[Any]]]]:
    """What stands in the tables, visit by visit; and empty copies of the tables."""
    found = []
    with connection.cursor() as cursor:
        for table in _KEYS:
            cursor.execute(f"CREATE TEMPORARY TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        for visit in visits:
            of_visit = []
            for table, key in _KEYS.items():
                cursor.execute(f"SELECT t::text FROM {table} t WHERE {key} = %s", [visit])
                of_visit.append((table, [row[0] for row in cursor.fetchall()]))
            found.append(of_visit)
    return found


def _insert(rows: list[list[tuple[str, list[Any]]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"TRUNCATE bench_{table}" for table in _KEYS))
        for of_visit in rows:
            with transaction.atomic():
                for table, texts in of_visit:
                    execute_values(
                        cursor.cursor, f"INSERT INTO bench_{table} SELECT (%s::{table}).*", [(text,) for text in texts]
                    )
