"""What was published and what was assigned stays; only the end of a period is added."""

from django.db import migrations

from crm.base import privileges


class Migration(migrations.Migration):
    dependencies = [("base", "0002_rules_and_ledgers"), ("segmentation", "0001_initial")]

    operations = [
        privileges.keep_ledger("segmentation_tierpolicyversion", may_update="during"),
        privileges.keep_ledger("segmentation_tierassignment", may_update="during"),
    ]
