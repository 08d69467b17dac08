"""What the frame and the lists show beside their rows."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from accounts import queries
from accounts.templatetags.rounds import figure, moment, short_day
from crm.base import toasts
from crm.base.bidi import upright
from crm.base.lists import ListPage
from crm.base.lists.columns import Act, Cell, Column, Row

register = template.Library()

CELL_ENDS, TITLE_ENDS = SafeString("</td>"), SafeString("</th>")
ACT = '<a class="btn btn-quiet btn-sm" href="{}">{}<span class="visually-hidden"> {}</span></a>'


@register.simple_tag(takes_context=True)
def body_of(context: template.Context, page: ListPage, rows: list[Row], on: date) -> SafeString:
    """The rows of a list. Not in a template: they have hundreds of cells, and to ask each what it is cost more than to
    show it."""
    assert context.template is not None
    find = context.template.engine.get_template
    templates = {column.name: find(column.template) for column in page.shown if column.template}
    openings = {column.name: _openings(column) for column in page.shown}
    action = find(page.action) if page.action and isinstance(page.action, str) else page.action
    parts: list[str] = []
    for row in rows:
        parts.append("<tr>")
        with context.push(row=row.of):
            for cell in row.cells:
                column = cell.column
                own, context["cell"] = templates.get(column.name), cell
                shown = own.render(context) if own else plain(cell.value, on)
                parts += openings[column.name][cell.is_empty], _linked(row, cell, shown)
            if action:
                parts += '<td class="act only-wide">', _shown(action, row, context), "</td>"
        parts.append("</tr>\n")
    return SafeString("".join(parts))


def _shown(action: Any, row: Row, context: template.Context) -> str:
    if isinstance(action, Act):
        return format_html(ACT, action.address(row.of), action.label, action.named(row.of))
    return str(action.render(context))


def _openings(column: Column) -> tuple[SafeString, SafeString]:
    """The tag that opens a cell of this column, and an empty one."""
    if column.card == "title":
        return (format_html('<th scope="row" class="{}">', column.css),) * 2
    label = format_html(' data-label="{}"', column.short) if column.short else ""
    full, empty = (format_html('<td class="{}{}"{}>', column.css, none, label) for none in ("", " c-none"))
    return full, empty


def _linked(row: Row, cell: Cell, shown: str) -> SafeString:
    if cell.column.card != "title":
        return conditional_escape(shown) + CELL_ENDS
    if not cell.column.template:
        shown = format_html('<b class="strong">{}</b>', shown)
    if row.link:
        shown = format_html('<a class="row-link" href="{}">{}</a>', row.link, shown)
    return conditional_escape(shown) + TITLE_ENDS


def plain(value: Any, on: date) -> str:
    """A cell without a template of its own."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_day(value, on)
    if isinstance(value, int | float) or value is None:
        return figure(value)
    text = str(value)
    return text if text.isprintable() else upright(text)


@register.simple_tag(takes_context=True)
def views_of(context: template.Context, page: ListPage) -> dict[str, Any]:
    """The reader's saved views of a list: all, and the one that is open."""
    views = queries.saved_views(context["request"].user, page.name)
    return {"all": views, "open": next((view for view in views if view.query == page.query), None)}


@register.simple_tag
def undo_of(message: Any) -> toasts.Undo | None:
    return toasts.undo_of(message)
