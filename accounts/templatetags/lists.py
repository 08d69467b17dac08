"""What the frame and the lists show beside their rows."""

from datetime import date, datetime
from typing import Any

from django import template

from accounts import queries
from accounts.templatetags.rounds import figure, moment, short_day
from crm.base import toasts
from crm.base.lists import ListPage

register = template.Library()


@register.filter
def plain(value: Any, on: date) -> str:
    """A cell without a template of its own."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_day(value, on)
    if isinstance(value, int | float) or value is None:
        return figure(value)
    return str(value)


@register.simple_tag(takes_context=True)
def views_of(context: template.Context, page: ListPage) -> dict[str, Any]:
    """The reader's saved views of a list: all, and the one that is open."""
    views = queries.saved_views(context["request"].user, page.name)
    return {"all": views, "open": next((view for view in views if view.query == page.query), None)}


@register.simple_tag
def undo_of(message: Any) -> toasts.Undo | None:
    return toasts.undo_of(message)
