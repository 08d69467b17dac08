"""`reminders`: a steady night against a scan for the customers that are due."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection

from crm.bench import world
from crm.bench.measure import Figure, check, compare
from visits.actions import make_reminders
from visits.actions.reminders import REMINDER_LEAD
from visits.models import Reminder

_SCAN = """
SELECT count(*), min(customer_id::text), min(territory_id::text), min(next_due_on), min(last_visit_on)
FROM customers_customerstatus WHERE next_due_on <= %(until)s AND territory_id IS NOT NULL
"""


def run(size: str) -> Iterator[Figure]:
    world.make(world.SIZES[size])
    night = world.TODAY
    make_reminders(on=night - timedelta(days=1))
    until = night + REMINDER_LEAD

    def steady_night() -> None:
        make_reminders(on=night)

    def forget_the_night() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM visits_reminder WHERE made_on = %s", [night])

    def scan() -> None:
        with connection.cursor() as cursor:
            # The bound is the plain way, without an index on what is due.
            cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off")
            cursor.execute(_SCAN, {"until": until})
            cursor.execute("RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan")

    steady_night()
    _check(until)
    forget_the_night()
    yield compare(
        bench="reminders",
        size=size,
        metric="steady night",
        bound_is="sequential scan for due customers",
        target=0.3,
        measured=steady_night,
        bound=scan,
        reset=forget_the_night,
    )


def _check(until: date) -> None:
    """The slow, obvious way: every due customer of a territory has exactly one open reminder."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM customers_customerstatus cs
               FULL JOIN (SELECT customer_id, line_id, count(*) AS n FROM visits_reminder
                          WHERE state = 'open' GROUP BY 1, 2) r USING (customer_id, line_id)
               WHERE (cs.next_due_on <= %s) <> (coalesce(r.n, 0) = 1)""",
            [until],
        )
        (wrong,) = cursor.fetchone()
    check(wrong == 0, f"{wrong} customers have a reminder too many or too few")
    check(Reminder.objects.filter(made_on=world.TODAY).exists(), "the steady night made nothing")
