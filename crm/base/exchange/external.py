"""Files of external ids: how each source names our rows. With them an export by our own ids is a whole copy."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, SourceName, Text
from crm.base.exchange.kinds import Check, Kind
from crm.base.exchange.staging import Stage


def _write(stage: Stage) -> None:
    stage.upsert(
        "base_externalid",
        {
            "kind": "s.kind",
            "source": "s.source",
            "external_id": "s.external_id",
            "object_id": "s.object::uuid",
        },
    )


def external_ids(entities: Iterable[Kind]) -> Kind:
    """The kind, for rows of these entities."""
    known = list(entities)
    exists = " OR ".join(
        f"s.kind = '{kind.entity}' AND EXISTS (SELECT FROM {kind.table} t WHERE t.{kind.pk} = s.object::uuid)"
        for kind in known
    )
    return Kind(
        name="external_ids",
        title=_("External ids"),
        columns=(
            Code(name="kind", help=_("of what"), required=True, choices=tuple(kind.entity for kind in known)),
            SourceName(name="source", help=_("who calls it so"), required=True),
            Text(name="external_id", help=_("what it is called there"), required=True, max_length=128),
            Text(
                name="object",
                help=_("its UUID in Rounds"),
                required=True,
                max_length=36,
                pattern="[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            ),
        ),
        key=("kind", "source", "external_id"),
        row_id="bigint",
        current="SELECT id AS row_id, kind, source, external_id, object_id::text AS object FROM base_externalid",
        checks=(Check("object", f"NOT ({exists})", _("{value} is no row of this kind."), "s.object"),),
        write=_write,
    )
