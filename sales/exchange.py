"""Files of sales, and of how far products have come into institutions."""

from django.utils.translation import gettext_lazy as _

from accounts.exchange import FROM, TO
from crm.base.exchange.columns import Code, Currency, Day, Money, Month, Number, SourceName, Text
from crm.base.exchange.copies import COPIED, KEY, NUMBER, STAYS
from crm.base.exchange.kinds import Alone, Check, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns
from sales.models import Listing


def _settle(stage: Stage) -> None:
    """What a file does not date is known from today on, unless it only repeats what is stored."""
    stage.run("UPDATE stage SET known_on = %(today)s WHERE known_on IS NULL AND row_id IS NULL")
    stage.run(
        f"""UPDATE stage s SET known_on = CASE
                WHEN (s.units, s.revenue, s.collected, s.currency) = (c.units, c.revenue, c.collected, c.currency)
                THEN c.known_on ELSE greatest(c.known_on, %(today)s) END
            FROM ({SALES.current}) c WHERE c.row_id = s.row_id AND s.known_on IS NULL"""
    )


_FIGURES = {
    "source": "s.source",
    "customer_id": "s.customer",
    "product_id": "s.product",
    "month": "s.month",
    "units": "s.units",
    "revenue": "s.revenue",
    "collected": "s.collected",
    "currency": "s.currency",
    "known_on": "s.known_on",
}


def _write_sales(stage: Stage) -> None:
    """A version is added, never changed; the one before it stops being the current one."""
    stage.run(
        """UPDATE sales_salesmonth m SET current = false FROM stage s
            WHERE s.verdict = 'changed' AND m.id = s.row_id"""
    )
    stage.insert("sales_salesmonth", {**_FIGURES, "current": "true"}, changed=True)


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
        NUMBER,
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
    carries=("sales.SalesMonth",),
)


def _write_earlier(stage: Stage) -> None:
    stage.insert("sales_salesmonth", {**_FIGURES, "current": "false"})


# What the same source said before it said what is current. Order within a day: `version`, from 1.
SALES_HISTORY = Kind(
    name="sales_history",
    title=_("Earlier figures of sales"),
    columns=(
        *(column for column in SALES.columns if column.name not in ("known_on", NUMBER.name)),
        Day(name="known_on", help=_("known from this day on"), required=True),
        Number(name="version", help=_("which version of this month's figures, from 1"), required=True, low=1),
        NUMBER,
    ),
    key=("source", "customer", "product", "month", "version"),
    derived=(CUSTOMER,),
    row_id="bigint",
    current=f"""
        SELECT m.id AS row_id, m.source, m.customer_id AS customer, {customer_columns("m.customer_id")},
               m.product_id AS product, m.month, m.units, m.revenue, m.collected, m.currency, m.known_on, m.version
        FROM (SELECT s.*, row_number() OVER (PARTITION BY customer_id, product_id, month, source
                                             ORDER BY known_on, id) AS version
              FROM sales_salesmonth s WHERE NOT s.current) m
    """,
    checks=(
        ONE_CUSTOMER,
        Check("known_on", "s.known_on > %(today)s", _("lies in the future.")),
        Check(
            "version",
            """EXISTS (SELECT FROM sales_salesmonth m WHERE m.current
                       AND (m.source, m.customer_id, m.product_id, m.month)
                           = (s.source, s.customer, s.product, s.month)) AND s.row_id IS NULL""",
            _("comes after the current figures of its month; load earlier figures first."),
        ),
    ),
    write=_write_earlier,
    judged=(COPIED, STAYS),
)


def _write_listings(stage: Stage) -> None:
    stage.upsert(
        "sales_listing",
        {
            "institution_id": "s.institution",
            "product_id": "s.product",
            "state": "s.state",
            "evidence": "s.evidence",
            "during": """daterange(s."from", s."to", '[]')""",
        },
    )


LISTINGS = Kind(
    name="listings",
    title=_("Listings"),
    columns=(
        Reference(name="institution", help=_("which institution"), to="institution", required=True),
        Reference(name="product", help=_("which product"), to="product", required=True),
        Code(name="state", help=_("how far it has come"), required=True, of=Listing.State),
        Text(name="evidence", help=_("what shows it"), max_length=500),
        FROM,
        TO,
        KEY,
    ),
    key=("institution", "product", "from"),
    current="""
        SELECT id AS row_id, institution_id AS institution, product_id AS product, state, evidence,
               lower(during) AS "from", upper(during) - 1 AS "to"
        FROM sales_listing
    """,
    alone=(Alone(("institution", "product")),),
    write=_write_listings,
    carries=("sales.Listing",),
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
