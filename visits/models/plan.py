"""What is due: cycles, call targets and the reminders that the night makes of them."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Line, Territory, TerritoryPath, User
from crm.base import audit
from customers.models import Customer


@audit.tracked()
class Cycle(models.Model):
    """The period for which visits are planned in a line. Its targets are fixed when it opens."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="cycles")
    during = DateRangeField()
    opened_on = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="cycle_no_overlap",
                expressions=[("line", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="cycle_has_both_ends",
            ),
        ]


@audit.exempt("fixed once, when a cycle opens")
class CallTarget(models.Model):
    """How many visits a customer is due in a cycle, and who was to make them when it opened."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="targets")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="call_targets")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=1)
    visits_due = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "customer"], name="call_target_once")]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def for_user(self, user: User) -> ReminderQuerySet:
        """Reminders belong to the territory, so that they outlive a posting."""
        held = TerritoryPath.objects.filter(ancestor__in=user.territory_ids()).values("descendant")
        return self.filter(territory__in=held)

    def open(self) -> ReminderQuerySet:
        return self.filter(state=Reminder.State.OPEN)


@audit.tracked(audit.Update, audit.Delete)  # what people do with it; that a night made it stands in the row
class Reminder(models.Model):
    """Something to do by a day, once, with its reason as codes (never names or notes)."""

    class Kind(models.TextChoices):
        VISIT_DUE = "visit_due", _("visit due")
        PROMISE = "promise", _("promise")
        BIRTHDAY = "birthday", _("birthday")
        LICENCE = "licence", _("licence runs out")
        CONSENT = "consent", _("consent runs out")
        TARGET_REVIEW = "target_review", _("target review")
        TIER_MOVED = "tier_moved", _("tier moved")
        CUSTOMER_MOVED = "customer_moved", _("customer moved")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DISMISSED = "dismissed", _("dismissed")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="reminders")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    source_id = models.UUIDField()  # the follow-up, licence … that it speaks of; else the line or the person
    due_on = models.DateField()
    reason = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    made_on = models.DateField()
    closed_by_visit = models.UUIDField(null=True)
    postponed_to = models.DateField(null=True)
    # Why it was postponed or dismissed.
    answer = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "customer", "line", "source_id", "due_on"], name="reminder_once"),
            models.UniqueConstraint(
                fields=["customer", "line"],
                condition=Q(kind="visit_due", state="open"),
                name="reminder_one_visit_due",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "visit_due",
                        "promise",
                        "birthday",
                        "licence",
                        "consent",
                        "target_review",
                        "tier_moved",
                        "customer_moved",
                    ]
                ),
                name="reminder_kind_known",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "done", "dismissed"]), name="reminder_state_known"),
        ]
        indexes = [
            models.Index(fields=["territory", "due_on"], name="reminder_open", condition=Q(state="open")),
            models.Index(  # which visits people decided to skip: few, and read with every due date
                fields=["customer", "line", "postponed_to"],
                name="reminder_skipped",
                condition=Q(kind="visit_due", state="dismissed"),
            ),
        ]
