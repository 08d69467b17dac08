"""Why a customer has a tier: policies, their versions, and the dated assignments."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Line, Territory
from crm.base.ids import uuid7
from customers.models import Customer, CustomerStatus


class TierPolicy(models.Model):
    """What decides the tiers of a territory and all below it, in versions. Where the subtrees of two
    policies overlap, the nearer one decides."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.OneToOneField(
        Territory, on_delete=models.PROTECT, related_name="tier_policy", verbose_name=_("territory")
    )

    def __str__(self) -> str:
        return str(self.territory)


class TierPolicyVersion(models.Model):
    """A published document and the nights that it decides. Published ones are never edited."""

    policy = models.ForeignKey(TierPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    document = models.JSONField()
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


class TierAssignment(models.Model):
    """A tier for a time, and what it followed from when it began. `reason` holds exact figures:
    measure, volume, rank, of, before, total (see segmentation.queries)."""

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
            models.CheckConstraint(condition=Q(during__isempty=False), name="tier_not_empty"),
        ]
