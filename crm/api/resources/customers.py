"""Customers: what persons and institutions have in common, and each kind with all that is its own."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries import below
from crm.api.registry import (
    DAY,
    ID,
    MOMENT,
    MONEY,
    NAMED,
    NUMBER,
    TEXT,
    YES_NO,
    Field,
    Filter,
    Order,
    Resource,
    listed,
    one_of,
    or_null,
    thing,
)  # fmt: skip
from crm.api.resources.ground import EXAMPLE_LINE, EXAMPLE_TERRITORY, external_ids
from customers.models import Customer, CustomerStatus, Institution, Person

EXAMPLE_PERSON = "0198a7c3-0a10-7d20-9a41-5e6f70819203"
EXAMPLE_INSTITUTION = "0198a7c3-0b20-7e30-8b52-6f7081920314"


_INTO = """SELECT coalesce(n.merged_into_id, m.merged_into_id) FROM customers_customer m
    LEFT JOIN customers_customer n ON n.id = m.merged_into_id WHERE m.id = %s"""


def meant(key: str) -> str:
    """SQL: the customer of this key, or whom it was merged into."""
    return f"coalesce(({_INTO % key}), {key})"


def is_meant(column: str) -> str:
    """The condition of a filter that names a customer: who does not know of a merge means the successor."""
    return f"{column} = {meant('%(value)s::uuid')}"


def _seen(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "customers": Customer.objects.for_user(user).values("pk"),
        "territories": below(user.territory_ids()),
    }


_TIER = one_of(CustomerStatus.Tier.values)
_STATUSES = """coalesce((SELECT json_agg(json_build_object(
    'line', s.line_id, 'territory', s.territory_id, 'tier', nullif(s.tier, ''), 'provisional', s.provisional,
    'last_visit_on', s.last_visit_on, 'next_due_on', s.next_due_on) ORDER BY s.line_id)
    FROM customers_customerstatus s WHERE s.customer_id = c.id AND s.territory_id IN {territories}), '[]')"""
_HERE = """EXISTS (SELECT FROM customers_customerstatus s WHERE s.customer_id = c.id AND s.territory_id IN {territories}
    AND %s)"""

_COMMON = (
    Field("id", "c.id", ID, "The key. One that was merged answers with its successor.", EXAMPLE_PERSON),
    Field("name", "c.name", TEXT, "The name.", "陈望舒"),
    Field("version", "c.version", NUMBER, "Counts edits by people and programs; what a night finds does not count.", 3),
    Field("created_at", "c.created_at", MOMENT, "When it was entered.", "2026-11-02T01:30:00+00:00"),
    Field(
        "ended_on", "c.ended_on", or_null(DAY), "The first day on which it is no customer any more; null: it is.", None
    ),
    external_ids("c.kind", "c.id", "HCP-1001", source="crm"),
    Field(
        "statuses",
        _STATUSES,
        listed(
            line=ID, territory=ID, tier=or_null(_TIER), provisional=YES_NO, last_visit_on=or_null(DAY),
            next_due_on=or_null(DAY),
        ),
        "How it stands in each product line that the token sees: who holds it, its tier, the last visit, the next due.",
        [
            {"line": EXAMPLE_LINE, "territory": EXAMPLE_TERRITORY, "tier": "A", "provisional": False,
             "last_visit_on": "2026-11-12", "next_due_on": "2026-11-27"},
        ],
    ),
)  # fmt: skip

_FILTERS = (
    Filter("name", "c.name = %(value)s", TEXT, "Of exactly this name."),
    Filter("territory", _HERE % "s.territory_id = %(value)s::uuid", ID, "Held by this territory."),
    Filter(
        "below",
        _HERE % """s.territory_id IN (SELECT b.descendant_id FROM accounts_territorypath b
                                      WHERE b.ancestor_id = %(value)s::uuid)""",
        ID,
        "Held by this territory or one below it.",
    ),
    Filter("tier", _HERE % "s.tier = %(value)s", _TIER, "Of this tier in a line that the token sees."),
    Filter("due_by", _HERE % "s.next_due_on <= %(value)s::date", DAY, "With a visit due on that day or before."),
    Filter("ended", "(c.ended_on IS NOT NULL) = %(value)s", YES_NO, "No customers any more, or still."),
    Filter(
        "source",
        "EXISTS (SELECT FROM base_externalid e WHERE e.kind = c.kind AND e.object_id = c.id AND e.source = %(value)s)",
        TEXT,
        "Known to this source.",
    ),
    Filter(
        "external_id",
        f"""c.id IN (SELECT {meant("e.object_id")} FROM base_externalid e WHERE e.kind IN ('person', 'institution')
           AND e.source = split_part(%(value)s, ':', 1)
           AND e.external_id = substr(%(value)s, strpos(%(value)s, ':') + 1))""",
        NAMED,
        "Named so by another system: its source, a colon, its id, such as crm:HCP-1001.",
    ),
)
_ORDERS = {"name": Order((("c.pinyin", "text"), ("c.name", "text")))}
_SUCCESSOR = _INTO % "%(id)s::uuid"
_KINDS = one_of(Customer.Kind.values)
_PLACE = """(SELECT json_build_object('institution', f.institution_id, 'department', f.department,
    'position', f.position) FROM customers_affiliation f
    WHERE f.person_id = c.id AND f.is_primary AND f.during @> %(today)s::date)"""

CUSTOMERS = Resource(
    name="customers",
    one="customer",
    tag="Customers",
    scope="customers",
    help="Whom the user sees today, persons and institutions alike. Enter and change them by their kind.",
    rows="customers_customer c",
    where="c.id IN {customers} AND c.merged_into_id IS NULL",
    seen=_seen,
    key="c.id",
    state="c.version",
    successor=_SUCCESSOR,
    fields=(
        _COMMON[0],
        Field("kind", "c.kind", _KINDS, "Person or institution.", "person"),
        *_COMMON[1:],
        Field(
            "place",
            _PLACE,
            or_null(thing(institution=ID, department=TEXT, position=TEXT)),
            "Where a person works first of all today.",
            {"institution": EXAMPLE_INSTITUTION, "department": "心内科", "position": "主任"},
        ),
    ),
    filters=(Filter("kind", "c.kind = %(value)s", _KINDS, "Persons, or institutions."), *_FILTERS),
    orders=_ORDERS,
)

PERSONS = Resource(
    name="persons",
    one="person",
    tag="Customers",
    scope="customers",
    help="Doctors, buyers, shop owners …: customers that are persons.",
    rows="customers_customer c JOIN customers_person d ON d.customer_id = c.id",
    where="c.id IN {customers} AND c.merged_into_id IS NULL",
    seen=_seen,
    key="c.id",
    state="c.version",
    successor=_SUCCESSOR,
    fields=(
        *_COMMON,
        Field("honorific", "d.honorific", TEXT, "How one speaks to him.", "陈主任"),
        Field("title", "d.title", TEXT, "Professional title.", "主任医师"),
        Field("specialty", "d.specialty", TEXT, "Specialty.", "心内科"),
        Field("gender", "nullif(d.gender, '')", or_null(one_of(Person.Gender.values)), "Null: not said.", "female"),
        Field("phone", "d.phone", TEXT, "Phone.", "+86 139 0000 0000"),
        Field(
            "place",
            _PLACE,
            or_null(thing(institution=ID, department=TEXT, position=TEXT)),
            "Where he works first of all today.",
            {"institution": EXAMPLE_INSTITUTION, "department": "心内科", "position": "主任"},
        ),
    ),
    filters=(
        *_FILTERS,
        Filter(
            "institution",
            f"""EXISTS (SELECT FROM customers_affiliation f WHERE f.person_id = c.id
                        AND {is_meant("f.institution_id")} AND f.during @> %(today)s::date)""",
            ID,
            "Who works there today.",
        ),
    ),
    orders=_ORDERS,
)

INSTITUTIONS = Resource(
    name="institutions",
    one="institution",
    tag="Customers",
    scope="customers",
    help="Hospitals, pharmacies, distributors …: customers that are institutions.",
    rows="customers_customer c JOIN customers_institution d ON d.customer_id = c.id",
    where="c.id IN {customers} AND c.merged_into_id IS NULL",
    seen=_seen,
    key="c.id",
    state="c.version",
    successor=_SUCCESSOR,
    fields=(
        Field("id", "c.id", ID, "The key. One that was merged answers with its successor.", EXAMPLE_INSTITUTION),
        Field("name", "c.name", TEXT, "The name.", "西溪湾医院"),
        *_COMMON[2:],
        Field("kind", "d.kind", one_of(Institution.Kind.values), "What it is.", "hospital"),
        Field("is_medical", "d.is_medical", YES_NO, "Follows from its kind: whether the law of doctors holds.", True),
        Field("level", "d.level", or_null(one_of(Institution.Level.values)), "3 is tertiary.", 3),
        Field("grade", "nullif(d.grade, '')", or_null(one_of(Institution.Grade.values)), "Within its level.", "a"),
        Field("address", "d.address", TEXT, "Address.", "杭州市西溪路 1 号"),
        Field("parent", "d.parent_id", or_null(ID), "Of a branch, its headquarters.", None),
        Field("distribution_tier", "d.distribution_tier", or_null(NUMBER), "Of a distributor: 1 or 2.", None),
        Field("latitude", "d.latitude / 1000000.0", or_null({"type": "number"}), "In degrees.", 30.274085),
        Field("longitude", "d.longitude / 1000000.0", or_null({"type": "number"}), "In degrees.", 120.15507),
        Field("outpatients_per_day", "d.outpatients_per_day", or_null(NUMBER), "Outpatients a day.", 900),
        Field("patient_groups", "d.patient_groups", TEXT, "Main groups of patients.", "慢病"),
        Field(
            "patient_means",
            "nullif(d.patient_means, '')",
            or_null(one_of(Institution.Means.values)),
            "What patients can afford.",
            "middle",
        ),
        Field(
            "annual_purchases",
            """CASE WHEN d.annual_purchases IS NOT NULL
               THEN json_build_object('minor', d.annual_purchases, 'currency', d.purchases_currency) END""",
            or_null(MONEY),
            "Medicine purchases a year, in minor units.",
            {"minor": 120_000_000_00, "currency": "CNY"},
        ),
        Field("culture", "d.culture", TEXT, "What one should know of the house.", ""),
    ),
    filters=(
        *_FILTERS,
        Filter("kind", "d.kind = %(value)s", one_of(Institution.Kind.values), "What it is."),
        Filter("is_medical", "d.is_medical = %(value)s", YES_NO, "Whether the law of doctors holds."),
        Filter("parent", is_meant("d.parent_id"), ID, "Branches of this one."),
    ),
    orders=_ORDERS,
)
