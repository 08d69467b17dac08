"""Days on which nobody, or one of us, makes visits."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from crm.base import audit
from crm.base.ids import uuid7


@audit.tracked()
class Holiday(models.Model):
    """A day that is no working day where its law holds, or, with `works`, a weekend day that is one."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    works = models.BooleanField(_("working day"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "on"], name="holiday_once"),
            models.CheckConstraint(condition=Q(jurisdiction__regex=r"^[A-Z]{2}$"), name="holiday_jurisdiction"),
        ]


@audit.tracked(by=("user",))
class TimeOff(models.Model):
    """Days, or half of one, on which a user makes no visits: they leave the denominator of his figures."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        TRAINING = "training", _("training")
        LEAVE = "leave", _("leave")
        OTHER = "other", _("other work")

    class Half(models.TextChoices):
        MORNING = "morning", _("morning")
        AFTERNOON = "afternoon", _("afternoon")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="time_off")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    half = models.CharField(_("half of the day"), max_length=16, choices=Half.choices, blank=True, default="")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="time_off_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("half", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["meeting", "training", "leave", "other"]), name="time_off_kind_known"
            ),
            models.CheckConstraint(condition=Q(half__in=["", "morning", "afternoon"]), name="time_off_half_known"),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="time_off_has_both_ends",
            ),
        ]
