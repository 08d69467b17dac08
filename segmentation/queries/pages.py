"""What the pages show of tiers: why a customer has one, and the tiers of a manager's ground."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries import lines_of
from accounts.templatetags.rounds import figure, in_a_row, month
from crm.base.exchange.columns import decimals_of
from crm.base.periods import month_start
from customers.models import Customer
from segmentation.models import TierAssignment

MEASURES = {
    "units": gettext_lazy("units"),
    "revenue": gettext_lazy("revenue"),
    "collected": gettext_lazy("collected revenue"),
    "potential": gettext_lazy("potential"),
}


def facts(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """For the page of a customer: the tiers that it had in the user's lines, the newest first, and why it has
    those that hold, by line: those that no night has ended. The night's day has come earlier at the company than
    west of it, so that `on`, a reader's today, would miss the tier that the status shows."""
    tiers = list(
        TierAssignment.objects.filter(customer=customer.pk, line__in=lines_of(user))
        .select_related("version", "line")
        .order_by("-during", "-pk")
    )
    now = {tier.line_id: tier for tier in tiers if tier.during.upper is None and not tier.during.isempty}
    return {"tiers": tiers, "tier_now": now, "why": {line: why(tier) for line, tier in now.items()}}


def why(assignment: TierAssignment) -> str:
    """The tier in one sentence of its own exact figures."""
    reason = assignment.reason
    if assignment.provisional:
        return _("Provisional: no figures for this customer in that time, so it ranks after those that have some.")
    sentences = [
        _("Ranks %(rank)s of %(members)s by %(measure)s%(when)s.")
        % {
            "rank": figure(reason["rank"]),
            "members": figure(reason["members"]),
            "measure": MEASURES[reason["measure"]],
            "when": _when(reason),
        }
    ]
    if not reason["total"]:
        sentences.append(_("Nobody in this comparison has figures yet."))
    else:
        sentences.append(_threshold(assignment.tier, reason))
    return in_a_row(sentences)


def _when(reason: Mapping[str, Any]) -> str:
    if reason["measure"] == "potential":
        return ""
    first, end = date.fromisoformat(reason["first_month"]), date.fromisoformat(reason["end_month"])
    return _(", %(first)s to %(last)s") % {"first": month(first), "last": month(month_start(end, -1))}


def _threshold(tier: str, reason: Mapping[str, Any]) -> str:
    a, b = reason["shares"]["A"], reason["shares"]["B"]
    # Rounded down: an A never shows the share at which B begins.
    before = f"{reason['before'] * 1000 // reason['total'] / 10:.1f}"
    sentence = {
        "A": _("Those ranked before hold %(before)s%% of the total; A reaches to %(a)s%%."),
        "B": _("Those ranked before hold %(before)s%% of the total; B reaches from %(a)s%% to %(b)s%%."),
        "C": _("Those ranked before hold %(before)s%% of the total; C begins at %(b)s%%."),
    }[tier]
    return sentence % {"before": before, "a": a, "b": b}


def amount(volume: int, currency: str) -> str:
    """A volume as a page says it; money, which alone has a currency, in major units."""
    if not currency:
        return figure(volume)
    decimals = decimals_of(currency)
    return f"{currency} {volume / 10**decimals:,.0f}"
