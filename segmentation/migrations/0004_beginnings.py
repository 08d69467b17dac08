"""Tiers by the night on which they began: for the reminders of moves, and for the page of moves."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0003_audit")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX tier_by_beginning ON segmentation_tierassignment (lower(during))",
            "DROP INDEX tier_by_beginning",
        )
    ]
