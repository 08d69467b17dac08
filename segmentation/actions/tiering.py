"""The nightly tiers: compute outside any write, then write the differences in short transactions."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import Any

from django.db import connection

from crm.base.actor import acting
from segmentation.models import TierPolicyVersion
from segmentation.models.document import PolicyDocument, read_document
from segmentation.queries.pareto import MEMBERS, Pipeline, pipeline

CHUNK = 2_000  # differences a transaction: well below 200 ms

# What the pipeline says against what is in force on the night; `until` is where the next tier begins.
_DIFFERENCES = """
SELECT r.customer_id, r.line_id, r.tier, r.provisional, r.volume, r.before, r.total, r.rank, r.members,
       coalesce(upper(a.during), (SELECT min(lower(l.during)) FROM segmentation_tierassignment l
            WHERE l.customer_id = r.customer_id AND l.line_id = r.line_id AND lower(l.during) > %(night)s)) AS until
FROM ({pipeline}) r
LEFT JOIN segmentation_tierassignment a
    ON a.customer_id = r.customer_id AND a.line_id = r.line_id AND a.during @> %(night)s::date
WHERE a.id IS NULL OR (a.tier, a.provisional) <> (r.tier, r.provisional)
ORDER BY r.customer_id
"""

# Statuses are locked in the order of their ids, as visits lock them: nobody waits for another in a ring.
_WRITE = """
WITH d AS (
    SELECT * FROM unnest(
        %(customer)s::uuid[], %(line)s::uuid[], %(tier)s::text[], %(provisional)s::boolean[], %(until)s::date[],
        %(reason)s::text[]
    ) AS d (customer_id, line_id, tier, provisional, until, reason)
), begun AS (
    INSERT INTO segmentation_tierassignment (customer_id, line_id, version_id, tier, provisional, during, reason)
    SELECT customer_id, line_id, %(version)s, tier, provisional, daterange(%(night)s, until), reason::jsonb FROM d
), locked AS MATERIALIZED (
    SELECT cs.id, d.tier, d.provisional
    FROM customers_customerstatus cs JOIN d ON (cs.customer_id, cs.line_id) = (d.customer_id, d.line_id)
    WHERE d.until IS NULL
    ORDER BY cs.id FOR NO KEY UPDATE OF cs
)
UPDATE customers_customerstatus cs SET tier = l.tier, provisional = l.provisional FROM locked l WHERE l.id = cs.id
"""

_WITHOUT = """
WITH locked AS MATERIALIZED (
    SELECT cs.id FROM customers_customerstatus cs
    JOIN unnest(%(customer)s::uuid[], %(line)s::uuid[]) AS d (customer_id, line_id)
        ON (cs.customer_id, cs.line_id) = (d.customer_id, d.line_id)
    ORDER BY cs.id FOR NO KEY UPDATE OF cs
)
UPDATE customers_customerstatus cs SET tier = '', provisional = false FROM locked l WHERE l.id = cs.id
"""

# A tier that began on this very night and is computed otherwise now was never in force: its period empties.
_END = """
UPDATE segmentation_tierassignment a SET during = daterange(lower(a.during), %(night)s)
WHERE a.during @> %(night)s::date
    AND (a.customer_id, a.line_id) IN (SELECT * FROM unnest(%(customer)s::uuid[], %(line)s::uuid[]));
"""

# What the hash is of, in its order; behind it the customers that fill a percent, with what all up to them have.
_HASHED = """
SELECT customer_id, line_id, tier, provisional, volume,
       CASE WHEN rank * 100 / members > (rank - 1) * 100 / members THEN rank END,
       CASE WHEN rank * 100 / members > (rank - 1) * 100 / members THEN before + volume END
FROM ({pipeline}) r ORDER BY customer_id, line_id
"""

_OUT_OF_SCOPE = f"""
WITH {MEMBERS}
SELECT a.customer_id, a.line_id, upper(a.during) AS until FROM segmentation_tierassignment a
WHERE a.during @> %(night)s::date
  AND NOT EXISTS (SELECT FROM members m WHERE (m.customer_id, m.line_id) = (a.customer_id, a.line_id))
