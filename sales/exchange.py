"""Files of sales."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Currency, Day, Money, Month, Number, SourceName
from crm.base.exchange.kinds import Check, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns


def _settle(stage: Stage) -> None:
    """What a file does not date is known from today on, unless it only repeats what is stored."""
    stage.run("UPDATE stage SET known_on = %(today)s WHERE known_on IS NULL AND row_id IS NULL")
    stage.run(
        f"""UPDATE stage s SET known_on = CASE
                WHEN (s.units, s.revenue, s.collected, s.currency) = (c.units, c.revenue, c.collected, c.currency)
                THEN c.known_on ELSE greatest(c.known_on, %(today)s) END
            FROM ({SALES.current}) c WHERE c.row_id = s.row_id AND s.known_on IS NULL"""
    )


def _write_sales(stage: Stage) -> None:
    """A version is added, never changed; the one before it stops being the current one."""
    stage.run(
        """UPDATE sales_salesmonth m SET current = false FROM stage s
            WHERE s.verdict = 'changed' AND m.id = s.row_id"""
    )
    stage.run(
        """INSERT INTO sales_salesmonth (source, customer_id, product_id, month, units, revenue, collected,
                                          currency, known_on, current)
            SELECT s.source, s.customer, s.product, s.month, s.units, s.revenue, s.collected, s.currency,
                   s.known_on, true
            FROM stage s WHERE s.verdict <> 'same' ORDER BY s.line_no"""
    )


SALES = Kind(
    name="sales",
    title=_("Sales"),
    columns=(
        SourceName(name="source", help=_("who says so; empty: the source of the file")),
        PERSON,
        INSTITUTION,
        Reference(name="product", help=_("what was sold"), to="product", required=True),
        Month(name="month", help=_("in which month"), required=True),
        Number(name="units", help=_("how many units; negative for returns"), default="0"),
        Money(name="revenue", help=_("invoiced"), default="0", high=10**12, low=-(10**12)),
        Money(name="collected", help=_("paid"), default="0", high=10**12, low=-(10**12)),
        Currency(name="currency", help=_("currency of the amounts")),
        Day(name="known_on", help=_("nights after this day use it; empty: today"), kept=False),
    ),
    key=("source", "customer", "product", "month"),
    derived=(CUSTOMER,),
    row_id="bigint",
    current=f"""
        SELECT m.id AS row_id, m.source, m.customer_id AS customer, {customer_columns("m.customer_id")},
               m.product_id AS product, m.month, m.units, m.revenue, m.collected, m.currency, m.known_on
        FROM sales_salesmonth m WHERE m.current
    """,
    prepare=_settle,
    checks=(
        ONE_CUSTOMER,
        Check(
            "known_on",
            "s.known_on < (SELECT m.known_on FROM sales_salesmonth m WHERE m.id = s.row_id)",
            _("lies before {value}, from when on the present figures are known; leave it empty to correct them."),
            "(SELECT m.known_on FROM sales_salesmonth m WHERE m.id = s.row_id)",
        ),
        Check(
            "known_on", "s.known_on > %(today)s + 31", _("lies more than a month ahead; leave it empty if in doubt.")
        ),
        Check(
            "currency",
            "s.currency = '' AND (s.revenue, s.collected) <> (0, 0)",
            _("is needed where there are amounts."),
        ),
        Check(
            "person",
            """EXISTS (SELECT FROM sales_no_counts v WHERE v.person_id = s.person
                AND v.affiliated && daterange(s.month, NULL)
                AND v.in_force && daterange(s.month, (s.month + interval '1 month')::date))
               AND NOT EXISTS (SELECT FROM sales_salesmonth m WHERE m.id = s.row_id
                AND (m.units, m.revenue, m.collected, m.currency) = (s.units, s.revenue, s.collected, s.currency))""",
            _(
                "CN-NO-DOCTOR-COUNTS: sales or prescription counts of a person who works at a medical institution "
                "are not stored. Load the institution's sales instead."
            ),
        ),
    ),
    write=_write_sales,
    only="c.month <= %(on)s AND c.known_on <= %(on)s",
)

# For files of affiliations, which know nothing of sales: the roof adds it to their checks.
COUNTS_ARE_STORED = Check(
    "person",
    """EXISTS (SELECT FROM sales_salesmonth m
        JOIN customers_institution i ON i.customer_id = s.institution AND i.is_medical
        JOIN base_rule r ON r.code = 'CN-NO-DOCTOR-COUNTS'
            AND r.in_force && daterange(m.month, (m.month + interval '1 month')::date)
        WHERE m.customer_id = s.person AND (m.units, m.revenue, m.collected) <> (0, 0, 0)
          AND daterange(s."from", s."to", '[]') && daterange(m.month, (m.month + interval '1 month')::date)
          AND EXISTS (SELECT FROM accounts_territory t WHERE t.jurisdiction = r.jurisdiction)
          AND NOT EXISTS (SELECT FROM customers_alignment al JOIN accounts_territory t ON t.id = al.territory_id
                          WHERE al.customer_id = s.institution AND t.jurisdiction NOT IN ('', r.jurisdiction)))""",
    _("CN-NO-DOCTOR-COUNTS: sales of this person are stored for the time at this medical institution."),
)
