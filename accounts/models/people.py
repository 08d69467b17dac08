"""Users and their postings."""

from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.ground import Territory
from crm.base import audit, clock
from crm.base.ids import uuid7


@audit.tracked(leave_out=("password", "last_login"))
class User(AbstractUser):
    """Who signs in. Rights come from today's postings, never from the user."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=16, blank=True, default="")
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS = ["name"]

    is_narrowed = False  # a token of a subtree asks for him: his postings are cut to it

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def todays_postings(self) -> list["Posting"]:
        """Postings in force now, each by the date of its own territory. Read once a request."""
        return self.postings_at(clock.now())

    def postings_at(self, at: datetime) -> list["Posting"]:
        postings = self.postings.select_related("territory").order_by("id")
        return [p for p in postings if p.is_in_force(at)]

    def territory_ids(self, *roles: str) -> list[UUID]:
        """Territories that today's postings name, of these roles (none given: of every role)."""
        return [p.territory_id for p in self.todays_postings if not roles or p.role in roles]

    def has_role(self, *roles: str) -> bool:
        return bool(self.territory_ids(*roles))

    def sees_unheld(self, *roles: str) -> bool:
        """Whether postings of these roles (none given: of every role) show him customers that no territory holds:
        operations see them, but never through a token of a subtree."""
        operations = Posting.Role.OPERATIONS
        return not self.is_narrowed and self.has_role(operations) and (not roles or operations in roles)


for _through in (User.groups.through, User.user_permissions.through):
    audit.exempt("Django's groups and permissions: rights come from postings, which are tracked")(_through)


@audit.tracked()
class Posting(models.Model):
    """A user's role on a territory for a time. A manager's covers the subtree."""

    class Role(models.TextChoices):
        REP = "rep", _("rep")
        MANAGER = "manager", _("manager")
        OPERATIONS = "operations", _("operations")
        COMPLIANCE = "compliance", _("compliance")
        MEDICAL = "medical", _("medical")
        SAFETY = "safety", _("safety")
        CLIENT = "client", _("REST client")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="posting_no_overlap",
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("territory", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(role__in=["rep", "manager", "operations", "compliance", "medical", "safety", "client"]),
                name="posting_role",
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="posting_not_empty"),
        ]

    def is_in_force(self, at: datetime) -> bool:
        """By the date where its territory lies."""
        return clock.date_in(self.territory.time_zone, at) in self.during
