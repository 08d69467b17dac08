"""Every department that an affiliation names is one of its institution's, and what is kept of a family is kept
by consent."""

from django.db import migrations

DEPARTMENTS = """
INSERT INTO customers_department (id, institution_id, name)
SELECT gen_random_uuid(), institution_id, department FROM customers_affiliation
WHERE department <> '' GROUP BY institution_id, department;

-- Deferrable, so that an action can rename a department and its affiliations in one transaction.
ALTER TABLE customers_affiliation
    ADD COLUMN department_name varchar(120) GENERATED ALWAYS AS (nullif(department, '')) STORED,
    ADD CONSTRAINT affiliation_department_of_institution
        FOREIGN KEY (institution_id, department_name) REFERENCES customers_department (institution_id, name)
        DEFERRABLE INITIALLY IMMEDIATE;

-- A part belongs to the same institution as the whole.
ALTER TABLE customers_department
    ADD CONSTRAINT department_and_institution UNIQUE (id, institution_id),
    ADD CONSTRAINT department_part_of_same_institution
        FOREIGN KEY (parent_id, institution_id) REFERENCES customers_department (id, institution_id);
"""
DEPARTMENTS_BACK = """
ALTER TABLE customers_department DROP CONSTRAINT department_part_of_same_institution,
    DROP CONSTRAINT department_and_institution;
ALTER TABLE customers_affiliation DROP CONSTRAINT affiliation_department_of_institution, DROP COLUMN department_name;
"""

FAMILY = """
CREATE FUNCTION customers_refuse_family_facts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n WHERE n.key = 'family' AND n.withdrawn_on IS NULL AND NOT EXISTS (
            SELECT FROM customers_consent c
            WHERE c.person_id = n.person_id AND c.purpose = 'family' AND c.during @> n.learned_on)
    ) THEN
        RAISE EXCEPTION 'FAMILY-BY-CONSENT: facts about a family are kept by consent only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'FAMILY-BY-CONSENT', TABLE = 'customers_fact';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER family_by_consent_new AFTER INSERT ON customers_fact REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse_family_facts();
CREATE TRIGGER family_by_consent_changed AFTER UPDATE ON customers_fact REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse_family_facts();
"""


# For the nights' reminders: what ends soon, and whose birthday is near.
ENDS = """
CREATE INDEX licence_by_end ON customers_licence (upper(during));
CREATE INDEX consent_by_end ON customers_consent (upper(during));
CREATE INDEX affiliation_by_beginning ON customers_affiliation (lower(during)) WHERE is_primary;
CREATE INDEX fact_birthdays ON customers_fact (value) WHERE key = 'birthday' AND withdrawn_on IS NULL;
"""
ENDS_BACK = "DROP INDEX licence_by_end, consent_by_end, affiliation_by_beginning, fact_birthdays;"


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_places_and_knowledge")]

    operations = [
        migrations.RunSQL(DEPARTMENTS, DEPARTMENTS_BACK),
        migrations.RunSQL(ENDS, ENDS_BACK),
        migrations.RunSQL(
            FAMILY,
            """DROP TRIGGER family_by_consent_new ON customers_fact;
               DROP TRIGGER family_by_consent_changed ON customers_fact;
               DROP FUNCTION customers_refuse_family_facts();""",
        ),
    ]
