"""What each night counts for the pages of managers. Derived: may be emptied at any time, the next night fills it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_saved_view'),
        ('customers', '0006_what_must_agree'),
        ('segmentation', '0004_beginnings'),
        ('visits', '0004_no_sales_targets_for_doctors'),
    ]

    operations = [
        migrations.CreateModel(
            name='CycleNight',
            fields=[
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='figures_of', serialize=False, to='visits.cycle')),
                ('night', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='CycleCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(blank=True, default='', max_length=1)),
                ('overdue', models.BooleanField(default=False)),
                ('plan_tier', models.CharField(blank=True, default='', max_length=1)),
                ('due', models.PositiveSmallIntegerField(null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('role', models.CharField(max_length=16)),
                ('kind', models.CharField(max_length=16)),
                ('place_kind', models.CharField(blank=True, default='', max_length=24)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('cycle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='visits.cycle')),
                ('plan_territory', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.territory')),
                ('territory', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['cycle', 'territory'], name='cycle_customer_held'), models.Index(fields=['cycle', 'plan_territory'], name='cycle_customer_planned')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'customer'), name='cycle_customer_once')],
            },
        ),
        migrations.CreateModel(
            name='CycleField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('face_to_face', models.PositiveIntegerField(default=0)),
                ('field_days', models.PositiveIntegerField(default=0)),
                ('half_days', models.PositiveIntegerField(default=0)),
                ('half_days_gone', models.PositiveIntegerField(default=0)),
                ('cycle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='visits.cycle')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.territory')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'territory'), name='cycle_field_once')],
            },
        ),
        migrations.CreateModel(
            name='CycleRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(blank=True, default='', max_length=1)),
                ('role', models.CharField(max_length=16)),
                ('kind', models.CharField(max_length=16)),
                ('place_kind', models.CharField(blank=True, default='', max_length=24)),
                ('customers', models.PositiveIntegerField(default=0)),
                ('overdue', models.PositiveIntegerField(default=0)),
                ('targets', models.PositiveIntegerField(default=0)),
                ('due', models.PositiveIntegerField(default=0)),
                ('reached', models.PositiveIntegerField(default=0)),
                ('on_frequency', models.PositiveIntegerField(default=0)),
                ('capped', models.PositiveIntegerField(default=0)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('off_plan', models.PositiveIntegerField(default=0)),
                ('in_time', models.PositiveIntegerField(default=0)),
                ('promises', models.PositiveIntegerField(default=0)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('moves_up', models.PositiveIntegerField(default=0)),
                ('moves_down', models.PositiveIntegerField(default=0)),
                ('undone', models.PositiveIntegerField(default=0)),
                ('cycle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='visits.cycle')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.territory')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'territory', 'tier', 'role', 'kind', 'place_kind'), name='cycle_rollup_once')],
            },
        ),
        migrations.CreateModel(
            name='TierMove',
            fields=[
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='move', serialize=False, to='segmentation.tierassignment')),
                ('on', models.DateField()),
                ('before', models.CharField(max_length=1)),
                ('after', models.CharField(max_length=1)),
                ('undone', models.BooleanField(default=False)),
                ('role', models.CharField(max_length=16)),
                ('kind', models.CharField(max_length=16)),
                ('place_kind', models.CharField(blank=True, default='', max_length=24)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('cycle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='visits.cycle')),
                ('previous', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segmentation.tierassignment')),
                ('territory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['cycle', 'territory'], name='tier_move_by_ground')],
            },
        ),
    ]
