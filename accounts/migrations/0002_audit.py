"""The trail of changes (crm/base/audit.py): event tables, triggers, and that only triggers write."""

import crm.base.audit
import django.contrib.postgres.fields.ranges
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('code', models.CharField(max_length=32)),
                ('name', models.CharField(max_length=120)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PostingEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('user', models.UUIDField(db_column='user_id')),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('role', models.CharField(max_length=16)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('line', models.UUIDField(db_column='line_id')),
                ('unit', models.CharField(max_length=32)),
                ('is_active', models.BooleanField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TerritoryEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('line', models.UUIDField(db_column='line_id')),
                ('own_jurisdiction', models.CharField(max_length=2)),
                ('own_time_zone', models.CharField(max_length=64)),
                ('jurisdiction', models.CharField(max_length=2)),
                ('time_zone', models.CharField(max_length=64)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TerritoryParentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('parent', models.UUIDField(db_column='parent_id')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('is_superuser', models.BooleanField()),
                ('username', models.CharField(max_length=150)),
                ('email', models.EmailField(max_length=254)),
                ('is_staff', models.BooleanField()),
                ('is_active', models.BooleanField()),
                ('date_joined', models.DateTimeField()),
                ('id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('language', models.CharField(max_length=16)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("accounts_lineevent"),
        privileges.keep_history("accounts_lineevent"),
        partition_by_year("accounts_postingevent"),
        privileges.keep_history("accounts_postingevent"),
        partition_by_year("accounts_productevent"),
        privileges.keep_history("accounts_productevent"),
        partition_by_year("accounts_territoryevent"),
        privileges.keep_history("accounts_territoryevent"),
        partition_by_year("accounts_territoryparentevent"),
        privileges.keep_history("accounts_territoryparentevent"),
        partition_by_year("accounts_userevent"),
        privileges.keep_history("accounts_userevent"),
        pgtrigger.migrations.AddTrigger(
            model_name='line',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_lineevent" ("id", "code", "name", pgh_created_at, pgh_label) SELECT new_values."id", new_values."code", new_values."name", now(), \'insert\' FROM new_values;', hash='ae8d82b3107aecbe2355ce553f4d9133bcb7c93a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_4d084', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_line', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='line',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_lineevent" ("id", "code", "name", pgh_created_at, pgh_label) SELECT new_values."id", new_values."code", new_values."name", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."code", new_values."name") IS DISTINCT FROM (old_values."id", old_values."code", old_values."name");', hash='91e208cb126a878c496ecb1757df67188b18f630', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_d414e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_line', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='line',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_lineevent" ("id", "code", "name", pgh_created_at, pgh_label) SELECT old_values."id", old_values."code", old_values."name", now(), \'delete\' FROM old_values;', hash='93690dcb575a708654a6a5b3427c9782d8cc0e1a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_95013', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_line', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='posting',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_postingevent" ("id", "user_id", "territory_id", "role", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."territory_id", new_values."role", new_values."during", now(), \'insert\' FROM new_values;', hash='a1025b6d1f619031b3718478961acbbabe482926', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_23ceb', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_posting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='posting',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_postingevent" ("id", "user_id", "territory_id", "role", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."territory_id", new_values."role", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."user_id", new_values."territory_id", new_values."role", new_values."during") IS DISTINCT FROM (old_values."id", old_values."user_id", old_values."territory_id", old_values."role", old_values."during");', hash='4d9f2cf9f34ed320376a94a341e3c96f7cdd4b73', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_314ad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_posting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='posting',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_postingevent" ("id", "user_id", "territory_id", "role", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."user_id", old_values."territory_id", old_values."role", old_values."during", now(), \'delete\' FROM old_values;', hash='140e32f278df5a62b858191356371f52d5a0f3eb', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_800a6', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_posting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_productevent" ("id", "name", "line_id", "unit", "is_active", pgh_created_at, pgh_label) SELECT new_values."id", new_values."name", new_values."line_id", new_values."unit", new_values."is_active", now(), \'insert\' FROM new_values;', hash='39f0fe3cbf859496c26bf1a90b742a009e8a1c3e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_c6794', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_productevent" ("id", "name", "line_id", "unit", "is_active", pgh_created_at, pgh_label) SELECT new_values."id", new_values."name", new_values."line_id", new_values."unit", new_values."is_active", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."name", new_values."line_id", new_values."unit", new_values."is_active") IS DISTINCT FROM (old_values."id", old_values."name", old_values."line_id", old_values."unit", old_values."is_active");', hash='b002a9d9503bb89c30adf2cddfe5b0fa87daa236', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_74e89', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_productevent" ("id", "name", "line_id", "unit", "is_active", pgh_created_at, pgh_label) SELECT old_values."id", old_values."name", old_values."line_id", old_values."unit", old_values."is_active", now(), \'delete\' FROM old_values;', hash='7a4782bc5f9b070834813b725e27f989197c8a04', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_719a3', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territory',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryevent" ("id", "name", "line_id", "own_jurisdiction", "own_time_zone", "jurisdiction", "time_zone", pgh_created_at, pgh_label) SELECT new_values."id", new_values."name", new_values."line_id", new_values."own_jurisdiction", new_values."own_time_zone", new_values."jurisdiction", new_values."time_zone", now(), \'insert\' FROM new_values;', hash='1d7780b763812e50fb144ad17a869dea51499ead', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_d753a', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_territory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territory',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryevent" ("id", "name", "line_id", "own_jurisdiction", "own_time_zone", "jurisdiction", "time_zone", pgh_created_at, pgh_label) SELECT new_values."id", new_values."name", new_values."line_id", new_values."own_jurisdiction", new_values."own_time_zone", new_values."jurisdiction", new_values."time_zone", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."name", new_values."line_id", new_values."own_jurisdiction", new_values."own_time_zone", new_values."jurisdiction", new_values."time_zone") IS DISTINCT FROM (old_values."id", old_values."name", old_values."line_id", old_values."own_jurisdiction", old_values."own_time_zone", old_values."jurisdiction", old_values."time_zone");', hash='a1555d979340f8ce8794c5f059dc92683988dca8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_7c77c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_territory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territory',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryevent" ("id", "name", "line_id", "own_jurisdiction", "own_time_zone", "jurisdiction", "time_zone", pgh_created_at, pgh_label) SELECT old_values."id", old_values."name", old_values."line_id", old_values."own_jurisdiction", old_values."own_time_zone", old_values."jurisdiction", old_values."time_zone", now(), \'delete\' FROM old_values;', hash='f2fc303579d605cdc621c184e1264a741ba0f76d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_c032e', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_territory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territoryparent',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryparentevent" ("id", "territory_id", "parent_id", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."parent_id", new_values."during", now(), \'insert\' FROM new_values;', hash='bd50c662160e555db157af7246484828483224fc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_2932b', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_territoryparent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territoryparent',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryparentevent" ("id", "territory_id", "parent_id", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."parent_id", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."territory_id", new_values."parent_id", new_values."during") IS DISTINCT FROM (old_values."id", old_values."territory_id", old_values."parent_id", old_values."during");', hash='5679d9ffc2f828ec4373dc4a1ad3d266135a428c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_ec2e1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_territoryparent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='territoryparent',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_territoryparentevent" ("id", "territory_id", "parent_id", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."territory_id", old_values."parent_id", old_values."during", now(), \'delete\' FROM old_values;', hash='19489cc196e9f291c404df3d3ceb94d18b066fc8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_3ac14', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_territoryparent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_userevent" ("is_superuser", "username", "email", "is_staff", "is_active", "date_joined", "id", "name", "language", pgh_created_at, pgh_label) SELECT new_values."is_superuser", new_values."username", new_values."email", new_values."is_staff", new_values."is_active", new_values."date_joined", new_values."id", new_values."name", new_values."language", now(), \'insert\' FROM new_values;', hash='3341c53af9653f4f7233bb77bf8fcca641226bf6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_6f624', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_userevent" ("is_superuser", "username", "email", "is_staff", "is_active", "date_joined", "id", "name", "language", pgh_created_at, pgh_label) SELECT new_values."is_superuser", new_values."username", new_values."email", new_values."is_staff", new_values."is_active", new_values."date_joined", new_values."id", new_values."name", new_values."language", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."is_superuser", new_values."username", new_values."email", new_values."is_staff", new_values."is_active", new_values."date_joined", new_values."id", new_values."name", new_values."language") IS DISTINCT FROM (old_values."is_superuser", old_values."username", old_values."email", old_values."is_staff", old_values."is_active", old_values."date_joined", old_values."id", old_values."name", old_values."language");', hash='0ca3cdb91123222c81194bb0acaace330c1ade83', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_b852b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_userevent" ("is_superuser", "username", "email", "is_staff", "is_active", "date_joined", "id", "name", "language", pgh_created_at, pgh_label) SELECT old_values."is_superuser", old_values."username", old_values."email", old_values."is_staff", old_values."is_active", old_values."date_joined", old_values."id", old_values."name", old_values."language", now(), \'delete\' FROM old_values;', hash='2849012172cf8e0958b06501cb74f45918174eae', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_5dfd0', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_user', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='lineevent',
            index=models.Index(fields=['id', 'pgh_id'], name='line_of_id'),
        ),
        migrations.AddIndex(
            model_name='postingevent',
            index=models.Index(fields=['id', 'pgh_id'], name='posting_of_id'),
        ),
        migrations.AddIndex(
            model_name='productevent',
            index=models.Index(fields=['id', 'pgh_id'], name='product_of_id'),
        ),
        migrations.AddIndex(
            model_name='territoryevent',
            index=models.Index(fields=['id', 'pgh_id'], name='territory_of_id'),
        ),
        migrations.AddIndex(
            model_name='territoryparentevent',
            index=models.Index(fields=['id', 'pgh_id'], name='territoryparent_of_id'),
        ),
        migrations.AddIndex(
            model_name='userevent',
            index=models.Index(fields=['id', 'pgh_id'], name='user_of_id'),
        ),
    ]
