"""Words of the codes that a visit's lists carry."""

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from crm.base.ids import uuid7
from visits.models import FollowUp, Reminder, VisitProduct
from visits.words import reason

register = template.Library()


@register.filter
def talk(products: list[dict[str, Any]]) -> SafeString:
    """Products in the order of the talk, each with how it was received: `清禾（有兴趣）、恒络宁`."""
    opening, closing = pgettext("opening bracket", " ("), pgettext("closing bracket", ")")
    told = [
        format_html(
            '{}<span class="fw-normal t-2">{}{}{}</span>',
            product["name"], opening, VisitProduct.Reaction(product["reaction"]).label, closing,
        )
        if product["reaction"]
        else product["name"]
        for product in products
    ]  # fmt: skip
    return format_html_join(pgettext("between things", ", "), "{}", ((one,) for one in told))


@register.filter
def reaction_word(code: str) -> str:
    return str(VisitProduct.Reaction(code).label) if code else ""


@register.filter
def next_step(code: str) -> str:
    return str(FollowUp.Kind(code).label)


@register.simple_tag
def fresh_id() -> str:
    """The id of a command that a button may send."""
    return str(uuid7())


@register.simple_tag
def reason_of(reminder: Reminder, on: date) -> str:
    """Why it is there: see visits.words."""
    return reason(reminder, on)