ORDER BY a.customer_id
"""


def compute_tiers(*, night: date) -> dict[str, Any]:
    """Tiers in force from `night` on, from facts known before it; only differences are written.

    Safe to repeat: what was written is no difference any more. Returns figures by policy, among them a
    hash of all tiers, equal whenever inputs, version and night are.
    """
    ended = _leave(night)
    policies = []
    for version in TierPolicyVersion.objects.filter(during__contains=night).order_by("pk"):
        document = read_document(version.document)
        steps = pipeline(version=version.pk, document=document, products=version.products, night=night)
        changed = 0
        for chunk in _chunks(_DIFFERENCES.format(pipeline=steps.sql), steps.params):
            _write(chunk, version, document, night)
            changed += len(chunk)
        named = {"policy": version.name, "version": version.number, "version_id": version.pk}
        policies.append({**named, "changed": changed, **_totals(steps)})
    return {"policies": policies, "left_scope": ended}


def _chunks(sql: str, params: dict[str, Any]) -> Iterator[list[list[str]]]:
    """Rows of a query as text, read whole before anything is written, in bounded pieces."""
    with TemporaryFile("w+b") as spool:
        with connection.cursor() as cursor:
            query = cursor.mogrify(sql, params).decode()
            cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT text, NULL '')", spool)
        spool.seek(0)
        chunk: list[list[str]] = []
        for line in io.TextIOWrapper(spool, encoding="utf-8"):
            chunk.append(line.rstrip("\n").split("\t"))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _write(chunk: list[list[str]], version: TierPolicyVersion, document: PolicyDocument, night: date) -> None:
    first, end = document.window(night)
    frame = {
        "rule": document.rule,
        "measure": document.measure,
        "currency": document.currency,
        "first_month": first.isoformat(),
        "end_month": end.isoformat(),
        "shares": document.shares,
    }
    columns = list(zip(*chunk, strict=True))
    figures = zip(*columns[4:9], strict=True)
    reasons = [
        json.dumps(frame | dict(zip(("volume", "before", "total", "rank", "members"), map(int, row), strict=True)))
        for row in figures
    ]
    params: dict[str, Any] = {
        "customer": list(columns[0]),
        "line": list(columns[1]),
        "tier": list(columns[2]),
        "provisional": list(columns[3]),
        "until": [until or None for until in columns[9]],
        "reason": reasons,
        "version": version.pk,
        "night": night,
    }
    with acting(None, job=f"night {night}"), connection.cursor() as cursor:
        cursor.execute(_END, params)
        cursor.execute(_WRITE, params)


def _leave(night: date) -> int:
    """End the tiers of customers that no policy reaches any more."""
    ended = 0
    for chunk in _chunks(_OUT_OF_SCOPE, {"night": night}):
        ended += len(chunk)
        now_without = [row for row in chunk if not row[2]]
        with acting(None, job=f"night {night}"), connection.cursor() as cursor:
            pairs: dict[str, Any] = {
                "customer": [row[0] for row in chunk],
                "line": [row[1] for row in chunk],
                "night": night,
            }
            cursor.execute(_END, pairs)
            cursor.execute(
                _WITHOUT, {"customer": [row[0] for row in now_without], "line": [row[1] for row in now_without]}
            )
    return ended


def _totals(steps: Pipeline) -> dict[str, Any]:
    """Customers and volume by tier, the curve of both, and the hash of the whole result. A point of the curve is how
    many customers, the best first, and the volume of all these together: one for each percent of the customers."""
    digest = hashlib.sha256()
    counts: dict[str, dict[str, int]] = {tier: {"customers": 0, "volume": 0} for tier in "ABC"}
    curve: list[tuple[int, int]] = []
    for chunk in _chunks(_HASHED.format(pipeline=steps.sql), steps.params):
        for *row, rank, reached in chunk:
            digest.update("\t".join(row).encode() + b"\n")
            counts[row[2]]["customers"] += 1
            counts[row[2]]["volume"] += int(row[4])
            if rank:
                curve.append((int(rank), int(reached)))
    return {"tiers": counts, "curve": sorted(curve), "sha256": digest.hexdigest()}
