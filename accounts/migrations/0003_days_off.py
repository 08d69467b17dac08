"""Holidays and time off."""

import crm.base.audit
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='HolidayEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('jurisdiction', models.CharField(max_length=2)),
                ('on', models.DateField()),
                ('name', models.CharField(max_length=120)),
                ('works', models.BooleanField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("accounts_holidayevent"),
        privileges.keep_history("accounts_holidayevent"),
        migrations.CreateModel(
            name='TimeOff',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('meeting', 'meeting'), ('training', 'training'), ('leave', 'leave'), ('other', 'other work')], max_length=16, verbose_name='kind')),
                ('half', models.CharField(blank=True, choices=[('morning', 'morning'), ('afternoon', 'afternoon')], default='', max_length=16, verbose_name='half of the day')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
        ),
        migrations.CreateModel(
            name='TimeOffEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('user', models.UUIDField(db_column='user_id')),
                ('kind', models.CharField(max_length=16)),
                ('half', models.CharField(max_length=16)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("accounts_timeoffevent"),
        privileges.keep_history("accounts_timeoffevent"),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(max_length=2, verbose_name='jurisdiction')),
                ('on', models.DateField(verbose_name='date')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('works', models.BooleanField(default=False, verbose_name='working day')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('jurisdiction', 'on'), name='holiday_once'), models.CheckConstraint(condition=models.Q(('jurisdiction__regex', '^[A-Z]{2}$')), name='holiday_jurisdiction')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holiday',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_holidayevent" ("id", "jurisdiction", "on", "name", "works", pgh_created_at, pgh_label) SELECT new_values."id", new_values."jurisdiction", new_values."on", new_values."name", new_values."works", now(), \'insert\' FROM new_values;', hash='bf593048c1367f456a99fed266b9740da0898afb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_2b43b', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_holiday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holiday',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_holidayevent" ("id", "jurisdiction", "on", "name", "works", pgh_created_at, pgh_label) SELECT new_values."id", new_values."jurisdiction", new_values."on", new_values."name", new_values."works", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."jurisdiction", new_values."on", new_values."name", new_values."works") IS DISTINCT FROM (old_values."id", old_values."jurisdiction", old_values."on", old_values."name", old_values."works");', hash='82351dd64d1accbaa4bccd81bfdb1c0c5bf2481d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f3f6d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_holiday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holiday',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_holidayevent" ("id", "jurisdiction", "on", "name", "works", pgh_created_at, pgh_label) SELECT old_values."id", old_values."jurisdiction", old_values."on", old_values."name", old_values."works", now(), \'delete\' FROM old_values;', hash='fa5368eff2608c85332befa6f91ba65b493044b4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_bfea9', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_holiday', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='holidayevent',
            index=models.Index(fields=['id', 'pgh_id'], name='holiday_of_id'),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='time_off', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='timeoffevent',
            index=models.Index(fields=['id', 'pgh_id'], name='timeoff_of_id'),
        ),
        migrations.AddIndex(
            model_name='timeoffevent',
            index=models.Index(fields=['user', 'pgh_id'], name='timeoff_of_user'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('user', '='), ('half', '='), ('during', '&&')], name='time_off_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['meeting', 'training', 'leave', 'other'])), name='time_off_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(('half__in', ['', 'morning', 'afternoon'])), name='time_off_half_known'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__lower_inf', False), ('during__upper_inf', False)), name='time_off_has_both_ends'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_timeoffevent" ("id", "user_id", "kind", "half", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."kind", new_values."half", new_values."during", now(), \'insert\' FROM new_values;', hash='4098f48112bc53b0cd684dad0adea8a6d1e7d009', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_7b9f3', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_timeoff', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_timeoffevent" ("id", "user_id", "kind", "half", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."kind", new_values."half", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."user_id", new_values."kind", new_values."half", new_values."during") IS DISTINCT FROM (old_values."id", old_values."user_id", old_values."kind", old_values."half", old_values."during");', hash='6b25f874032ccb61a2ef5836cb5bb6f6a7c2104b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_8b2a4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_timeoff', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_timeoffevent" ("id", "user_id", "kind", "half", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."user_id", old_values."kind", old_values."half", old_values."during", now(), \'delete\' FROM old_values;', hash='e9d61e8e357a33003b64d3f87d88d6635eee5274', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_ff629', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_timeoff', when='AFTER')),
        ),
    ]
