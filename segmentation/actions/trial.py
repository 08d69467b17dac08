"""What a tier policy would make of today's customers, before anybody publishes it. Nothing of it is kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from accounts.models import Territory
from crm.base.refusals import Refused
from segmentation.actions.policies import publish_policy
from segmentation.actions.targets import ROLES
from segmentation.models import TierPolicyVersion
from segmentation.models.document import read_document
from segmentation.queries.pareto import pipeline

SHOWN = 10  # of those whose tier would change, the first by rank

# The pipeline of the night beside the tiers in force, and the visits a cycle that both ask for.
_TRIED = """
WITH becomes AS MATERIALIZED (
    SELECT r.*, coalesce(a.tier, '') AS was, v.policy_id, v.document -> 'calls' AS calls
    FROM ({pipeline}) r
    LEFT JOIN segmentation_tierassignment a
        ON (a.customer_id, a.line_id) = (r.customer_id, r.line_id) AND a.during @> %(night)s::date
    LEFT JOIN segmentation_tierpolicyversion v ON v.id = a.version_id
), roles AS ({roles}), due AS (
    SELECT b.customer_id, b.line_id, max((tried.document -> 'calls' -> roles.role ->> b.tier)::int) AS due,
           max((b.calls -> roles.role ->> b.was)::int) AS was_due
    FROM becomes b
    JOIN roles ON roles.customer_id = b.customer_id
    JOIN segmentation_tierpolicyversion tried ON tried.id = %(version)s
    GROUP BY b.customer_id, b.line_id
)
SELECT (SELECT json_agg(x) FROM (
            SELECT was, tier, count(*) AS customers, sum(volume) AS volume,
                   count(*) FILTER (WHERE provisional) AS unknown,
                   count(*) FILTER (WHERE policy_id <> %(policy)s) AS taken, coalesce(sum(due), 0) AS due,
                   coalesce(sum(was_due), 0) AS was_due
            FROM becomes LEFT JOIN due USING (customer_id, line_id) GROUP BY was, tier) x),
       (SELECT json_agg(x) FROM (
            SELECT customer_id, was, tier, volume FROM becomes WHERE was NOT IN ('', tier)
            ORDER BY rank LIMIT %(shown)s) x)
"""


@dataclass(frozen=True)
class Move:
    """A customer whose tier would be another; `volume` of the policy's measure, money in minor units."""

    customer: UUID
    before: str
    after: str
    volume: int


@dataclass(frozen=True)
class Trial:
    """By tier: customers now and then, the volume of those then, visits a cycle now and then. `moves` counts by
    (before, after), before '' for whoever has none yet; `first` are the best ranked of those that have one and move.
    `taken` have their tier by another policy, whose other customers would be compared without them."""

    now: Mapping[str, int]
    then: Mapping[str, int]
    volume: Mapping[str, int]
    due_now: Mapping[str, int]
    due_then: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]
    without_figures: int
    taken: int
    first: list[Move]

    @property
    def up(self) -> int:
        return sum(count for (before, after), count in self.moves.items() if before and after < before)

    @property
    def down(self) -> int:
        return sum(count for (before, after), count in self.moves.items() if before and after > before)

    @property
    def new(self) -> int:
        return sum(count for (before, _after), count in self.moves.items() if not before)

    @property
    def moved(self) -> int:
        return self.up + self.down

    def as_dict(self) -> dict[str, Any]:
        return {
            "tiers": {
                tier: {
                    "customers_now": self.now[tier],
                    "customers": self.then[tier],
                    "volume": self.volume[tier],
                    "visits_due_now": self.due_now[tier],
                    "visits_due": self.due_then[tier],
                }
                for tier in "ABC"
            },
            "up": self.up,
            "down": self.down,
            "new": self.new,
            "without_figures": self.without_figures,
            "taken_from_other_policies": self.taken,
        }


def try_policy(
    *, raw: Any, today: date, ground: QuerySet[Territory] | None = None, seconds: int | None = None
) -> Trial:
    """As if the document were in force today, by the figures that today's night has. Checked as publishing checks it:
    raises BadPolicy; Refused where it takes longer than `seconds`."""
    try:
        with transaction.atomic():
            if seconds:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            version = publish_policy(raw=raw, actor=None, today=today, first_night=today, ground=ground)
            trial = _tried(version, today)
            transaction.set_rollback(True)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise Refused(
            _("There are too many customers here to try it on a page: ./dev manage policy try does.")
        ) from None
    return trial


def _tried(version: TierPolicyVersion, night: date) -> Trial:
    document = read_document(version.document)
    steps = pipeline(version=version.pk, document=document, products=version.products, night=night)
    params = {**steps.params, "on": night, "policy": version.policy_id, "shown": SHOWN}
    with connection.cursor() as cursor:
        cursor.execute(_TRIED.format(pipeline=steps.sql, roles=ROLES), params)
        groups, first = cursor.fetchone()
    sums: dict[str, Counter[str]] = {name: Counter() for name in ("now", "then", "volume", "due_now", "due_then")}
    moves: Counter[tuple[str, str]] = Counter()
    unknown = taken = 0
    for row in groups or ():
        was, tier = row["was"], row["tier"]
        sums["now"][was] += row["customers"]
        sums["then"][tier] += row["customers"]
        sums["volume"][tier] += row["volume"]
        sums["due_now"][was] += row["was_due"]
        sums["due_then"][tier] += row["due"]
        unknown += row["unknown"]
        taken += row["taken"]
        if was != tier:
            moves[was, tier] += row["customers"]
    return Trial(
        **sums,
        moves=moves,
        without_figures=unknown,
        taken=taken,
        first=[Move(UUID(row["customer_id"]), row["was"], row["tier"], row["volume"]) for row in first or ()],
    )
