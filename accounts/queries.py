"""What a user's postings say: his date, his lines, the ground around him."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import (
    Line,
    Posting,
    Product,
    SavedView,
    SignInEvent,
    Territory,
    TerritoryParent,
    TerritoryPath,
    User,
)
from crm.base import clock

LOGS_VISITS = (Posting.Role.REP, Posting.Role.MANAGER)
SUPERVISORS = (Posting.Role.MANAGER, Posting.Role.OPERATIONS)
SIGN_INS = 50  # events of a user, on their page


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


def products_sold(user: User, also: UUID | None = None) -> QuerySet[Product]:
    """What his lines sell, and `also` what is chosen already."""
    return Product.objects.filter(Q(line__in=lines_of(user), is_active=True) | Q(pk=also)).order_by("name", "pk")


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


def sign_ins(user: User) -> dict[str, Any]:
    """What happened at the doors of `user`, the newest first, and whether there is more."""
    events = list(SignInEvent.objects.filter(user_id=user.pk).order_by("-id")[: SIGN_INS + 1])
    return {"events": events[:SIGN_INS], "more": len(events) > SIGN_INS}


# What operations may do. Rights follow from their postings of that role alone; docs/setup.md says it in words.


def operated(user: User) -> QuerySet[Territory]:
    """The territories that `user` runs: the subtrees of his postings as operations."""
    return Territory.objects.filter(pk__in=below(user.territory_ids(Posting.Role.OPERATIONS)))


def house_lines(user: User) -> QuerySet[Line]:
    """The lines that `user` runs from their root: only there are goods and cycles changed, which have no territory."""
    parents = TerritoryPath.objects.filter(descendant=OuterRef("pk"), depth__gt=0)
    roots = Territory.objects.filter(~Exists(parents), pk__in=user.territory_ids(Posting.Role.OPERATIONS))
    return Line.objects.filter(territories__in=roots).distinct()


def runs_house(user: User) -> bool:
    """Whether `user` works for the whole house: operations at a root."""
    return house_lines(user).exists()


def operated_lines(user: User) -> QuerySet[Line]:
    """The lines of which `user` runs some ground: he reads what is theirs."""
    return Line.objects.filter(territories__in=user.territory_ids(Posting.Role.OPERATIONS)).distinct()


def staff(user: User) -> QuerySet[User]:
    """Those whom `user` sees as operations: who was ever posted in his ground; from a root, also who never was posted.
    Never those with rights of their own over the machine: no posting may lead to them."""
    ever = Posting.objects.filter(user=OuterRef("pk"))
    seen = Q(Exists(ever.filter(territory__in=operated(user))))
    if runs_house(user):
        seen |= Q(~Exists(ever))
    return User.objects.filter(seen, is_superuser=False, is_staff=False)


def why_not_managed(actor: User, user: User, on: date) -> str:
    """Why `actor` may not change `user` himself, as a sentence; empty: he may. Whoever can change a name's e-mail can
    sign in under it: so all that `user` may do, now and as planned, must lie in the ground of `actor`."""
    if user.pk == actor.pk:
        return _("This is yourself: somebody else in operations must do it.")
    still = Q(during__endswith__gt=on) | Q(during__upper_inf=True)
    if Posting.objects.filter(still, user=user).exclude(territory__in=operated(actor)).exists():
        return _("%s also has a posting outside your ground: operations of a territory above must do it.") % user.name
    return ""


@dataclass
class Node:
    """A territory as the tree shows it."""

    territory: Territory
    depth: int
    parent: UUID | None  # None: the top of what the reader runs


def tree(user: User, on: date) -> list[Node]:
    """The ground that `user` runs, as it stands on `on`: each territory before those below it, by name."""
    ground = {t.pk: t for t in operated(user).select_related("line").order_by("name", "id")}
    above = dict(
        TerritoryParent.objects.filter(territory__in=ground, during__contains=on).values_list("territory", "parent")
    )
    children: dict[UUID | None, list[Territory]] = {}
    for territory in ground.values():
        parent = above.get(territory.pk)
        children.setdefault(parent if parent in ground else None, []).append(territory)
    rows: list[Node] = []
    left = [Node(top, 0, None) for top in reversed(children.get(None, []))]
    while left:
        node = left.pop()
        rows.append(node)
        below_it = children.get(node.territory.pk, [])
        left += [Node(child, node.depth + 1, node.territory.pk) for child in reversed(below_it)]
    return rows
