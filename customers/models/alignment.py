"""Which territory holds a customer, and what the lists show of it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q

from accounts.models import Line, Territory
from crm.base import audit
from customers.models.customer import Customer


@audit.tracked(by=("customer",))
class Alignment(models.Model):
    """A territory holds an institution (and with it the people whose primary affiliation it is), or,
    as an exception, one person. Dated, exclusive per line."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="alignments")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="alignments")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="alignment_one_territory",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("line", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="alignment_not_empty"),
        ]
