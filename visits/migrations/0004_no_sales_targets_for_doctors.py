"""CN-NO-DOCTOR-COUNTS for targets: nobody agrees on units or money with a person whose counts may not be stored."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION visits_refuse_sales_targets() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN sales_no_counts v ON v.person_id = n.customer_id
        WHERE n.measure IN ('units', 'revenue', 'collected') AND v.affiliated && n.during AND v.in_force && n.during
    ) THEN
        RAISE EXCEPTION 'CN-NO-DOCTOR-COUNTS: no sales targets for a person who works at a medical institution'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'CN-NO-DOCTOR-COUNTS', TABLE = 'visits_target';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_doctor_counts_new AFTER INSERT ON visits_target REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION visits_refuse_sales_targets();
CREATE TRIGGER no_doctor_counts_changed AFTER UPDATE ON visits_target REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION visits_refuse_sales_targets();
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_targets_and_reminders"), ("sales", "0002_no_doctor_counts")]

    operations = [
        migrations.RunSQL(
            TRIGGERS,
            """DROP TRIGGER no_doctor_counts_new ON visits_target;
               DROP TRIGGER no_doctor_counts_changed ON visits_target;
               DROP FUNCTION visits_refuse_sales_targets();""",
        )
    ]
