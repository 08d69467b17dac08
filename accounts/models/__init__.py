from accounts.models.calendar import Holiday, TimeOff
from accounts.models.doors import Attempts, SignInEvent
from accounts.models.ground import Line, Product, Territory, TerritoryParent, TerritoryPath
from accounts.models.links import CalendarLink
from accounts.models.lists import SavedView
from accounts.models.people import Posting, User
from accounts.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "Attempts",
    "CalendarLink",
    "Holiday",
    "Line",
    "Posting",
    "Product",
    "SavedView",
    "SignInEvent",
    "Territory",
    "TerritoryParent",
    "TerritoryPath",
    "TimeOff",
    "User",
]
