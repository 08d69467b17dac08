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
        ('customers', '0003_search_columns'),
    ]

    operations = [
        migrations.CreateModel(
            name='AffiliationEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('person', models.UUIDField(db_column='person_id')),
                ('institution', models.UUIDField(db_column='institution_id')),
                ('department', models.CharField(max_length=120)),
                ('position', models.CharField(max_length=120)),
                ('is_primary', models.BooleanField()),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AlignmentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('territory', models.UUIDField(db_column='territory_id')),
                ('line', models.UUIDField(db_column='line_id')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CustomerEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('kind', models.CharField(max_length=16)),
                ('name', models.CharField(max_length=200)),
                ('ended_on', models.DateField(null=True)),
                ('merged_into', models.UUIDField(db_column='merged_into_id', null=True)),
                ('version', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InfluenceLinkEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('influencer', models.UUIDField(db_column='influencer_id')),
                ('influenced', models.UUIDField(db_column='influenced_id')),
                ('kind', models.CharField(max_length=16)),
                ('weight', models.PositiveSmallIntegerField()),
                ('evidence', models.CharField(max_length=500)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InstitutionEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('kind', models.CharField(max_length=24)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('grade', models.CharField(max_length=1)),
                ('address', models.CharField(max_length=300)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('honorific', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=120)),
                ('specialty', models.CharField(max_length=120)),
                ('gender', models.CharField(max_length=8)),
                ('phone', models.CharField(max_length=32)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PotentialEstimateEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.BigIntegerField()),
                ('customer', models.UUIDField(db_column='customer_id')),
                ('patients_per_day', models.PositiveSmallIntegerField()),
                ('openness', models.PositiveSmallIntegerField()),
                ('known_on', models.DateField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleAssignmentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(db_default=crm.base.audit.Actor(), null=True)),
                ('job', models.TextField(db_default=crm.base.audit.Job())),
                ('db_user', models.TextField(db_default=crm.base.audit.DatabaseUser())),
                ('id', models.UUIDField()),
                ('person', models.UUIDField(db_column='person_id')),
                ('role', models.CharField(max_length=16)),
                ('product', models.UUIDField(db_column='product_id', null=True)),
                ('strength', models.PositiveSmallIntegerField()),
                ('evidence', models.CharField(max_length=500)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        partition_by_year("customers_affiliationevent"),
        privileges.keep_history("customers_affiliationevent"),
        partition_by_year("customers_alignmentevent"),
        privileges.keep_history("customers_alignmentevent"),
        partition_by_year("customers_customerevent"),
        privileges.keep_history("customers_customerevent"),
        partition_by_year("customers_influencelinkevent"),
        privileges.keep_history("customers_influencelinkevent"),
        partition_by_year("customers_institutionevent"),
        privileges.keep_history("customers_institutionevent"),
        partition_by_year("customers_personevent"),
        privileges.keep_history("customers_personevent"),
        partition_by_year("customers_potentialestimateevent"),
        privileges.keep_history("customers_potentialestimateevent"),
        partition_by_year("customers_roleassignmentevent"),
        privileges.keep_history("customers_roleassignmentevent"),
        pgtrigger.migrations.AddTrigger(
            model_name='affiliation',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_affiliationevent" ("id", "person_id", "institution_id", "department", "position", "is_primary", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."institution_id", new_values."department", new_values."position", new_values."is_primary", new_values."during", now(), \'insert\' FROM new_values;', hash='7cd02a07ed11a8e381cf6311ae24c3e99b6e68cf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_30e3f', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_affiliation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='affiliation',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_affiliationevent" ("id", "person_id", "institution_id", "department", "position", "is_primary", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."institution_id", new_values."department", new_values."position", new_values."is_primary", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."person_id", new_values."institution_id", new_values."department", new_values."position", new_values."is_primary", new_values."during") IS DISTINCT FROM (old_values."id", old_values."person_id", old_values."institution_id", old_values."department", old_values."position", old_values."is_primary", old_values."during");', hash='bf3901fcc0472971e756e69db4824d9cf78d3bcd', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_15a0c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_affiliation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='affiliation',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_affiliationevent" ("id", "person_id", "institution_id", "department", "position", "is_primary", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."person_id", old_values."institution_id", old_values."department", old_values."position", old_values."is_primary", old_values."during", now(), \'delete\' FROM old_values;', hash='7e7b4acfe903180fbc7ed1626fbe28733f81b5cf', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_2d377', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_affiliation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_alignmentevent" ("id", "customer_id", "territory_id", "line_id", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."during", now(), \'insert\' FROM new_values;', hash='dbd3da3acbda3876b8ba89ff7f6c9fdea1df4e08', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_c8191', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_alignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_alignmentevent" ("id", "customer_id", "territory_id", "line_id", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."customer_id", new_values."territory_id", new_values."line_id", new_values."during") IS DISTINCT FROM (old_values."id", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."during");', hash='9cf96e46e5c5d9d769b24d5a6453a0f5afcc483a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_b9f54', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_alignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_alignmentevent" ("id", "customer_id", "territory_id", "line_id", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."customer_id", old_values."territory_id", old_values."line_id", old_values."during", now(), \'delete\' FROM old_values;', hash='096c49b7981ebea073c4bc1071143e7849816a56', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_2356f', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_alignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_customerevent" ("id", "kind", "name", "ended_on", "merged_into_id", "version", "created_at", pgh_created_at, pgh_label) SELECT new_values."id", new_values."kind", new_values."name", new_values."ended_on", new_values."merged_into_id", new_values."version", new_values."created_at", now(), \'insert\' FROM new_values;', hash='961c65588e9ef201d22d35cc0319ae692664a9c6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_3b84b', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_customerevent" ("id", "kind", "name", "ended_on", "merged_into_id", "version", "created_at", pgh_created_at, pgh_label) SELECT new_values."id", new_values."kind", new_values."name", new_values."ended_on", new_values."merged_into_id", new_values."version", new_values."created_at", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."kind", new_values."name", new_values."ended_on", new_values."merged_into_id", new_values."version", new_values."created_at") IS DISTINCT FROM (old_values."id", old_values."kind", old_values."name", old_values."ended_on", old_values."merged_into_id", old_values."version", old_values."created_at");', hash='c42590367ce8c9d508abf54bdd604ec7e66a91af', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_747e2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_customerevent" ("id", "kind", "name", "ended_on", "merged_into_id", "version", "created_at", pgh_created_at, pgh_label) SELECT old_values."id", old_values."kind", old_values."name", old_values."ended_on", old_values."merged_into_id", old_values."version", old_values."created_at", now(), \'delete\' FROM old_values;', hash='35407905489259e7dd2b053e97356eedf1fd9fcf', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_f7d71', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='influencelink',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_influencelinkevent" ("id", "influencer_id", "influenced_id", "kind", "weight", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."influencer_id", new_values."influenced_id", new_values."kind", new_values."weight", new_values."evidence", new_values."during", now(), \'insert\' FROM new_values;', hash='7bfdc32da2be30a6b42b35685c966ad69d123021', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_95c4b', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_influencelink', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='influencelink',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_influencelinkevent" ("id", "influencer_id", "influenced_id", "kind", "weight", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."influencer_id", new_values."influenced_id", new_values."kind", new_values."weight", new_values."evidence", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."influencer_id", new_values."influenced_id", new_values."kind", new_values."weight", new_values."evidence", new_values."during") IS DISTINCT FROM (old_values."id", old_values."influencer_id", old_values."influenced_id", old_values."kind", old_values."weight", old_values."evidence", old_values."during");', hash='987dd683bd265b613da9ac850c70ad7984a5cb17', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_ff466', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_influencelink', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='influencelink',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_influencelinkevent" ("id", "influencer_id", "influenced_id", "kind", "weight", "evidence", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."influencer_id", old_values."influenced_id", old_values."kind", old_values."weight", old_values."evidence", old_values."during", now(), \'delete\' FROM old_values;', hash='d55cd6cde12fd8bf8d9391858e4bfbbd2e29f590', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_b759a', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_influencelink', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address", now(), \'insert\' FROM new_values;', hash='d8b69ac9302fab08fb5e509fa3c0cbf968c79b56', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_c6f83', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_institution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."customer_id" = new_values."customer_id" WHERE (new_values."customer_id", new_values."kind", new_values."level", new_values."grade", new_values."address") IS DISTINCT FROM (old_values."customer_id", old_values."kind", old_values."level", old_values."grade", old_values."address");', hash='e871983a49cca06f5f725574ed596000fb75d42a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_cde18', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_institution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='institution',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_institutionevent" ("customer_id", "kind", "level", "grade", "address", pgh_created_at, pgh_label) SELECT old_values."customer_id", old_values."kind", old_values."level", old_values."grade", old_values."address", now(), \'delete\' FROM old_values;', hash='cac51b7e5fc1fa4084b99c6d069771cfa251e909', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_26f44', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_institution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_personevent" ("customer_id", "honorific", "title", "specialty", "gender", "phone", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."honorific", new_values."title", new_values."specialty", new_values."gender", new_values."phone", now(), \'insert\' FROM new_values;', hash='a632a2a09fcafeb1c8be3e3665467f38d387d417', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_afffb', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_personevent" ("customer_id", "honorific", "title", "specialty", "gender", "phone", pgh_created_at, pgh_label) SELECT new_values."customer_id", new_values."honorific", new_values."title", new_values."specialty", new_values."gender", new_values."phone", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."customer_id" = new_values."customer_id" WHERE (new_values."customer_id", new_values."honorific", new_values."title", new_values."specialty", new_values."gender", new_values."phone") IS DISTINCT FROM (old_values."customer_id", old_values."honorific", old_values."title", old_values."specialty", old_values."gender", old_values."phone");', hash='960d9b7ee007030c32a67dcc0a437282e6817a26', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_83059', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_personevent" ("customer_id", "honorific", "title", "specialty", "gender", "phone", pgh_created_at, pgh_label) SELECT old_values."customer_id", old_values."honorific", old_values."title", old_values."specialty", old_values."gender", old_values."phone", now(), \'delete\' FROM old_values;', hash='935b8a63397b7c02d732f40d28db10c2dbfc77a1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_6c18d', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='potentialestimate',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_potentialestimateevent" ("id", "customer_id", "patients_per_day", "openness", "known_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."customer_id", new_values."patients_per_day", new_values."openness", new_values."known_on", now(), \'insert\' FROM new_values;', hash='bfa46bafe7ff50f38bf6fc735fe6c12bf90333e7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_fd7d3', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_potentialestimate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='potentialestimate',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_potentialestimateevent" ("id", "customer_id", "patients_per_day", "openness", "known_on", pgh_created_at, pgh_label) SELECT new_values."id", new_values."customer_id", new_values."patients_per_day", new_values."openness", new_values."known_on", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."customer_id", new_values."patients_per_day", new_values."openness", new_values."known_on") IS DISTINCT FROM (old_values."id", old_values."customer_id", old_values."patients_per_day", old_values."openness", old_values."known_on");', hash='81886e1cc5b1c551fb2a6545ba676e1e60c69cfc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_efc3a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_potentialestimate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='potentialestimate',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_potentialestimateevent" ("id", "customer_id", "patients_per_day", "openness", "known_on", pgh_created_at, pgh_label) SELECT old_values."id", old_values."customer_id", old_values."patients_per_day", old_values."openness", old_values."known_on", now(), \'delete\' FROM old_values;', hash='f8ec1ecd1facc7203447e4276aa37105e7a6e935', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_d1aca', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_potentialestimate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_insert', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_roleassignmentevent" ("id", "person_id", "role", "product_id", "strength", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."role", new_values."product_id", new_values."strength", new_values."evidence", new_values."during", now(), \'insert\' FROM new_values;', hash='09a98a707d5cff9480cecc0d0cdbbef9b8d2d36d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_insert_baf15', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_update', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_roleassignmentevent" ("id", "person_id", "role", "product_id", "strength", "evidence", "during", pgh_created_at, pgh_label) SELECT new_values."id", new_values."person_id", new_values."role", new_values."product_id", new_values."strength", new_values."evidence", new_values."during", now(), \'update\' FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE (new_values."id", new_values."person_id", new_values."role", new_values."product_id", new_values."strength", new_values."evidence", new_values."during") IS DISTINCT FROM (old_values."id", old_values."person_id", old_values."role", old_values."product_id", old_values."strength", old_values."evidence", old_values."during");', hash='5b860f4dedd751e55db0d7fede39c04108d71582', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_audit_update_0b6d0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='audit_delete', sql=crm.base.audit.RecordingSql(func='INSERT INTO "customers_roleassignmentevent" ("id", "person_id", "role", "product_id", "strength", "evidence", "during", pgh_created_at, pgh_label) SELECT old_values."id", old_values."person_id", old_values."role", old_values."product_id", old_values."strength", old_values."evidence", old_values."during", now(), \'delete\' FROM old_values;', hash='4cacf41205096d6faa52c3b9ac92e44f37f00a48', level='STATEMENT', operation='DELETE', pgid='pgtrigger_audit_delete_54413', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_roleassignment', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='affiliationevent',
            index=models.Index(fields=['id', 'pgh_id'], name='affiliation_of_id'),
        ),
        migrations.AddIndex(
            model_name='affiliationevent',
            index=models.Index(fields=['person', 'pgh_id'], name='affiliation_of_person'),
        ),
        migrations.AddIndex(
            model_name='affiliationevent',
            index=models.Index(fields=['institution', 'pgh_id'], name='affiliation_of_institution'),
        ),
        migrations.AddIndex(
            model_name='alignmentevent',
            index=models.Index(fields=['id', 'pgh_id'], name='alignment_of_id'),
        ),
        migrations.AddIndex(
            model_name='alignmentevent',
            index=models.Index(fields=['customer', 'pgh_id'], name='alignment_of_customer'),
        ),
        migrations.AddIndex(
            model_name='customerevent',
            index=models.Index(fields=['id', 'pgh_id'], name='customer_of_id'),
        ),
        migrations.AddIndex(
            model_name='influencelinkevent',
            index=models.Index(fields=['id', 'pgh_id'], name='influencelink_of_id'),
        ),
        migrations.AddIndex(
            model_name='influencelinkevent',
            index=models.Index(fields=['influencer', 'pgh_id'], name='influencelink_of_influencer'),
        ),
        migrations.AddIndex(
            model_name='influencelinkevent',
            index=models.Index(fields=['influenced', 'pgh_id'], name='influencelink_of_influenced'),
        ),
        migrations.AddIndex(
            model_name='institutionevent',
            index=models.Index(fields=['customer', 'pgh_id'], name='institution_of_customer'),
        ),
        migrations.AddIndex(
            model_name='personevent',
            index=models.Index(fields=['customer', 'pgh_id'], name='person_of_customer'),
        ),
        migrations.AddIndex(
            model_name='potentialestimateevent',
            index=models.Index(fields=['id', 'pgh_id'], name='potentialestimate_of_id'),
        ),
        migrations.AddIndex(
            model_name='potentialestimateevent',
            index=models.Index(fields=['customer', 'pgh_id'], name='potentialestimate_of_customer'),
        ),
        migrations.AddIndex(
            model_name='roleassignmentevent',
            index=models.Index(fields=['id', 'pgh_id'], name='roleassignment_of_id'),
        ),
        migrations.AddIndex(
            model_name='roleassignmentevent',
            index=models.Index(fields=['person', 'pgh_id'], name='roleassignment_of_person'),
        ),
    ]
