"""What is remembered at the doors: who came in, and how often somebody tried."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base import audit


@audit.exempt("an append-only log of its own: the database refuses changes, and deletes only what is old")
class SignInEvent(models.Model):
    """Something that happened at a door. Names and passwords that were typed are not kept: a wrong name is nobody."""

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        REFUSED = "refused", _("wrong name or password")
        CODE_REFUSED = "code_refused", _("wrong code")
        PAUSED = "paused", _("too many attempts")
        SIGNED_OUT = "signed_out", _("signed out")
        OTHERS_OUT = "others_out", _("other devices signed out")
        TIMED_OUT = "timed_out", _("signed out after the time limit")
        FACTOR_ADDED = "factor_added", _("second step set up")
        FACTOR_REMOVED = "factor_removed", _("second step removed")
        CODES_MADE = "codes_made", _("recovery codes made")
        LINK_SENT = "link_sent", _("link for a password sent")
        INVITED = "invited", _("invited")
        PASSWORD_SET = "password_set", _("password set")
        CALENDAR_MADE = "calendar_made", _("calendar link made")
        CALENDAR_REVOKED = "calendar_revoked", _("calendar link revoked")

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=16, choices=What.choices)
    user_id = models.UUIDField(null=True)
    at = models.DateTimeField(db_index=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(what__regex=r"^[a-z_]+$"), name="sign_in_event_what"),
        ]
        indexes = [models.Index(fields=["user_id", "-id"], name="sign_in_event_of_user")]


@audit.exempt("counts of attempts, gone after days; what happened stands in SignInEvent")
class Attempts(models.Model):
    """How often something was tried of late. `key` is a keyed hash: what was typed may be a password."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    paused_until = models.DateTimeField(null=True)
