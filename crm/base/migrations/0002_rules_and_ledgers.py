"""The first rule of law, and which of the ground's tables only grow."""

from django.db import migrations

from crm.base import privileges

RULES = """
INSERT INTO base_rule (code, jurisdiction, in_force, title, origin) VALUES (
    'CN-NO-DOCTOR-COUNTS', 'CN', '[2020-12-01,)',
    'No sales or prescription counts of a person who works at a medical institution',
    '医药代表备案管理办法（试行），2020-12-01; 国办发〔2017〕13号'
);
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RunSQL(RULES, "DELETE FROM base_rule WHERE code = 'CN-NO-DOCTOR-COUNTS'"),
        privileges.keep_ledger("base_command"),
        privileges.keep_ledger("base_rule"),
    ]
