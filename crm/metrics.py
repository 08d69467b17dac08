"""Figures for Prometheus: what requests took, and how the house does. No names, no ids of people."""

from collections.abc import Iterable

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from crm.broker import queue_length

REQUESTS = Histogram(
    "rounds_request_seconds",
    "How long requests took",
    ["route", "method", "status"],
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)

# name, what it says, labels, a statement that gives the labels and then the value
_HOUSE: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "rounds_night_age_seconds",
        "Since the last night was done",
        (),
        "SELECT extract(epoch FROM now() - max(finished_at))::float FROM base_jobrun "
        "WHERE name = 'night' AND state = 'done' AND scheduled",
    ),
    (
        "rounds_nights_unfinished",
        "Nights that are wanted, running or failed",
        ("state",),
        "SELECT s, count(r.id) FROM unnest(ARRAY['wanted', 'running', 'failed']) s "
        "LEFT JOIN base_jobrun r ON r.name = 'night' AND r.state = s GROUP BY 1",
    ),
    (
        "rounds_nights_silent",
        "Nights that hold their lock and show no sign of life",
        (),
        "SELECT count(*) FROM base_jobrun WHERE name = 'night' AND state = 'running' AND silent_since IS NOT NULL",
    ),
    (
        "rounds_imports_running",
        "Imports that are checked or loaded, or wait for it",
        ("state",),
        "SELECT s, count(i.id) FROM unnest(ARRAY['checking', 'loading']) s "
        "LEFT JOIN base_importrun i ON i.state = s GROUP BY 1",
    ),
    ("rounds_reminders_open", "Open reminders", (), "SELECT count(*) FROM visits_reminder WHERE state = 'open'"),
    (
        "rounds_visits_of_two_days",
        "Visits reported for the company's yesterday and today",
        (),
        "SELECT count(*) FROM visits_visit WHERE state = 'reported' "
        'AND "on" >= (now() AT TIME ZONE %(zone)s)::date - 1',
    ),
    (
        "rounds_database_connections",
        "Sessions at this database, by state",
        ("state",),
        "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() GROUP BY 1",
    ),
)


class House(Collector):
    """Asked at each scrape, in short statements."""

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("rounds_database_up", "Whether the database answers", value=float(self.ask()))
        yield from self.found
        waiting = queue_length()
        yield GaugeMetricFamily("rounds_broker_up", "Whether the broker answers", value=float(waiting is not None))
        if waiting is not None:
            yield GaugeMetricFamily("rounds_queue_length", "Messages that wait for a worker", value=waiting)

    def ask(self) -> bool:
        self.found: list[Metric] = []
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5s'")
                for name, what, labels, statement in _HOUSE:
                    family = GaugeMetricFamily(name, what, labels=labels)
                    cursor.execute(statement, {"zone": str(settings.COMPANY_TIME_ZONE)})
                    for *values, figure in cursor.fetchall():
                        if figure is not None:
                            family.add_metric(values, figure)
                    self.found.append(family)
        except Error:
            self.found = []
            return False
        return True


def metrics(request: HttpRequest) -> HttpResponse:
    """For who brings the token; nobody else learns that it is here, and without a token it is not."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    everything = CollectorRegistry()
    if settings.METRICS_FOLDER:
        MultiProcessCollector(everything, settings.METRICS_FOLDER)
    else:
        everything.register(REGISTRY)
    everything.register(House())
    return HttpResponse(generate_latest(everything), content_type=CONTENT_TYPE_LATEST)
