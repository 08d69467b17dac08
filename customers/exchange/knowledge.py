"""Files of what is known of people, what they agreed to, and what they could do."""

from collections.abc import Iterable

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.exchange import TO
from crm.base.exchange.columns import Code, Day, Sentence, Text
from crm.base.exchange.copies import KEY, NUMBER
from crm.base.exchange.kinds import Alone, Check, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange.shared import (
    CUSTOMER,
    DURING,
    INSTITUTION,
    OF_PERSON,
    ONE_CUSTOMER,
    PERIOD,
    PERSON,
    customer_columns,
)
from customers.models import Consent, Fact, facts


def _write_consents(stage: Stage) -> None:
    stage.upsert(
        "customers_consent",
        {
            "person_id": "s.person",
            "purpose": "s.purpose",
            "wording": "s.wording",
            "evidence": "s.evidence",
            **DURING,
        },
    )


CONSENTS = Kind(
    name="consents",
    title=_("Consent"),
    columns=(
        OF_PERSON,
        Code(name="purpose", help=_("agreed to what"), required=True, of=Consent.Purpose),
        Text(name="wording", help=_("version of the words agreed to"), required=True, max_length=60),
        Text(name="evidence", help=_("what shows it"), max_length=300),
        Day(name="from", help=_("first day"), required=True),
        TO,
        KEY,
    ),
    key=("person", "purpose", "from"),
    current=f"SELECT id AS row_id, person_id AS person, purpose, wording, evidence, {PERIOD} FROM customers_consent",
    alone=(Alone(("person", "purpose")),),
    write=_write_consents,
    carries=("customers.Consent",),
)


def _write_facts(stage: Stage) -> None:
    stage.upsert(
        "customers_fact",
        {
            "person_id": "s.person",
            "key": "s.fact",
            "value": "s.value",
            "source": "s.source",
            "learned_on": "s.learned_on",
            "author_id": "s.author",
            "withdrawn_on": "s.withdrawn_on",
        },
    )


def _one_of(codes: Iterable[str]) -> str:
    return gettext("{value} is not known; write one of: %s.") % ", ".join(codes)


def _unfit_values() -> tuple[Check, ...]:
    """Of each fact with codes or a pattern, what its value may be."""
    checks = []
    sentence: Sentence
    for kind in facts.FACTS.values():
        if kind.choices:
            codes = [code for code, _label in kind.choices]
            bad = f"s.value NOT IN ({', '.join(repr(code) for code in codes)})"
            sentence = lazy(_one_of, str)(codes)  # in the language of the import, not of the start
        elif kind.pattern != facts.FREE_TEXT:
            bad = f"s.value !~ '^({kind.pattern})$'"
            sentence = _("{value} does not look like this fact.")
        else:
            continue
        checks.append(Check("value", f"s.fact = '{kind.key}' AND {bad}", sentence, "s.value"))
    return tuple(checks)


_PURPOSE = " ".join(f"WHEN '{kind.key}' THEN '{kind.consent}'" for kind in facts.FACTS.values() if kind.consent)


def _agreed_on(day: str) -> str:
    """SQL: the fact needs no consent, or there is one that holds on `day`."""
    purpose = f"CASE s.fact {_PURPOSE} END"
    return f"""({purpose} IS NULL OR EXISTS (
        SELECT FROM customers_consent c
        WHERE c.person_id = s.person AND c.purpose = {purpose} AND c.during @> {day}::date))"""


FACTS = Kind(
    name="facts",
    title=_("Facts of persons"),
    columns=(
        OF_PERSON,
        Code(name="fact", help=_("which of the facts"), required=True, choices=tuple(facts.FACTS)),
        Text(name="value", help=_("a code where the fact has codes, else in words"), required=True, max_length=500),
        Code(name="source", help=_("from where"), required=True, of=Fact.Source),
        Day(name="learned_on", help=_("learned on"), required=True),
        Reference(name="author", help=_("which of us learned it"), to="user"),
        Day(name="withdrawn_on", help=_("no longer held for true from this day on")),
        NUMBER,
    ),
    key=("person", "fact", "learned_on"),
    row_id="bigint",
    current="""
        SELECT id AS row_id, person_id AS person, key AS fact, value, source, learned_on, author_id AS author,
               withdrawn_on
        FROM customers_fact
    """,
    checks=(
        *_unfit_values(),
        Check("learned_on", "s.learned_on > %(today)s", _("lies in the future.")),
        Check("withdrawn_on", "s.withdrawn_on < s.learned_on", _("lies before the day on which it was learned.")),
        Check(
            "fact",
            f"s.fact = 'family' AND s.withdrawn_on IS NULL AND NOT {_agreed_on('s.learned_on')}",
            _("FAMILY-BY-CONSENT: facts about a family are kept by consent only; load the consent first."),
        ),
        Check(
            "fact",
            f"s.fact <> 'family' AND s.withdrawn_on IS NULL AND NOT {_agreed_on('s.learned_on')}",
            _("is kept by consent only, in force on the day it was learned; load the consent first."),
        ),
    ),
    judged=(
        # Yesterday's file does not bring back what was withdrawn since.
        Check(
            "withdrawn_on",
            f"""s.withdrawn_on IS NULL AND NOT {_agreed_on("%(today)s")} AND EXISTS (
                    SELECT FROM customers_fact f WHERE f.id = s.row_id AND f.withdrawn_on IS NOT NULL)""",
            _("is kept by consent only, which was withdrawn; load a new consent first."),
        ),
    ),
    write=_write_facts,
    only="c.learned_on <= %(on)s AND coalesce(c.withdrawn_on > %(on)s, true)",
    carries=("customers.Fact",),
)


def _write_potentials(stage: Stage) -> None:
    stage.upsert(
        "customers_potentialestimate",
        {
            "customer_id": "s.customer",
            "patients_per_day": "s.patients_per_day",
            "openness": "s.openness",
            "known_on": "s.known_on",
        },
    )


POTENTIALS = Kind(
    name="potentials",
    title=_("Potential"),
    columns=(
        PERSON,
        INSTITUTION,
        Code(
            name="patients_per_day",
            help=_("upper end of the band of suitable patients a day"),
            required=True,
            choices=("0", "5", "10", "20", "40", "80"),
            sql="smallint",
        ),
        Code(name="openness", help=_("1 low to 3 high"), required=True, choices=("1", "2", "3"), sql="smallint"),
        Day(name="known_on", help=_("known from this day on"), required=True),
        NUMBER,
    ),
    key=("customer", "known_on"),
    derived=(CUSTOMER,),
    row_id="bigint",
    current=f"""
        SELECT e.id AS row_id, e.customer_id AS customer, {customer_columns("e.customer_id")},
               e.patients_per_day, e.openness, e.known_on
        FROM customers_potentialestimate e
    """,
    checks=(ONE_CUSTOMER,),
    write=_write_potentials,
    only="c.known_on <= %(on)s",
    carries=("customers.PotentialEstimate",),
)
