"""Where persons work, what they decide, whom they sway."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from crm.api.resources.customers import EXAMPLE_INSTITUTION, EXAMPLE_PERSON
from crm.api.resources.relations import EXAMPLE_OTHER, EXAMPLE_ROW
from crm.api.shapes import Body, Code, Day, Key, Line, Whole, YesNo
from crm.api.writing import Asked, Entered, Writer
from crm.base.refusals import Refused
from customers.actions import affiliations, relations
from customers.models import InfluenceLink, RoleAssignment

_ID = "Made by you, a UUIDv7 by preference: the same id and body again changes nothing."
_SINCE = "Since when."
_FROM = "From which day on it is so; left out: today. What was so before stays."
_LAST = "The last day; null: until further notice. Alone in a body, it ends the row."


class AffiliationOther(Body):
    department = Line(120, required=False, help_text="Department.")
    position = Line(120, required=False, help_text="Position.")
    is_primary = YesNo(required=False, help_text="Whether he works there first of all.")
    first = Day(required=False, help_text=_FROM)
    last = Day(required=False, allow_null=True, help_text=_LAST)


class AffiliationNew(AffiliationOther):
    id = Key(help_text=_ID)
    person = Key(help_text="Who.")
    institution = Key(help_text="Where.")
    is_primary = YesNo(help_text="Whether he works there first of all.")
    stays = YesNo(required=False, default=False, help_text="Whether the primary place until then stays a further one.")
    first = Day(help_text=_SINCE)


class RoleOther(Body):
    role = Code(RoleAssignment.Role.choices, required=False, help_text="What he decides.")
    product = Key(required=False, allow_null=True, help_text="Of which product; null: of all.")
    strength = Whole(min_value=1, max_value=5, required=False, help_text="From 1 (weak) to 5 (strong).")
    evidence = Line(500, required=False, help_text="What shows it.")
    first = Day(required=False, help_text=_FROM)
    last = Day(required=False, allow_null=True, help_text=_LAST)


class RoleNew(RoleOther):
    id = Key(help_text=_ID)
    person = Key(help_text="Who.")
    role = Code(RoleAssignment.Role.choices, help_text="What he decides.")
    strength = Whole(min_value=1, max_value=5, help_text="From 1 (weak) to 5 (strong).")
    first = Day(help_text=_SINCE)


class LinkOther(Body):
    kind = Code(InfluenceLink.Kind.choices, required=False, help_text="How.")
    weight = Whole(min_value=0, max_value=1000, required=False, help_text="How strongly, in thousandths.")
    evidence = Line(500, required=False, help_text="What shows it.")
    first = Day(required=False, help_text=_FROM)
    last = Day(required=False, allow_null=True, help_text=_LAST)


class LinkNew(LinkOther):
    id = Key(help_text=_ID)
    influencer = Key(help_text="Who sways.")
    influenced = Key(help_text="Whom.")
    kind = Code(InfluenceLink.Kind.choices, help_text="How.")
    weight = Whole(min_value=0, max_value=1000, help_text="How strongly, in thousandths.")
    first = Day(help_text=_SINCE)


def _foreign(field: str) -> Refused:
    return Refused(_("Choose a person of your own ground."), field)


def _affiliate(asked: Asked) -> Entered:
    try:
        receipt = affiliations.affiliate(actor=asked.user, today=asked.today, **asked.values)
    except ObjectDoesNotExist as error:
        raise _foreign("person") from error
    return Entered(receipt.object_id, receipt.again)


def _set_role(asked: Asked) -> Entered:
    try:
        receipt = relations.set_role(actor=asked.user, today=asked.today, **asked.values)
    except ObjectDoesNotExist as error:
        raise _foreign("person") from error
    return Entered(receipt.object_id, receipt.again)


def _set_influence(asked: Asked) -> Entered:
    receipt = relations.set_influence(actor=asked.user, today=asked.today, **asked.values)
    return Entered(receipt.object_id, receipt.again)


def _only_ends(asked: Asked) -> bool:
    return set(asked.values) == {"last"}


def _all(asked: Asked, seen: dict[str, Any]) -> dict[str, Any]:
    """What stands there, with what is given over it, from today on."""
    before = {name: value for name, value in seen.items() if name not in ("was", "pk")}
    return {**before, "first": asked.today, **asked.values, "was": seen["was"] if asked.state else ""}


def _see_affiliation(asked: Asked, pk: UUID) -> dict[str, Any]:
    row = affiliations.changeable_affiliations(asked.user).filter(pk=pk).first()
    return {"pk": pk, **(affiliations.seen_of_affiliation(row) if row else {})}


def _change_affiliation(asked: Asked, seen: dict[str, Any]) -> UUID:
    pk: UUID = seen["pk"]
    _refuse_unchangeable(seen)
    if _only_ends(asked):
        affiliations.end_affiliation(actor=asked.user, affiliation=pk, last=asked.values["last"], today=asked.today)
        return pk
    changed = affiliations.change_affiliation(
        actor=asked.user, affiliation=pk, today=asked.today, **_all(asked, seen)
    )
    return changed.pk


def _see_role(asked: Asked, pk: UUID) -> dict[str, Any]:
    row = relations.changeable_roles(asked.user).filter(pk=pk).first()
    return {"pk": pk, **(relations.seen_of_role(row) if row else {})}


def _change_role(asked: Asked, seen: dict[str, Any]) -> UUID:
    pk: UUID = seen["pk"]
    _refuse_unchangeable(seen)
    if _only_ends(asked):
        relations.end_role(actor=asked.user, role_id=pk, last=asked.values["last"], today=asked.today)
        return pk
    return relations.change_role(actor=asked.user, role_id=pk, today=asked.today, **_all(asked, seen)).pk


def _see_link(asked: Asked, pk: UUID) -> dict[str, Any]:
    row = relations.changeable_links(asked.user).filter(pk=pk).first()
    return {"pk": pk, **(relations.seen_of_link(row) if row else {})}


def _change_link(asked: Asked, seen: dict[str, Any]) -> UUID:
    pk: UUID = seen["pk"]
    _refuse_unchangeable(seen)
    if _only_ends(asked):
        relations.end_influence(actor=asked.user, link_id=pk, last=asked.values["last"], today=asked.today)
        return pk
    return relations.change_influence(actor=asked.user, link_id=pk, today=asked.today, **_all(asked, seen)).pk


def _refuse_unchangeable(seen: dict[str, Any]) -> None:
    if "was" not in seen:
        raise ObjectDoesNotExist


AFFILIATION_WRITER = Writer(
    new=AffiliationNew,
    enter=_affiliate,
    other=AffiliationOther,
    change=_change_affiliation,
    seen=_see_affiliation,
    example={
        "id": EXAMPLE_ROW, "person": EXAMPLE_PERSON, "institution": EXAMPLE_INSTITUTION, "department": "心内科",
        "position": "主任", "is_primary": True, "first": "2026-11-01",
    },
    change_example={"position": "副院长", "first": "2026-11-21"},
)  # fmt: skip
ROLE_WRITER = Writer(
    new=RoleNew,
    enter=_set_role,
    other=RoleOther,
    change=_change_role,
    seen=_see_role,
    example={
        "id": EXAMPLE_ROW, "person": EXAMPLE_PERSON, "role": "decision_maker", "strength": 4,
        "evidence": "药事会委员", "first": "2026-11-01",
    },
    change_example={"strength": 5},
)  # fmt: skip
INFLUENCE_WRITER = Writer(
    new=LinkNew,
    enter=_set_influence,
    other=LinkOther,
    change=_change_link,
    seen=_see_link,
    pointers={"other": "influenced"},
    example={
        "id": EXAMPLE_ROW, "influencer": EXAMPLE_PERSON, "influenced": EXAMPLE_OTHER, "kind": "advice", "weight": 700,
        "evidence": "常一起会诊", "first": "2026-11-01",
    },
    change_example={"last": "2026-11-30"},
)  # fmt: skip
