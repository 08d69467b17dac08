"""What a run shows about its life, and how long things are kept."""

from django.db import migrations, models

RETENTION = """
INSERT INTO base_retention (what, days, reason) VALUES
    ('command_bodies', 90, 'What forms and phones sent may hold notes about people; needed to explain a refused or doubled send. The command itself stays.'),
    ('sessions', 1, 'A finished session opens nothing any more.'),
    ('nights', 400, 'Figures and errors of finished nights: a year to compare with, and a month more.');
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0002_rules_and_ledgers")]

    operations = [
        migrations.AddField("jobrun", "scheduled", models.BooleanField(default=False)),
        migrations.AddField("jobrun", "silent_since", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("what", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("days", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="retention_at_least_a_day")
                ],
            },
        ),
        migrations.RunSQL(RETENTION, migrations.RunSQL.noop),
    ]
