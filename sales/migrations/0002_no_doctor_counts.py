"""CN-NO-DOCTOR-COUNTS in the database: no door, not even psql, can store a sales row of a person who
works at a medical institution where the rule holds.

The rule bites from both sides: a sales row is refused for whoever works at one in its month or later;
an affiliation, a change of an institution's kind or an alignment is refused while it would make a
stored month unlawful. Where neither person nor institution is aligned, so that the ground is unknown,
the rule holds if it holds anywhere in this company.
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
    NOT EXISTS (SELECT FROM customers_alignment al WHERE al.customer_id IN (a.person_id, a.institution_id))
    AND EXISTS (SELECT FROM accounts_territory t WHERE t.jurisdiction = r.jurisdiction)
);
"""

FUNCTIONS = """
CREATE FUNCTION sales_refuse(refused bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF refused > 0 THEN
        RAISE EXCEPTION 'CN-NO-DOCTOR-COUNTS: sales or prescription counts of a person who works at a medical institution are not stored (% rows)', refused
            USING ERRCODE = 'check_violation', CONSTRAINT = 'CN-NO-DOCTOR-COUNTS', TABLE = 'sales_salesmonth';
    END IF;
END $$;

CREATE FUNCTION sales_refuse_new_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sales_refuse(count(*)) FROM new_rows n
    JOIN sales_no_counts v ON v.person_id = n.customer_id
    WHERE v.affiliated && daterange(n.month, NULL)
      AND v.in_force && daterange(n.month, (n.month + interval '1 month')::date);
    RETURN NULL;
END $$;

CREATE FUNCTION sales_stored_counts(persons uuid[]) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM sales_salesmonth s
    JOIN sales_no_counts v ON v.person_id = s.customer_id
    WHERE s.customer_id = ANY (persons) AND s.current AND (s.units, s.revenue, s.collected) <> (0, 0, 0)
      AND v.affiliated && daterange(s.month, (s.month + interval '1 month')::date)
      AND v.in_force && daterange(s.month, (s.month + interval '1 month')::date)
$$;

CREATE FUNCTION sales_refuse_affiliation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sales_refuse(sales_stored_counts(ARRAY(SELECT person_id FROM new_rows)));
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_customer_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sales_refuse(sales_stored_counts(ARRAY(
        SELECT a.person_id FROM customers_affiliation a JOIN new_rows n ON n.customer_id IN (a.person_id, a.institution_id)
    )));
    RETURN NULL;
END $$;

CREATE FUNCTION sales_refuse_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id) WHERE n.jurisdiction <> o.jurisdiction) THEN
        PERFORM sales_refuse(sales_stored_counts(ARRAY(SELECT DISTINCT person_id FROM customers_affiliation)));
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER no_doctor_counts AFTER INSERT ON sales_salesmonth
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_new_counts();
CREATE TRIGGER no_doctor_counts_new AFTER INSERT ON customers_affiliation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_affiliation();
CREATE TRIGGER no_doctor_counts_changed AFTER UPDATE ON customers_affiliation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_affiliation();
CREATE TRIGGER no_doctor_counts_changed AFTER UPDATE ON customers_institution
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_customer_ground();
CREATE TRIGGER no_doctor_counts_new AFTER INSERT ON customers_alignment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_customer_ground();
CREATE TRIGGER no_doctor_counts_changed AFTER UPDATE ON customers_alignment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_customer_ground();
CREATE TRIGGER no_doctor_counts_changed AFTER UPDATE ON accounts_territory
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION sales_refuse_ground();
"""


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
