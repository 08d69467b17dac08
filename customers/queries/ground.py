"""Which customers lie in which ground, and who may change them."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Territory, User
from accounts.queries import below, operated
from customers.models import Alignment, Customer, CustomerStatus
from customers.models.customer import CustomerQuerySet
from customers.queries.opened import KEEPERS


def held_counts(territories: Iterable[UUID]) -> dict[UUID, int]:
    """How many customers each of `territories` holds today, those below it apart."""
    rows = CustomerStatus.objects.filter(territory__in=list(territories), customer__merged_into=None)
    return dict(rows.values_list("territory").annotate(n=Count("customer")).order_by())


def alignable(user: User, line: UUID, first: date) -> QuerySet[Customer]:
    """Whom `user` may give to a territory of `line` from `first` on: held in his ground then, or by nobody at all in
    that line, but never whom another ground is to have later."""
    own = list(operated(user).values_list("pk", flat=True))
    held = RawSQL("SELECT customer_id FROM customers_held(%s) WHERE line_id = %s", (first, line))
    in_ground = RawSQL(
        "SELECT customer_id FROM customers_held(%s) WHERE line_id = %s AND territory_id = ANY (%s)", (first, line, own)
    )
    elsewhere = Alignment.objects.filter(line=line, during__startswith__gt=first).exclude(territory__in=own)
    return (
        Customer.objects.current()
        .filter(Q(pk__in=in_ground) | ~Q(pk__in=held))
        .exclude(pk__in=elsewhere.values("customer"))
    )


def kept(user: User) -> CustomerQuerySet:
    """Whom `user` may change: who is held in the ground of those postings that keep customers; operations also whom
    nobody holds."""
    ground = below(user.territory_ids(*KEEPERS))
    may = Q(pk__in=CustomerStatus.objects.filter(territory__in=ground).values("customer"))
    if user.sees_unheld():
        may |= ~Q(pk__in=CustomerStatus.objects.exclude(territory=None).values("customer"))
    return Customer.objects.filter(may, merged_into=None)


def may_change(user: User, seen: UUID) -> bool:
    """Whether `user`, who sees this customer, may change it."""
    if not user.has_role(*KEEPERS):
        return False
    only_keeps = all(posting.role in KEEPERS for posting in user.todays_postings)
    return only_keeps or kept(user).filter(pk=seen).exists()


def own_ground(user: User) -> QuerySet[Territory]:
    """The territories to which `user` may add an institution."""
    return Territory.objects.filter(pk__in=below(user.territory_ids(*KEEPERS)))
