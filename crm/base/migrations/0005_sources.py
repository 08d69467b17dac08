"""The sources that ids in files may name."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0004_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '^[a-z][a-z0-9_-]*$')), name='source_name'), models.CheckConstraint(condition=models.Q(('name', 'rounds'), _negated=True), name='source_not_our_own')],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO base_source (name) SELECT DISTINCT source FROM base_externalid", migrations.RunSQL.noop
        ),
    ]
