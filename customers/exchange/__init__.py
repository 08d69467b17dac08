"""Files of customers and what is known of them."""

from customers.exchange.customers import INSTITUTIONS, PERSONS
from customers.exchange.ground import AFFILIATIONS, ALIGNMENT
from customers.exchange.knowledge import CONSENTS, FACTS, POTENTIALS
from customers.exchange.places import DEPARTMENTS, LICENCES, TRADE_FILES
from customers.exchange.relations import INFLUENCE, ROLES
from customers.exchange.shared import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns

__all__ = [
    "AFFILIATIONS",
    "ALIGNMENT",
    "CONSENTS",
    "CUSTOMER",
    "DEPARTMENTS",
    "FACTS",
    "INFLUENCE",
    "INSTITUTION",
    "INSTITUTIONS",
    "LICENCES",
    "ONE_CUSTOMER",
    "PERSON",
    "PERSONS",
    "POTENTIALS",
    "ROLES",
    "TRADE_FILES",
    "customer_columns",
]
