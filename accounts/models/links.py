"""Links that open something without signing in."""

from django.db import models

from accounts.models.people import User
from crm.base import audit


@audit.exempt("the hash of a secret; that a link was made or taken back stands in SignInEvent")
class CalendarLink(models.Model):
    """Who has the secret reads this user's calendar. It is shown once; only its hash is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="calendar_link")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
