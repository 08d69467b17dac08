"""The trail of changes (crm/base/audit.py): event tables, triggers, and that only triggers write."""

import crm.base.audit
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0002_tiers_only_grow'),
    ]

    operations = [
        migrations.CreateModel(
            name='TierPolicyEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('customers', models.CharField(max_length=16)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TierPolicyVersionEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('policy', models.UUIDField(db_column='policy_id')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('document', models.JSONField()),
                ('products', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('published_by', models.UUIDField(null=True)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("segmentation_tierpolicyevent"),
        privileges.keep_history("segmentation_tierpolicyevent"),
        partition_by_year("segmentation_tierpolicyversionevent"),
        privileges.keep_history("segmentation_tierpolicyversionevent"),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicy',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyevent" ("id", "territory_id", "customers", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."customers", now(), \'insert\' FROM new_values;', hash='dff238864ee197ece01950db7d851d6a15abfc42', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_35428', referencing='REFERENCING NEW TABLE AS new_values ', table='segmentation_tierpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicy',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyevent" ("id", "territory_id", "customers", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."customers", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."territory_id", new_values."customers") IS DISTINCT FROM (old_values."id", old_values."territory_id", old_values."customers");', hash='8475d8ca022cd30c6f8a76af4970f8000fc352f8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f8749', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='segmentation_tierpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicy',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyevent" ("id", "territory_id", "customers", pgh_created_at, pgh_label) SELECT old_values."id", old_values."territory_id", old_values."customers", now(), \'delete\' FROM old_values;', hash='7c9827fb61ef274fb7a8fba163da0bfc9ff8c3ee', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_0b309', referencing='REFERENCING OLD TABLE AS old_values ', table='segmentation_tierpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicyversion',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyversionevent" ("id", "policy_id", "number", "name", "document", "products", "during", "published_by", "published_at", pgh_created_at, pgh_label) SELECT new_values."id", new_values."policy_id", new_values."number", new_values."name", new_values."document", new_values."products", new_values."during", new_values."published_by", new_values."published_at", now(), \'insert\' FROM new_values;', hash='e1e6e9ec2cf7a0ffdd7d6dab93734e53fe06c11f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_24cb9', referencing='REFERENCING NEW TABLE AS new_values ', table='segmentation_tierpolicyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicyversion',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyversionevent" ("id", "policy_id", "number", "name", "document", "products", "during", "published_by", "published_at", pgh_created_at, pgh_label) SELECT new_values."id", new_values."policy_id", new_values."number", new_values."name", new_values."document", new_values."products", new_values."during", new_values."published_by", new_values."published_at", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."policy_id", new_values."number", new_values."name", new_values."document", new_values."products", new_values."during", new_values."published_by", new_values."published_at") IS DISTINCT FROM (old_values."id", old_values."policy_id", old_values."number", old_values."name", old_values."document", old_values."products", old_values."during", old_values."published_by", old_values."published_at");', hash='eab6734b3dac860e4f4acfc1e0f42efa44195bbf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_5ed76', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='segmentation_tierpolicyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpolicyversion',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "segmentation_tierpolicyversionevent" ("id", "policy_id", "number", "name", "document", "products", "during", "published_by", "published_at", pgh_created_at, pgh_label) SELECT old_values."id", old_values."policy_id", old_values."number", old_values."name", old_values."document", old_values."products", old_values."during", old_values."published_by", old_values."published_at", now(), \'delete\' FROM old_values;', hash='af8e6619f81fb1c915a449ef06a0429bfa6b5ed6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_a50d7', referencing='REFERENCING OLD TABLE AS old_values ', table='segmentation_tierpolicyversion', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='tierpolicyevent',
            index=models.Index(fields=['id', 'pgh_id'], name='tierpolicy_of_id'),
        ),
        migrations.AddIndex(
            model_name='tierpolicyversionevent',
            index=models.Index(fields=['id', 'pgh_id'], name='tierpolicyversion_of_id'),
        ),
    ]
