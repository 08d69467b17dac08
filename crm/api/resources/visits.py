"""Visits and reminders."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from crm.api.registry import (
    DAY,
    ID,
    MOMENT,
    NUMBER,
    TEXT,
    Field,
    Filter,
    Order,
    Resource,
    listed,
    one_of,
    or_null,
)  # fmt: skip
from crm.api.resources.customers import EXAMPLE_INSTITUTION, EXAMPLE_PERSON, is_meant, meant
from crm.api.resources.ground import EXAMPLE_LINE, EXAMPLE_PRODUCT, EXAMPLE_TERRITORY
from customers.models import Customer
from visits.models import FollowUp, Reminder, Visit, VisitProduct

EXAMPLE_VISIT = "0198a7c5-2b10-7a50-9d74-8192a3b4c5d6"
EXAMPLE_USER = "0198a7c2-3c10-7b60-8a11-2c3d4e5f6071"
_REACTION = one_of(["", *VisitProduct.Reaction.values])


def _seen_visits(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "visits": Visit.objects.for_user(user).values("pk"),
        "customers": Customer.objects.for_user(user).values("pk"),
    }


VISITS = Resource(
    name="visits",
    one="visit",
    tag="Visits",
    scope="visits",
    help="What was done, said and promised. Of those who were met, the customers that the user sees today.",
    rows="visits_visit v",
    where="v.id IN {visits}",
    seen=_seen_visits,
    key="v.id",
    state="v.version",
    fields=(
        Field("id", "v.id", ID, "The key, made by whoever wrote the visit down.", EXAMPLE_VISIT),
        Field("maker", "v.maker_id", ID, "Who made it.", EXAMPLE_USER),
        Field("on", 'v."on"', DAY, "The day on which it took place.", "2026-11-20"),
        Field("channel", "v.channel", one_of(Visit.Channel.values), "How.", "face_to_face"),
        Field("line", "v.line_id", ID, "The product line for which it was made.", EXAMPLE_LINE),
        Field("territory", "v.territory_id", ID, "The maker's on that day.", EXAMPLE_TERRITORY),
        Field("place", "v.place_id", or_null(ID), "The institution in which it took place.", EXAMPLE_INSTITUTION),
        Field(
            "customers",
            """coalesce((SELECT json_agg(a.customer_id ORDER BY a.id) FROM visits_attendee a
                         WHERE a.visit_id = v.id AND a.customer_id IN {customers}), '[]')""",
            {"type": "array", "items": ID},
            "Who was met.",
            [EXAMPLE_PERSON],
        ),
        Field(
            "products",
            """coalesce((SELECT json_agg(json_build_object('product', p.product_id, 'reaction', p.reaction,
                'message', p.message) ORDER BY p.position)
                FROM visits_visitproduct p WHERE p.visit_id = v.id), '[]')""",
            listed(product=ID, reaction=_REACTION, message=TEXT),
            "What was talked about, in the order of the talk.",
            [{"product": EXAMPLE_PRODUCT, "reaction": "interested", "message": "一天一次"}],
        ),
        Field("purpose", "v.purpose", TEXT, "What for.", "随访"),
        Field("needs", "v.needs", TEXT, "What is needed.", ""),
        Field("objections", "v.objections", TEXT, "What was objected.", ""),
        Field("materials", "v.materials", TEXT, "What was left there.", ""),
        Field("competitors", "v.competitors", TEXT, "What others do.", ""),
        Field("note", "v.note", TEXT, "Note.", "想看第二年的数据。"),
        Field("joint_with", "v.joint_with_id", or_null(ID), "The manager who came along.", None),
        Field(
            "follow_ups",
            """coalesce((SELECT json_agg(json_build_object('id', f.id, 'customer', f.customer_id, 'kind', f.kind,
                'due_on', f.due_on, 'text', f.text, 'state', f.state) ORDER BY f.due_on, f.id)
                FROM visits_followup f WHERE f.visit_id = v.id AND f.customer_id IN {customers}), '[]')""",
            listed(
                id=ID, customer=ID, kind=one_of(FollowUp.Kind.values), due_on=DAY, text=TEXT,
                state=one_of(FollowUp.State.values),
            ),
            "What was promised.",
            [],
        ),
        Field("state", "v.state", one_of(Visit.State.values), "Void: it did not take place.", "reported"),
        Field("amendment", "v.amendment", TEXT, "Why it was amended or made void the last time.", ""),
        Field("known_on", "v.known_on", DAY, "From this day on nights count it.", "2026-11-20"),
        Field("reported_at", "v.reported_at", MOMENT, "When it was sent.", "2026-11-20T09:12:00+00:00"),
        Field("version", "v.version", NUMBER, "Counts amendments, from 1.", 1),
    ),
    filters=(
        Filter("since", 'v."on" >= %(value)s::date', DAY, "On that day or later."),
        Filter("until", 'v."on" <= %(value)s::date', DAY, "On that day or before."),
        Filter("maker", "v.maker_id = %(value)s::uuid", ID, "Made by this user."),
        Filter(
            "customer",
            f"""{meant("%(value)s::uuid")} IN {{customers}} AND EXISTS (SELECT FROM visits_attendee a
                WHERE a.visit_id = v.id AND {is_meant("a.customer_id")})""",
            ID,
            "In which this customer was met.",
        ),
        Filter("channel", "v.channel = %(value)s", one_of(Visit.Channel.values), "Made in this way."),
        Filter("state", "v.state = %(value)s", one_of(Visit.State.values), "Reported, or void."),
    ),
    orders={
        "on": Order((('v."on"', "date"),)),
        "-on": Order((('v."on"', "date"),), backwards=True),
        "-reported_at": Order((("v.reported_at", "timestamptz"),), backwards=True),
    },
)  # fmt: skip


def _seen_reminders(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {"reminders": Reminder.objects.for_user(user).values("pk")}


REMINDERS = Resource(
    name="reminders",
    one="reminder",
    tag="Visits",
    scope="reminders",
    help="What is to be done by a day. Nights make them; people and programs answer them.",
    rows="visits_reminder r",
    where="r.id IN {reminders}",
    seen=_seen_reminders,
    key="r.id",
    key_shape=NUMBER,
    state="left(md5(row(r.state, r.postponed_to, r.answer)::text), 16)",
    fields=(
        Field("id", "r.id", NUMBER, "The key.", 815),
        Field("kind", "r.kind", one_of(Reminder.Kind.values), "What it reminds of.", "visit_due"),
        Field("customer", "r.customer_id", ID, "Whom it is about.", EXAMPLE_PERSON),
        Field("territory", "r.territory_id", ID, "Whose it is.", EXAMPLE_TERRITORY),
        Field("line", "r.line_id", ID, "In which product line.", EXAMPLE_LINE),
        Field("due_on", "r.due_on", DAY, "By when.", "2026-11-27"),
        Field("postponed_to", "r.postponed_to", or_null(DAY), "Put off to this day.", None),
        Field("state", "r.state", one_of(Reminder.State.values), "Open, done or dismissed.", "open"),
        Field("answer", "r.answer", TEXT, "Why it was postponed or dismissed.", ""),
        Field("reason", "r.reason", {"type": "object"}, "What it follows from, as codes.", {"tier": "A"}),
        Field("closed_by_visit", "r.closed_by_visit", or_null(ID), "The visit that closed it.", None),
        Field("made_on", "r.made_on", DAY, "The night that made it.", "2026-11-25"),
    ),
    filters=(
        Filter("state", "r.state = %(value)s", one_of(Reminder.State.values), "Open, done or dismissed."),
        Filter("kind", "r.kind = %(value)s", one_of(Reminder.Kind.values), "Of this kind."),
        Filter("customer", is_meant("r.customer_id"), ID, "About this customer."),
        Filter("territory", "r.territory_id = %(value)s::uuid", ID, "Of this territory."),
        Filter("due_by", "coalesce(r.postponed_to, r.due_on) <= %(value)s::date", DAY, "Due on that day or before."),
    ),
    orders={"due_on": Order((("r.due_on", "date"),))},
)
