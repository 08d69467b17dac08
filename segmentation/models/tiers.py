"""Why a customer has a tier: policies, their versions, and the dated assignments."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Line, Territory
from crm.base import audit
from crm.base.ids import uuid7
from customers.models import Customer, CustomerStatus


@audit.tracked()
class TierPolicy(models.Model):
    """What decides the tiers of the persons, the institutions or both of a territory and all below it, in
    versions. Where the subtrees of two policies for one kind overlap, the nearer one decides."""

    class Customers(models.TextChoices):
        PERSONS = "person", _("persons")
        INSTITUTIONS = "institution", _("institutions")
        BOTH = "both", _("persons and institutions")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="tier_policies", verbose_name=_("territory")
    )
    customers = models.CharField(max_length=16, choices=Customers.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "customers"], name="policy_once_for_a_kind"),
            models.CheckConstraint(
                condition=Q(customers__in=["person", "institution", "both"]), name="policy_customers_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.territory)


@audit.tracked()
class TierPolicyVersion(models.Model):
    """A published document and the nights that it decides. Published ones are never edited."""

    policy = models.ForeignKey(TierPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    document = models.JSONField()
    products = ArrayField(models.UUIDField(), default=list)  # those that the document names; none: all
    during = DateRangeField()
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
            ExclusionConstraint(
                name="policy_one_version_a_night",
                expressions=[("policy", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]


@audit.exempt("dated rows with their reason are their own history")
class TierAssignment(models.Model):
    """A tier for a time, and what it followed from when it began. `reason` holds exact figures: measure,
    volume, rank, members, before, total (see segmentation.queries.pareto). One that was replaced on the
    night on which it began was never in force: its period is empty."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tier_assignments")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(TierPolicyVersion, on_delete=models.PROTECT, related_name="assignments")
    tier = models.CharField(max_length=1, choices=CustomerStatus.Tier.choices)
    provisional = models.BooleanField(default=False)
    during = DateRangeField()
    reason = models.JSONField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tier_one_a_day",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("line", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(tier__in=["A", "B", "C"]), name="tier_known"),
        ]
