"""A person's detail hangs on a customer that is a person, an institution's on one that is an
institution, and an alignment's line is its territory's."""

from django.db import migrations

KINDS = """
ALTER TABLE customers_person
    ADD COLUMN customer_kind varchar(16) GENERATED ALWAYS AS ('person') STORED,
    ADD CONSTRAINT person_hangs_on_person
        FOREIGN KEY (customer_id, customer_kind) REFERENCES customers_customer (id, kind);
ALTER TABLE customers_institution
    ADD COLUMN customer_kind varchar(16) GENERATED ALWAYS AS ('institution') STORED,
    ADD CONSTRAINT institution_hangs_on_institution
        FOREIGN KEY (customer_id, customer_kind) REFERENCES customers_customer (id, kind);
"""
KINDS_BACK = """
ALTER TABLE customers_person DROP CONSTRAINT person_hangs_on_person, DROP COLUMN customer_kind;
ALTER TABLE customers_institution DROP CONSTRAINT institution_hangs_on_institution, DROP COLUMN customer_kind;
"""

LINE = """
ALTER TABLE customers_alignment
    ADD CONSTRAINT alignment_line_of_territory
        FOREIGN KEY (territory_id, line_id) REFERENCES accounts_territory (id, line_id);
"""
LINE_BACK = "ALTER TABLE customers_alignment DROP CONSTRAINT alignment_line_of_territory;"

HELD = """
-- Which territory holds a customer in each line on a day: the dated exception, else the alignment of the
-- primary institution. Inlined by the planner: a condition on customer_id reaches both branches.
CREATE FUNCTION customers_held(day date) RETURNS TABLE (customer_id uuid, line_id uuid, territory_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (ways.customer_id, ways.line_id) ways.customer_id, ways.line_id, ways.territory_id FROM (
        SELECT al.customer_id, al.line_id, al.territory_id, 0 AS way FROM customers_alignment al
        WHERE al.during @> day
        UNION ALL
        SELECT f.person_id, al.line_id, al.territory_id, 1 FROM customers_affiliation f
        JOIN customers_alignment al ON al.customer_id = f.institution_id AND al.during @> day
        WHERE f.is_primary AND f.during @> day
    ) ways ORDER BY ways.customer_id, ways.line_id, ways.way
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunSQL(KINDS, KINDS_BACK), migrations.RunSQL(LINE, LINE_BACK), migrations.RunSQL(HELD, "DROP FUNCTION customers_held")]
