"""Targets, more kinds of reminders, more of a visit."""

import crm.base.audit
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_days_off'),
        ('customers', '0005_places_and_knowledge'),
        ('visits', '0002_audit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('measure', models.CharField(choices=[('visits', 'visits'), ('reach', 'customers reached'), ('meetings', 'department meetings'), ('listings', 'listings'), ('units', 'units'), ('revenue', 'revenue'), ('collected', 'collected revenue')], max_length=16, verbose_name='measure')),
                ('value', models.BigIntegerField(verbose_name='value')),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('agreed_on', models.DateField(verbose_name='agreed on')),
                ('reason', models.CharField(blank=True, choices=[('execution', 'execution'), ('external', 'external')], default='', max_length=16, verbose_name='reason of the gap')),
                ('review', models.CharField(blank=True, default='', max_length=1000, verbose_name='review')),
                ('next_plan', models.CharField(blank=True, default='', max_length=1000, verbose_name='next plan')),
            ],
        ),
        migrations.CreateModel(
            name='TargetEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('customer', models.UUIDField(db_column='customer_id', null=True)),
                ('product', models.UUIDField(db_column='product_id', null=True)),
                ('measure', models.CharField(max_length=16)),
                ('value', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('agreed_on', models.DateField()),
                ('author', models.UUIDField(db_column='author_id', null=True)),
                ('reason', models.CharField(max_length=16)),
                ('review', models.CharField(max_length=1000)),
                ('next_plan', models.CharField(max_length=1000)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("visits_targetevent"),
        privileges.keep_history("visits_targetevent"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reminder',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reminder',
            name='audit_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visit',
            name='audit_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visit',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visit',
            name='audit_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visitproduct',
            name='audit_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visitproduct',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visitproduct',
            name='audit_delete',
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_once',
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_kind_known',
        ),
        migrations.AddField(
            model_name='reminder',
            name='answer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddField(
            model_name='reminder',
            name='postponed_to',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='answer',
            field=models.CharField(default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='postponed_to',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='competitors',
            field=models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='competitors'),
        ),
        migrations.AddField(
            model_name='visit',
            name='joint_with',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joint_visits', to=settings.AUTH_USER_MODEL, verbose_name='joint visit'),
        ),
        migrations.AddField(
            model_name='visit',
            name='materials',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='materials'),
        ),
        migrations.AddField(
            model_name='visit',
            name='needs',
            field=models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='needs'),
        ),
        migrations.AddField(
            model_name='visit',
            name='objections',
            field=models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='objections'),
        ),
        migrations.AddField(
            model_name='visit',
            name='purpose',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='purpose of the visit'),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='competitors',
            field=models.CharField(default='', max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='visitevent',
            name='joint_with',
            field=models.UUIDField(db_column='joint_with_id', null=True),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='materials',
            field=models.CharField(default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='visitevent',
            name='needs',
            field=models.CharField(default='', max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='visitevent',
            name='objections',
            field=models.CharField(default='', max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='visitevent',
            name='purpose',
            field=models.CharField(default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='visitproduct',
            name='message',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='key message'),
        ),
        migrations.AddField(
            model_name='visitproductevent',
            name='message',
            field=models.CharField(default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='reminder',
            name='kind',
            field=models.CharField(choices=[('visit_due', 'visit due'), ('promise', 'promise'), ('birthday', 'birthday'), ('licence', 'licence runs out'), ('consent', 'consent runs out'), ('target_review', 'target review'), ('tier_moved', 'tier moved'), ('customer_moved', 'customer moved')], max_length=16),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_reminderevent" ("id", "kind", "customer_id", "territory_id", "line_id", "source_id", "due_on", "reason", "state", "made_on", "closed_by_visit", "postponed_to", "answer", pgh_created_at, pgh_label) SELECT new_values."id", new_values."kind", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."source_id", new_values."due_on", new_values."reason", new_values."state", new_values."made_on", new_values."closed_by_visit", new_values."postponed_to", new_values."answer", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."kind", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."source_id", new_values."due_on", new_values."reason", new_values."state", new_values."made_on", new_values."closed_by_visit", new_values."postponed_to", new_values."answer") IS DISTINCT FROM (old_values."id", old_values."kind", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."source_id", old_values."due_on", old_values."reason", old_values."state", old_values."made_on", old_values."closed_by_visit", old_values."postponed_to", old_values."answer");', hash='4606eeb86a006558bad8bb98995ac13033e02159', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_2aaaf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_reminder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_reminderevent" ("id", "kind", "customer_id", "territory_id", "line_id", "source_id", "due_on", "reason", "state", "made_on", "closed_by_visit", "postponed_to", "answer", pgh_created_at, pgh_label) SELECT old_values."id", old_values."kind", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."source_id", old_values."due_on", old_values."reason", old_values."state", old_values."made_on", old_values."closed_by_visit", old_values."postponed_to", old_values."answer", now(), \'delete\' FROM old_values;', hash='ad3587d184a4ccdf8037781632f90569f6fe3131', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_13d89', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_reminder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", now(), \'insert\' FROM new_values;', hash='cfa406409189d32162aa0f3c75e023456d6d1885', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e964e', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version") IS DISTINCT FROM (old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."purpose", old_values."joint_with_id", old_values."needs", old_values."objections", old_values."materials", old_values."competitors", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version");', hash='8b29be00d8bf9da9aa3ee35d3625a5d8f12bf393', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f814a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."purpose", old_values."joint_with_id", old_values."needs", old_values."objections", old_values."materials", old_values."competitors", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version", now(), \'delete\' FROM old_values;', hash='5db462824fd49051a88068a723d5f55d4d304dd5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_47036', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "message", "reaction", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."message", new_values."reaction", now(), \'insert\' FROM new_values;', hash='28f7f6b71bb8c35c323524209b8b74553c76597b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e9ffe', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_visitproduct', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "message", "reaction", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."message", new_values."reaction", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."message", new_values."reaction") IS DISTINCT FROM (old_values."id", old_values."visit_id", old_values."product_id", old_values."position", old_values."message", old_values."reaction");', hash='31ffd1d9cb45f943ffeffa4a81c00eabd3303546', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_c34a3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_visitproduct', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "message", "reaction", pgh_created_at, pgh_label) SELECT old_values."id", old_values."visit_id", old_values."product_id", old_values."position", old_values."message", old_values."reaction", now(), \'delete\' FROM old_values;', hash='472c01a7f1200df6ddeb680ab5e10358fa4ac670', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_ea446', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_visitproduct', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('kind', 'customer', 'line', 'source_id', 'due_on'), name='reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['visit_due', 'promise', 'birthday', 'licence', 'consent', 'target_review', 'tier_moved', 'customer_moved'])), name='reminder_kind_known'),
        ),
        migrations.AddField(
            model_name='target',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='target',
            name='customer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='target',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.product'),
        ),
        migrations.AddField(
            model_name='target',
            name='territory',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='accounts.territory'),
        ),
        migrations.AddIndex(
            model_name='targetevent',
            index=models.Index(fields=['id', 'pgh_id'], name='target_of_id'),
        ),
        migrations.AddIndex(
            model_name='targetevent',
            index=models.Index(fields=['customer', 'pgh_id'], name='target_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('territory', '='), (django.db.models.functions.comparison.Coalesce('customer', models.Value(uuid.UUID('00000000-0000-0000-0000-000000000000'), output_field=models.UUIDField())), '='), (django.db.models.functions.comparison.Coalesce('product', models.Value(uuid.UUID('00000000-0000-0000-0000-000000000000'), output_field=models.UUIDField())), '='), ('measure', '='), ('during', '&&')], name='target_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('measure__in', ['visits', 'reach', 'meetings', 'listings', 'units', 'revenue', 'collected'])), name='target_measure_known'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 1)), name='target_value_positive'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__regex', '^[A-Z]{3}$'), ('measure__in', ['revenue', 'collected'])), models.Q(models.Q(('measure__in', ['revenue', 'collected']), _negated=True), ('currency', '')), _connector='OR'), name='target_money_has_currency'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['', 'execution', 'external'])), name='target_reason_known'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__lower_inf', False), ('during__upper_inf', False)), name='target_has_both_ends'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_targetevent" ("id", "territory_id", "customer_id", "product_id", "measure", "value", "currency", "during", "agreed_on", "author_id", "reason", "review", "next_plan", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."customer_id", new_values."product_id", new_values."measure", new_values."value", new_values."currency", new_values."during", new_values."agreed_on", new_values."author_id", new_values."reason", new_values."review", new_values."next_plan", now(), \'insert\' FROM new_values;', hash='883713b0287f1f32d6ecd82a78df676ba6a371f4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_14cd9', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_target', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_targetevent" ("id", "territory_id", "customer_id", "product_id", "measure", "value", "currency", "during", "agreed_on", "author_id", "reason", "review", "next_plan", pgh_created_at, pgh_label) SELECT new_values."id", new_values."territory_id", new_values."customer_id", new_values."product_id", new_values."measure", new_values."value", new_values."currency", new_values."during", new_values."agreed_on", new_values."author_id", new_values."reason", new_values."review", new_values."next_plan", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."territory_id", new_values."customer_id", new_values."product_id", new_values."measure", new_values."value", new_values."currency", new_values."during", new_values."agreed_on", new_values."author_id", new_values."reason", new_values."review", new_values."next_plan") IS DISTINCT FROM (old_values."id", old_values."territory_id", old_values."customer_id", old_values."product_id", old_values."measure", old_values."value", old_values."currency", old_values."during", old_values."agreed_on", old_values."author_id", old_values."reason", old_values."review", old_values."next_plan");', hash='285f297d544edac5c1956e4fe3eaba97f55f16e4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_7e9cb', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_target', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_targetevent" ("id", "territory_id", "customer_id", "product_id", "measure", "value", "currency", "during", "agreed_on", "author_id", "reason", "review", "next_plan", pgh_created_at, pgh_label) SELECT old_values."id", old_values."territory_id", old_values."customer_id", old_values."product_id", old_values."measure", old_values."value", old_values."currency", old_values."during", old_values."agreed_on", old_values."author_id", old_values."reason", old_values."review", old_values."next_plan", now(), \'delete\' FROM old_values;', hash='5663a53b947e83409ea84dcf25a290646c47588b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_dc606', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_target', when='AFTER')),
        ),
    ]
