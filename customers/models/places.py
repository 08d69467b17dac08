"""What belongs to an institution: its departments, its papers, and the file of a trade account."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from crm.base import audit
from crm.base.ids import uuid7
from customers.models.customer import Institution, Person


@audit.tracked(by=("institution",))
class Department(models.Model):
    """A department of an institution. Every department that an affiliation names stands here: the database
    holds both together by institution and name (migration 0005)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    head = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    outpatients_per_day = models.PositiveIntegerField(_("outpatients a day"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="department_once"),
            models.CheckConstraint(condition=~Q(name=""), name="department_has_name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="department_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


@audit.tracked(by=("institution",))
class Licence(models.Model):
    """A paper that an institution needs, and how long it is good for."""

    class Kind(models.TextChoices):
        BUSINESS = "business", _("business licence")
        DRUG_TRADE = "drug_trade", _("drug trade licence")
        MEDICAL_PRACTICE = "medical_practice", _("medical practice licence")
        DEVICE_TRADE = "device_trade", _("medical device trade licence")
        ENTRUSTMENT = "entrustment", _("letter of legal entrustment")
        OTHER = "other", _("other licence")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=120)
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="licence_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["business", "drug_trade", "medical_practice", "device_trade", "entrustment", "other"]
                ),
                name="licence_kind_known",
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="licence_not_empty"),
        ]


@audit.tracked()
class TradeFile(models.Model):
    """The file of a trade account in four parts: basics, character, business, trading. What we sell there is
    no field: it stands in the sales."""

    class Credit(models.TextChoices):
        GOOD = "good", _("good")
        FAIR = "fair", _("fair")
        POOR = "poor", _("poor")

    institution = models.OneToOneField(
        Institution, on_delete=models.CASCADE, primary_key=True, related_name="trade_file"
    )
    # Basics
    principal = models.CharField(_("principal"), max_length=120, blank=True, default="")
    floor_area = models.PositiveIntegerField(_("floor area (m²)"), null=True, blank=True)
    staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    # Character
    medicine_habits = models.CharField(_("medicine habits"), max_length=1000, blank=True, default="")
    selling_power = models.CharField(_("selling power"), max_length=1000, blank=True, default="")
    potential = models.CharField(_("potential"), max_length=1000, blank=True, default="")
    business_ideas = models.CharField(_("business ideas"), max_length=1000, blank=True, default="")
    # Business
    shelf_lines = models.CharField(_("our lines on the shelf"), max_length=1000, blank=True, default="")
    competitors = models.CharField(_("competitors"), max_length=1000, blank=True, default="")
    cooperation = models.CharField(_("co-operation"), max_length=1000, blank=True, default="")
    # Trading
    sell_through = models.CharField(_("sell-through"), max_length=1000, blank=True, default="")
    problems = models.CharField(_("problems"), max_length=1000, blank=True, default="")
    strengths = models.CharField(_("strengths"), max_length=1000, blank=True, default="")
    counter_measures = models.CharField(_("counter-measures"), max_length=1000, blank=True, default="")
    credit = models.CharField(_("credit standing"), max_length=8, choices=Credit.choices, blank=True, default="")
    credit_days = models.PositiveSmallIntegerField(_("credit terms (days)"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(credit__in=["", "good", "fair", "poor"]), name="trade_credit_known")
        ]
