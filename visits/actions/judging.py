"""May this visit be stored, and under whose posting? One statement reads all that the answer hangs on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import clock, prepared
from visits.models import FollowUp, Visit, VisitProduct

if TYPE_CHECKING:
    from visits.actions.report import VisitReport

REPORTED_WITHIN = timedelta(days=3)
STEP_AHEAD = timedelta(days=366)  # a later promise is a slip of the finger
MOST_PEOPLE, MOST_PRODUCTS = 100, 50
STEP_LENGTH, MESSAGE_LENGTH = 500, 200
LENGTHS = {"note": 4000, "purpose": 200, "needs": 500, "objections": 500, "materials": 300, "competitors": 500}
# Made once: an enumeration makes its list of values anew each time it is asked.
_CHANNELS, _REACTIONS, _STEPS = (frozenset(one.values) for one in (Visit.Channel, VisitProduct.Reaction, FollowUp.Kind))
IN_PERSON = (Visit.Channel.FACE_TO_FACE, Visit.Channel.MEETING)


class VisitRefused(Exception):
    """A visit that can't be stored. `field` is the form's field; the text says what to do. Nothing was changed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotHeld(VisitRefused):
    """No posting of the maker held one of these customers on that day."""

    def __init__(self) -> None:
        super().__init__(
            "customers",
            _("On that day this customer was not in your territory. Check the date, or ask your manager."),
        )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The posting under which a visit was made, and what was so on its day."""

    line: UUID
    territory: UUID
    frozen: dict[UUID, UUID]  # each customer's territory
    place: UUID | None
    is_stored: bool  # a visit of this id is there


# The customers' statuses are held from here on: whoever waits for the night, or for another visit, waits before
# anything else is locked.
_JUDGE = """
WITH waited AS MATERIALIZED (
    SELECT id FROM customers_customerstatus WHERE customer_id = ANY (%(customers)s::uuid[]) ORDER BY id
    FOR NO KEY UPDATE
), held AS MATERIALIZED (
    SELECT customer_id, territory_id FROM customers_held(%(on)s)
    WHERE customer_id = ANY (%(customers)s::uuid[] || %(place)s::uuid)
), postings AS (
    SELECT p.id, p.role, p.territory_id, t.line_id, t.time_zone, (
        SELECT jsonb_object_agg(h.customer_id, h.territory_id) FROM held h
        JOIN accounts_territorypath down ON (down.ancestor_id, down.descendant_id) = (p.territory_id, h.territory_id)
    ) AS frozen, EXISTS (
        SELECT FROM accounts_posting m JOIN accounts_territorypath up
            ON (up.ancestor_id, up.descendant_id) = (m.territory_id, p.territory_id)
        WHERE m.user_id = %(joint_with)s AND m.user_id <> p.user_id AND m.role = 'manager'
          AND m.during @> %(on)s::date
    ) AS led
    FROM accounts_posting p JOIN accounts_territory t ON t.id = p.territory_id
    WHERE p.user_id = %(maker)s AND p.role IN ('rep', 'manager') AND p.during @> %(on)s::date
)
SELECT (SELECT count(*) FROM waited),
       (SELECT count(*) FROM customers_customer c WHERE c.id = ANY (%(customers)s::uuid[])
            AND c.merged_into_id IS NULL AND (c.ended_on IS NULL OR c.ended_on > %(on)s)),
       -- A rep's own territory before a manager's subtree.
       (SELECT jsonb_agg(to_jsonb(postings) ORDER BY role DESC, id) FROM postings),
       (SELECT jsonb_object_agg(id, line_id) FROM accounts_product WHERE id = ANY (%(products)s::uuid[])),
       coalesce(
           (SELECT customer_id FROM customers_institution WHERE customer_id = %(place)s::uuid),
           (SELECT customer_id FROM customers_institution WHERE customer_id = %(first)s::uuid),
           (SELECT institution_id FROM customers_affiliation
            WHERE person_id = %(first)s::uuid AND is_primary AND during @> %(on)s::date)),
       -- Somebody met works at the place, or it stood in the visit before.
       EXISTS (SELECT FROM customers_affiliation WHERE person_id = ANY (%(customers)s::uuid[])
               AND institution_id = %(place)s::uuid AND during @> %(on)s::date)
       OR EXISTS (SELECT FROM visits_visit WHERE id = %(id)s AND place_id = %(place)s::uuid),
       EXISTS (SELECT FROM visits_visit WHERE id = %(id)s)
