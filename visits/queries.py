"""Reading visits, reminders and the current cycle."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils.translation import gettext_lazy as _

from accounts.models import Posting, Product, TerritoryPath, User
from accounts.queries import LOGS_VISITS, SUPERVISORS, below, lines_of, today_of
from crm.base import clock
from crm.base.history import Entry, Trail, history
from customers.models import Affiliation, Customer, CustomerStatus
from customers.queries import Cycle, affiliations
from customers.queries.search import find, matching
from visits.models import Attendee, CallTarget, FollowUp, Reminder, Target, Visit, VisitProduct
from visits.models.targets import AGREED

TIMELINE, IN_SIGHT = 30, 8  # visits on a customer's page, and those not folded away
COLLEAGUES = 40
HITS = 8  # that one looks over without scrolling
MAKERS = 200  # names that a menu still holds
AHEAD, MOST_EVENTS = 28, 500  # days and entries of each sort in a calendar
LOOKED_BACK_ON = timedelta(days=92)  # targets that ended since
COMING = timedelta(days=2)  # a night makes reminders of the two days ahead

_FIGURES = """
SELECT t.customer_id, c.line_id, (
    SELECT count(*) FROM visits_attendee a JOIN visits_visit v ON v.id = a.visit_id
    WHERE a.customer_id = t.customer_id AND v.line_id = c.line_id AND v.state = 'reported' AND c.during @> v."on"
) AS made, t.visits_due
FROM visits_calltarget t JOIN visits_cycle c ON c.id = t.cycle_id
WHERE c.during @> %(on)s::date AND t.customer_id = ANY (%(ids)s::uuid[])
"""


def cycle_figures(ids: Iterable[UUID], on: date) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    """(visits made, visits due) by customer and line, in the cycle of `on`."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"on": on, "ids": [str(pk) for pk in ids]})
        return {(customer, line): (made, due) for customer, line, made, due in cursor.fetchall()}


def narrow_by_cycle(rows: QuerySet[Customer], word: str, on: date) -> QuerySet[Customer]:
    """Rows with a target in the cycle of `on`; of these, `visited` or `unvisited` so far."""
    targets = CallTarget.objects.filter(
        customer=OuterRef("pk"), cycle__line=OuterRef("line_id"), cycle__during__contains=on
    )
    met = Attendee.objects.filter(
        customer=OuterRef("customer"),
        visit__state=Visit.State.REPORTED,
        visit__line=OuterRef("cycle__line"),
        visit__on__contained_by=OuterRef("cycle__during"),
    )
    if word == "visited":
        targets = targets.filter(Exists(met))
    elif word == "unvisited":
        targets = targets.filter(~Exists(met))
    return rows.filter(Exists(targets))


CYCLE = Cycle(
    words={
        "planned": _("Planned this cycle"),
        "visited": _("Visited this cycle"),
        "unvisited": _("Not yet visited this cycle"),
    },
    narrow=narrow_by_cycle,
    figures=cycle_figures,
)


