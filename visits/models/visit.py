"""What was done, said and promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Line, Posting, Product, Territory, TerritoryPath, User
from crm.base import audit
from crm.base.ids import uuid7
from customers.models import Customer, Institution

if TYPE_CHECKING:
    from uuid import UUID


class VisitQuerySet(models.QuerySet["Visit"]):
    def for_user(self, user: User) -> VisitQuerySet:
        """Visits of the customers that `user` sees today, and, for a manager, those whose territory at
        the time lies in his subtree today."""
        # Asked of each visit at hand: its few attendees are looked up, not everybody's.
        met = Attendee.objects.filter(visit=OuterRef("pk"))
        seen = Q(Exists(met.filter(customer__in=Customer.objects.for_user(user).values("pk"))))
        managed = user.territory_ids(Posting.Role.MANAGER)
        if managed:
            below = TerritoryPath.objects.filter(ancestor__in=managed).values("descendant")
            seen |= Q(Exists(met.filter(territory__in=below))) | (Q(territory__in=below) & ~Q(Exists(met)))
        return self.filter(seen)

    def reported(self) -> VisitQuerySet:
        return self.filter(state=Visit.State.REPORTED)

    def of_customer(self, customer_id: UUID) -> VisitQuerySet:
        return self.filter(attendees__customer=customer_id)


@audit.tracked()
class Visit(models.Model):
    """One maker, one place, one or more people met. The business date is the maker's own."""

    class Channel(models.TextChoices):
        FACE_TO_FACE = "face_to_face", _("face to face")
        PHONE = "phone", _("phone")
        VIDEO = "video", _("video")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("e-mail")
        MEETING = "meeting", _("meeting")

    class State(models.TextChoices):
        REPORTED = "reported", _("reported")
        VOID = "void", _("void")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    maker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visits")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")  # of the maker, that day
    place = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    on = models.DateField(_("date"))
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices, default=Channel.FACE_TO_FACE)
    purpose = models.CharField(_("purpose of the visit"), max_length=200, blank=True, default="", db_default="")
    joint_with = models.ForeignKey(  # a manager who came along
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_visits",
        verbose_name=_("joint visit"),
    )
    needs = models.CharField(_("needs"), max_length=500, blank=True, default="", db_default="")
    objections = models.CharField(_("objections"), max_length=500, blank=True, default="", db_default="")
    materials = models.CharField(_("materials"), max_length=300, blank=True, default="", db_default="")
    competitors = models.CharField(_("competitors"), max_length=500, blank=True, default="", db_default="")
    note = models.TextField(_("note"), max_length=4000, blank=True, default="")
    state = models.CharField(max_length=16, choices=State.choices, default=State.REPORTED)
    known_on = models.DateField()
    reported_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    # Why it was amended or made void the last time; what it was before, and earlier reasons, are in the trail.
    amendment = models.CharField(_("reason of the amendment"), max_length=300, blank=True, default="", db_default="")

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["reported", "void"]), name="visit_state_known"),
            models.CheckConstraint(
                condition=Q(channel__in=["face_to_face", "phone", "video", "wechat", "email", "meeting"]),
                name="visit_channel_known",
            ),
        ]
        indexes = [
            models.Index(fields=["maker", "on"], name="visit_by_maker"),
            models.Index(  # lists of a whole company begin with the newest
                F("on").desc(nulls_last=True),
                "reported_at",
                "id",
                name="visit_newest",
                condition=Q(state="reported"),
            ),
        ]


@audit.tracked(by=("visit",))
class Attendee(models.Model):
    """A customer who was met, with the territory that held the customer on that day, frozen."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="attendees")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="attended")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "customer"], name="attendee_once")]


@audit.tracked(by=("visit",))
class VisitProduct(models.Model):
    """A product that was talked about, in the order of the talk, and how it was received."""

    class Reaction(models.TextChoices):
        AGREES = "agrees", _("agrees")
        INTERESTED = "interested", _("interested")
        NEUTRAL = "neutral", _("neutral")
        DOUBTS = "doubts", _("has doubts")
        AGAINST = "against", _("against")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    message = models.CharField(_("key message"), max_length=200, blank=True, default="", db_default="")
    reaction = models.CharField(_("reaction"), max_length=16, choices=Reaction.choices, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "product"], name="visit_product_once"),
            models.CheckConstraint(
                condition=Q(reaction__in=["", "agrees", "interested", "neutral", "doubts", "against"]),
                name="visit_product_reaction_known",
            ),
        ]


@audit.tracked(by=("visit",))
class FollowUp(models.Model):
    """What the maker promised a customer, and by when."""

    class Kind(models.TextChoices):
        MATERIAL = "material", _("send material")
        VISIT = "visit", _("visit again")
        CALL = "call", _("call back")
        MEETING = "meeting", _("department meeting")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DISMISSED = "dismissed", _("dismissed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="follow_ups")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    due_on = models.DateField(_("due"))
    text = models.CharField(_("what"), max_length=500, blank=True, default="")
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "customer", "kind"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["material", "visit", "call", "meeting"]), name="follow_up_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "done", "dismissed"]), name="follow_up_state_known"),
        ]
        indexes = [models.Index(fields=["due_on"], name="follow_up_open_by_due", condition=Q(state="open"))]
