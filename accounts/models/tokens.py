"""What programs show instead of signing in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.ground import Territory
from accounts.models.people import User
from crm.base import audit
from crm.base.ids import uuid7

SCOPES = {
    "ground:read": _("read territories and products"),
    "ground:write": _("enter and change territories and products"),
    "customers:read": _("read customers, where they work, roles and influence"),
    "customers:write": _("enter and change customers, where they work, roles and influence"),
    "visits:read": _("read visits"),
    "visits:write": _("log and amend visits"),
    "tiers:read": _("read tiers and their reasons"),
    "reminders:read": _("read reminders"),
    "reminders:write": _("answer reminders"),
}


@audit.tracked(leave_out=("digest", "last_used_at"), by=("user",))
class ApiToken(models.Model):
    """A program that acts for a user: with his rights, of these `scopes` only, and, where a territory is named, in
    its subtree only. The secret itself is kept nowhere: `digest` is its SHA-256, `begins` what one recognizes it by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=60)
    begins = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    successor = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="predecessor")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_token_has_name"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_token_is_hashed"),
            models.CheckConstraint(
                condition=Q(scopes__len__gte=1, scopes__contained_by=list(SCOPES)), name="api_token_scopes_known"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_expires"),
        ]

    def __str__(self) -> str:
        return self.name
