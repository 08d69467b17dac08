"""How much is known of somebody: per cent of the facts that everybody may see and that may be kept, by weight.

What was learned more than twelve months ago counts half. `completeness` says it of one whose facts are at hand,
`completeness_of` of all rows of a query in its statement; tests/pages/test_completeness.py holds the two to each other.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, Exists, Expression, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from customers.models import Consent, Fact
from customers.models.facts import EVERYBODY, FACTS, FactKind


def is_old(learned: date, on: date) -> bool:
    return learned < _fresh_from(on)


def _fresh_from(on: date) -> date:
    """Twelve months before, the first day that still counts whole; 29 February has its day in every year."""
    return date(on.year - 1, 3, 1) if (on.month, on.day) == (2, 29) else on.replace(year=on.year - 1)


def completeness(kinds: Iterable[FactKind], rows: Mapping[str, Mapping[str, Any]], agreed: set[str], on: date) -> int:
    """Per cent. `rows` are facts by key with their `learned_on`, `agreed` the purposes to which he has agreed."""
    halves = whole = 0
    for kind in kinds:
        if kind.seen_by != EVERYBODY or (kind.consent and kind.consent not in agreed):
            continue
        whole += 2 * kind.weight
        if row := rows.get(kind.key):
            halves += kind.weight if is_old(date.fromisoformat(row["learned_on"]), on) else 2 * kind.weight
    return halves * 100 // whole if whole else 0


def completeness_of(on: date) -> Expression:
    """Per cent, for rows of customers; nothing for an institution."""
    counted = [kind for kind in FACTS.values() if kind.seen_by == EVERYBODY and kind.weight]
    free = [kind for kind in counted if not kind.consent]
    whole: Any = Value(2 * sum(kind.weight for kind in free))
    lawful = Q(key__in=[kind.key for kind in free])
    for purpose in sorted({kind.consent for kind in counted if kind.consent}):
        own = [kind for kind in counted if kind.consent == purpose]
        agreed = Consent.objects.filter(purpose=purpose, during__contains=on)
        whole += Case(
            When(Exists(agreed.filter(person=OuterRef("pk"))), then=Value(2 * sum(kind.weight for kind in own))),
            default=Value(0),
        )
        lawful |= Q(Exists(agreed.filter(person=OuterRef("person"))), key__in=[kind.key for kind in own])
    weight = Case(*(When(key=kind.key, then=Value(kind.weight)) for kind in counted), output_field=IntegerField())
    age = Case(When(learned_on__lt=_fresh_from(on), then=Value(1)), default=Value(2))
    halves = facts_on(on).filter(lawful, ~Exists(_newer(on)), person=OuterRef("pk")).order_by()
    known = Subquery(halves.values("person").annotate(halves=Sum(weight * age)).values("halves"))
    share = Coalesce(known, Value(0)) * 100 / NullIf(whole, Value(0))
    return Case(When(kind="person", then=Coalesce(share, Value(0))), output_field=IntegerField())


def facts_on(on: date) -> QuerySet[Fact]:
    """Facts that were not withdrawn. Of each key the newest holds."""
    return Fact.objects.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))


def _newer(on: date) -> QuerySet[Fact]:
    later = {"person": OuterRef("person"), "key": OuterRef("key"), "learned_on__gt": OuterRef("learned_on")}
    return facts_on(on).filter(**later)
