"""Publishing tier policies."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Product, Territory, TerritoryPath
from crm.base.actor import acting
from crm.base.exchange.columns import BadCell, Reading
from crm.base.exchange.references import OWN, read_id
from crm.base.models import ExternalId, Rule
from segmentation.models import TierPolicy, TierPolicyVersion
from segmentation.models.document import SALES, BadPolicy, PolicyDocument, read_document


def find_objects(kind: str, cells: Iterable[str], source: str) -> dict[str, UUID]:
    """By cell the row that it names, as files name rows: ID of `source`, `SOURCE:ID`, or `rounds:UUID`. An ID of
    `source` may itself look like `SOURCE:ID`: it counts first. Cells that name nothing are left out."""
    meant = {cell: _meant(cell, source) for cell in cells}
    named = {pair for pairs in meant.values() for pair in pairs}
    known = {(OWN, identity): UUID(identity) for told_by, identity in named if told_by == OWN}
    if asked := [Q(source=told_by, external_id=identity) for told_by, identity in named if told_by != OWN]:
        rows = ExternalId.objects.filter(reduce(or_, asked), kind=kind)
        known |= {(row.source, row.external_id): row.object_id for row in rows}
    return {cell: known[pair] for cell, pairs in meant.items() for pair in pairs[::-1] if pair in known}


def _meant(cell: str, source: str) -> list[tuple[str, str]]:
    """What a cell may mean, the likeliest first."""
    prefix, _colon, _rest = cell.partition(":")
    try:
        pair = read_id(cell, Reading(source, frozenset({prefix})))
    except BadCell:
        return [(source, cell)]
    return [pair] if pair[0] == OWN else list(dict.fromkeys([(source, cell), pair]))


def publish_policy(
    *,
    raw: Any,
    actor: UUID | None,
    today: date,
    first_night: date | None = None,
    ground: QuerySet[Territory] | None = None,
) -> TierPolicyVersion:
    """Publish a version of the policy of the document's territory, in force from `first_night` on.

    Without `first_night` the first version holds for every night, a later one from `today`. A territory outside
    `ground` is as if it did not exist. Raises BadPolicy, also where the law forbids an input, with the rule's name.
    """
    document = read_document(raw)
    territory = _territory(document, Territory.objects.all() if ground is None else ground)
    named = find_objects("product", document.products, document.source)
    known = set(Product.objects.filter(pk__in=named.values()).values_list("pk", flat=True)) if named else set()
    products = {cell: named.get(cell) for cell in document.products}
    faults = [_("%s is not a known product.") % cell for cell, product in products.items() if product not in known]
    faults += _unlawful(document, territory)
    if faults:
        raise BadPolicy(faults)
    with acting(actor, job="" if actor else "policy publish"):
        customers = document.customers[0] if len(document.customers) == 1 else TierPolicy.Customers.BOTH
        locked = TierPolicy.objects.select_for_update(no_key=True)
        policy, _created = locked.get_or_create(territory=territory, customers=customers)
        latest = policy.versions.order_by("-number").first()
        if latest and first_night is None:
            first_night = today
            _refuse_planned(policy, today)
        if latest and first_night is not None:
            _end(policy, first_night)
        return TierPolicyVersion.objects.create(
            policy=policy,
            number=latest.number + 1 if latest else 1,
            name=document.name,
            document={**raw, "customers": document.customers, "calls": document.calls},
            products=list(products.values()),
            during=DateRange(first_night, None),
            published_by=actor,
        )


def _end(policy: TierPolicy, night: date) -> None:
    """Make room from `night` on. A version that would never be in force keeps an empty period."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE segmentation_tierpolicyversion SET during = during * daterange(NULL, %(night)s)
               WHERE policy_id = %(policy)s AND during && daterange(%(night)s, NULL)""",
            {"night": night, "policy": policy.pk},
        )


def _refuse_planned(policy: TierPolicy, today: date) -> None:
    """A version that is planned for later must not vanish because somebody did not know of it."""
    planned = policy.versions.filter(during__startswith__gt=today).order_by("number").first()
    if planned:
        raise BadPolicy(
            [
                _("Version %(number)d is planned from %(first)s. Say from when this one holds (--from).")
                % {"number": planned.number, "first": planned.during.lower}
            ]
        )


def _territory(document: PolicyDocument, ground: QuerySet[Territory]) -> Territory:
    found = find_objects("territory", [document.territory], document.source).get(document.territory)
    territory = ground.filter(pk=found).first() if found else None
    if territory is None:
        raise BadPolicy([_("%s is not a known territory.") % document.territory])
    return territory


def _unlawful(document: PolicyDocument, territory: Territory) -> list[str]:
    """Where the law forbids counts of people, a policy may not rank people by them."""
    if document.measure not in SALES or "person" not in document.customers:
        return []
    below = TerritoryPath.objects.filter(ancestor=territory).values("descendant")
    ground = set(Territory.objects.filter(pk__in=below).values_list("jurisdiction", flat=True))
    broken = Rule.objects.filter(
        code=Rule.NO_DOCTOR_COUNTS, jurisdiction__in=ground, in_force__upper_inf=True
    ).values_list("code", flat=True)
    sentence = _("%s: people may not be ranked by sales here. Use potential for them, or rank institutions only.")
    return [sentence % code for code in broken]
