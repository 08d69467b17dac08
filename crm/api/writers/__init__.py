"""Which resources are written, and how."""

from crm.api.writers.customers import INSTITUTION_WRITER, PERSON_WRITER
from crm.api.writers.ground import PRODUCT_WRITER, TERRITORY_WRITER
from crm.api.writers.relations import AFFILIATION_WRITER, INFLUENCE_WRITER, ROLE_WRITER
from crm.api.writers.visits import VISIT_WRITER
from crm.api.writing import Writer

WRITERS: dict[str, Writer] = {
    "territories": TERRITORY_WRITER,
    "products": PRODUCT_WRITER,
    "persons": PERSON_WRITER,
    "institutions": INSTITUTION_WRITER,
    "affiliations": AFFILIATION_WRITER,
    "roles": ROLE_WRITER,
    "influence": INFLUENCE_WRITER,
    "visits": VISIT_WRITER,
}
