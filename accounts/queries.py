"""What a user's postings say: his date, his lines, the ground around him."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Posting, SavedView, Territory, TerritoryParent, TerritoryPath, User
from crm.base import clock

LOGS_VISITS = (Posting.Role.REP, Posting.Role.MANAGER)
SUPERVISORS = (Posting.Role.MANAGER, Posting.Role.OPERATIONS)


def zone_of(user: User) -> ZoneInfo:
    """Where `user` works: the zone of his first posting, else the company's."""
    zones = [posting.territory.time_zone for posting in user.todays_postings]
    return ZoneInfo(zones[0]) if zones and zones[0] else settings.COMPANY_TIME_ZONE


def today_of(user: User, at: datetime) -> date:
    """The date where `user` works."""
    return clock.date_in(zone_of(user), at)


def lines_of(user: User) -> list[UUID]:
    """The lines that his postings carry."""
    return sorted({posting.territory.line_id for posting in user.todays_postings})


def has_root(territories: Iterable[UUID], on: date) -> bool:
    """Whether one of them stands under no other. By the dated parents: a closure may lag behind them."""
    inner = TerritoryParent.objects.filter(territory__in=territories, during__contains=on).values("territory")
    return Territory.objects.filter(pk__in=territories).exclude(pk__in=inner).exists()


def below(territories: Iterable[UUID]) -> QuerySet[TerritoryPath, Any]:
    """The territories of these subtrees, as a subquery."""
    return TerritoryPath.objects.filter(ancestor__in=territories).values("descendant")


def ground_near(user: User, focus: UUID | None) -> tuple[list[Territory], list[Territory]]:
    """What lies on the way down to `focus` (itself last) and directly below it, as far as `user` sees.

    Without `focus`: nothing, and the territories that his postings name with those directly below them.
    """
    posted = user.territory_ids()
    if focus is None:
        steps = TerritoryPath.objects.filter(ancestor__in=posted, depth=1, descendant=OuterRef("pk"))
        return [], list(Territory.objects.filter(Exists(steps)).order_by("name", "id"))
    way = TerritoryPath.objects.filter(descendant=focus, ancestor=OuterRef("pk"))
    step = TerritoryPath.objects.filter(ancestor=focus, depth=1, descendant=OuterRef("pk"))
    near = (
        Territory.objects.filter(pk__in=below(posted))
        .annotate(above=Subquery(way.values("depth")))
        .filter(Q(above__isnull=False) | Exists(step))
        .order_by("-above", "name", "id")
    )
    return [t for t in near if t.above is not None], [t for t in near if t.above is None]


def saved_views(user: User, list_name: str) -> list[SavedView]:
    """The views that `user` keeps of a list, the oldest first."""
    return list(user.saved_views.filter(list_name=list_name).order_by("pk"))


def find_user(name: str) -> User | None:
    """Whose user name this is, else whose e-mail; capitals matter only where two differ by them alone."""
    name = name.strip()
    if not name or "\x00" in name:
        return None
    found = list(User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:8])
    for fits in (
        lambda user: user.username == name,
        lambda user: user.username.lower() == name.lower(),
        lambda user: user.is_active,
    ):
        fitting = [user for user in found if fits(user)]
        if len(fitting) == 1:
            return fitting[0]
    return None
