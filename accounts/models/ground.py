"""Lines, territories and products."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base import audit
from crm.base.ids import uuid7


@audit.tracked()
class Line(models.Model):
    """A product line: what one field force carries. A company with one line never sees the word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)

    def __str__(self) -> str:
        return self.name


@audit.tracked()
class Territory(models.Model):
    """A node of the tree nation > region > district > territory. Its id never changes.

    `own_*` is what was said of this node, `*` what holds for it: its own, else its parent's, down
    from the root; `accounts.actions.refresh_ground` keeps them, and the closure, in step.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="territories", verbose_name=_("line"))
    own_jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True, default="")
    own_time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    jurisdiction = models.CharField(max_length=2, blank=True, default="", editable=False)
    time_zone = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "line"], name="territory_line"),  # target of alignment's key
            models.CheckConstraint(
                condition=Q(own_jurisdiction="") | Q(own_jurisdiction__regex=r"^[A-Z]{2}$"),
                name="territory_jurisdiction",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audit.tracked()
class TerritoryParent(models.Model):
    """Under which territory another stood, and when. A root has no row."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="children")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="territory_one_parent",
                expressions=[("territory", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(territory=models.F("parent")), name="territory_not_own_parent"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="territory_parent_not_empty"),
        ]


@audit.exempt("derived from TerritoryParent, which is tracked")
class TerritoryPath(models.Model):
    """Today's closure: every territory with each of those above it, and itself at depth 0."""

    ancestor = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="paths_up")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="territory_path_once")]
        indexes = [models.Index(fields=["descendant", "depth"], name="territory_path_up")]


@audit.tracked()
class Product(models.Model):
    """What we sell. `unit` names what its units count (boxes, scripts)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="products", verbose_name=_("line"))
    unit = models.CharField(_("unit"), max_length=32, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)

    def __str__(self) -> str:
        return self.name
