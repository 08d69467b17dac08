"""CN-NO-DOCTOR-COUNTS in the database: no door, not even psql, can store a sales row of a person who
works at a medical institution where the rule holds.

The rule bites from both sides. New figures are refused for whoever works at such an institution in their
month or later: nobody may begin to count a doctor. An affiliation, and whatever else says where somebody
works or whose law holds there, is refused while a stored month of that very time would become unlawful;
months before it stay what they were, the sales of a shopkeeper. All versions count, not only the current
one, because past nights read them.

The ground is the institution's; a person's own alignment can only add to it. Where the institution is not
aligned, or to a territory without a jurisdiction, the rule holds if it holds anywhere in this company.
Both sides take one lock, shared by figures and exclusive for ground, so that neither misses the other.
"""

from django.db import migrations

from crm.base import privileges

VIEW = """
CREATE VIEW sales_no_counts AS
SELECT a.person_id, a.institution_id, a.during AS affiliated, r.code, r.in_force
FROM customers_affiliation a
JOIN customers_institution i ON i.customer_id = a.institution_id AND i.is_medical
JOIN base_rule r ON r.code = 'CN-NO-DOCTOR-COUNTS'
WHERE EXISTS (
    SELECT FROM customers_alignment al JOIN accounts_territory t ON t.id = al.territory_id
    WHERE al.customer_id IN (a.person_id, a.institution_id) AND t.jurisdiction = r.jurisdiction
) OR (
    NOT EXISTS (SELECT FROM customers_alignment al JOIN accounts_territory t ON t.id = al.territory_id
                WHERE al.customer_id = a.institution_id AND t.jurisdiction <> '')
    AND EXISTS (SELECT FROM accounts_territory t WHERE t.jurisdiction = r.jurisdiction)
);
"""

# Names resolve in public and in the temporary schema last: a temporary view must not stand in for the rule.
SAFE = "SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS = f"""
CREATE FUNCTION sales_refuse(refused bigint) RETURNS void LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    IF refused > 0 THEN
        RAISE EXCEPTION 'CN-NO-DOCTOR-COUNTS: sales or prescription counts of a person who works at a medical institution are not stored (% rows)', refused
            USING ERRCODE = 'check_violation', CONSTRAINT = 'CN-NO-DOCTOR-COUNTS', TABLE = 'sales_salesmonth';
    END IF;
END $$;

CREATE FUNCTION sales_refuse_new_counts() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('CN-NO-DOCTOR-COUNTS', 3));
    PERFORM sales_refuse(count(*)) FROM new_rows n
    JOIN sales_no_counts v ON v.person_id = n.customer_id
    WHERE v.affiliated && daterange(n.month, NULL)
      AND v.in_force && daterange(n.month, (n.month + interval '1 month')::date);
    RETURN NULL;
END $$;

-- Which version is current, and what of them the rollup shows, changes nothing about a shopkeeper's past.
CREATE FUNCTION sales_refuse_changed_counts() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('CN-NO-DOCTOR-COUNTS', 3));
    PERFORM sales_refuse(count(*)) FROM new_rows n
    JOIN sales_no_counts v ON v.person_id = n.customer_id
    WHERE v.affiliated && daterange(n.month, (n.month + interval '1 month')::date)
      AND v.in_force && daterange(n.month, (n.month + interval '1 month')::date);
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_stored_counts(persons uuid[]) RETURNS void LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('CN-NO-DOCTOR-COUNTS', 3));
    PERFORM sales_refuse(count(*)) FROM sales_salesmonth s
    JOIN sales_no_counts v ON v.person_id = s.customer_id
    WHERE s.customer_id = ANY (persons) AND (s.units, s.revenue, s.collected) <> (0, 0, 0)
      AND v.affiliated && daterange(s.month, (s.month + interval '1 month')::date)
      AND v.in_force && daterange(s.month, (s.month + interval '1 month')::date);
END $$;

CREATE FUNCTION sales_refuse_affiliation() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    PERFORM sales_refuse_stored_counts(ARRAY(SELECT person_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_customer_ground() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    PERFORM sales_refuse_stored_counts(ARRAY(
        SELECT a.person_id FROM customers_affiliation a JOIN new_rows n ON n.customer_id = a.person_id
        UNION SELECT a.person_id FROM customers_affiliation a JOIN new_rows n ON n.customer_id = a.institution_id
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_new_ground() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows WHERE jurisdiction <> '') THEN
        PERFORM sales_refuse_stored_counts(ARRAY(SELECT DISTINCT person_id FROM customers_affiliation));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_ground() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id) WHERE n.jurisdiction <> o.jurisdiction) THEN
        PERFORM sales_refuse_stored_counts(ARRAY(SELECT DISTINCT person_id FROM customers_affiliation));
    END IF;
    RETURN NULL;
END $$;
"""


def _trigger(name: str, event: str, table: str, function: str, tables: str) -> str:
    return (
        f"CREATE TRIGGER no_doctor_counts_{name} AFTER {event} ON {table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
    )


NEW, GONE, BOTH = "NEW TABLE AS new_rows", "OLD TABLE AS new_rows", "NEW TABLE AS new_rows OLD TABLE AS old_rows"
TRIGGERS = "\n".join(
    _trigger(*trigger)
    for trigger in (
        ("new", "INSERT", "sales_salesmonth", "sales_refuse_new_counts", NEW),
        ("changed", "UPDATE", "sales_salesmonth", "sales_refuse_changed_counts", NEW),
        ("new", "INSERT", "sales_salesrollup", "sales_refuse_changed_counts", NEW),
        ("changed", "UPDATE", "sales_salesrollup", "sales_refuse_changed_counts", NEW),
        ("new", "INSERT", "customers_affiliation", "sales_refuse_affiliation", NEW),
        ("changed", "UPDATE", "customers_affiliation", "sales_refuse_affiliation", NEW),
        ("changed", "UPDATE", "customers_institution", "sales_refuse_customer_ground", NEW),
        ("new", "INSERT", "customers_alignment", "sales_refuse_customer_ground", NEW),
        ("changed", "UPDATE", "customers_alignment", "sales_refuse_customer_ground", NEW),
        ("gone", "DELETE", "customers_alignment", "sales_refuse_customer_ground", GONE),
        ("new", "INSERT", "accounts_territory", "sales_refuse_new_ground", NEW),
        ("changed", "UPDATE", "accounts_territory", "sales_refuse_ground", BOTH),
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_rules_and_ledgers"),
        ("accounts", "0001_initial"),
        ("customers", "0002_what_the_database_refuses"),
        ("sales", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW sales_no_counts"),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        # Versions are their own history: the one thing that changes is which of them is current.
        privileges.keep_ledger("sales_salesmonth", may_update="current"),
    ]
