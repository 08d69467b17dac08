"""Whom a person follows, who follows him, and who follows those: what the picture on his page draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from accounts.queries import lines_of
from customers.models import Customer, CustomerStatus, InfluenceLink

FOLLOWED, FOLLOWERS, FARTHER = 4, 6, 5  # that are drawn at most; the table has all
_READ = 3 * FARTHER  # of each follower's: some are tied twice, some to two followers


@dataclass(frozen=True)
class Tie:
    """An influence link seen from one end; `strength` in thousandths. Outside the user's ground `customer` is None,
    `who` names nobody and there are no figures. Of who follows, `known` follow in turn, as `farther` has it."""

    who: str
    kind: str
    pk: UUID
    other: UUID
    customer: Customer | None = None
    tier: str = ""
    strength: int | None = None
    farther: Sequence[dict[str, Any]] = ()
    known: int = 0

    @property
    def weight(self) -> str:
        return _shown(self.strength)

    @property
    def rank(self) -> tuple[bool, int, UUID, UUID]:
        """The strongest first, whom the user does not see last, where his place tells nothing."""
        return self.strength is None, -(self.strength or 0), self.other, self.pk


@dataclass(frozen=True)
class Near:
    """Somebody in the picture. `address` None: outside the user's ground, without any figure.
    `farther` of those who follow him are drawn, `more` are not."""

    who: str
    address: UUID | None = None
    tier: str = ""
    strength: int | None = None
    farther: Sequence["Near"] = field(default_factory=list)
    more: int = 0

    @property
    def weight(self) -> str:
        return _shown(self.strength)


@dataclass(frozen=True)
class Surroundings:
    """`closest` is the one whose tie is stronger than every other one, if the user sees all of them."""

    me: Near
    followed: Sequence[Near]
    followers: Sequence[Near]
    more_followed: int
    more_followers: int
    closest: str


def with_farther(links: QuerySet[InfluenceLink], customer: Customer, user: User, on: date) -> QuerySet[InfluenceLink]:
    """Of each link of `customer`: `known`, how many follow who follows by it, and `farther`, the strongest of them whom
    `user` sees and who have no tie with `customer` himself, as JSON: pk, name, tier, weight."""
    held = InfluenceLink.objects.filter(during__contains=on)
    beyond = held.filter(influencer=OuterRef("influenced")).exclude(influenced=customer.pk)
    statuses = CustomerStatus.objects.filter(customer=OuterRef("influenced"), line__in=lines_of(user))
    tier = Subquery(statuses.order_by("line__name", "pk").values("tier")[:1])
    farther = (
        beyond.filter(influenced__customer__in=Customer.objects.for_user(user).values("pk"))
        .exclude(influenced__in=held.filter(influencer=customer.pk).values("influenced"))
        .exclude(influenced__in=held.filter(influenced=customer.pk).values("influencer"))
        .annotate(tier=tier)
        .exclude(tier=None)  # of another line
        .order_by("-weight", "influenced", "pk")
        .values(json=JSONObject(pk="influenced", name="influenced__customer__name", tier="tier", weight="weight"))
    )
    known = beyond.values("influencer").annotate(known=Count("influenced", distinct=True)).values("known")
    return links.annotate(farther=ArraySubquery(farther[:_READ]), known=Coalesce(Subquery(known), 0))


def surroundings(me: Near, sways: Iterable[Tie], swayed_by: Iterable[Tie]) -> Surroundings | None:
    """Of the person whom `me` shows; None: nobody is around him."""
    followed, followers = _people(swayed_by), _people(sways)
    if not followed and not followers:
        return None
    chosen = _chosen(followers[:FOLLOWERS])
    return Surroundings(
        me=me,
        followed=[_near(tie) for tie in followed[:FOLLOWED]],
        followers=[_near(tie, farther) for tie, farther in zip(followers, chosen, strict=False)],
        more_followed=max(0, len(followed) - FOLLOWED),
        more_followers=max(0, len(followers) - FOLLOWERS),
        closest=_closest(followers or followed),
    )


def _people(ties: Iterable[Tie]) -> list[Tie]:
    """Each person once, by his strongest tie."""
    strongest: dict[UUID, Tie] = {}
    for tie in sorted(ties, key=attrgetter("rank")):
        strongest.setdefault(tie.other, tie)
    return list(strongest.values())


def _near(tie: Tie, farther: Sequence[Near] = ()) -> Near:
    address = tie.customer.pk if tie.customer else None
    return Near(tie.who, address, tie.tier, tie.strength, list(farther), tie.known - len(farther))


def _closest(people: Sequence[Tie]) -> str:
    if len(people) < 2 or people[-1].strength is None or people[0].strength == people[1].strength:
        return ""
    return people[0].who


def _chosen(followers: Sequence[Tie]) -> list[list[Near]]:
    """Of those who follow them, in turn one of each, each person once, as far as there is room."""
    chosen: list[list[Near]] = [[] for _one in followers]
    taken: set[str] = set()
    for place in range(_READ):
        for follower, own in zip(followers, chosen, strict=True):
            row = follower.farther[place] if place < len(follower.farther) else None
            if row and row["pk"] not in taken and len(taken) < FARTHER:
                taken.add(row["pk"])
                own.append(Near(row["name"], UUID(row["pk"]), row["tier"], row["weight"]))
    return chosen


def _shown(strength: int | None) -> str:
    """As 0–1."""
    return "" if strength is None else f"{strength / 1000:.2g}"
