from accounts.models.calendar import Holiday, TimeOff
from accounts.models.ground import Line, Product, Territory, TerritoryParent, TerritoryPath
from accounts.models.lists import SavedView
from accounts.models.people import Posting, User

__all__ = [
    "Holiday",
    "Line",
    "Posting",
    "Product",
    "SavedView",
    "Territory",
    "TerritoryParent",
    "TerritoryPath",
    "TimeOff",
    "User",
]
