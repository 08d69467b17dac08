"""What the frame and the lists show beside their rows."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import queries
from accounts.templatetags.rounds import figure, moment, short_day
from crm.base import toasts
from crm.base.lists import ListPage
from crm.base.lists.columns import Cell, Row

register = template.Library()


@register.simple_tag(takes_context=True)
def cells(context: template.Context, row: Row, on: date) -> SafeString:
    """Of one row. Not in a template: a page has hundreds, and asking each what it is cost more than showing it."""
    return format_html_join("\n", "{}", ((_cell(context, row, cell, on),) for cell in row.cells))


def _cell(context: template.Context, row: Row, cell: Cell, on: date) -> SafeString:
    column = cell.column
    shown = _shown(context, row, cell, on)
    if column.card == "title":
        if row.link:
            shown = format_html('<a class="row-link" href="{}">{}</a>', row.link, shown)
        return format_html('<th scope="row" class="{}">{}</th>', column.css, shown)
    label = format_html(' data-label="{}"', column.short) if column.short else ""
    return format_html('<td class="{}{}"{}>{}</td>', column.css, " c-none" if cell.is_empty else "", label, shown)


def _shown(context: template.Context, row: Row, cell: Cell, on: date) -> str:
    if cell.column.template:
        assert context.template is not None
        with context.push(row=row.of, cell=cell):
            return context.template.engine.get_template(cell.column.template).render(context)
    value = plain(cell.value, on)
    return format_html('<b class="strong">{}</b>', value) if cell.column.card == "title" else value


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
