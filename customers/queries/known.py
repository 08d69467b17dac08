"""What is known of a person: facts in three coordinates, what he agreed to, what he could do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.templatetags.rounds import figure
from crm.base.periods import last_day
from customers.models import Consent, Customer, Fact
from customers.models.facts import COORDINATES, EVERYBODY, FACTS, FactKind
from customers.queries.completeness import completeness, is_old
from customers.queries.opened import period_of

PAPER_LEAD = timedelta(days=30)  # what ends sooner is to be renewed
BANDS = (0, 5, 10, 20, 40, 80)  # upper ends of the bands of suitable patients a day


@dataclass(frozen=True)
class Known:
    """A fact as a page shows it."""

    kind: FactKind
    value: str
    source: str
    learned_on: date
    author: str
    is_old: bool  # counts half


@dataclass(frozen=True)
class Coordinate:
    """One of the three: what is known, what may be asked, what needs a consent first. `share` is its completeness."""

    key: str
    label: Promise
    known: list[Known]
    missing: list[FactKind]
    closed: list[FactKind]
    share: int


@dataclass(frozen=True)
class Given:
    """A purpose, and the newest consent to it, if there ever was one."""

    purpose: str
    label: str
    wording: str = ""
    evidence: str = ""
    first: date | None = None
    last: date | None = None
    in_force: bool = False
    ends_soon: bool = False


@dataclass(frozen=True)
class Potential:
    band: str
    openness: int
    known_on: date


def known_of(customer: Customer, on: date) -> dict[str, Any]:
    """For the page of a person that was `opened`."""
    consents = _consents(customer, on)
    agreed = {given.purpose for given in consents if given.in_force}
    rows = {row["key"]: row for row in customer.fact_rows}  # type: ignore[attr-defined]
    kinds = visible(customer.is_supervised)  # type: ignore[attr-defined]
    return {
        "coordinates": [_coordinate(key, kinds, rows, agreed, on) for key in COORDINATES],
        "completeness": completeness(FACTS.values(), rows, agreed, on),
        "consents": consents,
        "may_call": Consent.Purpose.PHONE in agreed,
    }


def visible(is_supervised: bool) -> list[FactKind]:
    """The facts that somebody may see, and so may write."""
    return [kind for kind in FACTS.values() if is_supervised or kind.seen_by == EVERYBODY]


def _coordinate(
    key: str, kinds: list[FactKind], rows: Mapping[str, Mapping[str, Any]], agreed: set[str], on: date
) -> Coordinate:
    own = [kind for kind in kinds if kind.coordinate == key]
    lawful = [kind for kind in own if not kind.consent or kind.consent in agreed]
    return Coordinate(
        key=key,
        label=COORDINATES[key],
        known=[_known(kind, rows[kind.key], on) for kind in lawful if kind.key in rows],
        missing=[kind for kind in lawful if kind.key not in rows],
        closed=[kind for kind in own if kind not in lawful],
        share=completeness(own, rows, agreed, on),
    )


def _known(kind: FactKind, row: Mapping[str, Any], on: date) -> Known:
    learned = date.fromisoformat(row["learned_on"])
    return Known(
        kind=kind,
        value=shown(kind, row["value"]),
        source=str(Fact.Source(row["source"]).label),
        learned_on=learned,
        author=row["author"] or "",
        is_old=is_old(learned, on),
    )


def shown(kind: FactKind, value: str) -> str:
    """The value of a fact in words."""
    if kind.key == "birthday":
        month, day = map(int, value.split("-"))
        return format_date(date(2000, month, day), pgettext("date within the year", "j M"))
    return figure(int(value)) if kind.is_number and value.isdecimal() else kind.label_of(value)


def _consents(customer: Customer, on: date) -> list[Given]:
    rows = {row["purpose"]: row for row in customer.consent_rows}  # type: ignore[attr-defined]
    return [_given(purpose, rows.get(purpose.value), on) for purpose in Consent.Purpose]


def _given(purpose: Consent.Purpose, row: Mapping[str, Any] | None, on: date) -> Given:
    if row is None:
        return Given(purpose.value, str(purpose.label))
    during = period_of(dict(row))
    last = last_day(during)
    in_force = on in during
    return Given(
        purpose=purpose.value,
        label=str(purpose.label),
        wording=row["wording"],
        evidence=row["evidence"],
        first=during.lower,
        last=last,
        in_force=in_force,
        ends_soon=bool(in_force and last and last - on <= PAPER_LEAD),
    )


def potential_of(customer: Customer) -> Potential | None:
    """The newest estimate of a customer that was `opened`."""
    row = customer.potential  # type: ignore[attr-defined]
    if row is None:
        return None
    return Potential(band(row["patients"]), row["openness"], date.fromisoformat(row["known_on"]))


def band(upper: int) -> str:
    """`11–20` for 20; none for 0."""
    if upper == 0:
        return _("none")
    below = BANDS[BANDS.index(upper) - 1]
    return f"{below + 1}–{upper}"
