from customers.models.alignment import Alignment
from customers.models.customer import Customer, CustomerStatus, Institution, Person
from customers.models.relations import Affiliation, InfluenceLink, PotentialEstimate, RoleAssignment

__all__ = [
    "Affiliation",
    "Alignment",
    "Customer",
    "CustomerStatus",
    "InfluenceLink",
    "Institution",
    "Person",
    "PotentialEstimate",
    "RoleAssignment",
]
