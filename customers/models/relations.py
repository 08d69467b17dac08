"""Dated facts about people: where they work, what they decide, whom they influence, what they could do.
A file or form names both days of a period; the first day is part of what identifies the row."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Product
from crm.base import audit
from crm.base.ids import uuid7
from customers.models.customer import Customer, Institution, Person

EQUAL, OVERLAPS = RangeOperators.EQUAL, RangeOperators.OVERLAPS


@audit.tracked(by=("person", "institution"))
class Affiliation(models.Model):
    """A person works at an institution. One affiliation at a time is the primary one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="affiliations")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="affiliations")
    department = models.CharField(_("department"), max_length=120, blank=True, default="")
    position = models.CharField(_("position"), max_length=120, blank=True, default="")
    is_primary = models.BooleanField(_("primary"), default=True)
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="affiliation_one_primary",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[("person", EQUAL), ("during", OVERLAPS)],
                condition=Q(is_primary=True),
            ),
            ExclusionConstraint(
                name="affiliation_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("person", EQUAL),
                    ("institution", EQUAL),
                    ("department", EQUAL),
                    ("during", OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="affiliation_not_empty"),
        ]


@audit.tracked(by=("person",))
class RoleAssignment(models.Model):
    """What a person decides for us: writes, lets in, or sways others. Optionally for one product."""

    class Role(models.TextChoices):
        PRESCRIBER = "prescriber", _("prescriber")
        DECISION_MAKER = "decision_maker", _("decision-maker")
        INFLUENCER = "influencer", _("influencer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    strength = models.PositiveSmallIntegerField(
        _("strength"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    evidence = models.CharField(_("evidence"), max_length=500, blank=True, default="")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="role_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[("person", EQUAL), ("role", EQUAL), ("product", EQUAL), ("during", OVERLAPS)],
            ),
            ExclusionConstraint(  # NULL equals nothing, so "for every product" needs its own
                name="role_no_overlap_all_products",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[("person", EQUAL), ("role", EQUAL), ("during", OVERLAPS)],
                condition=Q(product=None),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["prescriber", "decision_maker", "influencer"]), name="role_known"
            ),
            models.CheckConstraint(condition=Q(strength__range=(1, 5)), name="role_strength_1_to_5"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="role_not_empty"),
        ]


@audit.tracked(by=("influencer", "influenced"))
class InfluenceLink(models.Model):
    """`influencer` sways `influenced`. `weight` is 0–1 in thousandths: sums must not depend on their order."""

    class Kind(models.TextChoices):
        ADVICE = "advice", _("asks for advice")
        DISCUSSION = "discussion", _("discusses cases with")
        HIERARCHY = "hierarchy", _("works under")
        FRIEND = "friend", _("is a friend of")
        REFERRAL = "referral", _("refers patients to")
        PURCHASE_FLOW = "purchase_flow", _("buys through")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    influencer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="influences")
    influenced = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="influenced_by")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1000)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True, default="")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="influence_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("influencer", EQUAL),
                    ("influenced", EQUAL),
                    ("kind", EQUAL),
                    ("during", OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(influencer=F("influenced")), name="influence_not_of_oneself"),
            models.CheckConstraint(
                condition=Q(kind__in=["advice", "discussion", "hierarchy", "friend", "referral", "purchase_flow"]),
                name="influence_kind_known",
            ),
            models.CheckConstraint(condition=Q(weight__range=(0, 1000)), name="influence_weight_0_to_1"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="influence_not_empty"),
        ]


@audit.tracked(by=("customer",))
class PotentialEstimate(models.Model):
    """What a customer could do for us, from open facts: suitable patients a day × openness.
    A band that the rep estimates, never a count of prescriptions. As known then: an estimate replaces
    the one before from the day on which it is known, and stays."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="potentials")
    patients_per_day = models.PositiveSmallIntegerField(_("suitable patients a day"))
    openness = models.PositiveSmallIntegerField(_("openness"))
    known_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "known_on"], name="potential_once_a_day"),
            models.CheckConstraint(
                condition=Q(patients_per_day__in=[0, 5, 10, 20, 40, 80]), name="potential_patients_is_a_band"
            ),
            models.CheckConstraint(condition=Q(openness__range=(1, 3)), name="potential_openness_1_to_3"),
        ]
