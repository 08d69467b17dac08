from accounts.models.calendar import Holiday, TimeOff
from accounts.models.ground import Line, Product, Territory, TerritoryParent, TerritoryPath
from accounts.models.people import Posting, User

__all__ = [
    "Holiday",
    "Line",
    "Posting",
    "Product",
    "Territory",
    "TerritoryParent",
    "TerritoryPath",
    "TimeOff",
    "User",
]
