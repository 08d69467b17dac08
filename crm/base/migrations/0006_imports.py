"""Imports through pages, and how long they and their files are kept."""

import uuid_utils.compat
from django.db import migrations, models

RETENTION = """
INSERT INTO base_retention (what, days, reason) VALUES
    ('import_files', 30, 'Uploaded files and lists of rejected rows hold personal data; a month to correct and load them again.'),
    ('imports', 400, 'Who imported what, with figures: a year to compare with, and a month more. What an import changed stays in the audit trail.');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0005_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=32)),
                ('source', models.CharField(max_length=32)),
                ('file_name', models.CharField(max_length=200)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=16)),
                ('files_kept', models.BooleanField(default=True)),
                ('actor_id', models.UUIDField()),
                ('decided_by', models.UUIDField(null=True)),
                ('state', models.CharField(choices=[('checking', 'being checked'), ('checked', 'waits for your decision'), ('loading', 'being loaded'), ('done', 'loaded'), ('failed', 'refused'), ('discarded', 'discarded')], default='checking', max_length=16)),
                ('phase', models.CharField(blank=True, choices=[('read', 'Reading the file'), ('check', 'Comparing with what is stored'), ('write', 'Writing')], default='', max_length=8)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('rows_expected', models.PositiveIntegerField(null=True)),
                ('phase_started_at', models.DateTimeField(null=True)),
                ('rows_a_second', models.PositiveIntegerField(null=True)),
                ('findings', models.JSONField(null=True)),
                ('outcome', models.JSONField(null=True)),
                ('error', models.TextField(blank=True, default='')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('wanted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-wanted_at', 'id'], name='import_run_newest'), models.Index(condition=models.Q(('state__in', ['checking', 'loading'])), fields=['wanted_at', 'id'], name='import_run_to_do'), models.Index(fields=['finished_at'], name='import_run_finished')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'checked', 'loading', 'done', 'failed', 'discarded'])), name='import_run_state')],
            },
        ),
        migrations.RunSQL(RETENTION, migrations.RunSQL.noop),
    ]
