from customers.models.alignment import Alignment
from customers.models.customer import Customer, CustomerStatus, Institution, Person
from customers.models.knowledge import Consent, Fact
from customers.models.places import Department, Licence, TradeFile
from customers.models.relations import Affiliation, InfluenceLink, PotentialEstimate, RoleAssignment

__all__ = [
    "Affiliation",
    "Alignment",
    "Consent",
    "Customer",
    "CustomerStatus",
    "Department",
    "Fact",
    "InfluenceLink",
    "Institution",
    "Licence",
    "Person",
    "PotentialEstimate",
    "RoleAssignment",
    "TradeFile",
]
