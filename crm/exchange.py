"""Every kind of file, in the order in which an empty house is filled."""

from accounts.exchange import LINES, POSTINGS, PRODUCTS, TERRITORIES, USERS
from crm.base.exchange.kinds import Kind
from customers.exchange import AFFILIATIONS, ALIGNMENT, INFLUENCE, INSTITUTIONS, PERSONS, POTENTIALS, ROLES
from sales.exchange import SALES
from segmentation.exchange import TIERS
from visits.exchange import REMINDERS, VISITS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        LINES, TERRITORIES, USERS, POSTINGS, PRODUCTS, INSTITUTIONS, PERSONS, AFFILIATIONS, ALIGNMENT, ROLES,
        INFLUENCE, POTENTIALS, SALES, VISITS, TIERS, REMINDERS,
    )
}  # fmt: skip
ENTITIES: dict[str, Kind] = {kind.entity: kind for kind in KINDS.values() if kind.entity}
DEFAULT_SOURCE = "file"
