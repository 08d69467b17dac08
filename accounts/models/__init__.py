from accounts.models.ground import Line, Product, Territory, TerritoryParent, TerritoryPath
from accounts.models.people import Posting, User

__all__ = ["Line", "Posting", "Product", "Territory", "TerritoryParent", "TerritoryPath", "User"]
