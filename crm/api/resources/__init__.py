"""Every resource of the API, in the order in which the documentation tells of them."""

from crm.api.registry import Resource
from crm.api.resources.customers import CUSTOMERS, INSTITUTIONS, PERSONS
from crm.api.resources.ground import PRODUCTS, TERRITORIES
from crm.api.resources.relations import AFFILIATIONS, INFLUENCE, ROLES
from crm.api.resources.tiers import TIERS
from crm.api.resources.visits import REMINDERS, VISITS

RESOURCES: tuple[Resource, ...] = (
    TERRITORIES, PRODUCTS, CUSTOMERS, PERSONS, INSTITUTIONS, AFFILIATIONS, ROLES, INFLUENCE, VISITS, TIERS, REMINDERS,
)  # fmt: skip
