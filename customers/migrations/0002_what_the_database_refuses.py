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
-- Who holds a customer, and when: by an alignment of his own (way 0, which beats) or by that of his
-- primary institution (way 1).
CREATE VIEW customers_holding AS
SELECT al.customer_id, al.line_id, al.territory_id, 0 AS way, al.during FROM customers_alignment al
UNION ALL
SELECT f.person_id, al.line_id, al.territory_id, 1, f.during * al.during
FROM customers_affiliation f
JOIN customers_alignment al ON al.customer_id = f.institution_id AND al.during && f.during
WHERE f.is_primary;

-- The one territory that holds each customer in each line on a day.
CREATE FUNCTION customers_held(day date) RETURNS TABLE (customer_id uuid, line_id uuid, territory_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (h.customer_id, h.line_id) h.customer_id, h.line_id, h.territory_id
    FROM customers_holding h WHERE h.during @> day ORDER BY h.customer_id, h.line_id, h.way
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunSQL(KINDS, KINDS_BACK), migrations.RunSQL(LINE, LINE_BACK), migrations.RunSQL(HELD, "DROP FUNCTION customers_held; DROP VIEW customers_holding")]
