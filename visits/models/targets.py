"""What was agreed to be reached: specific, measured, dated; and, once looked back on, why it was not."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Product, Territory, User
from crm.base import audit
from crm.base.ids import uuid7
from customers.models import Customer

_NONE = Value(UUID(int=0), output_field=models.UUIDField())  # NULL equals nothing, so nothing needs a name


@audit.tracked(by=("customer",))
class Target(models.Model):
    """`value` of `measure` by the end of the period, on a territory or with one customer of it. Money is in
    minor units. Sales targets for people at medical institutions are refused where CN-NO-DOCTOR-COUNTS holds."""

    class Measure(models.TextChoices):
        VISITS = "visits", _("visits")
        REACH = "reach", _("customers reached")
        MEETINGS = "meetings", _("department meetings")
        LISTINGS = "listings", _("listings")
        UNITS = "units", _("units")
        REVENUE = "revenue", _("revenue")
        COLLECTED = "collected", _("collected revenue")

    class Reason(models.TextChoices):
        EXECUTION = "execution", _("execution")
        EXTERNAL = "external", _("external")

    MONEY = ("revenue", "collected")
    SALES = ("units", *MONEY)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="targets")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices)
    value = models.BigIntegerField(_("value"))
    currency = models.CharField(max_length=3, blank=True, default="")
    during = DateRangeField()
    agreed_on = models.DateField(_("agreed on"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason of the gap"), max_length=16, choices=Reason.choices, blank=True, default="")
    review = models.CharField(_("review"), max_length=1000, blank=True, default="")
    next_plan = models.CharField(_("next plan"), max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="target_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("territory", RangeOperators.EQUAL),
                    (Coalesce("customer", _NONE), RangeOperators.EQUAL),
                    (Coalesce("product", _NONE), RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(measure__in=["visits", "reach", "meetings", "listings", "units", "revenue", "collected"]),
                name="target_measure_known",
            ),
            models.CheckConstraint(condition=Q(value__gte=1), name="target_value_positive"),
            models.CheckConstraint(
                condition=Q(measure__in=["revenue", "collected"], currency__regex=r"^[A-Z]{3}$")
                | ~Q(measure__in=["revenue", "collected"]) & Q(currency=""),
                name="target_money_has_currency",
            ),
            models.CheckConstraint(condition=Q(reason__in=["", "execution", "external"]), name="target_reason_known"),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="target_has_both_ends",
            ),
        ]


# What is agreed with a customer. How many customers are reached is a territory's target, which comes by files.
AGREED = tuple(measure for measure in Target.Measure if measure != Target.Measure.REACH)
