"""From `cells` to rows with UUIDs: one statement that finds what stands behind every id of a file.

Ids are looked up one by one in the index of external ids, from behind a fence: the cost goes with the file,
whatever the planner believes of a table that an import of a moment ago filled.
"""

from dataclasses import dataclass, field

from crm.base.exchange.columns import Column
from crm.base.exchange.copies import ROW
from crm.base.exchange.filling import q
from crm.base.exchange.kinds import Kind
from crm.base.exchange.references import Key, Reference, References


@dataclass
class Resolving:
    """`known` are entities with external ids at all, `sources` what the cells of each reference named."""

    kind: Kind
    source: str  # of the file
    tables: dict[str, Kind]
    known: set[str]
    sources: dict[str, set[str]]
    _joins: list[str] = field(default_factory=list)

    def statement(self) -> str:
        columns = ["c.line_no", f"NULL::{self.kind.row_id} AS row_id", "'new'::text AS verdict"]
        found = {}
        for column in self.kind.columns:
            columns += [f"c.{q(name)}" for name, _sql in column.staged]
            if isinstance(column, References):
                columns.append(f"{self._find_many(column)} AS {q(column.name)}")
            elif isinstance(column, Reference):
                found[column.name] = self._find(column)
                columns.append(f"{found[column.name]} AS {q(column.name)}")
        new_id = "c.new_id"
        if ROW in self.kind.columns_by_name and self.kind.row_id == "uuid":
            new_id = f"coalesce(c.{ROW}, c.new_id)"  # of a copy
        if "rounds" in self.sources.get("id", ()) and self.kind.entity:
            # A `rounds:` id that is not there yet becomes the id of the new row: exports come back whole.
            new_id = f"CASE WHEN c.id_source = 'rounds' AND {found['id']} IS NULL THEN c.id_id::uuid ELSE {new_id} END"
        columns.append(f"{new_id} AS new_id")
        inner = f"SELECT {', '.join(columns)} FROM cells c {' '.join(self._joins)}"
        derived = "".join(
            f", {'NULL' if self.derives_later else f'({d.expression})'}::{d.sql} AS {q(d.name)}"
            for d in self.kind.derived
        )
        return f"CREATE TEMP TABLE whole AS SELECT s.*{derived} FROM ({inner}) s"

    def names(self) -> list[str]:
        """Of the columns that `statement` makes."""
        names = ["row_id", "line_no", "new_id", "verdict"]
        for column in self.kind.columns:
            names += [name for name, _sql in column.staged]
            names += [column.name] if isinstance(column, Reference | References) else []
        return names + [derived.name for derived in self.kind.derived]

    @property
    def derives_later(self) -> bool:
        """Do derived values lean on references that are found in a second step?"""
        return any(map(self.may_name_this_file, self.kind.columns))

    def may_name_this_file(self, column: Column) -> bool:
        """Is it a reference to rows that this very file may bring?"""
        return (
            isinstance(column, Reference)
            and not isinstance(column, Key)
            and column.to == self.kind.entity
            and bool(self.sources[column.name])
        )

    def _find(self, column: Reference) -> str:
        """SQL for the UUID behind the column's id, over joins that are added; those that can't hit are left out."""
        named, ways = self.sources[column.name], []
        source, identity = f"c.{q(column.name + '_source')}", f"c.{q(column.name + '_id')}"
        if "rounds" in named:
            target = self.tables[column.to]
            uuid = f"CASE {source} WHEN 'rounds' THEN {identity}::uuid END"
            ways.append(self._join(f"SELECT t.{target.pk} AS found FROM {target.table} t WHERE t.{target.pk} = {uuid}"))
        if column.to in self.known and named - {self.source}:
            # A source that became known since does not change what a cell of this file's own source says.
            ways.append(self._join(_external(column.to, "%(source)s", _as_own(source, identity))))
        if column.to in self.known and named:
            ways.append(self._join(_external(column.to, source, identity)))
        return f"coalesce({', '.join(ways)})" if ways else "NULL::uuid"

    def _find_many(self, column: References) -> str:
        """SQL for the UUIDs behind the column's ids, in order, NULL for those that nobody knows."""
        target = self.tables[column.to]
        return f"""ARRAY(
            SELECT coalesce(
                ({_external(column.to, "%(source)s", _as_own("u.source", "u.identity"))}),
                ({_external(column.to, "u.source", "u.identity")}),
                (SELECT t.{target.pk} FROM {target.table} t
                 WHERE t.{target.pk} = CASE u.source WHEN 'rounds' THEN u.identity::uuid END))
            FROM unnest(c.{q(column.name + "_source")}, c.{q(column.name + "_id")})
                 WITH ORDINALITY AS u (source, identity, place) ORDER BY u.place)"""

    def _join(self, query: str) -> str:
        alias = f"f{len(self._joins)}"
        self._joins.append(f"LEFT JOIN LATERAL ({query} LIMIT 1) {alias} ON true")
        return f"{alias}.found"


def _as_own(source: str, identity: str) -> str:
    """SQL for what a cell of another source said before that source was known."""
    return f"CASE WHEN {source} <> %(source)s THEN {source} || ':' || {identity} END"


def _external(kind: str, source: str, identity: str) -> str:
    # `|| ''` keeps the planner from the index on (kind, object_id), which serves nothing here.
    return f"""SELECT e.object_id AS found FROM base_externalid e
        WHERE e.external_id = {identity} AND e.source = {source} AND e.kind || '' = '{kind}'"""
