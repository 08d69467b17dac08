"""The history of a customer: his own row with all that hangs on it."""

from uuid import UUID

from crm.base.history import Entry, Trail, history
from customers.models import (
    Affiliation,
    Alignment,
    Consent,
    Customer,
    Department,
    Fact,
    InfluenceLink,
    Institution,
    Licence,
    Person,
    PotentialEstimate,
    RoleAssignment,
    TradeFile,
)


def customer_history(customer: UUID) -> list[Entry]:
    """Oldest first; for whom it may be shown is for the page to decide."""
    return history(
        Trail(Customer, customer),
        Trail(Person, customer),
        Trail(Institution, customer),
        Trail(Affiliation, customer, by=("person", "institution")),
        Trail(Alignment, customer, by=("customer",)),
        Trail(InfluenceLink, customer, by=("influencer", "influenced")),
        Trail(PotentialEstimate, customer, by=("customer",)),
        Trail(RoleAssignment, customer, by=("person",)),
        Trail(Department, customer, by=("institution",)),
        Trail(Licence, customer, by=("institution",)),
        Trail(TradeFile, customer),
        Trail(Fact, customer, by=("person",)),
        Trail(Consent, customer, by=("person",)),
    )
