"""What is known of an institution: its departments as a tree, its papers, its file, what it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.rounds import day, figure, money
from crm.base.periods import last_day
from customers.models import Customer, Institution, Licence, TradeFile
from customers.queries.known import PAPER_LEAD
from customers.queries.opened import BRANCHES, period_of

DEEPEST = 6  # indents of the tree
TRADE_PARTS = (
    (_("Basics"), ("principal", "floor_area", "staff", "opened_on", "customer_since")),
    (_("Character"), ("medicine_habits", "selling_power", "potential", "business_ideas")),
    (_("Business"), ("shelf_lines", "competitors", "cooperation")),
    (_("Trading"), ("sell_through", "problems", "strengths", "counter_measures", "credit", "credit_days")),
)
_COLUMNS = ("distribution_tier", "outpatients_per_day", "patient_groups", "patient_means")


@dataclass(frozen=True)
class Ward:
    """A department in the tree."""

    pk: str
    name: str
    depth: int
    outpatients: int | None
    head: str | None  # of whom the reader sees: the id
    head_name: str


@dataclass(frozen=True)
class Paper:
    pk: str
    label: str
    number: str
    last: date | None
    is_over: bool
    ends_soon: bool


def institution_of(customer: Customer, on: date) -> dict[str, Any]:
    """For the page of an institution that was `opened`."""
    institution = customer.institution
    branches = customer.branch_rows  # type: ignore[attr-defined]
    for branch in branches:
        branch["kind"] = Institution.Kind(branch["kind"]).label
    return {
        "particulars": _particulars(institution),
        "wards": _tree(customer.department_rows),  # type: ignore[attr-defined]
        "papers": [_paper(row, on) for row in customer.licence_rows],  # type: ignore[attr-defined]
        "trade_parts": [] if institution.is_medical else _trade_parts(getattr(institution, "trade_file", None)),
        "branches": branches[:BRANCHES],
        "more_branches": len(branches) > BRANCHES,
    }


def _particulars(institution: Institution) -> list[tuple[Any, str]]:
    rows = [(_("map coordinates (WGS-84)"), institution.point)]
    rows += [_labelled(institution, name) for name in _COLUMNS]
    if institution.annual_purchases is not None:
        label, _minor = _labelled(institution, "annual_purchases")
        rows.append((label, money(institution.annual_purchases, institution.purchases_currency)))
    rows.append(_labelled(institution, "culture"))
    return [(label, value) for label, value in rows if value]


def _trade_parts(file: TradeFile | None) -> list[tuple[Any, list[tuple[Any, str]]]]:
    """Each part with what it says; a part that says nothing is left out."""
    if file is None:
        return []
    parts = [(title, [_labelled(file, name) for name in names]) for title, names in TRADE_PARTS]
    return [(title, said) for title, rows in parts if (said := [row for row in rows if row[1]])]


def _labelled(row: models.Model, name: str) -> tuple[Any, str]:
    """A column's word and what it says; empty: nothing."""
    value = getattr(row, name)
    field: Any = row._meta.get_field(name)
    if value in (None, ""):
        said = ""
    elif getattr(field, "choices", None):
        said = str(dict(field.flatchoices)[value])
    elif isinstance(value, date):
        said = day(value)
    else:
        said = figure(value) if isinstance(value, int) else str(value)
    return field.verbose_name, said


def _paper(row: Mapping[str, Any], on: date) -> Paper:
    last = last_day(period_of(dict(row)))
    return Paper(
        pk=row["pk"],
        label=str(Licence.Kind(row["kind"]).label),
        number=row["number"],
        last=last,
        is_over=bool(last and last < on),
        ends_soon=bool(last and on <= last <= on + PAPER_LEAD),
    )


def _tree(rows: list[dict[str, Any]]) -> list[Ward]:
    """Each department before its parts, by name. What stands in a ring of wholes and parts is shown at the top."""
    known = {row["pk"] for row in rows}
    parts: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(row["parent"] if row["parent"] in known else None, []).append(row)
    told: dict[str, Ward] = {}
    for start in [*parts.get(None, []), *rows]:
        left = [(start, 0)]
        while left:
            row, depth = left.pop()
            if row["pk"] not in told:
                told[row["pk"]] = _ward(row, depth)
                left += [(part, depth + 1) for part in reversed(parts.get(row["pk"], []))]
    return list(told.values())


def _ward(row: Mapping[str, Any], depth: int) -> Ward:
    name = row["head_name"] or ""
    return Ward(row["pk"], row["name"], min(depth, DEEPEST), row["outpatients"], row["head"] if name else None, name)
