"""`dashboard`: fifty managers on the pages of a team, against the same figures straight from the facts.

Not CPU seconds but what a manager waits: the 95th percentile of all pages, ÷ the median of the statement that counts
one district without the nightly sums. Fifty managers ask, each three seconds after the last answer, of two web workers.
"""

import socket
import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from subprocess import Popen
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Line, Posting, Territory, TerritoryPath, User
from crm.base.periods import month_start, period
from crm.bench import world
from crm.bench.measure import NO_CLAIM, Figure, check
from segmentation.actions import roll_up_cycles
from segmentation.queries import figures
from visits.models import Cycle

MANAGERS = 50
PAGES_EACH = 4
THINKS = 3.0  # seconds
WORKERS = 2
VISITS_EACH = 20  # a customer, over 400 days
RUNS = 5
BOUND_RUNS = 20
TARGET = 3.0

_FACTS = """
INSERT INTO segmentation_tierpolicy (id, territory_id, customers) VALUES (md5('policy')::uuid, %(root)s, 'both');
INSERT INTO segmentation_tierpolicyversion
    (policy_id, number, name, document, products, during, published_at, published_by)
VALUES (md5('policy')::uuid, 1, 'bench', '{}', '{}', '(,)', now(), NULL);
INSERT INTO segmentation_tierassignment (customer_id, line_id, version_id, tier, provisional, during, reason)
SELECT cs.customer_id, cs.line_id, v.id, cs.tier, false, '(,)', '{}'
FROM customers_customerstatus cs, segmentation_tierpolicyversion v;
INSERT INTO visits_calltarget (cycle_id, customer_id, territory_id, tier, visits_due)
SELECT %(cycle)s, customer_id, territory_id, tier, CASE tier WHEN 'A' THEN 4 WHEN 'B' THEN 2 ELSE 1 END
FROM customers_customerstatus;
INSERT INTO visits_visit
    (id, maker_id, line_id, territory_id, "on", known_on, channel, state, reported_at, note, version)
SELECT md5('visit' || n || '-' || cs.id)::uuid, %(maker)s, cs.line_id, cs.territory_id, day, day, 'face_to_face',
       'reported', now(), '', 1
FROM customers_customerstatus cs, generate_series(1, %(visits)s) n,
     LATERAL (SELECT %(today)s::date - 1 - ((n * 20 + cs.id * 7) %% 400)::int AS day) d;
INSERT INTO visits_attendee (visit_id, customer_id, territory_id)
SELECT md5('visit' || n || '-' || cs.id)::uuid, cs.customer_id, cs.territory_id
FROM customers_customerstatus cs, generate_series(1, %(visits)s) n;
"""

# The figures of a page, straight from the facts: the same rows and measures as the nightly sums give.
_LIVE = """
WITH row_of AS (
    SELECT DISTINCT ON (p.descendant_id) p.descendant_id AS territory_id, p.ancestor_id AS row_id
    FROM accounts_territorypath p WHERE p.ancestor_id = ANY (%(rows)s::uuid[]) ORDER BY p.descendant_id, p.depth
), called AS (
    SELECT r.row_id, a.customer_id, v.known_on <= v."on" + 1 AS in_time
    FROM visits_attendee a JOIN row_of r ON r.territory_id = a.territory_id JOIN visits_visit v ON v.id = a.visit_id
    WHERE v.state = 'reported' AND v."on" >= %(first)s AND v."on" < %(night)s AND v.known_on < %(night)s
), done AS (
    SELECT customer_id, count(*)::int AS done FROM called GROUP BY customer_id
), planned AS (
    SELECT r.row_id, t.customer_id, t.tier, t.visits_due AS due, coalesce(d.done, 0) AS done
    FROM visits_calltarget t JOIN row_of r ON r.territory_id = t.territory_id
    LEFT JOIN done d ON d.customer_id = t.customer_id WHERE t.cycle_id = %(cycle)s
), parts AS (
    SELECT r.row_id, cs.tier, 1 AS customers, (cs.next_due_on < %(night)s)::int AS overdue,
           0 AS targets, 0 AS due, 0 AS reached, 0 AS on_frequency, 0 AS capped, 0 AS calls, 0 AS in_time
    FROM customers_customerstatus cs JOIN row_of r ON r.territory_id = cs.territory_id
    UNION ALL
    SELECT row_id, tier, 0, 0, 1, due, (done > 0)::int, (5 * abs(done - due) <= due)::int, least(done, due), 0, 0
    FROM planned
    UNION ALL
    SELECT c.row_id, p.tier, 0, 0, 0, 0, 0, 0, 0, 1, c.in_time::int
    FROM called c JOIN planned p ON p.customer_id = c.customer_id
)
SELECT row_id, tier, sum(customers)::int, sum(overdue)::int, sum(targets)::int, sum(due)::int, sum(reached)::int,
       sum(on_frequency)::int, sum(capped)::int, sum(calls)::int, sum(in_time)::int
FROM parts GROUP BY row_id, tier
"""
_COMPARED = ("customers", "overdue", "targets", "due", "reached", "on_frequency", "capped", "calls", "in_time")


