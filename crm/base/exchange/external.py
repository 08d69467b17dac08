"""Files of sources and of external ids: how each source names our rows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Column, Reading, SourceName, Text
from crm.base.exchange.copies import NUMBER
from crm.base.exchange.kinds import Check, Kind
from crm.base.exchange.references import OWN, read_id
from crm.base.exchange.staging import Stage

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of Rounds, as earlier exports wrote it


def _write_sources(stage: Stage) -> None:
    stage.run("INSERT INTO base_source (name) SELECT s.name FROM stage s WHERE s.verdict = 'new'")


SOURCES = Kind(
    name="sources",
    title=_("Sources"),
    columns=(SourceName(name="name", help=_("what ids in files may be qualified with"), required=True),),
    key=("name",),
    row_id="text",
    current="SELECT name AS row_id, name FROM base_source",
    write=_write_sources,
    carries=("base.Source",),
)


@dataclass(frozen=True, kw_only=True)
class Named(Column):
    """A row of the kind that another cell names, as files name it; found once the file is staged."""

    @property
    def staged(self) -> list[tuple[str, str]]:
        return [(f"{self.name}_source", "text"), (f"{self.name}_id", "text"), (self.name, "text")]

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        named = super().values(cell.strip(), row, reading)[0] or ""
        return [*read_id(f"{OWN}:{named}" if _UUID.fullmatch(named) else named, reading), None]

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        return cell

    @property
    def what(self) -> str:
        return _now("the id of a row of this kind")


def _find_objects(stage: Stage) -> None:
    stage.run(
        """UPDATE stage s SET object = coalesce(
               (SELECT e.object_id::text FROM base_externalid e
                WHERE (e.kind, e.source, e.external_id) = (s.kind, s.object_source, s.object_id)),
               CASE s.object_source WHEN 'rounds' THEN s.object_id END)"""
    )


def _write_external_ids(stage: Stage) -> None:
    stage.upsert(
        "base_externalid",
        {"kind": "s.kind", "source": "s.source", "external_id": "s.external_id", "object_id": "s.object::uuid"},
    )
    stage.run(
        """INSERT INTO base_source (name) SELECT DISTINCT source FROM stage WHERE verdict <> 'same'
           ON CONFLICT DO NOTHING"""
    )


# As any file names the row, whatever its kind.
_SHOWN = """coalesce(
    (SELECT CASE WHEN e.source = %(source)s AND e.external_id !~ '^[a-z][a-z0-9_-]*:' THEN e.external_id
                 ELSE e.source || ':' || e.external_id END
     FROM base_externalid e WHERE e.kind = c.kind AND e.object_id = c.object::uuid AND %(source)s <> 'rounds'
     ORDER BY e.source <> %(source)s, e.source, e.external_id LIMIT 1),
    'rounds:' || c.object)"""


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
            Named(name="object", help=_("which row of Rounds it is"), required=True),
            NUMBER,
        ),
        key=("kind", "source", "external_id"),
        row_id="bigint",
        current="SELECT id AS row_id, kind, source, external_id, object_id::text AS object FROM base_externalid",
        prepare=_find_objects,
        checks=(
            Check("object", f"NOT coalesce({exists}, false)", _("{value} is no row of this kind."), "s.object_id"),
        ),
        write=_write_external_ids,
        shown={"object": _SHOWN},
        carries=("base.ExternalId",),
    )
