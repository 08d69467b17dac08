"""Words of the codes that a visit's lists carry."""

from datetime import date

from django import template

from visits.models import FollowUp, Reminder, VisitProduct
from visits.words import reason

register = template.Library()


@register.filter
def reaction(code: str) -> str:
    return str(VisitProduct.Reaction(code).label)


@register.filter
def next_step(code: str) -> str:
    return str(FollowUp.Kind(code).label)


@register.simple_tag
def reason_of(reminder: Reminder, on: date) -> str:
    """Why it is there: see visits.words."""
    return reason(reminder, on)
