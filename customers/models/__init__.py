from customers.models.alignment import Alignment, CustomerStatus
from customers.models.customer import Customer, Institution, Person
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
