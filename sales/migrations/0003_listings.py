"""How far products have come into institutions."""

import crm.base.audit
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models

from crm.base import privileges
from crm.base.partitions import partition_by_year


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_days_off'),
        ('customers', '0005_places_and_knowledge'),
        ('sales', '0002_no_doctor_counts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListingEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('institution', models.UUIDField(db_column='institution_id')),
                ('product', models.UUIDField(db_column='product_id')),
                ('state', models.CharField(max_length=16)),
                ('evidence', models.CharField(max_length=500)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['id', 'pgh_id'], name='listing_of_id'), models.Index(fields=['institution', 'pgh_id'], name='listing_of_institution')],
            },
        ),
        partition_by_year("sales_listingevent"),
        privileges.keep_history("sales_listingevent"),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('not_listed', 'not listed'), ('requested', 'requested by a department'), ('committee', 'before the committee'), ('listed', 'listed'), ('temporary', 'temporary purchase'), ('refused', 'refused'), ('delisted', 'delisted')], max_length=16, verbose_name='state')),
                ('evidence', models.CharField(blank=True, default='', max_length=500, verbose_name='evidence')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='customers.institution')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='accounts.product')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('institution', '='), ('product', '='), ('during', '&&')], name='listing_one_state'), models.CheckConstraint(condition=models.Q(('state__in', ['not_listed', 'requested', 'committee', 'listed', 'temporary', 'refused', 'delisted'])), name='listing_state_known'), models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='listing_not_empty')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='listing',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "sales_listingevent" ("id", "institution_id", "product_id", "state", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."product_id", new_values."state", new_values."evidence", new_values."during", now(), \'insert\' FROM new_values;', hash='6d67113b70817a5908f13f1af0bd9dca5d7e0a8e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_76d0b', referencing='REFERENCING NEW TABLE AS new_values ', table='sales_listing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='listing',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "sales_listingevent" ("id", "institution_id", "product_id", "state", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."product_id", new_values."state", new_values."evidence", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."institution_id", new_values."product_id", new_values."state", new_values."evidence", new_values."during") IS DISTINCT FROM (old_values."id", old_values."institution_id", old_values."product_id", old_values."state", old_values."evidence", old_values."during");', hash='dc6ea6ced01356aff746e824814971415f4728c2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_be28d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='sales_listing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='listing',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "sales_listingevent" ("id", "institution_id", "product_id", "state", "evidence", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."institution_id", old_values."product_id", old_values."state", old_values."evidence", old_values."during", now(), \'delete\' FROM old_values;', hash='161649d7061cd9e7279d9ead911c6e331c97dba9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_05cc8', referencing='REFERENCING OLD TABLE AS old_values ', table='sales_listing', when='AFTER')),
        ),
    ]
