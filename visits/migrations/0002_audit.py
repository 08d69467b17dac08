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
        ('visits', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttendeeEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('visit', models.UUIDField(db_column='visit_id')),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('territory', models.UUIDField(db_column='territory_id', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CycleEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('line', models.UUIDField(db_column='line_id')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('opened_on', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FollowUpEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('visit', models.UUIDField(db_column='visit_id')),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('kind', models.CharField(max_length=16)),
                ('due_on', models.DateField()),
                ('text', models.CharField(max_length=500)),
                ('state', models.CharField(max_length=16)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReminderEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('line', models.UUIDField(db_column='line_id')),
                ('source_id', models.UUIDField()),
                ('due_on', models.DateField()),
                ('reason', models.JSONField()),
                ('state', models.CharField(max_length=16)),
                ('made_on', models.DateField()),
                ('closed_by_visit', models.UUIDField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VisitEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('maker', models.UUIDField(db_column='maker_id')),
                ('line', models.UUIDField(db_column='line_id')),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('place', models.UUIDField(db_column='place_id', null=True)),
                ('on', models.DateField()),
                ('channel', models.CharField(max_length=16)),
                ('note', models.TextField(max_length=4000)),
                ('state', models.CharField(max_length=16)),
                ('known_on', models.DateField()),
                ('reported_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VisitProductEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('visit', models.UUIDField(db_column='visit_id')),
                ('product', models.UUIDField(db_column='product_id')),
                ('position', models.PositiveSmallIntegerField()),
                ('reaction', models.CharField(max_length=16)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("visits_attendeeevent"),
        privileges.keep_history("visits_attendeeevent"),
        partition_by_year("visits_cycleevent"),
        privileges.keep_history("visits_cycleevent"),
        partition_by_year("visits_followupevent"),
        privileges.keep_history("visits_followupevent"),
        partition_by_year("visits_reminderevent"),
        privileges.keep_history("visits_reminderevent"),
        partition_by_year("visits_visitevent"),
        privileges.keep_history("visits_visitevent"),
        partition_by_year("visits_visitproductevent"),
        privileges.keep_history("visits_visitproductevent"),
        pgtrigger.migrations.AddTrigger(
            model_name='attendee',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_attendeeevent" ("id", "visit_id", "customer_id", "territory_id", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."customer_id", new_values."territory_id", now(), \'insert\' FROM new_values;', hash='9b087645bc9b412027efae40554836caa3e44a6d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_ec888', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_attendee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendee',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_attendeeevent" ("id", "visit_id", "customer_id", "territory_id", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."customer_id", new_values."territory_id", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."visit_id", new_values."customer_id", new_values."territory_id") IS DISTINCT FROM (old_values."id", old_values."visit_id", old_values."customer_id", old_values."territory_id");', hash='39053579b7554cce261509d0ed72f04a600caf6b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_95c04', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_attendee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendee',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_attendeeevent" ("id", "visit_id", "customer_id", "territory_id", pgh_created_at, pgh_label) SELECT old_values."id", old_values."visit_id", old_values."customer_id", old_values."territory_id", now(), \'delete\' FROM old_values;', hash='109142d8c0e27bbc7f427c414cf0ddfe08d93f4f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_b41d3', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_attendee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cycle',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_cycleevent" ("id", "line_id", "during", "opened_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."line_id", new_values."during", new_values."opened_on", now(), \'insert\' FROM new_values;', hash='6e63c0a7cf1eea3fa74a85bdbbf663229a1c85f1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_de251', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_cycle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cycle',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_cycleevent" ("id", "line_id", "during", "opened_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."line_id", new_values."during", new_values."opened_on", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."line_id", new_values."during", new_values."opened_on") IS DISTINCT FROM (old_values."id", old_values."line_id", old_values."during", old_values."opened_on");', hash='3f1ffc7dcc0ac1ec15af1eba4632599ce2d507cf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_b9490', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_cycle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cycle',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_cycleevent" ("id", "line_id", "during", "opened_on", pgh_created_at, pgh_label) SELECT old_values."id", old_values."line_id", old_values."during", old_values."opened_on", now(), \'delete\' FROM old_values;', hash='00b0e1ab06c1ce82a2c999abb1c75d2997fb88a8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_e7250', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_cycle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_followupevent" ("id", "visit_id", "customer_id", "kind", "due_on", "text", "state", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."customer_id", new_values."kind", new_values."due_on", new_values."text", new_values."state", now(), \'insert\' FROM new_values;', hash='0eadd866a3623ef28088007b42d0ae67a47d415c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_d7988', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_followupevent" ("id", "visit_id", "customer_id", "kind", "due_on", "text", "state", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."customer_id", new_values."kind", new_values."due_on", new_values."text", new_values."state", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."visit_id", new_values."customer_id", new_values."kind", new_values."due_on", new_values."text", new_values."state") IS DISTINCT FROM (old_values."id", old_values."visit_id", old_values."customer_id", old_values."kind", old_values."due_on", old_values."text", old_values."state");', hash='8ced086cb27b1ec7998e43fae05ec6decf963310', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_15d30', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_followupevent" ("id", "visit_id", "customer_id", "kind", "due_on", "text", "state", pgh_created_at, pgh_label) SELECT old_values."id", old_values."visit_id", old_values."customer_id", old_values."kind", old_values."due_on", old_values."text", old_values."state", now(), \'delete\' FROM old_values;', hash='efe33a61882bbb290d02d1a450dcff2b7dfec3d8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_21c47', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_reminderevent" ("id", "kind", "customer_id", "territory_id", "line_id", "source_id", "due_on", "reason", "state", "made_on", "closed_by_visit", pgh_created_at, pgh_label) SELECT new_values."id", new_values."kind", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."source_id", new_values."due_on", new_values."reason", new_values."state", new_values."made_on", new_values."closed_by_visit", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."kind", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."source_id", new_values."due_on", new_values."reason", new_values."state", new_values."made_on", new_values."closed_by_visit") IS DISTINCT FROM (old_values."id", old_values."kind", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."source_id", old_values."due_on", old_values."reason", old_values."state", old_values."made_on", old_values."closed_by_visit");', hash='549d7c0fc4dffaabfecc0bbd48764a8ce16c0acc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_2aaaf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_reminder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_reminderevent" ("id", "kind", "customer_id", "territory_id", "line_id", "source_id", "due_on", "reason", "state", "made_on", "closed_by_visit", pgh_created_at, pgh_label) SELECT old_values."id", old_values."kind", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."source_id", old_values."due_on", old_values."reason", old_values."state", old_values."made_on", old_values."closed_by_visit", now(), \'delete\' FROM old_values;', hash='e7f9aff739255e69d53b72d9c826665b7f67e23f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_13d89', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_reminder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", now(), \'insert\' FROM new_values;', hash='76515ade5a44610562f51e93b72ebd4fb41886a1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e964e', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version") IS DISTINCT FROM (old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version");', hash='ec8f421d44415947d47f3391f7c8d80f67754f35', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f814a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "note", "state", "known_on", "reported_at", "version", pgh_created_at, pgh_label) SELECT old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version", now(), \'delete\' FROM old_values;', hash='4e4286761c03ffedf98eacf60c79f91f0fa95956', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_47036', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "reaction", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."reaction", now(), \'insert\' FROM new_values;', hash='2790a3e9a44c06f9d5fb9d2a879f56707a936e77', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e9ffe', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_visitproduct', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "reaction", pgh_created_at, pgh_label) SELECT new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."reaction", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."visit_id", new_values."product_id", new_values."position", new_values."reaction") IS DISTINCT FROM (old_values."id", old_values."visit_id", old_values."product_id", old_values."position", old_values."reaction");', hash='8485c76a43741346695db070130c59f3ecb79725', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_c34a3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_visitproduct', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitproduct',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitproductevent" ("id", "visit_id", "product_id", "position", "reaction", pgh_created_at, pgh_label) SELECT old_values."id", old_values."visit_id", old_values."product_id", old_values."position", old_values."reaction", now(), \'delete\' FROM old_values;', hash='93bc6bba9cd8739eab2475947504433c64868612', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_ea446', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_visitproduct', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='attendeeevent',
            index=models.Index(fields=['id', 'pgh_id'], name='attendee_of_id'),
        ),
        migrations.AddIndex(
            model_name='attendeeevent',
            index=models.Index(fields=['visit', 'pgh_id'], name='attendee_of_visit'),
        ),
        migrations.AddIndex(
            model_name='cycleevent',
            index=models.Index(fields=['id', 'pgh_id'], name='cycle_of_id'),
        ),
        migrations.AddIndex(
            model_name='followupevent',
            index=models.Index(fields=['id', 'pgh_id'], name='followup_of_id'),
        ),
        migrations.AddIndex(
            model_name='followupevent',
            index=models.Index(fields=['visit', 'pgh_id'], name='followup_of_visit'),
        ),
        migrations.AddIndex(
            model_name='reminderevent',
            index=models.Index(fields=['id', 'pgh_id'], name='reminder_of_id'),
        ),
        migrations.AddIndex(
            model_name='visitevent',
            index=models.Index(fields=['id', 'pgh_id'], name='visit_of_id'),
        ),
        migrations.AddIndex(
            model_name='visitproductevent',
            index=models.Index(fields=['id', 'pgh_id'], name='visitproduct_of_id'),
        ),
        migrations.AddIndex(
            model_name='visitproductevent',
            index=models.Index(fields=['visit', 'pgh_id'], name='visitproduct_of_visit'),
        ),
    ]
