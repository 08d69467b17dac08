"""Figures on pages, each a link to exactly the rows behind it."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.templatetags.rounds import NOTHING, figure
from customers.forms import NO_TIER
from segmentation.forms import NOWHERE, PLACES, ROLES
from segmentation.models import CycleNight, TierAssignment
from segmentation.queries.figures import Row
from segmentation.queries.kpis import KPIS, Figures, Kpi
from segmentation.queries.pages import amount
from visits.models import Visit

if TYPE_CHECKING:
    from segmentation.views.charts import Flow  # the lists of that floor need the words that stand here

register = template.Library()
HEAT = ((20, "h3x"), (10, "h2x"), (4, "h1x"))  # points below the whole ground
_SHOWN_BY = {"undone": "undone", "up": "way", "down": "way"}  # words that the list of moves has of its own
_WORDS = {"role": dict(ROLES), "place_kind": dict(PLACES)}


def kind_words(by: str, code: str) -> str:
    """What a role or a kind of place is called."""
    return capfirst(str(_WORDS[by].get(code or NOWHERE, code)))


@register.filter
def kpi(figures: Figures, name: str) -> Any:
    """A figure of the registry."""
    return KPIS[name].of(figures)


@register.filter
def volume(assignment: TierAssignment) -> str:
    """What it was ranked by, in the unit of its measure."""
    reason = assignment.reason
    return amount(reason["volume"], reason["currency"])


@register.simple_tag(takes_context=True)
def num(context: dict[str, Any], row: Row, name: str, letter: str | None = None, **more: Any) -> SafeString:
    """The figure `name` of a row, or of one of its tiers, as a link to its rows. `text` stands in place of the
    figure, `rows` in place of how many rows it opens; other words narrow the address further."""
    one, figures = KPIS[name], row.all if letter is None else row.cells[letter]
    value, text, count = one.of(figures), more.pop("text", None), more.pop("rows", None)
    count = one.rows_in(figures) if count is None else count
    if value is None:
        return format_html('<span class="t-3">{}</span>', NOTHING)
    text = _text(value) if text is None else text
    if not count:
        return format_html('<span class="t-3">{}</span>', text)
    words = {"tier": letter or NO_TIER} if letter is not None else {}
    return format_html(
        '<a class="num" href="{}" data-rows="{}" title="{}">{}</a>',
        address(context["night"], row, one, words | more),
        count,
        _said(one, figures),
        text,
    )


@register.simple_tag(takes_context=True)
def moves_between(context: dict[str, Any], band: "Flow") -> SafeString:
    """How many moves a band stands for, as a link to them."""
    asked = {"cycle": context["night"].cycle_id, "territory": context["focus"].pk}
    asked |= {"before": band.before, "tier": band.after}
    address = f"{reverse('moves')}?{urlencode(asked)}"
    text = figure(band.count)
    return format_html('<a class="num" href="{}" data-rows="{}">{}</a>', address, band.count, text)


@register.simple_tag(takes_context=True)
def rows_of(context: dict[str, Any], row: Row, name: str, letter: str | None = None) -> str:
    """The address alone, for marks of charts."""
    return address(context["night"], row, KPIS[name], {"tier": letter or NO_TIER} if letter is not None else {})


@register.simple_tag
def count_of(row: Row, name: str, letter: str) -> int:
    """How many rows a figure of a tier opens, for marks of charts."""
    return KPIS[name].rows_in(row.cells[letter])


def address(night: CycleNight, row: Row, one: Kpi, words: dict[str, Any]) -> str:
    """Where exactly the rows behind a figure are listed."""
    if one.opens == "visits":
        first, end = night.cycle.during.lower, min(night.cycle.during.upper, night.night)
        asked = row.opens | {
            "channel": Visit.Channel.FACE_TO_FACE,
            "since": first,
            "until": end - timedelta(days=1),
            "known": night.night,
        }
        asked.pop("cycle", None)
    else:
        asked = {"cycle": night.cycle_id} | row.opens | words
        if one.show:
            asked[_SHOWN_BY.get(one.show, "show")] = "yes" if one.show == "undone" else one.show
        asked = {word: value for word, value in asked.items() if value not in (None, "")}
    return f"{reverse(one.opens)}?{urlencode(asked)}"


def _text(value: int | Decimal) -> str:
    return figure(value) if isinstance(value, int) else f"{value:.1f}"


def _said(one: Kpi, figures: Figures) -> str:
    """What a figure was made of."""
    above = figure(int(getattr(figures, one.numerator)))
    if not one.denominator:
        return str(one.label)
    return _("%(label)s: %(above)s of %(below)s") % {
        "label": one.label,
        "above": above,
        "below": figure(getattr(figures, one.denominator)),
    }


@register.simple_tag
def heat(row: Row, whole: Row, name: str, letter: str | None = None) -> str:
    """The class of a cell that lies below the whole ground: by 4, 10 or 20 points."""
    one = KPIS[name]
    mine, all_ = (one.of(each.all if letter is None else each.cells[letter]) for each in (row, whole))
    if mine is None or all_ is None:
        return ""
    return next((css for points, css in HEAT if all_ - mine >= points), "")
