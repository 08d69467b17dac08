"""Who is gone is found without looking at all who are there."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_what_must_agree")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["id"],
                name="customer_gone",
                condition=Q(merged_into__isnull=False) | Q(ended_on__isnull=False),
            ),
        ),
    ]
