"""Addresses of the customers behind a row."""

from urllib.parse import urlencode

from django import template

from segmentation.queries.ground import Row

register = template.Library()


@register.filter
def rows_of(customers_page: str, row: Row) -> str:
    """The customers of exactly this row: its subtree, or, for what a node holds itself, the node alone."""
    wanted = {"territory": row.territory.pk} | ({"alone": "on"} if row.alone else {})
    return f"{customers_page}?{urlencode(wanted)}"
