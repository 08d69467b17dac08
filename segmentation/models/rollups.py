"""What each night counts for the pages of managers: every customer of a cycle, and sums of them by territory.

All of it is derived (segmentation/actions/rollups.py). A row belongs to one territory, so that sums add up over any
subtree: calls to the one frozen at the visit, what was planned to the one frozen when the cycle opened, tiers and
moves to the one that holds the customer on the night (of an ended cycle: on its last day).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Territory, TerritoryPath, User
from accounts.queries import SUPERVISORS
from crm.base import audit
from customers.models import Customer
from segmentation.models.tiers import TierAssignment
from visits.models import Cycle

DERIVED = audit.exempt("derived each night from tiers, targets, visits and promises")
WHO = ("role", "kind", "place_kind")  # by what customers are told apart beside territory and tier


def supervised(user: User) -> models.QuerySet[TerritoryPath, Any]:
    """The territories whose figures `user` reads: those below his postings as manager or operations."""
    return TerritoryPath.objects.filter(ancestor__in=user.territory_ids(*SUPERVISORS)).values("descendant")


@DERIVED
class CycleNight(models.Model):
    """The night whose figures a cycle shows: facts dated before it and known before it."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, primary_key=True, related_name="figures_of")
    night = models.DateField()


class CycleCustomerQuerySet(models.QuerySet["CycleCustomer"]):
    def for_user(self, user: User) -> CycleCustomerQuerySet:
        """Those whom a territory of his held, and those whom one of his was to visit."""
        ground = supervised(user)
        return self.filter(Q(territory__in=ground) | Q(plan_territory__in=ground))


@DERIVED
class CycleCustomer(models.Model):
    """A customer in a cycle: who holds it and its tier; what was planned by whom when the cycle opened, if
    anything; how often it was met. One that is not held has no `territory`, one not planned no `plan_territory`."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    tier = models.CharField(max_length=1, blank=True, default="")
    overdue = models.BooleanField(default=False)
    plan_territory = models.ForeignKey(Territory, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    plan_tier = models.CharField(max_length=1, blank=True, default="")
    due = models.PositiveSmallIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    role = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    place_kind = models.CharField(max_length=24, blank=True, default="")

    objects = CycleCustomerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "customer"], name="cycle_customer_once")]
        indexes = [
            models.Index(fields=["cycle", "territory"], name="cycle_customer_held"),
            models.Index(fields=["cycle", "plan_territory"], name="cycle_customer_planned"),
        ]


class TierMoveQuerySet(models.QuerySet["TierMove"]):
    def for_user(self, user: User) -> TierMoveQuerySet:
        return self.filter(territory__in=supervised(user))


@DERIVED
class TierMove(models.Model):
    """A customer that went from one tier to another in a night. `undone`: back within 30 nights."""

    assignment = models.OneToOneField(TierAssignment, on_delete=models.CASCADE, primary_key=True, related_name="move")
    previous = models.ForeignKey(TierAssignment, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    before = models.CharField(max_length=1)
    after = models.CharField(max_length=1)
    undone = models.BooleanField(default=False)
    role = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    place_kind = models.CharField(max_length=24, blank=True, default="")

    objects = TierMoveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["cycle", "territory"], name="tier_move_by_ground")]


def _count() -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(default=0)


@DERIVED
class CycleRollup(models.Model):
    """Sums of a territory itself, without those below it. The measures are those of segmentation/queries/kpis.py."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+", db_index=False)
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=1, blank=True, default="")
    role = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    place_kind = models.CharField(max_length=24, blank=True, default="")
    customers = _count()
    overdue = _count()
    targets = _count()
    due = _count()
    reached = _count()
    on_frequency = _count()
    capped = _count()
    calls = _count()
    off_plan = _count()
    in_time = _count()
    promises = _count()
    kept = _count()
    moves_up = _count()
    moves_down = _count()
    undone = _count()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "territory", "tier", *WHO], name="cycle_rollup_once"),
        ]


@DERIVED
class CycleField(models.Model):
    """The field work of a territory in a cycle. Days are counted in halves: somebody may be off for a morning."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+", db_index=False)
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="+")
    face_to_face = _count()  # visits
    field_days = _count()  # days of somebody with at least one of them
    half_days = _count()  # working ones of the cycle
    half_days_gone = _count()  # of these, before the night

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "territory"], name="cycle_field_once")]
