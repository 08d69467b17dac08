"""Every kind of file, in the order in which an empty house is filled."""

from dataclasses import replace

from accounts.exchange import (
    HOLIDAYS,
    LINES,
    POSTINGS,
    PRODUCTS,
    TERRITORIES,
    TERRITORY_PARENTS,
    TIME_OFF,
    USERS,
)
from crm.base.exchange.external import SOURCES, external_ids
from crm.base.exchange.kinds import Kind
from crm.base.exchange.ledgers import COMMANDS, JOB_RUNS, RETENTION
from customers.exchange import (
    AFFILIATIONS,
    ALIGNMENT,
    CONSENTS,
    DEPARTMENTS,
    FACTS,
    INFLUENCE,
    INSTITUTIONS,
    LICENCES,
    PERSONS,
    POTENTIALS,
    ROLES,
    TRADE_FILES,
)
from sales.exchange import COUNTS_ARE_STORED, LISTINGS, SALES, SALES_HISTORY
from segmentation.exchange import POLICIES, TIERS
from visits.exchange import CALL_TARGETS, CYCLES, FOLLOW_UPS, REMINDERS, TARGETS, VISITS

_KINDS = (
    SOURCES, LINES, TERRITORIES, TERRITORY_PARENTS, USERS, POSTINGS, HOLIDAYS, TIME_OFF, PRODUCTS,
    INSTITUTIONS, PERSONS, DEPARTMENTS,
    replace(AFFILIATIONS, checks=(*AFFILIATIONS.checks, COUNTS_ARE_STORED)),
    ALIGNMENT, ROLES, INFLUENCE, POTENTIALS, CONSENTS, FACTS, LICENCES, TRADE_FILES, LISTINGS,
    SALES_HISTORY, SALES, VISITS, FOLLOW_UPS, CYCLES, TARGETS,
    POLICIES, TIERS, CALL_TARGETS, REMINDERS,
)  # fmt: skip
ENTITIES: dict[str, Kind] = {kind.entity: kind for kind in _KINDS if kind.entity}
KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*_KINDS, external_ids(ENTITIES.values()), RETENTION, COMMANDS, JOB_RUNS)
}
DEFAULT_SOURCE = "file"

# A whole copy brings sales first: whoever became a doctor since keeps the lawful figures of the time before,
# and the affiliation is held against them when it comes.
_SALES_FIRST = ("sales_history", "sales")
COPY_ORDER: list[str] = [name for name in KINDS if name not in _SALES_FIRST]
COPY_ORDER[COPY_ORDER.index("affiliations") : COPY_ORDER.index("affiliations")] = _SALES_FIRST

# Models whose rows no file carries, and why a copy is whole without them.
NOT_IN_FILES: dict[str, str] = {
    "accounts.TerritoryPath": "derived from the parents of territories",
    "base.CommandBody": "what commands said, kept 90 days in one house only",
    "base.Rule": "comes with the migrations",
    "base.ImportRun": "a log of one house",
    "accounts.SavedView": "how somebody looks at a list; no fact of the trade",
    "accounts.ApiToken": "secrets do not travel: programs are given new ones",
    "accounts.CalendarLink": "secrets do not travel: users make new ones",
    "accounts.SignInEvent": "who came into one house",
    "accounts.Attempts": "counts of some days",
    "mfa.Authenticator": "secrets do not travel: people set new ones",
    "customers.CustomerStatus": "derived from alignments, visits and tiers",
    "sales.SalesRollup": "derived by each night",
    "segmentation.CycleCustomer": "derived by each night",
    "segmentation.CycleField": "derived by each night",
    "segmentation.CycleNight": "derived by each night",
    "segmentation.CycleRollup": "derived by each night",
    "segmentation.TierMove": "derived by each night from tiers",
}
