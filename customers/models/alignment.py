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


@audit.exempt("derived each night and after each write from alignments, visits and tiers")
class CustomerStatus(models.Model):
    """The current facts of a customer in a line, low in the house because every list and phone shows
    them. Why the tier is what it is stands in segmentation.TierAssignment."""

    class Tier(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="statuses")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="statuses")
    tier = models.CharField(max_length=1, choices=Tier.choices, blank=True, default="")  # "" = no policy reaches it
    provisional = models.BooleanField(default=False)
    last_visit_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "line"], name="status_once_a_line"),
            models.CheckConstraint(condition=Q(tier__in=["", "A", "B", "C"]), name="status_tier_known"),
        ]
        indexes = [
            models.Index(fields=["territory", "tier"], name="status_by_territory"),
            models.Index(
                fields=["next_due_on", "territory"],
                name="status_by_due",
                condition=Q(next_due_on__isnull=False),
            ),
        ]
