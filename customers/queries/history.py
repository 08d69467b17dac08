"""The history of a customer: his own row with all that hangs on it."""

from uuid import UUID

from crm.base.history import Entry, history, together
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
    return together(
        history(Customer, customer),
        history(Person, customer),
        history(Institution, customer),
        history(Affiliation, customer, by=("person", "institution")),
        history(Alignment, customer, by=("customer",)),
        history(InfluenceLink, customer, by=("influencer", "influenced")),
        history(PotentialEstimate, customer, by=("customer",)),
        history(RoleAssignment, customer, by=("person",)),
        history(Department, customer, by=("institution",)),
        history(Licence, customer, by=("institution",)),
        history(TradeFile, customer),
        history(Fact, customer, by=("person",)),
        history(Consent, customer, by=("person",)),
    )
