"""What was sold, and how far products have come into institutions. A sales month is a set of versions; nothing
is edited in place, so that any night can be computed again as it was known then."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Product
from crm.base import audit
from crm.base.ids import uuid7
from customers.models import Customer, Institution


@audit.exempt("versions are their own history: rows are added, never edited")
class SalesMonth(models.Model):
    """One version of what a source says a customer bought of a product in a month.

    `revenue` and `collected` are minor units of `currency`; returns are negative. `known_on` is the
    day from which nights may use it. `current` marks the newest version of its key.
    """

    source = models.CharField(max_length=32)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sales_months")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    units = models.BigIntegerField(default=0)
    revenue = models.BigIntegerField(default=0)
    collected = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    known_on = models.DateField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product", "month", "source"],
                condition=Q(current=True),
                name="sales_month_one_current",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="sales_month_first_day"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$") | Q(currency="", revenue=0, collected=0),
                name="sales_month_money_has_currency",
            ),
        ]


@audit.exempt("derived each night from SalesMonth")
class SalesRollup(models.Model):
    """Sales by customer, product, month and currency, as known at the last night: what tiering reads."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    currency = models.CharField(max_length=3, blank=True, default="")
    units = models.BigIntegerField()
    revenue = models.BigIntegerField()
    collected = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "month", "product", "currency"], name="rollup_once"),
        ]


@audit.tracked(by=("institution",))
class Listing(models.Model):
    """How far a product has come into an institution, and since when: the way in, step by step."""

    class State(models.TextChoices):
        NOT_LISTED = "not_listed", _("not listed")
        REQUESTED = "requested", _("requested by a department")
        COMMITTEE = "committee", _("before the committee")
        LISTED = "listed", _("listed")
        TEMPORARY = "temporary", _("temporary purchase")
        REFUSED = "refused", _("refused")
        DELISTED = "delisted", _("delisted")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="listings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="listings")
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True, default="")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="listing_one_state",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "not_listed", "requested", "committee", "listed", "temporary", "refused", "delisted"
                    ]
                ),
                name="listing_state_known",
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="listing_not_empty"),
        ]  # fmt: skip