def facts(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """For the page of a customer: open reminders, the plan of the cycle, and the newest visits."""
    plan = {target.cycle.line_id: target for target in _plan(customer, user, on)}
    for target in plan.values():
        days = (target.cycle.during.upper - target.cycle.during.lower).days
        target.every = max(1, days // target.visits_due) if target.visits_due else None
    visits = list(timeline(user, customer.pk)[: TIMELINE + 1])
    return {
        "reminders": with_words(Reminder.objects.for_user(user).open().filter(customer=customer.pk))
        .select_related("customer")
        .order_by("shows_on", "pk"),
        "plan": plan,
        "targets": _targets(customer, user, on),
        "made_and_due": {line: (target.made, target.visits_due) for line, target in plan.items()},
        "visits": visits[:IN_SIGHT],
        "older_visits": visits[IN_SIGHT:TIMELINE],
        "more_visits": len(visits) > TIMELINE,
    }


def _plan(customer: Customer, user: User, on: date) -> QuerySet[Any]:
    """What is due of a customer in the running cycle of each of the user's lines, and how many visits were made."""
    met = Attendee.objects.filter(
        customer=OuterRef("customer"),
        visit__state=Visit.State.REPORTED,
        visit__line=OuterRef("cycle__line"),
        visit__on__contained_by=OuterRef("cycle__during"),
    )
    return (
        CallTarget.objects.filter(customer=customer.pk, cycle__during__contains=on, cycle__line__in=lines_of(user))
        .select_related("cycle", "territory")
        .annotate(made=Coalesce(Subquery(met.order_by().values("customer").annotate(n=Count("pk")).values("n")), 0))
    )


def _targets(customer: Customer, user: User, on: date) -> list[Target]:
    """What was agreed with a customer in the user's lines: what runs or is to come, and what one may look back on."""
    targets = (
        Target.objects.filter(customer=customer.pk, territory__line__in=lines_of(user))
        .filter(during__endswith__gt=on - LOOKED_BACK_ON)
        .select_related("product")
        .order_by("during", "measure", "pk")
    )
    for target in (found := list(targets)):
        target.by_hand = target.measure in AGREED  # type: ignore[attr-defined]
    return found


def timeline(user: User, customer_id: UUID) -> QuerySet[Visit]:
    """Visits to a customer, the newest first, each with its products and promises, in one statement."""
    products = VisitProduct.objects.filter(visit=OuterRef("pk")).order_by("position", "pk")
    promises = FollowUp.objects.filter(visit=OuterRef("pk"), customer=customer_id).order_by("due_on", "pk")
    return (
        Visit.objects.for_user(user)
        .reported()
        .of_customer(customer_id)
        .select_related("maker", "place__customer")
        .annotate(
            talked=ArraySubquery(products.values(json=JSONObject(name="product__name", reaction="reaction"))),
            promised=ArraySubquery(
                promises.values(json=JSONObject(kind="kind", due_on="due_on", text="text", state="state"))
            ),
            met=Subquery(
                Attendee.objects.filter(visit=OuterRef("pk"))
                .order_by()
                .values("visit")
                .annotate(n=Count("pk"))
                .values("n")
            ),
        )
        .order_by("-on", "-reported_at", "-pk")
    )


def made(user: User) -> QuerySet[Visit]:
    """A rep's own visits; for those who have territories below them, all that they see."""
    visits = Visit.objects.for_user(user).reported()
    return visits if user.has_role(*SUPERVISORS) else visits.filter(maker=user)


def makers_below(user: User) -> list[User]:
    """Of those still with us, by name: who has ever been posted to make visits in what lies below `user` today."""
    if not user.has_role(*SUPERVISORS):
        return []
    posted = Posting.objects.filter(
        user=OuterRef("pk"), role__in=LOGS_VISITS, territory__in=below(user.territory_ids())
    )
    return list(User.objects.filter(Exists(posted), is_active=True).order_by("name", "pk")[:MAKERS])


def narrowed(visits: QuerySet[Visit], wanted: Mapping[str, Any], user: User) -> QuerySet[Visit]:
    if wanted["q"]:
        # Who else was met is not named to `user`: nor may a name tell him. The place is named in any case.
        found = matching(Customer.objects.for_user(user), wanted["q"]).values("pk")
        places = matching(Customer.objects.all(), wanted["q"]).values("pk")
        met = Attendee.objects.filter(visit=OuterRef("pk"), customer__in=found)
        visits = visits.filter(Exists(met) | Q(place__in=places))
    if wanted["since"]:
        visits = visits.filter(on__gte=wanted["since"])
    if wanted["until"]:
        visits = visits.filter(on__lte=wanted["until"])
    if wanted["known"]:
        visits = visits.filter(known_on__lt=wanted["known"])
    if wanted["channel"]:
        visits = visits.filter(channel=wanted["channel"])
    if wanted["maker"]:
        visits = visits.filter(maker=wanted["maker"])
    if territory := wanted["territory"]:
        alone = Q(territory=territory)
        visits = visits.filter(alone if wanted["alone"] else Q(territory__in=below([territory])))
    return visits


def told(visits: QuerySet[Visit], user: User) -> QuerySet[Visit]:
    """With whom of those that `user` sees was met and how many else, what was talked about, and the words of the
    maker, place and territory."""
    everybody = Attendee.objects.filter(visit=OuterRef("pk")).order_by("pk")
    met = everybody.filter(customer__in=Customer.objects.for_user(user).values("pk"))
    products = VisitProduct.objects.filter(visit=OuterRef("pk")).order_by("position", "pk")
    return visits.select_related("maker", "place__customer", "territory").annotate(
        people=ArraySubquery(met.values(json=JSONObject(pk="customer_id", name="customer__name"))),
        met=Coalesce(Subquery(everybody.order_by().values("visit").annotate(n=Count("pk")).values("n")), 0),
        talked=ArraySubquery(products.values(json=JSONObject(name="product__name", reaction="reaction"))),
    )


def with_words(reminders: QuerySet[Reminder]) -> QuerySet[Any]:
    """With the day on which it stands in the list, and the text of the promise, which a reminder never holds."""
    return reminders.annotate(
        shows_on=Coalesce("postponed_to", "due_on"),
        promise_text=Subquery(FollowUp.objects.filter(pk=OuterRef("source_id")).values("text")),
    )


def due_for(user: User, on: date) -> QuerySet[Any]:
    """What a rep's own territories have open up to two days ahead: the longest overdue first, then by tier."""
    status = CustomerStatus.objects.filter(customer=OuterRef("customer"), line=OuterRef("line"))
    return (
        with_words(Reminder.objects.for_user(user).open())
        .filter(territory__in=below(user.territory_ids(Posting.Role.REP)), shows_on__lte=on + COMING)
        .select_related("customer__person", "line")
        .annotate(tier=NullIf(Subquery(status.values("tier")), Value(""), output_field=CharField()))
        .order_by("shows_on", F("tier").asc(nulls_last=True), "customer__name", "pk")
    )


def coming_reminders(user: User, on: date) -> QuerySet[Any]:
    """Of a rep's own territories, open and overdue or of the weeks ahead."""
    return (
        Reminder.objects.for_user(user)
        .open()
        .annotate(shows_on=Coalesce("postponed_to", "due_on"))
        .filter(territory__in=below(user.territory_ids(Posting.Role.REP)), shows_on__lte=on + timedelta(days=AHEAD))
        .select_related("customer")
        .order_by("shows_on", "pk")[:MOST_EVENTS]
    )


def coming_visits(user: User, on: date) -> QuerySet[CustomerStatus]:
    """Visits that fall due in the weeks ahead, of which there is no reminder yet."""
    reminded = Reminder.objects.open().filter(
        kind=Reminder.Kind.VISIT_DUE, customer=OuterRef("customer"), line=OuterRef("line")
    )
    own = below(user.territory_ids(Posting.Role.REP))
    return (
        CustomerStatus.objects.filter(customer__in=Customer.objects.for_user(user).values("pk"), territory__in=own)
        .filter(next_due_on__gt=on, next_due_on__lte=on + timedelta(days=AHEAD))
        .filter(~Exists(reminded))
        .select_related("customer")
        .order_by("next_due_on", "pk")[:MOST_EVENTS]
    )


def due_counts(reminders: QuerySet[Reminder], on: date) -> dict[str, int]:
    return reminders.order_by().aggregate(
        all=Count("pk"), overdue=Count("pk", filter=Q(shows_on__lt=on)), today=Count("pk", filter=Q(shows_on=on))
    )


def with_places(reminders: Iterable[Reminder], on: date) -> list[Reminder]:
    rows = list(reminders)
    places = {a.person_id: a for a in affiliations({r.customer_id for r in rows}, on).filter(is_primary=True)}
    for reminder in rows:
        reminder.place = places.get(reminder.customer_id)  # type: ignore[attr-defined]
    return rows


def made_on(user: User, on: date) -> int:
    return Visit.objects.filter(maker=user, on=on).reported().count()


def products_for(user: User, visit: UUID | None = None) -> list[Product]:
    """What the user's lines carry now, and what was talked about in `visit`."""
    talked = VisitProduct.objects.filter(visit=visit).values("product")
    offered = Q(line__in=lines_of(user), is_active=True) | (Q(pk__in=talked) if visit else Q())
    return list(Product.objects.filter(offered).order_by("name", "pk"))


def found(user: User, text: str, on: date) -> list[Customer]:
    """Whom `user` may have met that answers to `text`, with where each works and the tier in the first of his lines."""
    customers = find(user, text, HITS)
    ids = [customer.pk for customer in customers]
    places = {a.person_id: a for a in affiliations(ids, on).filter(is_primary=True)}
    lines = lines_of(user)
    statuses = {s.customer_id: s for s in CustomerStatus.objects.filter(customer__in=ids, line__in=lines[:1])}
    for customer in customers:
        customer.place = places.get(customer.pk)  # type: ignore[attr-defined]
        customer.status = statuses.get(customer.pk)  # type: ignore[attr-defined]
    return customers


def talked_last(user: User, customer_id: UUID) -> list[UUID]:
    """The products of the newest visit to this customer, in the order of the talk."""
    newest = Visit.objects.for_user(user).reported().of_customer(customer_id).order_by("-on", "-reported_at", "-pk")
    talked = VisitProduct.objects.filter(visit__in=newest.values("pk")[:1], product__is_active=True)
    return list(talked.order_by("position", "pk").values_list("product", flat=True))


def leaders_of(user: User, came: UUID | None = None) -> list[User]:
    """Whom one may bring along: who manages a territory above one's own today; and who `came`."""
    above = TerritoryPath.objects.filter(descendant__in=user.territory_ids(*LOGS_VISITS)).values("ancestor")
    today = today_of(user, clock.now())
    managing = Posting.objects.filter(role=Posting.Role.MANAGER, during__contains=today, territory__in=above)
    others = User.objects.filter(Q(pk__in=managing.values("user"), is_active=True) | Q(pk=came)).exclude(pk=user.pk)
    return list(others.order_by("name", "pk"))


def around(user: User, customer_id: UUID, on: date) -> tuple[Affiliation | None, list[Affiliation]]:
    """The primary affiliation of a person, and the others there whom `user` sees."""
    place = affiliations([customer_id], on).filter(is_primary=True).first()
    colleagues = Affiliation.objects.filter(
        institution=place.institution_id if place else customer_id,
        is_primary=True,
        during__contains=on,
        person__customer__in=Customer.objects.for_user(user).current().exclude(pk=customer_id).values("pk"),
    )
    return place, list(
        colleagues.select_related("person__customer").order_by("person__customer__name", "person_id")[:COLLEAGUES]
    )


def named(places: Iterable[Affiliation]) -> dict[UUID, str]:
    """Who works there."""
    return {place.person_id: place.person.customer.name for place in places}


def met_at(user: User, visit: UUID) -> list[tuple[UUID, str]]:
    """Who was met, in order, as `user` may name them."""
    seen = Customer.objects.for_user(user).filter(pk=OuterRef("customer")).values("name")
    met = Attendee.objects.filter(visit=visit).annotate(name=Subquery(seen)).order_by("pk")
    outside = _("a customer outside your territory")
    return [(customer, name or str(outside)) for customer, name in met.values_list("customer", "name")]


def history_of(visit: UUID) -> list[list[Entry]]:
    """What a visit was before each of its amendments, the newest first: the events of one transaction each."""
    parts = (Trail(model, visit, by=("visit",)) for model in (Attendee, VisitProduct, FollowUp))
    entries = history(Trail(Visit, visit), *parts)
    return [list(group) for _at, group in groupby(entries, key=attrgetter("at"))][::-1]
