"""The tier pipeline as one read-only statement a policy version: members → measure → rank → tier.

Pure in its inputs: the same version, night and facts as known then give the same rows in the same order.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from segmentation.models.document import PolicyDocument

# For each kind of customer of a territory the nearest policy with a version in force decides, one for that
# kind alone before one for both; %(night)s is the night's date.
NEAREST = """
nearest AS (
    SELECT DISTINCT ON (p.descendant_id, k.kind) p.descendant_id AS territory_id, k.kind, v.id AS version_id
    FROM accounts_territorypath p
    JOIN segmentation_tierpolicy pol ON pol.territory_id = p.ancestor_id
    JOIN (VALUES ('person', 'person'), ('institution', 'institution'), ('both', 'person'), ('both', 'institution'))
        AS k (customers, kind) ON k.customers = pol.customers
    JOIN segmentation_tierpolicyversion v ON v.policy_id = pol.id AND v.during @> %(night)s::date
    ORDER BY p.descendant_id, k.kind, p.depth, pol.customers = 'both'
)
"""

# Whom a version tiers: held on the night by a territory that it decides, of a kind that it names.
MEMBERS = f"""
{NEAREST}, members AS (
    SELECT h.customer_id, h.line_id, n.version_id
    FROM customers_held(%(night)s) h
    JOIN customers_customer c ON c.id = h.customer_id
    JOIN nearest n ON n.territory_id = h.territory_id AND n.kind = c.kind
    WHERE c.merged_into_id IS NULL AND (c.ended_on IS NULL OR c.ended_on > %(night)s)
)
"""

_SALES = """
    SELECT customer_id, sum({measure}) AS volume FROM sales_salesrollup
    WHERE month >= %(first)s AND month < %(end)s
      AND (%(products)s::uuid[] IS NULL OR product_id = ANY (%(products)s::uuid[]))
      AND (%(currency)s = '' OR currency = %(currency)s)
    GROUP BY customer_id
"""
_POTENTIAL = """
    SELECT DISTINCT ON (customer_id) customer_id, patients_per_day * openness AS volume
    FROM customers_potentialestimate WHERE known_on < %(night)s
    ORDER BY customer_id, known_on DESC
"""

# Decision 19. A net below 0 counts 0. Ties go by the smallest id of the policy's source: digits as
# integers first, then by code point, then those without by UUID. All in exact integers.
_RANK = f"""
WITH {MEMBERS}, ids AS (
    SELECT DISTINCT ON (object_id) object_id, external_id COLLATE "C" AS name,
           CASE WHEN external_id ~ '^[0-9]+$' THEN external_id::numeric END AS number
    FROM base_externalid WHERE source = %(source)s AND kind IN ('person', 'institution')
    ORDER BY object_id, number NULLS LAST, name
), measured AS (
    SELECT m.customer_id, m.line_id, greatest(coalesce(f.volume, 0), 0)::numeric AS volume,
           f.customer_id IS NULL AS provisional, ids.number, ids.name
    FROM members m
    LEFT JOIN ({{facts}}) f ON f.customer_id = m.customer_id
    LEFT JOIN ids ON ids.object_id = m.customer_id
    WHERE m.version_id = %(version)s
), ranked AS (
    SELECT customer_id, line_id, volume, provisional, row_number() OVER ranking AS rank, count(*) OVER () AS members,
           coalesce(sum(volume) OVER (ranking ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before,
           sum(volume) OVER () AS total
    FROM measured WINDOW ranking AS (ORDER BY volume DESC, number NULLS LAST, name NULLS LAST, customer_id)
)
SELECT customer_id, line_id, provisional, volume, before, total, rank, members,
       CASE WHEN before * 100 < %(share_a)s * total THEN 'A'
            WHEN before * 100 < %(share_b)s * total THEN 'B' ELSE 'C' END AS tier
FROM ranked
"""


@dataclass(frozen=True)
class Pipeline:
    """SQL and parameters whose rows are the tiers of one policy version on one night: customer_id, line_id,
    tier, provisional, volume (of the measure's unit), before (volume of those ranked before), total, rank, members."""

    sql: str
    params: dict[str, Any]


def pipeline(*, version: int, document: PolicyDocument, products: list[UUID], night: date) -> Pipeline:
    first, end = document.window(night)
    facts = _POTENTIAL if document.measure == "potential" else _SALES.format(measure=document.measure)
    return Pipeline(
        _RANK.format(facts=facts),
        {
            "version": version,
            "night": night,
            "first": first,
            "end": end,
            "products": [str(product) for product in products] or None,
            "currency": document.currency,
            "source": document.source,
            "share_a": document.shares["A"],
            "share_b": document.shares["B"],
        },
    )