def run(size: str) -> Iterator[Figure]:
    chosen = world.SIZES[size]
    world.make(chosen)
    world.align()
    managers, cycle = _people(), _facts()
    roll_up_cycles(night=world.TODAY)
    world.analyze()
    for territory, _user in managers[:5]:
        _check(territory, cycle)
    bound = [_seconds(partial(_live, territory, cycle)) for territory, _user in managers[:BOUND_RUNS]]
    median = statistics.median(bound)
    with _web() as url:
        cookies = [_signed_in(user) for _territory, user in managers]
        _all_at_once(url, cookies, PAGES_EACH)  # warm
        runs = [_percentile(_all_at_once(url, cookies, PAGES_EACH), 95) for _run in range(RUNS)]
    value = statistics.median(runs)
    spread = (max(runs) - min(runs)) / value
    yield Figure(
        bench="dashboard",
        size=size,
        metric=f"p95 of {MANAGERS} managers, {THINKS:g} s think time, {WORKERS} web workers",
        value=round(value / median, 3),
        unit="ratio",
        bound="p50 of the same figures straight from the facts, one statement, alone (wall clock)",
        target=TARGET,
        runs=RUNS,
        spread=round(spread, 3),
        claim=spread <= NO_CLAIM,
        measured_cpu=round(value, 4),
        bound_cpu=round(median, 4),
    )


def _people() -> list[tuple[Territory, User]]:
    """Managers of the districts; two or more of one where there are fewer districts than managers."""
    districts = list(Territory.objects.filter(paths_up__depth=1, paths_down__depth=1).distinct().order_by("name"))
    managers = []
    for number in range(MANAGERS):
        territory = districts[number % len(districts)]
        user = User.objects.create(username=f"manager{number}", name=f"Manager {number}")
        Posting.objects.create(user=user, territory=territory, role=Posting.Role.MANAGER, during=period(None))
        managers.append((territory, user))
    return managers


def _facts() -> Cycle:
    line = Line.objects.get()
    first = month_start(world.TODAY)
    cycle = Cycle.objects.create(
        line=line, during=period(first, month_start(first, 1) - timedelta(days=1)), opened_on=first
    )
    root = Territory.objects.exclude(paths_up__depth__gt=0).get()
    maker = User.objects.create(username="maker", name="Maker")
    params: dict[str, Any] = {
        "root": root.pk,
        "cycle": cycle.pk,
        "maker": maker.pk,
        "visits": VISITS_EACH,
        "today": world.TODAY,
    }
    noisy = ("visits_visit", "visits_attendee", "visits_calltarget", "segmentation_tierassignment")
    with world.without_triggers(*noisy), connection.cursor() as cursor:
        cursor.execute(_FACTS, params)
    world.analyze()
    return cycle


def _rows_of(territory: Territory) -> list[str]:
    below = TerritoryPath.objects.filter(ancestor=territory, depth__lte=1).values_list("descendant", flat=True)
    return [str(pk) for pk in below]


def _live(territory: Territory, cycle: Cycle) -> list[tuple[Any, ...]]:
    params = {
        "rows": _rows_of(territory),
        "cycle": cycle.pk,
        "first": cycle.during.lower,
        "night": world.TODAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, params)
        return list(cursor.fetchall())


def _check(territory: Territory, cycle: Cycle) -> None:
    """What a page shows of a district is what the facts say."""
    under = list(Territory.objects.filter(paths_up__ancestor=territory, paths_up__depth=1))
    shown = {
        (row.key, letter): tuple(getattr(cell, measure) for measure in _COMPARED)
        for row in figures.by_territory(territory, under, cycle.pk)
        for letter, cell in row.cells.items()
        if not cell.is_empty
    }
    live = {(row_id, tier): tuple(figures_) for row_id, tier, *figures_ in _live(territory, cycle)}
    check(shown == live, f"the page of {territory} differs from the facts")
    check(any(row[7] for row in live.values()), "nobody was visited")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _web() -> Iterator[str]:
    """The product's own web server, on a socket of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{number}"]
    server = Popen([*command, "--workers", str(WORKERS), "--threads", "4", "--log-level", "error"])
    url = f"http://127.0.0.1:{number}"
    try:
        for _try in range(300):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).close()  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _all_at_once(url: str, cookies: list[str], pages: int) -> list[float]:
    """Seconds of every page. Managers begin within one think time, not at one moment."""
    took: list[float] = []
    failures: list[str] = []

    def manager(number: int, cookie: str) -> None:
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Host": "localhost"}
        time.sleep(THINKS * number / len(cookies))
        for _page in range(pages):
            request = urllib.request.Request(f"{url}/team/", headers=headers)  # noqa: S310
            began = time.perf_counter()
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                    body = answer.read()
                if b"data-rows" not in body:
                    failures.append("a page without figures")
            except OSError as error:
                failures.append(str(error))
            took.append(time.perf_counter() - began)
            time.sleep(THINKS)

    threads = [threading.Thread(target=manager, args=pair) for pair in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not failures, failures[0] if failures else "")
    return took


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
