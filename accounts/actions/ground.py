"""The tree of territories, brought in step with its dated parents."""

from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Line

# Walks down from the roots by the parents in force on %(on)s. A node that no root reaches is in a circle.
_TREE = """
WITH RECURSIVE parent AS (
    SELECT territory_id, parent_id FROM accounts_territoryparent WHERE during @> %(on)s::date
), tree AS (
    SELECT t.id, t.line_id, t.own_jurisdiction AS jurisdiction, t.own_time_zone AS time_zone, ARRAY[t.id] AS path
    FROM accounts_territory t WHERE NOT EXISTS (SELECT FROM parent p WHERE p.territory_id = t.id)
    UNION ALL
    SELECT t.id, tree.line_id,
           CASE t.own_jurisdiction WHEN '' THEN tree.jurisdiction ELSE t.own_jurisdiction END,
           CASE t.own_time_zone WHEN '' THEN tree.time_zone ELSE t.own_time_zone END,
           tree.path || t.id
    FROM tree JOIN parent p ON p.parent_id = tree.id JOIN accounts_territory t ON t.id = p.territory_id
)
"""

# Whether every territory hangs under a root: on the days, and on each after %(since)s on which one gets another parent.
_ROOTED = """
WITH RECURSIVE day AS MATERIALIZED (
    SELECT unnest(%(days)s::date[]) AS "on"
    UNION SELECT lower(during) FROM accounts_territoryparent WHERE lower(during) > %(since)s::date
), tree AS (
    SELECT day."on", t.id FROM day, accounts_territory t
    WHERE NOT EXISTS (SELECT FROM accounts_territoryparent p WHERE p.territory_id = t.id AND p.during @> day."on")
    UNION ALL
    SELECT tree."on", p.territory_id FROM tree
    JOIN accounts_territoryparent p ON p.parent_id = tree.id AND p.during @> tree."on"
)
SELECT count(*) = (SELECT count(*) FROM day) * (SELECT count(*) FROM accounts_territory) FROM tree
"""

_IN_STEP = """
, inherited AS (
    UPDATE accounts_territory t
    SET line_id = tree.line_id, jurisdiction = tree.jurisdiction, time_zone = tree.time_zone
    FROM tree WHERE tree.id = t.id
    AND (t.line_id, t.jurisdiction, t.time_zone) IS DISTINCT FROM (tree.line_id, tree.jurisdiction, tree.time_zone)
), wanted AS (
    SELECT up.id AS ancestor_id, tree.id AS descendant_id, (cardinality(tree.path) - up.place)::int AS depth
    FROM tree, unnest(tree.path) WITH ORDINALITY AS up (id, place)
), gone AS (
    DELETE FROM accounts_territorypath p
    WHERE NOT EXISTS (SELECT FROM wanted w WHERE (w.ancestor_id, w.descendant_id) = (p.ancestor_id, p.descendant_id))
)
INSERT INTO accounts_territorypath (ancestor_id, descendant_id, depth)
SELECT ancestor_id, descendant_id, depth FROM wanted
ON CONFLICT (ancestor_id, descendant_id) DO UPDATE SET depth = excluded.depth
WHERE accounts_territorypath.depth <> excluded.depth
"""


class CircularTerritories(Exception):
    """A territory would stand under itself. Nothing was changed."""

    def __str__(self) -> str:
        return _("A territory would stand under itself, directly or by way of others; correct its parent.")


def refresh_ground(*, on: date, since: date | None = None) -> None:
    """Bring closure, line, jurisdiction and time zone in step with the parents in force on `on`. Writes differences
    only. Raises CircularTerritories where a territory would stand under itself on that day, or on `since` or a day of
    change after it."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOTED, {"days": list({on, since or on}), "since": since})
        if not cursor.fetchone()[0]:
            raise CircularTerritories
        cursor.execute(_TREE + _IN_STEP, {"on": on})


def default_line() -> Line:
    """The line of a company that has one."""
    return Line.objects.get_or_create(code="default", defaults={"name": "Default"})[0]
