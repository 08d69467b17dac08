"""The rows behind a figure: what a night has counted, told one by one. Each answers the words of an address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import User
from accounts.queries import below
from customers.forms import NO_TIER
from customers.models import Customer
from customers.queries.search import matching
from segmentation.forms import NOWHERE
from segmentation.models import CycleCustomer, CycleNight, TierMove, supervised
from visits.models import Attendee, FollowUp, Visit

_PLANNED = ("planned", "reached", "unreached", "on_frequency", "off_frequency")
_OFTEN_ENOUGH = Q(five_done__gte=F("due") * 4, five_done__lte=F("due") * 6)  # due, give or take a fifth
_SHOWN = {
    "reached": Q(done__gt=0),
    "unreached": Q(done=0),
    "on_frequency": _OFTEN_ENOUGH,
    "off_frequency": ~_OFTEN_ENOUGH,
    "overdue": Q(overdue=True),
}


def _ground(wanted: Mapping[str, Any], column: str = "territory") -> Q:
    """The territories that an address names."""
    territory = wanted["territory"]
    if not territory:
        return Q()
    return Q(**{column: territory}) if wanted["alone"] else Q(**{f"{column}__in": below([territory])})


def _who(wanted: Mapping[str, Any]) -> Q:
    """Role, kind and kind of place, which every row of a night has."""
    asked = {name: wanted[name] for name in ("role", "kind") if wanted[name]}
    if wanted["place_kind"]:
        asked["place_kind"] = "" if wanted["place_kind"] == NOWHERE else wanted["place_kind"]
    return Q(**asked)


def _letter(wanted: Mapping[str, Any]) -> str:
    return "" if wanted["tier"] == NO_TIER else wanted["tier"]


def _found(words: str) -> Q:
    return Q(customer__in=matching(Customer.objects.all(), words).values("pk"))


def customers(user: User, nights: Sequence[CycleNight], wanted: Mapping[str, Any]) -> QuerySet[CycleCustomer]:
    """Customers of a cycle: on the side of who holds them, or of what was planned."""
    rows = CycleCustomer.objects.for_user(user).filter(_who(wanted), cycle__in=[night.cycle_id for night in nights])
    held = Q(territory__in=supervised(user)) & _ground(wanted)
    planned = Q(plan_territory__in=supervised(user)) & _ground(wanted, "plan_territory")
    if wanted["tier"]:
        held, planned = held & Q(tier=_letter(wanted)), planned & Q(plan_tier=_letter(wanted))
    show = wanted["show"]
    side = held | planned if not show else planned if show in _PLANNED else held
    rows = rows.alias(five_done=F("done") * 5).filter(side, _SHOWN.get(show, Q()))
    return rows.filter(_found(wanted["q"])) if wanted["q"] else rows


def _facts_of(nights: Iterable[CycleNight], day: str, known_on: str, line: str) -> Q:
    """Facts dated in one of the cycles, before its night, and known before it."""
    found = Q(pk=None) & ~Q(pk=None)
    for night in nights:
        first, end = night.cycle.during.lower, min(night.cycle.during.upper, night.night)
        dated = {line: night.cycle.line_id, f"{day}__gte": first, f"{day}__lt": end, f"{known_on}__lt": night.night}
        found |= Q(**dated)
    return found


def _said(nights: Iterable[CycleNight], line: str) -> QuerySet[CycleCustomer]:
    """What the night noted of the customer of an outer row."""
    return CycleCustomer.objects.filter(
        cycle__in=[night.cycle_id for night in nights], customer=OuterRef("customer"), cycle__line=OuterRef(line)
    )


_TIER_OF_CALL = Case(When(due=None, then=F("tier")), default=F("plan_tier"))


def _narrowed(rows: QuerySet[Any], said: QuerySet[CycleCustomer], wanted: Mapping[str, Any]) -> QuerySet[Any]:
    conditions = _who(wanted)
    if wanted["tier"]:
        conditions &= Q(due=None, tier=_letter(wanted)) | Q(due__isnull=False, plan_tier=_letter(wanted))
    if conditions:
        rows = rows.filter(Exists(said.filter(conditions)))
    return rows.filter(_found(wanted["q"])) if wanted["q"] else rows


def calls(user: User, nights: Sequence[CycleNight], wanted: Mapping[str, Any]) -> QuerySet[Attendee]:
    """Whom visits of a cycle met, each credited to the territory frozen at the visit."""
    said = _said(nights, "visit__line")
    rows = Attendee.objects.filter(
        _facts_of(nights, "visit__on", "visit__known_on", "visit__line"),
        _ground(wanted),
        territory__in=supervised(user),
        visit__state=Visit.State.REPORTED,
    )
    if wanted["show"] == "off_plan":
        rows = rows.filter(Exists(said.filter(due=None)))
    elif wanted["show"] == "on_plan":
        rows = rows.filter(Exists(said.filter(due__isnull=False)))
    elif wanted["show"] == "in_time":
        rows = rows.filter(visit__known_on__lte=F("visit__on") + 1)
    elif wanted["show"] == "late":
        rows = rows.filter(visit__known_on__gt=F("visit__on") + 1)
    rows = _narrowed(rows, said, wanted)
    return rows.annotate(letter=Subquery(said.values(found=_TIER_OF_CALL)[:1]), on_plan=Exists(said.exclude(due=None)))


def promises(user: User, nights: Sequence[CycleNight], wanted: Mapping[str, Any]) -> QuerySet[FollowUp]:
    """Promises due in a cycle, credited as the visit at which they were made."""
    said = _said(nights, "visit__line")
    met = Attendee.objects.filter(
        _ground(wanted), visit=OuterRef("visit"), customer=OuterRef("customer"), territory__in=supervised(user)
    )
    events = apps.get_model("visits", "FollowUpEvent").objects
    before = events.filter(visit=OuterRef("visit"), id=OuterRef("id"), pgh_id__lt=OuterRef("pgh_id"))
    was = Coalesce(Subquery(before.order_by("-pgh_id").values("state")[:1]), Value(""))
    later = (
        events.annotate(day=TruncDate("pgh_created_at", tzinfo=settings.COMPANY_TIME_ZONE), was=was)
        .filter(visit=OuterRef("visit"), id=OuterRef("pk"), state="done", pgh_label="update")
        .filter(~Q(job__startswith="import "), ~Q(was="done"), day__gt=OuterRef("due_on"))
    )
    rows = FollowUp.objects.filter(
        _facts_of(nights, "due_on", "visit__known_on", "visit__line"),
        Exists(met),
        visit__state=Visit.State.REPORTED,
    ).exclude(state=FollowUp.State.DISMISSED)
    kept = Q(state=FollowUp.State.DONE) & ~Exists(later)
    if wanted["show"]:
        rows = rows.filter(kept if wanted["show"] == "kept" else ~kept)
    rows = _narrowed(rows, said, wanted)
    return rows.annotate(
        letter=Subquery(said.values(found=_TIER_OF_CALL)[:1]),
        kept=Case(When(kept, then=True), default=False),
        territory_name=Subquery(met.values("territory__name")[:1]),
    )


def moves(user: User, nights: Sequence[CycleNight], wanted: Mapping[str, Any]) -> QuerySet[TierMove]:
    rows = TierMove.objects.for_user(user).filter(
        _ground(wanted), _who(wanted), cycle__in=[night.cycle_id for night in nights]
    )
    if wanted["before"]:
        rows = rows.filter(before=wanted["before"])
    if wanted["tier"]:
        rows = rows.filter(after=wanted["tier"])
    if wanted["undone"]:
        rows = rows.filter(undone=wanted["undone"] == "yes")
    return rows.filter(_found(wanted["q"])) if wanted["q"] else rows


def visible(user: User, found: Iterable[UUID]) -> set[UUID]:
    """Those of these customers whose page `user` may open today: some have moved to another's ground since."""
    return set(Customer.objects.for_user(user).filter(pk__in=set(found)).values_list("pk", flat=True))
