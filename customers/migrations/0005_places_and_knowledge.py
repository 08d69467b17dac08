"""Departments, licences, trade files, facts and consent; more of an institution."""

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
        ('customers', '0004_audit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('processing', 'keeping personal data'), ('phone', 'calls and text messages'), ('wechat', 'WeChat'), ('email', 'e-mail'), ('meetings', 'invitations to meetings'), ('family', 'facts about the family'), ('disclosure', 'disclosure of transfers of value')], max_length=16, verbose_name='purpose')),
                ('wording', models.CharField(max_length=60, verbose_name='version of the wording')),
                ('evidence', models.CharField(blank=True, default='', max_length=300, verbose_name='evidence')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('person', models.UUIDField(db_column='person_id')),
                ('purpose', models.CharField(max_length=16)),
                ('wording', models.CharField(max_length=60)),
                ('evidence', models.CharField(max_length=300)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_consentevent"),
        privileges.keep_history("customers_consentevent"),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('outpatients_per_day', models.PositiveIntegerField(blank=True, null=True, verbose_name='outpatients a day')),
            ],
        ),
        migrations.CreateModel(
            name='DepartmentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('institution', models.UUIDField(db_column='institution_id')),
                ('name', models.CharField(max_length=120)),
                ('parent', models.UUIDField(db_column='parent_id', null=True)),
                ('head', models.UUIDField(db_column='head_id', null=True)),
                ('outpatients_per_day', models.PositiveIntegerField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_departmentevent"),
        privileges.keep_history("customers_departmentevent"),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, verbose_name='fact')),
                ('value', models.CharField(max_length=500, verbose_name='value')),
                ('source', models.CharField(choices=[('told', 'told by the person'), ('colleague', 'told by a colleague of the person'), ('seen', 'seen in a visit'), ('public', 'public source'), ('register', 'register or purchased list')], max_length=16, verbose_name='source')),
                ('learned_on', models.DateField(verbose_name='learned on')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='withdrawn on')),
            ],
        ),
        migrations.CreateModel(
            name='FactEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('person', models.UUIDField(db_column='person_id')),
                ('key', models.CharField(max_length=32)),
                ('value', models.CharField(max_length=500)),
                ('source', models.CharField(max_length=16)),
                ('learned_on', models.DateField()),
                ('author', models.UUIDField(db_column='author_id', null=True)),
                ('withdrawn_on', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_factevent"),
        privileges.keep_history("customers_factevent"),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('business', 'business licence'), ('drug_trade', 'drug trade licence'), ('medical_practice', 'medical practice licence'), ('device_trade', 'medical device trade licence'), ('entrustment', 'letter of legal entrustment'), ('other', 'other licence')], max_length=24, verbose_name='kind')),
                ('number', models.CharField(max_length=120, verbose_name='number')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
        ),
        migrations.CreateModel(
            name='LicenceEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('institution', models.UUIDField(db_column='institution_id')),
                ('kind', models.CharField(max_length=24)),
                ('number', models.CharField(max_length=120)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_licenceevent"),
        privileges.keep_history("customers_licenceevent"),
        migrations.CreateModel(
            name='TradeFile',
            fields=[
                ('institution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='trade_file', serialize=False, to='customers.institution')),
                ('principal', models.CharField(blank=True, default='', max_length=120, verbose_name='principal')),
                ('floor_area', models.PositiveIntegerField(blank=True, null=True, verbose_name='floor area (m²)')),
                ('staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='staff')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='opened on')),
                ('customer_since', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('medicine_habits', models.CharField(blank=True, default='', max_length=1000, verbose_name='medicine habits')),
                ('selling_power', models.CharField(blank=True, default='', max_length=1000, verbose_name='selling power')),
                ('potential', models.CharField(blank=True, default='', max_length=1000, verbose_name='potential')),
                ('business_ideas', models.CharField(blank=True, default='', max_length=1000, verbose_name='business ideas')),
                ('shelf_lines', models.CharField(blank=True, default='', max_length=1000, verbose_name='our lines on the shelf')),
                ('competitors', models.CharField(blank=True, default='', max_length=1000, verbose_name='competitors')),
                ('cooperation', models.CharField(blank=True, default='', max_length=1000, verbose_name='co-operation')),
                ('sell_through', models.CharField(blank=True, default='', max_length=1000, verbose_name='sell-through')),
                ('problems', models.CharField(blank=True, default='', max_length=1000, verbose_name='problems')),
                ('strengths', models.CharField(blank=True, default='', max_length=1000, verbose_name='strengths')),
                ('counter_measures', models.CharField(blank=True, default='', max_length=1000, verbose_name='counter-measures')),
                ('credit', models.CharField(blank=True, choices=[('good', 'good'), ('fair', 'fair'), ('poor', 'poor')], default='', max_length=8, verbose_name='credit standing')),
                ('credit_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='credit terms (days)')),
            ],
        ),
        migrations.CreateModel(
            name='TradeFileEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('institution', models.UUIDField(db_column='institution_id')),
                ('principal', models.CharField(max_length=120)),
                ('floor_area', models.PositiveIntegerField(null=True)),
                ('staff', models.PositiveIntegerField(null=True)),
                ('opened_on', models.DateField(null=True)),
                ('customer_since', models.DateField(null=True)),
                ('medicine_habits', models.CharField(max_length=1000)),
                ('selling_power', models.CharField(max_length=1000)),
                ('potential', models.CharField(max_length=1000)),
                ('business_ideas', models.CharField(max_length=1000)),
                ('shelf_lines', models.CharField(max_length=1000)),
                ('competitors', models.CharField(max_length=1000)),
                ('cooperation', models.CharField(max_length=1000)),
                ('sell_through', models.CharField(max_length=1000)),
                ('problems', models.CharField(max_length=1000)),
                ('strengths', models.CharField(max_length=1000)),
                ('counter_measures', models.CharField(max_length=1000)),
                ('credit', models.CharField(max_length=8)),
                ('credit_days', models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_tradefileevent"),
        privileges.keep_history("customers_tradefileevent"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='institution',
            name='audit_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='institution',
            name='audit_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='institution',
            name='audit_delete',
        ),
        migrations.AddField(
            model_name='institution',
            name='annual_purchases',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='medicine purchases a year'),
        ),
        migrations.AddField(
            model_name='institution',
            name='culture',
            field=models.CharField(blank=True, db_default='', default='', max_length=1000, verbose_name='inner culture'),
        ),
        migrations.AddField(
            model_name='institution',
            name='distribution_tier',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='distribution tier'),
        ),
        migrations.AddField(
            model_name='institution',
            name='latitude',
            field=models.IntegerField(blank=True, null=True, verbose_name='latitude'),
        ),
        migrations.AddField(
            model_name='institution',
            name='longitude',
            field=models.IntegerField(blank=True, null=True, verbose_name='longitude'),
        ),
        migrations.AddField(
            model_name='institution',
            name='outpatients_per_day',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='outpatients a day'),
        ),
        migrations.AddField(
            model_name='institution',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='customers.institution', verbose_name='belongs to'),
        ),
        migrations.AddField(
            model_name='institution',
            name='patient_groups',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='main patient groups'),
        ),
        migrations.AddField(
            model_name='institution',
            name='patient_means',
            field=models.CharField(blank=True, choices=[('low', 'low'), ('middle', 'middle'), ('high', 'high')], db_default='', default='', max_length=8, verbose_name='means of patients'),
        ),
        migrations.AddField(
            model_name='institution',
            name='purchases_currency',
            field=models.CharField(blank=True, db_default='', default='', max_length=3),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='annual_purchases',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='culture',
            field=models.CharField(default='', max_length=1000),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='distribution_tier',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='latitude',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='longitude',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='outpatients_per_day',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='parent',
            field=models.UUIDField(db_column='parent_id', null=True),
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='patient_groups',
            field=models.CharField(default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='patient_means',
            field=models.CharField(default='', max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='institutionevent',
            name='purchases_currency',
            field=models.CharField(default='', max_length=3),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", "parent_id", "distribution_tier", "latitude", "longitude", "outpatients_per_day", "patient_groups", "patient_means", "annual_purchases", "purchases_currency", "culture", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address", new_values."parent_id", new_values."distribution_tier", new_values."latitude", new_values."longitude", new_values."outpatients_per_day", new_values."patient_groups", new_values."patient_means", new_values."annual_purchases", new_values."purchases_currency", new_values."culture", now(), \'insert\' FROM new_values;', hash='bd5fec5663f025910030b092697241e13836f736', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_c6f83', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_institution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", "parent_id", "distribution_tier", "latitude", "longitude", "outpatients_per_day", "patient_groups", "patient_means", "annual_purchases", "purchases_currency", "culture", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address", new_values."parent_id", new_values."distribution_tier", new_values."latitude", new_values."longitude", new_values."outpatients_per_day", new_values."patient_groups", new_values."patient_means", new_values."annual_purchases", new_values."purchases_currency", new_values."culture", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."customer_id" = new_values."customer_id" WHERE (new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address", new_values."parent_id", new_values."distribution_tier", new_values."latitude", new_values."longitude", new_values."outpatients_per_day", new_values."patient_groups", new_values."patient_means", new_values."annual_purchases", new_values."purchases_currency", new_values."culture") IS DISTINCT FROM (old_values."customer_id", old_values."kind", old_values."level", old_values."grade", old_values."address", old_values."parent_id", old_values."distribution_tier", old_values."latitude", old_values."longitude", old_values."outpatients_per_day", old_values."patient_groups", old_values."patient_means", old_values."annual_purchases", old_values."purchases_currency", old_values."culture");', hash='3a18df4986dd6d5f2ffd1e6e79a91cfa6528f613', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_cde18', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_institution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", "parent_id", "distribution_tier", "latitude", "longitude", "outpatients_per_day", "patient_groups", "patient_means", "annual_purchases", "purchases_currency", "culture", pgh_created_at, pgh_label) SELECT old_values."customer_id", old_values."kind", old_values."level", old_values."grade", old_values."address", old_values."parent_id", old_values."distribution_tier", old_values."latitude", old_values."longitude", old_values."outpatients_per_day", old_values."patient_groups", old_values."patient_means", old_values."annual_purchases", old_values."purchases_currency", old_values."culture", now(), \'delete\' FROM old_values;', hash='c7bc98a9f38adc18c1653ca04745c9924684d34b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_26f44', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_institution', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='institution',
            constraint=models.CheckConstraint(condition=models.Q(('distribution_tier', None), models.Q(('distribution_tier__in', [1, 2]), ('kind', 'distributor')), _connector='OR'), name='institution_distribution_tier'),
        ),
        migrations.AddConstraint(
            model_name='institution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90000000, 90000000)), ('longitude__range', (-180000000, 180000000))), _connector='OR'), name='institution_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='institution',
            constraint=models.CheckConstraint(condition=models.Q(('patient_means__in', ['', 'low', 'middle', 'high'])), name='institution_means_known'),
        ),
        migrations.AddConstraint(
            model_name='institution',
            constraint=models.CheckConstraint(condition=models.Q(('annual_purchases', None), ('purchases_currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='institution_purchases_have_currency'),
        ),
        migrations.AddConstraint(
            model_name='institution',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('customer')), _negated=True), name='institution_not_own_parent'),
        ),
        migrations.AddField(
            model_name='consent',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.person'),
        ),
        migrations.AddIndex(
            model_name='consentevent',
            index=models.Index(fields=['id', 'pgh_id'], name='consent_of_id'),
        ),
        migrations.AddIndex(
            model_name='consentevent',
            index=models.Index(fields=['person', 'pgh_id'], name='consent_of_person'),
        ),
        migrations.AddField(
            model_name='department',
            name='head',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='customers.person', verbose_name='head'),
        ),
        migrations.AddField(
            model_name='department',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='customers.institution'),
        ),
        migrations.AddField(
            model_name='department',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='customers.department', verbose_name='part of'),
        ),
        migrations.AddIndex(
            model_name='departmentevent',
            index=models.Index(fields=['id', 'pgh_id'], name='department_of_id'),
        ),
        migrations.AddIndex(
            model_name='departmentevent',
            index=models.Index(fields=['institution', 'pgh_id'], name='department_of_institution'),
        ),
        migrations.AddField(
            model_name='fact',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fact',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='customers.person'),
        ),
        migrations.AddIndex(
            model_name='factevent',
            index=models.Index(fields=['id', 'pgh_id'], name='fact_of_id'),
        ),
        migrations.AddIndex(
            model_name='factevent',
            index=models.Index(fields=['person', 'pgh_id'], name='fact_of_person'),
        ),
        migrations.AddField(
            model_name='licence',
            name='institution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='customers.institution'),
        ),
        migrations.AddIndex(
            model_name='licenceevent',
            index=models.Index(fields=['id', 'pgh_id'], name='licence_of_id'),
        ),
        migrations.AddIndex(
            model_name='licenceevent',
            index=models.Index(fields=['institution', 'pgh_id'], name='licence_of_institution'),
        ),
        migrations.AddConstraint(
            model_name='tradefile',
            constraint=models.CheckConstraint(condition=models.Q(('credit__in', ['', 'good', 'fair', 'poor'])), name='trade_credit_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tradefile',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_tradefileevent" ("institution_id", "principal", "floor_area", "staff", "opened_on", "customer_since", "medicine_habits", "selling_power", "potential", "business_ideas", "shelf_lines", "competitors", "cooperation", "sell_through", "problems", "strengths", "counter_measures", "credit", "credit_days", pgh_created_at, pgh_label) SELECT new_values."institution_id", new_values."principal", new_values."floor_area", new_values."staff", new_values."opened_on", new_values."customer_since", new_values."medicine_habits", new_values."selling_power", new_values."potential", new_values."business_ideas", new_values."shelf_lines", new_values."competitors", new_values."cooperation", new_values."sell_through", new_values."problems", new_values."strengths", new_values."counter_measures", new_values."credit", new_values."credit_days", now(), \'insert\' FROM new_values;', hash='620e6b077498b4c32822a06ab67fcae0035e9214', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_5a597', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_tradefile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tradefile',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_tradefileevent" ("institution_id", "principal", "floor_area", "staff", "opened_on", "customer_since", "medicine_habits", "selling_power", "potential", "business_ideas", "shelf_lines", "competitors", "cooperation", "sell_through", "problems", "strengths", "counter_measures", "credit", "credit_days", pgh_created_at, pgh_label) SELECT new_values."institution_id", new_values."principal", new_values."floor_area", new_values."staff", new_values."opened_on", new_values."customer_since", new_values."medicine_habits", new_values."selling_power", new_values."potential", new_values."business_ideas", new_values."shelf_lines", new_values."competitors", new_values."cooperation", new_values."sell_through", new_values."problems", new_values."strengths", new_values."counter_measures", new_values."credit", new_values."credit_days", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."institution_id" = new_values."institution_id" WHERE (new_values."institution_id", new_values."principal", new_values."floor_area", new_values."staff", new_values."opened_on", new_values."customer_since", new_values."medicine_habits", new_values."selling_power", new_values."potential", new_values."business_ideas", new_values."shelf_lines", new_values."competitors", new_values."cooperation", new_values."sell_through", new_values."problems", new_values."strengths", new_values."counter_measures", new_values."credit", new_values."credit_days") IS DISTINCT FROM (old_values."institution_id", old_values."principal", old_values."floor_area", old_values."staff", old_values."opened_on", old_values."customer_since", old_values."medicine_habits", old_values."selling_power", old_values."potential", old_values."business_ideas", old_values."shelf_lines", old_values."competitors", old_values."cooperation", old_values."sell_through", old_values."problems", old_values."strengths", old_values."counter_measures", old_values."credit", old_values."credit_days");', hash='3e8c7b34726037ec2ffd9a6372ba9ccd64a8edc2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_61c09', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_tradefile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tradefile',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_tradefileevent" ("institution_id", "principal", "floor_area", "staff", "opened_on", "customer_since", "medicine_habits", "selling_power", "potential", "business_ideas", "shelf_lines", "competitors", "cooperation", "sell_through", "problems", "strengths", "counter_measures", "credit", "credit_days", pgh_created_at, pgh_label) SELECT old_values."institution_id", old_values."principal", old_values."floor_area", old_values."staff", old_values."opened_on", old_values."customer_since", old_values."medicine_habits", old_values."selling_power", old_values."potential", old_values."business_ideas", old_values."shelf_lines", old_values."competitors", old_values."cooperation", old_values."sell_through", old_values."problems", old_values."strengths", old_values."counter_measures", old_values."credit", old_values."credit_days", now(), \'delete\' FROM old_values;', hash='39ef45d8ea036660aacd89e11e11faa56a9d10dc', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_eefef', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_tradefile', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='tradefileevent',
            index=models.Index(fields=['institution', 'pgh_id'], name='tradefile_of_institution'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('person', '='), ('purpose', '='), ('during', '&&')], name='consent_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['processing', 'phone', 'wechat', 'email', 'meetings', 'family', 'disclosure'])), name='consent_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__lower_inf', False)), name='consent_has_a_beginning'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_consentevent" ("id", "person_id", "purpose", "wording", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."purpose", new_values."wording", new_values."evidence", new_values."during", now(), \'insert\' FROM new_values;', hash='127aca1e5318819047cdb6c56f181d5dd37cb49e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_a0add', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_consentevent" ("id", "person_id", "purpose", "wording", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."purpose", new_values."wording", new_values."evidence", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."person_id", new_values."purpose", new_values."wording", new_values."evidence", new_values."during") IS DISTINCT FROM (old_values."id", old_values."person_id", old_values."purpose", old_values."wording", old_values."evidence", old_values."during");', hash='d63099cc4582ab34afa6d87f2f1b6cea00352fb6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_775fe', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_consentevent" ("id", "person_id", "purpose", "wording", "evidence", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."person_id", old_values."purpose", old_values."wording", old_values."evidence", old_values."during", now(), \'delete\' FROM old_values;', hash='f7ce7fe803cb30c3a0448fdcc9296ebabe3fd4a6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_422c4', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_consent', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.UniqueConstraint(fields=('institution', 'name'), name='department_once'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='department_has_name'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='department_not_own_parent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_departmentevent" ("id", "institution_id", "name", "parent_id", "head_id", "outpatients_per_day", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."name", new_values."parent_id", new_values."head_id", new_values."outpatients_per_day", now(), \'insert\' FROM new_values;', hash='2bb0a9fcebf7882549c7c4bf6c86f55cd2de04a9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_220cc', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_department', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_departmentevent" ("id", "institution_id", "name", "parent_id", "head_id", "outpatients_per_day", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."name", new_values."parent_id", new_values."head_id", new_values."outpatients_per_day", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."institution_id", new_values."name", new_values."parent_id", new_values."head_id", new_values."outpatients_per_day") IS DISTINCT FROM (old_values."id", old_values."institution_id", old_values."name", old_values."parent_id", old_values."head_id", old_values."outpatients_per_day");', hash='f929ae3565a6743d09536e9ec8d66caaef6d0924', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_fcbf8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_department', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_departmentevent" ("id", "institution_id", "name", "parent_id", "head_id", "outpatients_per_day", pgh_created_at, pgh_label) SELECT old_values."id", old_values."institution_id", old_values."name", old_values."parent_id", old_values."head_id", old_values."outpatients_per_day", now(), \'delete\' FROM old_values;', hash='33dd9024768a62b1116f90be898c5f8e4f6deb11', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_61263', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_department', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.UniqueConstraint(fields=('person', 'key', 'learned_on'), name='fact_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='fact_says_something'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['told', 'colleague', 'seen', 'public', 'register'])), name='fact_source_known'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', 'birthday'), _negated=True), ('value__regex', '^(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])$|^(0[469]|11)-(0[1-9]|[12]\\d|30)$|^02-(0[1-9]|[12]\\d)$'), _connector='OR'), name='fact_birthday_is_a_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fact',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_factevent" ("id", "person_id", "key", "value", "source", "learned_on", "author_id", "withdrawn_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."key", new_values."value", new_values."source", new_values."learned_on", new_values."author_id", new_values."withdrawn_on", now(), \'insert\' FROM new_values;', hash='ef8915fc5e0e8f7b94ebf684adbe8b0dd1afcedb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_8df77', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_fact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fact',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_factevent" ("id", "person_id", "key", "value", "source", "learned_on", "author_id", "withdrawn_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."key", new_values."value", new_values."source", new_values."learned_on", new_values."author_id", new_values."withdrawn_on", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."person_id", new_values."key", new_values."value", new_values."source", new_values."learned_on", new_values."author_id", new_values."withdrawn_on") IS DISTINCT FROM (old_values."id", old_values."person_id", old_values."key", old_values."value", old_values."source", old_values."learned_on", old_values."author_id", old_values."withdrawn_on");', hash='f01325596229cced50e7028866e2bfdcbfbed556', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_6464b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_fact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fact',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_factevent" ("id", "person_id", "key", "value", "source", "learned_on", "author_id", "withdrawn_on", pgh_created_at, pgh_label) SELECT old_values."id", old_values."person_id", old_values."key", old_values."value", old_values."source", old_values."learned_on", old_values."author_id", old_values."withdrawn_on", now(), \'delete\' FROM old_values;', hash='9ba4e4336cef7584577dc44a727e97d0e2781a80', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_88258', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_fact', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('institution', '='), ('kind', '='), ('number', '='), ('during', '&&')], name='licence_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['business', 'drug_trade', 'medical_practice', 'device_trade', 'entrustment', 'other'])), name='licence_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='licence_not_empty'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='licence',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_licenceevent" ("id", "institution_id", "kind", "number", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."kind", new_values."number", new_values."during", now(), \'insert\' FROM new_values;', hash='dd15243899309cb718228152c07c21a776c22480', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_e0b16', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_licence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='licence',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_licenceevent" ("id", "institution_id", "kind", "number", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."institution_id", new_values."kind", new_values."number", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."institution_id", new_values."kind", new_values."number", new_values."during") IS DISTINCT FROM (old_values."id", old_values."institution_id", old_values."kind", old_values."number", old_values."during");', hash='9fac90fe0dfa49bf8c282ab7f36a155f34e106fb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_40947', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_licence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='licence',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_licenceevent" ("id", "institution_id", "kind", "number", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."institution_id", old_values."kind", old_values."number", old_values."during", now(), \'delete\' FROM old_values;', hash='6dea7411ce2552f79436b78b8ffeb96db97d557b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_0ceae', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_licence', when='AFTER')),
        ),
    ]
