"""Reading sets of customers."""

from customers.queries.about import about
from customers.queries.lists import Cycle, affiliations, counted, dress, due_filters, in_order, listed, narrowed

__all__ = [
    "Cycle",
    "about",
    "affiliations",
    "counted",
    "dress",
    "due_filters",
    "in_order",
    "listed",
    "narrowed",
]
