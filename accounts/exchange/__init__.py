"""Files of our own people, ground and goods."""

from accounts.exchange.ground import FROM, LINES, PRODUCTS, TERRITORIES, TERRITORY_PARENTS, TO
from accounts.exchange.people import HOLIDAYS, POSTINGS, TIME_OFF, USERS

__all__ = [
    "FROM",
    "HOLIDAYS",
    "LINES",
    "POSTINGS",
    "PRODUCTS",
    "TERRITORIES",
    "TERRITORY_PARENTS",
    "TIME_OFF",
    "TO",
    "USERS",
]
