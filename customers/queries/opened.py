"""One customer with all that hangs on him, read in one statement: however much that is, his page costs the same."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import Posting, Product, User
from accounts.queries import LOGS_VISITS
from customers.models import (
    Consent,
    Customer,
    Department,
    Fact,
    Institution,
    Licence,
    PotentialEstimate,
    RoleAssignment,
)
from customers.models.customer import CustomerQuerySet
from customers.queries.completeness import facts_on

READERS = (Posting.Role.MANAGER, Posting.Role.OPERATIONS, Posting.Role.COMPLIANCE)  # who supervises a customer
KEEPERS = (*LOGS_VISITS, Posting.Role.OPERATIONS)  # who may write down what is known of one
BRANCHES = 30  # of a chain or distributor, on its page
_PERIOD = {"first": "during__startswith", "end": "during__endswith"}


def opened(user: User, on: date) -> CustomerQuerySet:
    """Customers as their own pages show them: `is_supervised` and `may_keep` by `user`, and the rows of `on` of what
    hangs on them, as JSON."""
    return (
        Customer.objects.for_user(user)
        .filter(merged_into=None)
        .select_related("person", "institution__trade_file", "institution__parent__customer")
        .annotate(
            is_supervised=_one_of(user, READERS),
            may_keep=_one_of(user, KEEPERS),
            fact_rows=_json(_facts(on), key="key", value="value", source="source", learned_on="learned_on",
                            author="author__name"),
            consent_rows=_json(_consents(on), pk="pk", purpose="purpose", wording="wording", evidence="evidence",
                               **_PERIOD),
            role_rows=_json(_roles(on), pk="pk", role="role", strength="strength", evidence="evidence",
                            product="product_id", product_name="product__name", **_PERIOD),
            potential=Subquery(_potentials(on).values(json=JSONObject(
                patients="patients_per_day", openness="openness", known_on="known_on"))[:1]),
            department_rows=_json(_departments(user), pk="pk", name="name", parent="parent_id",
                                  outpatients="outpatients_per_day", head="head_id", head_name="head_name"),
            licence_rows=_json(_licences(on), pk="pk", kind="kind", number="number", **_PERIOD),
            sees_parent=Exists(Customer.objects.for_user(user).filter(pk=OuterRef("institution__parent"))),
            branch_rows=_json(_branches(user)[: BRANCHES + 1], pk="pk", name="customer__name", kind="kind"),
        )
    )  # fmt: skip


def _one_of(user: User, roles: Iterable[str]) -> Exists:
    return Exists(Customer.objects.for_user(user, *roles).filter(pk=OuterRef("pk")))


def _json(rows: QuerySet[Any], **columns: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(json=JSONObject(**columns)))


def _facts(on: date) -> QuerySet[Fact]:
    """The newest of each key that holds."""
    return facts_on(on).filter(person=OuterRef("pk")).order_by("key", "-learned_on").distinct("key")


def _consents(on: date) -> QuerySet[Consent]:
    """The newest of each purpose, in force or ended."""
    begun = Consent.objects.filter(person=OuterRef("pk"), during__startswith__lte=on)
    return begun.order_by("purpose", "-during").distinct("purpose")


def _roles(on: date) -> QuerySet[RoleAssignment]:
    held = RoleAssignment.objects.filter(person=OuterRef("pk"), during__contains=on)
    return held.order_by("-strength", "role", "pk")


def _potentials(on: date) -> QuerySet[PotentialEstimate]:
    return PotentialEstimate.objects.filter(customer=OuterRef("pk"), known_on__lte=on).order_by("-known_on")


def _departments(user: User) -> QuerySet[Department]:
    """Who leads one is named to whom may see him."""
    seen = Customer.objects.for_user(user).current().filter(pk=OuterRef("head"))
    of_it = Department.objects.filter(institution=OuterRef("pk")).order_by("name", "pk")
    return of_it.annotate(head_name=Subquery(seen.values("name")))


def _licences(on: date) -> QuerySet[Licence]:
    """But for those that another of their kind outlives."""
    later = Licence.objects.filter(
        Q(during__upper_inf=True) | Q(during__endswith__gt=OuterRef("during__endswith")),
        institution=OuterRef("institution"),
        kind=OuterRef("kind"),
    )
    of_it = Licence.objects.filter(institution=OuterRef("pk"))
    return of_it.filter(Q(during__contains=on) | ~Q(Exists(later))).order_by(F("during__endswith"), "kind", "number")


def _branches(user: User) -> QuerySet[Institution]:
    seen = Customer.objects.for_user(user).current().values("pk")
    return Institution.objects.filter(parent=OuterRef("pk"), customer__in=seen).order_by("customer__name", "pk")


def period_of(row: dict[str, Any]) -> DateRange:
    """The `during` of such a row."""
    return DateRange(*(date.fromisoformat(row[name]) if row[name] else None for name in ("first", "end")))


def roles_of(customer: Customer) -> list[RoleAssignment]:
    """What a customer that was `opened` decides."""
    return [
        RoleAssignment(
            pk=UUID(row["pk"]),
            person_id=customer.pk,
            role=row["role"],
            strength=row["strength"],
            evidence=row["evidence"],
            product=Product(pk=UUID(row["product"]), name=row["product_name"]) if row["product"] else None,
            during=period_of(row),
        )
        for row in customer.role_rows  # type: ignore[attr-defined]
    ]
