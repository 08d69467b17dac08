"""Reading sets of customers."""

from customers.queries.about import about
from customers.queries.lists import (
    Cycle,
    affiliations,
    dress,
    due_filters,
    listed,
    narrowed,
    place_of_row,
    with_completeness,
    with_consent_to_calls,
)
from customers.queries.opened import KEEPERS, opened

__all__ = [
    "KEEPERS",
    "Cycle",
    "about",
    "affiliations",
    "dress",
    "due_filters",
    "listed",
    "narrowed",
    "opened",
    "place_of_row",
    "with_completeness",
    "with_consent_to_calls",
]
