"""Whom we visit and tier: a customer is a person or an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Line, Territory, TerritoryPath
from crm.base import audit, wgs84
from crm.base.ids import uuid7

if TYPE_CHECKING:
    from accounts.models import User


class CustomerQuerySet(models.QuerySet["Customer"]):
    def for_user(self, user: User, *roles: str) -> CustomerQuerySet:
        """The customers that today's postings of `user`, of these roles (none given: of every role), let him see.

        Each posting opens its own subtree; operations also see the customers that no territory holds, but not through a
        token of a subtree.
        """
        held = TerritoryPath.objects.filter(ancestor__in=user.territory_ids(*roles)).values("descendant")
        seen = Q(pk__in=CustomerStatus.objects.filter(territory__in=held).values("customer"))
        if user.sees_unheld(*roles):
            seen |= ~Q(pk__in=CustomerStatus.objects.exclude(territory=None).values("customer"))
        return self.filter(seen)

    def current(self) -> CustomerQuerySet:
        """Without those that were merged into another or have ended."""
        return self.filter(merged_into=None, ended_on=None)


@audit.tracked(leave_out=("folded", "pinyin", "initials", "other_pinyin", "keys"))  # made from the name
class Customer(models.Model):
    """`version` counts edits by people and clients; what a night writes stands in CustomerStatus.

    `folded` to `keys` follow from the name and are what search reads: whoever writes a name writes
    `customers.queries.search_columns` of it with it.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        INSTITUTION = "institution", _("institution")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    ended_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    # Collation C, so that a btree serves prefixes whatever the database's own collation is. `pinyin` sorts as
    # Chinese does: "li ming" before "liang"; less likely readings stand in `other_pinyin`, joined by commas.
    folded = models.TextField(editable=False, default="", db_default="", db_collation="C")
    pinyin = models.TextField(editable=False, default="", db_default="", db_collation="C")
    initials = models.TextField(editable=False, default="", db_default="", db_collation="C")
    other_pinyin = models.TextField(editable=False, default="", db_default="")
    keys = ArrayField(models.TextField(), editable=False, default=list, db_default=[])

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "kind"], name="customer_kind"),  # target of the detail's key
            models.CheckConstraint(condition=Q(kind__in=["person", "institution"]), name="customer_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="customer_not_merged_into_itself"),
        ]
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trigrams"),
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["folded", "id"], name="customer_by_folded"),
            models.Index(fields=["pinyin", "folded", "id"], name="customer_by_pinyin"),
            models.Index(fields=["initials", "folded", "id"], name="customer_by_initials"),
            GinIndex(fields=["keys"], name="customer_keys"),
            models.Index(
                fields=["id"],
                name="customer_gone",
                condition=Q(merged_into__isnull=False) | Q(ended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audit.tracked()
class Person(models.Model):
    """A doctor, buyer, shop owner …: what we know of a customer that is a person."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="person")
    honorific = models.CharField(_("form of address"), max_length=60, blank=True, default="")
    title = models.CharField(_("professional title"), max_length=120, blank=True, default="")
    specialty = models.CharField(_("specialty"), max_length=120, blank=True, default="")
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=32, blank=True, default="")
    phone_reversed = models.GeneratedField(  # digits from the last to the first: a tail is a prefix
        expression=Reverse(
            Func(F("phone"), Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace"),
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["phone_reversed"], name="person_by_phone_tail", condition=~Q(phone_reversed="")),
        ]


@audit.tracked()
class Institution(models.Model):
    """A hospital, clinic, pharmacy, distributor … . Whether it is medical follows from its kind."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("hospital")
        COMMUNITY_CENTRE = "community_centre", _("community health centre")
        COMMUNITY_STATION = "community_station", _("community health station")
        TOWNSHIP_CENTRE = "township_centre", _("township health centre")
        CLINIC = "clinic", _("clinic")
        VILLAGE_CLINIC = "village_clinic", _("village clinic")
        PHARMACY = "pharmacy", _("single pharmacy")
        CHAIN_HEADQUARTERS = "chain_headquarters", _("chain headquarters")
        CHAIN_BRANCH = "chain_branch", _("chain branch")
        DISTRIBUTOR = "distributor", _("distributor")

    class Level(models.IntegerChoices):
        TERTIARY = 3, _("tertiary")
        SECONDARY = 2, _("secondary")
        PRIMARY = 1, _("primary")

    class Grade(models.TextChoices):
        FIRST = "a", _("grade A")
        SECOND = "b", _("grade B")
        THIRD = "c", _("grade C")

    class Means(models.TextChoices):
        LOW = "low", _("low")
        MIDDLE = "middle", _("middle")
        HIGH = "high", _("high")

    MEDICAL_KINDS = (
        "hospital",
        "community_centre",
        "community_station",
        "township_centre",
        "clinic",
        "village_clinic",
    )

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="institution")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, null=True, blank=True)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade.choices, blank=True, default="")
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    parent = models.ForeignKey(  # of a branch its headquarters, of a second-tier distributor the first
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("belongs to")
    )
    distribution_tier = models.PositiveSmallIntegerField(_("distribution tier"), null=True, blank=True)
    # Millionths of a degree: what a file says comes back as it was said.
    latitude = models.IntegerField(_("latitude"), null=True, blank=True)
    longitude = models.IntegerField(_("longitude"), null=True, blank=True)
    outpatients_per_day = models.PositiveIntegerField(_("outpatients a day"), null=True, blank=True)
    patient_groups = models.CharField(_("main patient groups"), max_length=300, blank=True, default="", db_default="")
    patient_means = models.CharField(
        _("means of patients"), max_length=8, choices=Means.choices, blank=True, default="", db_default=""
    )
    annual_purchases = models.BigIntegerField(_("medicine purchases a year"), null=True, blank=True)  # minor units
    purchases_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    culture = models.CharField(_("inner culture"), max_length=1000, blank=True, default="", db_default="")
    is_medical = models.GeneratedField(
        expression=Q(kind__in=MEDICAL_KINDS),  # type: ignore[arg-type]  # the stubs know no Q here
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "hospital", "community_centre", "community_station", "township_centre", "clinic",
                        "village_clinic", "pharmacy", "chain_headquarters", "chain_branch", "distributor",
                    ]
                ),
                name="institution_kind_known",
            ),
            models.CheckConstraint(condition=Q(level=None) | Q(level__in=[1, 2, 3]), name="institution_level_known"),
            models.CheckConstraint(condition=Q(grade__in=["", "a", "b", "c"]), name="institution_grade_known"),
            models.CheckConstraint(
                condition=Q(distribution_tier=None) | Q(distribution_tier__in=[1, 2], kind="distributor"),
                name="institution_distribution_tier",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90_000_000, 90_000_000), longitude__range=(-180_000_000, 180_000_000)),
                name="institution_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(patient_means__in=["", "low", "middle", "high"]), name="institution_means_known"
            ),
            models.CheckConstraint(
                condition=Q(annual_purchases=None) | Q(purchases_currency__regex=r"^[A-Z]{3}$"),
                name="institution_purchases_have_currency",
            ),
            models.CheckConstraint(condition=~Q(parent=F("customer")), name="institution_not_own_parent"),
        ]  # fmt: skip

    @property
    def point(self) -> str:
        """Where it lies, as a map says it; empty: nobody said."""
        if self.latitude is None or self.longitude is None:
            return ""
        return wgs84.said((self.latitude, self.longitude))


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
