"""Files of what people decide, and whom they influence."""

from django.utils.translation import gettext_lazy as _

from accounts.exchange import FROM, TO
from crm.base.exchange.columns import Code, Number, Text
from crm.base.exchange.copies import KEY
from crm.base.exchange.kinds import Alone, Check, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange.shared import DURING, OF_PERSON, PERIOD
from customers.models import InfluenceLink, RoleAssignment


def _write_roles(stage: Stage) -> None:
    stage.upsert(
        "customers_roleassignment",
        {
            "person_id": "s.person",
            "role": "s.role",
            "product_id": "s.product",
            "strength": "s.strength",
            "evidence": "s.evidence",
            **DURING,
        },
    )


ROLES = Kind(
    name="roles",
    title=_("Roles"),
    columns=(
        OF_PERSON,
        Code(name="role", help=_("decides what"), required=True, of=RoleAssignment.Role),
        Reference(name="product", help=_("for which product; empty: for all"), to="product"),
        Number(name="strength", help=_("1 weak to 5 strong"), low=1, high=5, default="3", sql="smallint"),
        Text(name="evidence", help=_("what shows it"), max_length=500),
        FROM,
        TO,
        KEY,
    ),
    key=("person", "role", "product", "from"),
    current=f"""
        SELECT id AS row_id, person_id AS person, role, product_id AS product, strength, evidence, {PERIOD}
        FROM customers_roleassignment
    """,
    alone=(Alone(("person", "role", "product")),),
    write=_write_roles,
    carries=("customers.RoleAssignment",),
)


def _write_influence(stage: Stage) -> None:
    stage.upsert(
        "customers_influencelink",
        {
            "influencer_id": "s.influencer",
            "influenced_id": "s.influenced",
            "kind": "s.kind",
            "weight": "s.weight",
            "evidence": "s.evidence",
            **DURING,
        },
    )


INFLUENCE = Kind(
    name="influence",
    title=_("Influence"),
    columns=(
        Reference(name="influencer", help=_("who sways"), to="person", required=True),
        Reference(name="influenced", help=_("who is swayed"), to="person", required=True),
        Code(name="kind", help=_("by way of what"), required=True, of=InfluenceLink.Kind),
        Number(name="weight", help=_("0 none to 1 full"), low=0, high=1, decimals=3, default="1", sql="smallint"),
        Text(name="evidence", help=_("what shows it"), max_length=500),
        FROM,
        TO,
        KEY,
    ),
    key=("influencer", "influenced", "kind", "from"),
    current=f"""
        SELECT id AS row_id, influencer_id AS influencer, influenced_id AS influenced, kind, weight, evidence, {PERIOD}
        FROM customers_influencelink
    """,
    checks=(Check("influenced", "s.influencer = s.influenced", _("Nobody influences himself.")),),
    alone=(Alone(("influencer", "influenced", "kind")),),
    write=_write_influence,
    carries=("customers.InfluenceLink",),
)
