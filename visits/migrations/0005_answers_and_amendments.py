"""Why a visit was amended, and which visits people decided to skip."""

import crm.base.audit
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_saved_view'),
        ('customers', '0006_what_must_agree'),
        ('visits', '0004_no_sales_targets_for_doctors'),
    ]

    operations = [
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
        migrations.AddField(
            model_name='visit',
            name='amendment',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='reason of the amendment'),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='amendment',
            field=models.CharField(default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='reminder',
            name='answer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='reason'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('kind', 'visit_due'), ('state', 'dismissed')), fields=['customer', 'line', 'postponed_to'], name='reminder_skipped'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", "amendment", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", new_values."amendment", now(), \'insert\' FROM new_values;', hash='5daee12039869196c83873c3d00d8d7fcfee6de4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e964e', referencing='REFERENCING NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", "amendment", pgh_created_at, pgh_label) SELECT new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", new_values."amendment", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."maker_id", new_values."line_id", new_values."territory_id", new_values."place_id", new_values."on", new_values."channel", new_values."purpose", new_values."joint_with_id", new_values."needs", new_values."objections", new_values."materials", new_values."competitors", new_values."note", new_values."state", new_values."known_on", new_values."reported_at", new_values."version", new_values."amendment") IS DISTINCT FROM (old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."purpose", old_values."joint_with_id", old_values."needs", old_values."objections", old_values."materials", old_values."competitors", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version", old_values."amendment");', hash='07e0e82f58b80a29ec11dcb448d74aa9d5b8dbe2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_f814a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "visits_visitevent" ("id", "maker_id", "line_id", "territory_id", "place_id", "on", "channel", "purpose", "joint_with_id", "needs", "objections", "materials", "competitors", "note", "state", "known_on", "reported_at", "version", "amendment", pgh_created_at, pgh_label) SELECT old_values."id", old_values."maker_id", old_values."line_id", old_values."territory_id", old_values."place_id", old_values."on", old_values."channel", old_values."purpose", old_values."joint_with_id", old_values."needs", old_values."objections", old_values."materials", old_values."competitors", old_values."note", old_values."state", old_values."known_on", old_values."reported_at", old_values."version", old_values."amendment", now(), \'delete\' FROM old_values;', hash='1c1c75f64b1a8a8ba123cea5a834daa2d640dccb', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_47036', referencing='REFERENCING OLD TABLE AS old_values ', table='visits_visit', when='AFTER')),
        ),
    ]
