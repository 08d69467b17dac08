"""Every kind of file, in the order in which an empty house is filled."""

from dataclasses import replace

from accounts.exchange import LINES, POSTINGS, PRODUCTS, TERRITORIES, USERS
from crm.base.exchange.external import external_ids
from crm.base.exchange.kinds import Kind
from customers.exchange import AFFILIATIONS, ALIGNMENT, INFLUENCE, INSTITUTIONS, PERSONS, POTENTIALS, ROLES
from sales.exchange import COUNTS_ARE_STORED, SALES
from segmentation.exchange import TIERS
from visits.exchange import REMINDERS, VISITS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        LINES, TERRITORIES, USERS, POSTINGS, PRODUCTS, INSTITUTIONS, PERSONS,
        replace(AFFILIATIONS, checks=(*AFFILIATIONS.checks, COUNTS_ARE_STORED)),
        ALIGNMENT, ROLES, INFLUENCE, POTENTIALS, SALES, VISITS, TIERS, REMINDERS,
    )
}  # fmt: skip
ENTITIES: dict[str, Kind] = {kind.entity: kind for kind in KINDS.values() if kind.entity}
KINDS["external_ids"] = external_ids(ENTITIES.values())
DEFAULT_SOURCE = "file"
