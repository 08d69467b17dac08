"""Tokens by which programs act for a user."""

import crm.base.audit
import django.contrib.postgres.fields
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
        ('accounts', '0006_calendar_link'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiTokenEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('user', models.UUIDField(db_column='user_id')),
                ('name', models.CharField(max_length=60)),
                ('begins', models.CharField(max_length=16)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('territory', models.UUIDField(db_column='territory_id', null=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('successor', models.UUIDField(db_column='successor_id', null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id', 'pgh_id'], name='apitoken_of_id'), models.Index(fields=['user', 'pgh_id'], name='apitoken_of_user')],
            },
        ),
        partition_by_year("accounts_apitokenevent"),
        privileges.keep_history("accounts_apitokenevent"),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='what it is for')),
                ('begins', models.CharField(max_length=16)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('successor', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessor', to='accounts.apitoken')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.territory', verbose_name='territory')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='api_token_has_name'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='api_token_is_hashed'), models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['ground:read', 'ground:write', 'customers:read', 'customers:write', 'visits:read', 'visits:write', 'tiers:read', 'reminders:read', 'reminders:write']), ('scopes__len__gte', 1)), name='api_token_scopes_known'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='api_token_expires')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apitoken',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_apitokenevent" ("id", "user_id", "name", "begins", "scopes", "territory_id", "created_at", "expires_at", "revoked_at", "successor_id", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."name", new_values."begins", new_values."scopes", new_values."territory_id", new_values."created_at", new_values."expires_at", new_values."revoked_at", new_values."successor_id", now(), \'insert\' FROM new_values;', hash='7dbc6948b1f69c82392d22984681e8ef44f1d883', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_021ea', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_apitoken', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apitoken',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_apitokenevent" ("id", "user_id", "name", "begins", "scopes", "territory_id", "created_at", "expires_at", "revoked_at", "successor_id", pgh_created_at, pgh_label) SELECT new_values."id", new_values."user_id", new_values."name", new_values."begins", new_values."scopes", new_values."territory_id", new_values."created_at", new_values."expires_at", new_values."revoked_at", new_values."successor_id", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."user_id", new_values."name", new_values."begins", new_values."scopes", new_values."territory_id", new_values."created_at", new_values."expires_at", new_values."revoked_at", new_values."successor_id") IS DISTINCT FROM (old_values."id", old_values."user_id", old_values."name", old_values."begins", old_values."scopes", old_values."territory_id", old_values."created_at", old_values."expires_at", old_values."revoked_at", old_values."successor_id");', hash='92ea953cc5bc07c17cd16943bc25391302906fe4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_c8a46', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_apitoken', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apitoken',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "accounts_apitokenevent" ("id", "user_id", "name", "begins", "scopes", "territory_id", "created_at", "expires_at", "revoked_at", "successor_id", pgh_created_at, pgh_label) SELECT old_values."id", old_values."user_id", old_values."name", old_values."begins", old_values."scopes", old_values."territory_id", old_values."created_at", old_values."expires_at", old_values."revoked_at", old_values."successor_id", now(), \'delete\' FROM old_values;', hash='549d89b5a12eb6e0017ef991587cb4c7696faa57', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_5a6d3', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_apitoken', when='AFTER')),
        ),
    ]
