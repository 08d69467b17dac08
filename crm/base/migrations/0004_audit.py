"""The trail of changes (crm/base/audit.py): event tables, triggers, and that only triggers write."""

import crm.base.audit
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0003_nights_that_survive'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExternalIdEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('source', models.CharField(max_length=32)),
                ('external_id', models.CharField(max_length=128)),
                ('object_id', models.UUIDField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RetentionEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('what', models.CharField(max_length=32)),
                ('days', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=300)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("base_externalidevent"),
        privileges.keep_history("base_externalidevent"),
        partition_by_year("base_retentionevent"),
        privileges.keep_history("base_retentionevent"),
        pgtrigger.migrations.AddTrigger(
            model_name='externalid',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "base_externalidevent" ("id", "kind", "source", "external_id", "object_id", pgh_created_at, pgh_label) SELECT new_values."id", new_values."kind", new_values."source", new_values."external_id", new_values."object_id", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."kind", new_values."source", new_values."external_id", new_values."object_id") IS DISTINCT FROM (old_values."id", old_values."kind", old_values."source", old_values."external_id", old_values."object_id");', hash='78ae5179ea38f2d548ce195241ae6bc4a5640951', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f12ad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='base_externalid', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='externalid',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "base_externalidevent" ("id", "kind", "source", "external_id", "object_id", pgh_created_at, pgh_label) SELECT old_values."id", old_values."kind", old_values."source", old_values."external_id", old_values."object_id", now(), \'delete\' FROM old_values;', hash='656c4339bd7c0b06ba574645e073e2b2d2a4939d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_9b62e', referencing='REFERENCING OLD TABLE AS old_values ', table='base_externalid', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retention',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "base_retentionevent" ("what", "days", "reason", pgh_created_at, pgh_label) SELECT new_values."what", new_values."days", new_values."reason", now(), \'insert\' FROM new_values;', hash='78c469707e7216ed3eca400808108c7a28074dc3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_300e4', referencing='REFERENCING NEW TABLE AS new_values ', table='base_retention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retention',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "base_retentionevent" ("what", "days", "reason", pgh_created_at, pgh_label) SELECT new_values."what", new_values."days", new_values."reason", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."what" = new_values."what" WHERE (new_values."what", new_values."days", new_values."reason") IS DISTINCT FROM (old_values."what", old_values."days", old_values."reason");', hash='2c6ea2d1e4c1aea3d0ceaadba237f2ca33efbb19', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_cdeea', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='base_retention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retention',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "base_retentionevent" ("what", "days", "reason", pgh_created_at, pgh_label) SELECT old_values."what", old_values."days", old_values."reason", now(), \'delete\' FROM old_values;', hash='cbc4a8ed0f4b5a795b5ce2939e7f4b0cad353087', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_37ae6', referencing='REFERENCING OLD TABLE AS old_values ', table='base_retention', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='externalidevent',
            index=models.Index(fields=['id', 'pgh_id'], name='externalid_of_id'),
        ),
        migrations.AddIndex(
            model_name='retentionevent',
            index=models.Index(fields=['what', 'pgh_id'], name='retention_of_what'),
        ),
    ]
