"""The table of programs: resource × method × whose token × whose object.

Columns as in grids.py, and after them

    cli   REST client of jiangnan    med  medical there    saf  safety there

`out` has no token, or that of a user who was shut out. What stands in a cell:

    .  200 or 201    t  401    x  403    -  404    !  422, refused with a sentence

A token that only reads is refused every write (403), whosever it is. By a name that nobody has yet (`absent`), one is
entered, at an institution that there is not.
"""

from datetime import timedelta
from typing import Any

from accounts.models import Posting, TerritoryParent
from crm.base.ids import uuid7, uuid7_text
from segmentation.models import TierAssignment
from tests.access.grids import COLUMNS as OF_PAGES
from tests.access.house import House
from tests.cast import TODAY

DAY = TODAY.isoformat()
TOMORROW = (TODAY + timedelta(1)).isoformat()
LOOKERS_ON = {"cli": Posting.Role.CLIENT, "med": Posting.Role.MEDICAL, "saf": Posting.Role.SAFETY}
COLUMNS = (*OF_PAGES, *LOOKERS_ON)

GRIDS = {
    #                        out rep sib gone man oth ops sub com two emp idle cli med saf
    "what one sees":     """
        xixi                  t   .   -   -   .   -   .   .   .   .   -   -   .   .   .
        dongdu                t   -   .   -   .   -   .   .   .   -   -   -   .   .   .
        north                 t   -   -   .   -   .   .   -   -   .   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "visits one sees":   """
        xixi                  t   .   -   -   .   -   .   .   .   .   -   -   .   .   .
        dongdu                t   -   .   -   .   -   .   .   .   -   -   -   .   .   .
        north                 t   -   -   .   -   .   .   -   -   .   -   -   -   -   -
        group visit           t   .   -   .   .   .   .   .   .   .   -   -   .   .   .
        left visit            t   .   -   -   .   -   .   .   .   .   -   -   .   .   .
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "goods":             """
        xixi                  t   .   .   .   .   .   .   .   .   .   .   -   .   .   .
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "new goods":         """
        xixi                  t   x   x   x   x   x   .   x   x   x   x   x   x   x   x
        far                   t   x   x   x   x   x   !   x   x   x   x   x   x   x   x
        absent                t   x   x   x   x   x   !   x   x   x   x   x   x   x   x
    """,
    "other goods":       """
        xixi                  t   x   x   x   x   x   .   x   x   x   x   -   x   x   x
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "goods one names":   """
        xixi                  t   x   x   x   x   x   .   x   x   x   x   -   x   x   x
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   x   x   x   x   x   !   x   x   x   x   x   x   x   x
    """,
    "new ground":        """
        xixi                  t   x   x   x   x   x   .   .   x   !   x   x   x   x   x
        dongdu                t   x   x   x   x   x   .   .   x   !   x   x   x   x   x
        north                 t   x   x   x   x   x   .   !   x   .   x   x   x   x   x
        far                   t   x   x   x   x   x   !   !   x   !   x   x   x   x   x
        absent                t   x   x   x   x   x   !   !   x   !   x   x   x   x   x
    """,
    "other ground":      """
        xixi                  t   x   -   -   x   -   .   .   x   x   -   -   x   x   x
        dongdu                t   -   x   -   x   -   .   .   x   -   -   -   x   x   x
        north                 t   -   -   x   -   x   .   -   -   .   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "ground one names":  """
        xixi                  t   x   -   -   x   -   .   .   x   x   -   -   x   x   x
        dongdu                t   -   x   -   x   -   .   .   x   -   -   -   x   x   x
        north                 t   -   -   x   -   x   .   -   -   .   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   x   x   x   x   x   !   !   x   !   x   x   x   x   x
    """,
    "new with somebody": """
        xixi                  t   .   !   !   .   !   .   .   x   .   !   x   x   x   x
        dongdu                t   !   .   !   .   !   .   .   x   !   !   x   x   x   x
        north                 t   !   !   .   !   .   .   !   x   .   !   x   x   x   x
        far                   t   !   !   !   !   !   !   !   x   !   !   x   x   x   x
        absent                t   !   !   !   !   !   !   !   x   !   !   x   x   x   x
    """,
    "what one keeps":    """
        xixi                  t   .   -   -   .   -   .   .   x   .   -   -   x   x   x
        dongdu                t   -   .   -   .   -   .   .   x   -   -   -   x   x   x
        north                 t   -   -   .   -   .   .   -   -   .   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "what one names":    """
        xixi                  t   .   -   -   .   -   .   .   x   .   -   -   x   x   x
        dongdu                t   -   .   -   .   -   .   .   x   -   -   -   x   x   x
        north                 t   -   -   .   -   .   .   -   -   .   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   !   !   !   !   !   !   !   x   !   !   x   x   x   x
    """,
    "a new visit":       """
        xixi                  t   .   !   !   .   !   x   x   x   .   !   x   x   x   x
        dongdu                t   !   .   !   .   !   x   x   x   !   !   x   x   x   x
        north                 t   !   !   .   !   .   x   x   x   !   !   x   x   x   x
        far                   t   !   !   !   !   !   x   x   x   !   !   x   x   x   x
        absent                t   !   !   !   !   !   x   x   x   !   !   x   x   x   x
    """,
    "one's own visit":   """
        xixi                  t   .   -   -   x   -   x   x   x   x   -   -   x   x   x
        dongdu                t   -   .   -   x   -   x   x   x   -   -   -   x   x   x
        north                 t   -   -   x   -   x   x   -   -   x   -   -   -   -   -
        left visit            t   x   -   -   x   -   x   x   x   x   -   -   x   x   x
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
    "an answer":         """
        xixi                  t   .   -   -   .   -   x   x   x   .   -   -   x   x   x
        dongdu                t   -   .   -   .   -   x   x   x   -   -   -   x   x   x
        north                 t   -   -   .   -   .   x   -   -   x   -   -   -   -   -
        far                   t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
        absent                t   -   -   -   -   -   -   -   -   -   -   -   -   -   -
    """,
}  # fmt: skip

_SEEN = "what one sees"
_OF_CUSTOMERS = ("persons", "institutions", "affiliations", "roles", "influence")
# Of each address, by the name of its route and the method: the grid.
TABLE: dict[tuple[str, str], str] = {
    ("territories-one", "GET"): _SEEN,
    ("territories", "POST"): "new ground",
    ("territories-one", "PATCH"): "other ground",
    ("territories-external", "GET"): _SEEN,
    ("territories-external", "PUT"): "ground one names",
    ("products-one", "GET"): "goods",
    ("products", "POST"): "new goods",
    ("products-one", "PATCH"): "other goods",
    ("products-external", "GET"): "goods",
    ("products-external", "PUT"): "goods one names",
    ("customers-one", "GET"): _SEEN,
    **{(f"{name}-one", "GET"): _SEEN for name in _OF_CUSTOMERS},
    **{(name, "POST"): "new with somebody" for name in _OF_CUSTOMERS},
    **{(f"{name}-one", "PATCH"): "what one keeps" for name in _OF_CUSTOMERS},
    ("persons-external", "GET"): _SEEN,
    ("persons-external", "PUT"): "what one names",
    ("institutions-external", "GET"): _SEEN,
    ("institutions-external", "PUT"): "what one names",
    ("visits-one", "GET"): "visits one sees",
    ("visits", "POST"): "a new visit",
    ("visits-batch", "POST"): "a new visit",
    ("visits-one", "PATCH"): "one's own visit",
    ("tiers-one", "GET"): _SEEN,
    ("reminders-one", "GET"): _SEEN,
    ("reminders-answers", "POST"): "an answer",
}
CHANGES: dict[str, dict[str, Any]] = {
    "territories": {"name": "Other"}, "products": {"name": "Other"}, "persons": {"phone": "139 0000 0001"},
    "institutions": {"address": "Other"}, "affiliations": {"position": "Other"}, "roles": {"strength": 5},
    "influence": {"weight": 300}, "visits": {"note": "Other", "reason": "Mistyped"},
}  # fmt: skip


def key_of(house: House, resource: str, which: str) -> Any:
    """The id of an object of a branch, of a visit between branches, or of none."""
    if which == "absent":
        return 2**40 if resource == "reminders" else uuid7()
    if which.endswith(" visit"):
        return house.branches["xixi"].rows[which]
    branch = house.branches[which]
    if resource == "tiers":
        return TierAssignment.objects.get(customer=branch.rows["customer"], during__upper_inf=True).pk
    if resource == "products":
        return branch.product.pk
    named = {"territories": "territory", "customers": "customer", "persons": "customer", "institutions": "institution"}
    return branch.rows[named.get(resource, resource.removesuffix("s"))]


def put_of(house: House, resource: str, which: str) -> dict[str, Any]:
    """A body by another system's name: of a territory that is there, it says again where that stands."""
    body = {name: value for name, value in new_of(house, resource, which).items() if name != "id"}
    if resource == "territories" and which != "absent":
        stands = TerritoryParent.objects.get(territory=key_of(house, resource, which), during__contains=TODAY)
        body["parent"] = str(stands.parent_id)
    return body


def new_of(house: House, resource: str, which: str) -> dict[str, Any]:
    """A body that enters something at, with or about an object."""

    def key(of: str) -> str:
        return str(key_of(house, of, which))

    branch = house.branches.get(which)
    entered = {"id": uuid7_text(), "first": DAY}
    match resource:
        case "territories":
            return {"name": "New", "parent": key("territories")}
        case "products":
            return {"name": "New", "line": str(branch.line.pk) if branch else uuid7_text()}
        case "persons":
            return entered | {"name": "白芷兰", "institution": key("institutions")}
        case "institutions":
            return entered | {"name": "新院", "kind": "clinic", "territory": key("territories")}
        case "affiliations":
            at = {"person": key("persons"), "institution": key("institutions")}
            return entered | at | {"is_primary": False, "department": "New"}
        case "roles":
            return entered | {"person": key("persons"), "role": "prescriber", "strength": 3}
        case "influence":
            other = str(branch.rows["follower"].pk) if branch else uuid7_text()
            both = {"influencer": key("persons"), "influenced": other}
            return entered | both | {"kind": "friend", "weight": 300}
        case "visits":
            return {"id": uuid7_text(), "on": DAY, "customers": [key("persons")]}
        case _answers:
            return {"id": uuid7_text(), "what": "postponed", "until": TOMORROW, "reason": "He is away"}
