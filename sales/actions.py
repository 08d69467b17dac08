"""Writes over sales: the rollup that tiering reads, and how far products have come into institutions."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import lines_of
from crm.base import commands
from crm.base.actor import acting
from crm.base.dated import end_with, say_anew, take_back
from crm.base.periods import last_day, period
from crm.base.refusals import held, mark_of, refusing
from customers.actions.places import own_institution
from customers.actions.shared import NOW_OR_BEFORE, check_words, day_in_reach, own_product, period_in_reach
from customers.queries.ground import kept
from sales.models import Listing

# The newest version of each key that was known before the night; sources that speak of one customer,
# product and month (two distributors) add up. Reads sales_month_known; a full pass, differences written.
_ROLL_UP = """
WITH known AS (
    SELECT DISTINCT ON (customer_id, product_id, month, source) customer_id, product_id, month, currency,
           units, revenue, collected
    FROM sales_salesmonth WHERE known_on < %(on)s
    ORDER BY customer_id, product_id, month, source, known_on DESC, id DESC
), wanted AS (
    SELECT customer_id, product_id, month, currency,
           sum(units)::bigint AS units, sum(revenue)::bigint AS revenue, sum(collected)::bigint AS collected
    FROM known GROUP BY 1, 2, 3, 4
), gone AS (
    DELETE FROM sales_salesrollup r WHERE NOT EXISTS (
        SELECT FROM wanted w
        WHERE (w.customer_id, w.month, w.product_id, w.currency) = (r.customer_id, r.month, r.product_id, r.currency))
    RETURNING 1
), changed AS (
    INSERT INTO sales_salesrollup (customer_id, product_id, month, currency, units, revenue, collected)
    SELECT * FROM wanted
    ON CONFLICT (customer_id, month, product_id, currency) DO UPDATE
    SET units = excluded.units, revenue = excluded.revenue, collected = excluded.collected
    WHERE (sales_salesrollup.units, sales_salesrollup.revenue, sales_salesrollup.collected)
        IS DISTINCT FROM (excluded.units, excluded.revenue, excluded.collected)
    RETURNING 1
)
SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM gone)
"""


def roll_up(*, before: date) -> dict[str, int]:
    """Make the rollup what was known before `before`. Writes differences only."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP, {"on": before})
        written, removed = cursor.fetchone()
    return {"written": written, "removed": removed}


# Listings


def changeable_listings(user: User) -> QuerySet[Listing]:
    """Those of the user's lines at institutions that he may change."""
    own = kept(user).current().values("pk")
    listings = Listing.objects.filter(institution__in=own, product__line__in=lines_of(user))
    return listings.select_related("institution__customer", "product")


def seen_of_listing(listing: Listing) -> dict[str, Any]:
    """What a form changes of a listing, by the names of its fields, with the mark of what it saw."""
    said = {"state": listing.state, "evidence": listing.evidence, "last": last_day(listing.during)}
    return said | {"was": mark_of(*said.values(), listing.during.lower)}


def begin_listing(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    institution: UUID,
    product: UUID,
    state: str,
    evidence: str,
    first: date,
    last: date | None,
    today: date,
) -> commands.Receipt:
    """A product has come so far since `first`, said once for ever for `id`. Raises Customer.DoesNotExist, Refused,
    OtherBodySameId."""
    _check_listing(state, evidence, first, last, today)

    def store() -> tuple[UUID, dict[str, Any]]:
        own_institution(actor, institution)
        own_product(actor, product)
        Listing.objects.create(
            id=id, institution_id=institution, product_id=product, state=state, evidence=evidence,
            during=period(first, last),
        )  # fmt: skip
        return id, {}

    body = {"institution": institution, "product": product, "first": first, "last": last}
    with refusing(_listing_taken("product")):
        return commands.execute(
            command_id=id,
            kind="listing.begin",
            body=body | {"state": state, "evidence": evidence},
            actor=actor.pk,
            effect=store,
        )


def change_listing(
    *,
    actor: User,
    listing: UUID,
    was: str,
    state: str,
    evidence: str,
    first: date,
    last: date | None,
    today: date,
) -> Listing:
    """From `first` on it has come so far; the way until then stays. Raises Listing.DoesNotExist, Refused
    (ChangedMeanwhile)."""
    _check_listing(state, evidence, first, last, today)
    with refusing(_listing_taken("first")), acting(actor.pk):
        now = _held_listing(actor, listing, was)
        changed: Listing = say_anew(now, first, last, state=state, evidence=evidence)
        return changed


def end_listing(*, actor: User, listing: UUID, last: date | None, today: date) -> None:
    """It is so until `last`; None: until further notice. Raises Listing.DoesNotExist, Refused."""
    if last:
        day_in_reach(last, today, "last")
    with refusing(_listing_taken("last")), acting(actor.pk):
        end_with(_held_listing(actor, listing), last, "last")


def take_back_listing(*, actor: User, listing: UUID, today: date) -> None:
    """What was said today was a mistake. Raises Listing.DoesNotExist, Refused."""
    with acting(actor.pk):
        take_back(_held_listing(actor, listing), today)


def _held_listing(actor: User, pk: UUID, was: str = "") -> Listing:
    return held(changeable_listings(actor), pk, was, seen_of_listing)


def _check_listing(state: str, evidence: str, first: date, last: date | None, today: date) -> None:
    check_words(Listing, {"state": state, "evidence": evidence})
    period_in_reach(first, last, today, begins=NOW_OR_BEFORE)


def _listing_taken(field: str) -> dict[str, tuple[str, str]]:
    taken = _("How far this product has come is entered for these days already; change that, or choose other days.")
    return {"listing_one_state": (taken, field)}
