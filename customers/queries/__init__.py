"""Reading sets of customers."""

from customers.queries.about import about
from customers.queries.lists import Cycle, affiliations, dress, due_filters, listed, narrowed, place_of_row

__all__ = [
    "Cycle",
    "about",
    "affiliations",
    "dress",
    "due_filters",
    "listed",
    "narrowed",
    "place_of_row",
]