"""


def judge(maker: User, report: VisitReport, at: datetime, *, since: date | None = None) -> Ground:
    """Raises VisitRefused. A visit is reported within three days; one that is amended, within three days before
    `since`, the day on which it was reported."""
    _check_words(report)
    with connection.cursor() as cursor:
        prepared.execute(
            cursor,
            _JUDGE,
            {
                "id": report.id,
                "maker": maker.pk,
                "on": report.on,
                "customers": list(report.customers),
                "products": [product for product, _reaction in report.products],
                "place": report.place,
                "first": report.customers[0],
                "joint_with": report.joint_with,
            },
        )
        _waited, known, postings, lines, place, is_theirs, is_stored = cursor.fetchone()
    if known < len(report.customers):
        raise NotHeld
    posting = _posting(report, json.loads(postings or "[]"))
    today = clock.date_in(posting["time_zone"], at)
    _check_day(report, today, since or today)
    _check_products(report, posting, json.loads(lines or "{}"))
    if report.place and not (place == report.place and (is_theirs or report.place in posting["held"])):
        raise VisitRefused("place", _("Choose a place in your territory, or one where somebody you met works."))
    if report.joint_with and not posting["led"]:
        raise VisitRefused("joint_with", _("On that day nobody of this name led your territory."))
    return Ground(
        line=UUID(posting["line_id"]),
        territory=UUID(posting["territory_id"]),
        frozen=posting["held"],
        place=place if report.place or report.channel in IN_PERSON else None,
        is_stored=is_stored,
    )


def _check_words(report: VisitReport) -> None:
    """What a form offers, a program may still get wrong."""
    if not report.customers:
        raise VisitRefused("customers", _("Say whom you met."))
    if len(set(report.customers)) < len(report.customers):
        raise VisitRefused("customers", _("Somebody is named twice."))
    if len(report.customers) > MOST_PEOPLE or len(report.products) > MOST_PRODUCTS:
        raise VisitRefused("customers", _("That is more than fits into one visit. Log several."))
    if report.channel not in _CHANNELS:
        raise VisitRefused("channel", _("This way of visiting is not known."))
    if any(reaction and reaction not in _REACTIONS for _product, reaction in report.products):
        raise VisitRefused("products", _("This reaction is not known."))
    if any(len(text) > MESSAGE_LENGTH for text in report.messages.values()):
        raise VisitRefused("products", _("A key message is too long: at most %d characters fit.") % MESSAGE_LENGTH)
    for name, most in LENGTHS.items():
        if len(getattr(report, name)) > most:
            raise VisitRefused(name, _("This is too long: at most %d characters fit.") % most)
    step = report.next_step
    if step and (step.kind not in _STEPS or len(step.text) > STEP_LENGTH):
        raise VisitRefused("next_step", _("The next step is not known, or its text is too long."))


def _posting(report: VisitReport, postings: list[dict[str, Any]]) -> dict[str, Any]:
    """The first under which everybody was held."""
    for posting in postings:
        frozen = {UUID(customer): UUID(ground) for customer, ground in (posting["frozen"] or {}).items()}
        if set(report.customers) <= frozen.keys():
            return posting | {"held": frozen}
    raise NotHeld


def _check_day(report: VisitReport, today: date, since: date) -> None:
    if report.on > today:
        raise VisitRefused("on", _("A visit can't lie in the future. Enter the day on which it took place."))
    if report.on < since - REPORTED_WITHIN:
        raise VisitRefused(
            "on", _("A visit is reported within three days. Tell your manager, who can ask operations to load it.")
        )
    if report.next_step and report.next_step.due_on < report.on:
        raise VisitRefused("next_step_on", _("The next step can't lie before the visit."))
    if report.next_step and report.next_step.due_on > today + STEP_AHEAD:
        raise VisitRefused("next_step_on", _("This day lies more than a year ahead; choose an earlier one."))


def _check_products(report: VisitReport, posting: dict[str, Any], lines: dict[str, str]) -> None:
    asked = [str(product) for product, _reaction in report.products]
    if len(set(asked)) < len(asked) or any(lines.get(product) != posting["line_id"] for product in asked):
        raise VisitRefused("products", _("One of the products is not carried in this line, or is named twice."))
