"""How people look at lists."""

from django.db import models
from django.db.models import Q

from accounts.models.people import User
from crm.base import audit


@audit.exempt("how somebody looks at a list; no fact of the trade")
class SavedView(models.Model):
    """Filters and order of a list under a name of its owner's."""

    LONGEST_NAME, LONGEST_QUERY = 60, 1000

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.SlugField(max_length=40)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)  # of the address, without the question mark
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "list_name", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_view_says_something"),
        ]

    def __str__(self) -> str:
        return self.name
