"""Writes over sales: the rollup that tiering reads."""

from datetime import date

from django.db import connection

# The newest version of each key that was known before the night; sources that speak of one customer,
# product and month (two distributors) add up. Reads sales_month_known; a full pass, differences written.
_ROLL_UP = """
WITH known AS (
    SELECT DISTINCT ON (customer_id, product_id, month, source) customer_id, product_id, month, currency,
           units, revenue, collected
    FROM sales_salesmonth WHERE known_on < %(on)s
    ORDER BY customer_id, product_id, month, source, known_on DESC, id DESC
), wanted AS (
    SELECT customer_id, product_id, month, currency,
           sum(units)::bigint AS units, sum(revenue)::bigint AS revenue, sum(collected)::bigint AS collected
    FROM known GROUP BY 1, 2, 3, 4
), gone AS (
    DELETE FROM sales_salesrollup r WHERE NOT EXISTS (
        SELECT FROM wanted w
        WHERE (w.customer_id, w.month, w.product_id, w.currency) = (r.customer_id, r.month, r.product_id, r.currency))
    RETURNING 1
), changed AS (
    INSERT INTO sales_salesrollup (customer_id, product_id, month, currency, units, revenue, collected)
    SELECT * FROM wanted
    ON CONFLICT (customer_id, month, product_id, currency) DO UPDATE
    SET units = excluded.units, revenue = excluded.revenue, collected = excluded.collected
    WHERE (sales_salesrollup.units, sales_salesrollup.revenue, sales_salesrollup.collected)
        IS DISTINCT FROM (excluded.units, excluded.revenue, excluded.collected)
    RETURNING 1
)
SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM gone)
"""


def roll_up(*, before: date) -> dict[str, int]:
    """Make the rollup what was known before `before`. Writes differences only."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP, {"on": before})
        written, removed = cursor.fetchone()
    return {"written": written, "removed": removed}
