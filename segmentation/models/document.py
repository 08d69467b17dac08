"""The document of a tier policy: data, not code. Read strictly: an unknown word is an error, never ignored.

Example (`docs/policies.md` explains every word):

    {"name": "Units", "territory": "crm:US", "source": "crm", "customers": ["person"],
     "measure": "units", "months": 12, "shares": {"A": 50, "B": 85},
     "calls": {"prescriber": {"A": 4, "B": 2, "C": 1}}}
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.base.exchange.references import is_source
from crm.base.periods import month_start

MEASURES = ("collected", "revenue", "units", "potential")
MONEY = ("collected", "revenue")
SALES = ("collected", "revenue", "units")  # counts: not lawful everywhere
ROLES = ("prescriber", "decision_maker", "influencer", "trade")
DEFAULT_CALLS = {
    "prescriber": {"A": 4, "B": 2, "C": 1},
    "decision_maker": {"A": 2, "B": 1, "C": 1},
    "influencer": {"A": 1, "B": 1, "C": 1},
    "trade": {"A": 8, "B": 4, "C": 4},
}


class BadPolicy(Exception):
    """What is wrong with a document, as sentences. Nothing was changed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, kw_only=True)
class PolicyDocument:
    """A Pareto policy. `shares` are cumulative percent: A while the share before the customer is below
    the first, B below the second, else C. `months` counts whole calendar months that ended before the night."""

    name: str
    territory: str  # as files name it: SOURCE:ID, or ID of `source`
    measure: str
    months: int
    source: str = "file"
    rule: str = "pareto"
    customers: list[str] = field(default_factory=lambda: ["person", "institution"])
    products: list[str] = field(default_factory=list)  # none: all
    currency: str = ""
    shares: dict[str, int] = field(default_factory=lambda: {"A": 50, "B": 85})
    calls: dict[str, dict[str, int]] = field(default_factory=lambda: DEFAULT_CALLS)

    def window(self, night: date) -> tuple[date, date]:
        """First days of the first month and of the month after the last."""
        end = month_start(night)
        return month_start(end, -self.months), end


def read_document(raw: Any) -> PolicyDocument:
    """Check a parsed JSON document. Raises BadPolicy with every fault at once."""
    if not isinstance(raw, dict):
        raise BadPolicy([_("A policy is a JSON object.")])
    faults = [
        _("%s is not a word of a policy.") % word
        for word in sorted(raw.keys() - PolicyDocument.__dataclass_fields__.keys())
    ]
    faults += [_("%s is missing.") % word for word in ("name", "territory", "measure", "months") if word not in raw]
    faults += [sentence for word, test, sentence in _tests() if word in raw and not test(raw[word])]
    if not faults:
        document = PolicyDocument(**{**raw, "calls": DEFAULT_CALLS | raw.get("calls", {})})
        if (document.measure in MONEY) != bool(document.currency):
            faults.append(_("currency belongs to collected and revenue, and to them only."))
        if not faults:
            return document
    raise BadPolicy(faults)


def _tests() -> list[tuple[str, Any, str]]:
    def text(value: Any) -> bool:
        return isinstance(value, str) and 0 < len(value.strip()) <= 120 and value.isprintable()

    def whole(value: Any, low: int, high: int) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    def several(value: Any, allowed: tuple[str, ...]) -> bool:
        return (
            isinstance(value, list)
            and bool(value)
            and all(v in allowed for v in value)
            and len(set(value)) == len(value)
        )

    def is_shares(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() == {"A", "B"}
            and all(whole(share, 1, 99) for share in value.values())
            and value["A"] < value["B"]
        )

    def is_calls(value: Any) -> bool:
        return isinstance(value, dict) and all(
            role in ROLES
            and isinstance(calls, dict)
            and calls.keys() == {"A", "B", "C"}
            and all(whole(n, 0, 99) for n in calls.values())
            for role, calls in value.items()
        )

    return [
        ("name", text, _("name is a text.")),
        ("territory", text, _("territory is the id of a territory, such as crm:US.")),
        ("source", lambda v: text(v) and is_source(v), _("source is a name of small letters, digits, - and _.")),
        ("rule", lambda v: v == "pareto", _("rule is pareto.")),
        ("measure", lambda v: v in MEASURES, _("measure is one of: %s.") % ", ".join(MEASURES)),
        ("months", lambda v: whole(v, 1, 120), _("months is a whole number from 1 to 120.")),
        (
            "customers",
            lambda v: several(v, ("person", "institution")),
            _("customers is a list of person, institution."),
        ),
        (
            "products",
            lambda v: isinstance(v, list) and all(map(text, v)),
            _("products is a list of product ids."),
        ),
        (
            "currency",
            lambda v: text(v) and bool(re.fullmatch("[A-Z]{3}", v)),
            _("currency is a code of three capitals such as CNY."),
        ),
        ("shares", is_shares, _('shares are whole percents, A below B, such as {"A": 50, "B": 85}.')),
        ("calls", is_calls, _("calls names visits a cycle for A, B, C of: %s.") % ", ".join(ROLES)),
    ]
