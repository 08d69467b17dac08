"""Words of the codes that a visit's lists carry."""

from django import template

from visits.models import FollowUp, VisitProduct

register = template.Library()


@register.filter
def reaction(code: str) -> str:
    return str(VisitProduct.Reaction(code).label)


@register.filter
def next_step(code: str) -> str:
    return str(FollowUp.Kind(code).label)
