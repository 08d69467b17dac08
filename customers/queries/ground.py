"""Which customers lie in which ground, for operations."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from accounts.queries import operated
from customers.models import Alignment, Customer, CustomerStatus


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
