"""The staging table: one temporary table an import, in which rows are matched, checked and given a
verdict (new, changed, same) by statements over the whole set. SQL sees it as `stage`: a view of all of its
rows, and while they are written of a batch of them."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.base.exchange.columns import Column, Day, Reading
from crm.base.exchange.copies import ROW
from crm.base.exchange.filling import Filling
from crm.base.exchange.filling import q as q
from crm.base.exchange.kinds import Check, Kind, Rising
from crm.base.exchange.references import Key, Reference, References
from crm.base.exchange.resolving import Resolving
from crm.base.exchange.table import Row

_ZERO_ID = "'00000000-0000-0000-0000-000000000000'::uuid"


class Stage:
    """Staged rows of one file. `s` names them in SQL; those in `rejects` are not written."""

    def __init__(
        self,
        kind: Kind,
        columns: list[str],
        *,
        source: str,
        actor: UUID | None,
        today: date,
        tables: dict[str, Kind],
    ) -> None:
        self.kind, self.source, self.actor, self.today = kind, source, actor, today
        self._tables = tables  # kinds by entity, to look up `rounds:` ids
        self._numbered = ROW in columns
        self._absent = [column for column in kind.columns if column.name not in columns and column.kept]
        self.cursor = connection.cursor()

    # SQL

    def run(self, sql: str, params: dict[str, Any] | None = None) -> int:
        """Execute one statement; `%(today)s`, `%(source)s`, `%(actor)s` are known in all of them."""
        known: dict[str, Any] = {"today": self.today, "source": self.source, "actor": self.actor}
        self.cursor.execute(sql, known | (params or {}))
        return self.cursor.rowcount

    def reject(self, check: Check) -> None:
        self.run(
            f"""INSERT INTO rejects
                SELECT s.line_no, %(column)s, replace(%(sentence)s, '{{value}}', coalesce(({check.value})::text, ''))
                FROM stage s WHERE {check.bad}""",
            {"column": check.column, "sentence": str(check.sentence)},
        )

    def drop_rejected(self) -> int:
        """Take rejected rows out, and with them those that name one of them as theirs; returns how many."""
        dropped = self.run("DELETE FROM stage s USING rejects r WHERE r.line_no = s.line_no")
        if dropped:
            for column in self.kind.columns:
                if isinstance(column, Reference) and not isinstance(column, Key) and column.to == self.kind.entity:
                    self._reject_orphans(column)
                    dropped += self.drop_rejected()
        return dropped

    def _reject_orphans(self, column: Reference) -> None:
        table = self._tables[column.to]
        self.reject(
            Check(
                column.name,
                f"""s.{q(column.name)} IS NOT NULL
                    AND NOT EXISTS (SELECT FROM {table.table} t WHERE t.{table.pk} = s.{q(column.name)})
                    AND NOT EXISTS (SELECT FROM stage o WHERE o.new_id = s.{q(column.name)})""",
                _("stands on a line of this file that was rejected; correct that one first."),
            )
        )

    def upsert(
        self,
        table: str,
        values: dict[str, str],
        *,
        pk: str = "id",
        on_insert: dict[str, str] | None = None,
        on_update: dict[str, str] | None = None,
    ) -> None:
        """Write changed and new rows to `table`: column = SQL over `s` (and, on update, over the row `t`).
        Updates come first, so that a row that ends makes room for the one that follows it."""
        sets = ", ".join(f"{column} = {sql}" for column, sql in (values | (on_update or {})).items())
        self.run(f"UPDATE {table} t SET {sets} FROM stage s WHERE s.verdict = 'changed' AND t.{pk} = s.row_id")
        self.insert(table, values | (on_insert or {}), pk=pk)

    def insert(self, table: str, values: dict[str, str], *, pk: str = "id", changed: bool = False) -> None:
        """Write new rows to `table`: all there is to do where rows never change. With `changed` a changed row
        is a new one, too: a version."""
        inserted = values
        if self.kind.row_id == "uuid":
            inserted = {pk: "s.row_id"} | inserted
        elif self._numbered:
            inserted = {pk: f"coalesce(s.{ROW}, nextval(pg_get_serial_sequence('{table}', '{pk}')))"} | inserted
        verdicts = "s.verdict <> 'same'" if changed else "s.verdict = 'new'"
        self.run(
            f"""INSERT INTO {table} ({", ".join(inserted)})
                SELECT {", ".join(inserted.values())} FROM stage s WHERE {verdicts} ORDER BY s.line_no"""
        )
        if self._numbered and self.kind.row_id == "bigint":
            self._advance(table, pk)

    def _advance(self, table: str, pk: str) -> None:
        """Past the keys that a copy brought. rounds_app may draw from a sequence, not set it."""
        sequence = f"pg_get_serial_sequence('{table}', '{pk}')::regclass"
        self.run(
            f"""SELECT count(nextval({sequence})) FROM generate_series(
                    coalesce(pg_sequence_last_value({sequence}), 0) + 1, (SELECT max({pk}) FROM {table}))"""
        )

    # Life: the tables live as long as the block

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *failure: object) -> None:
        if not connection.needs_rollback and connection.is_usable():
            self._drop()

    def _drop(self) -> None:
        self.run("DROP TABLE IF EXISTS whole, cells, rejects, leaning CASCADE")  # and `stage`, which shows `whole`

    # Writing

    def begin_writing(self) -> int:
        """From here on `stage` shows a batch at a time; returns how many rows there are to write."""
        self.run("CREATE INDEX ON whole (line_no)")
        self.run("SELECT verdict, count(*) FROM whole WHERE verdict <> 'same' GROUP BY 1")
        self._left = dict(self.cursor.fetchall())
        self._last_line, self._begun = 0, False
        return sum(self._left.values())

    def take(self, batch: int) -> int:
        """Show the next rows to write, at most `batch`, changed ones before new ones; returns how many."""
        total = sum(self._left.values())
        if total <= batch and not self._begun:
            self._show("verdict <> 'same'")
            self._left = {}
            return total
        self._begun = True
        verdict = min(self._left)  # 'changed' comes before 'new'
        self.run(
            """SELECT count(*), max(line_no) FROM (
                   SELECT line_no FROM whole WHERE verdict = %(verdict)s AND line_no > %(last)s
                   ORDER BY line_no LIMIT %(batch)s) next""",
            {"verdict": verdict, "last": self._last_line, "batch": batch},
        )
        taken, last = self.cursor.fetchone()
        self._show(f"verdict = '{verdict}' AND line_no > {self._last_line} AND line_no <= {last}")
        self._last_line = last
        self._left[verdict] -= taken
        if not self._left[verdict]:
            del self._left[verdict]
            self._last_line = 0
        return int(taken)

    def _show(self, where: str) -> None:
        """Make `stage` these rows of `whole`. To write, a new row has the id that was made for it."""
        columns = [q(name) for name in self._names]
        if self.kind.row_id == "uuid" and where != "true":
            columns[0] = "CASE verdict WHEN 'new' THEN new_id ELSE row_id END AS row_id"
        self.run(f"CREATE OR REPLACE TEMP VIEW stage AS SELECT {', '.join(columns)} FROM whole WHERE {where}")

    # Filling

    def create(self) -> None:
        columns = ["line_no bigint", "new_id uuid"]
        columns += [f"{q(name)} {sql}" for column in self.kind.columns for name, sql in column.staged]
        self._drop()
        self.run(f"CREATE TEMP TABLE cells ({', '.join(columns)})")
        self.run("CREATE TEMP TABLE rejects (line_no bigint, column_name text, sentence text)")
        self.run("CREATE TEMP TABLE leaning (on_column text, row_id uuid, on_id uuid)")  # of `write`, for `after`

    def fill(self, rows: Iterable[Row], tell: Callable[[int], None]) -> int:
        """COPY the rows in; cells that can't be read go to `rejects`. Tells now and then how many rows there were
        so far, and returns how many there were in all."""
        self.run("SELECT name FROM base_source")
        reading = Reading(self.source, frozenset(row[0] for row in self.cursor.fetchall()) | {self.source})
        filling = Filling(self.kind, reading, self.cursor)
        count = filling.fill(rows, tell)
        self._sources = filling.sources
        return count

    # Matching

    def resolve(self) -> None:
        """Find the UUID behind every id; unknown ones are rejected by name."""
        self.run(
            "SELECT k FROM unnest(%(all)s) k WHERE EXISTS (SELECT FROM base_externalid e WHERE e.kind = k)",
            {"all": list(self._tables)},
        )
        known = {row[0] for row in self.cursor.fetchall()}
        resolving = Resolving(self.kind, self.source, self._tables, known, self._sources)
        self.run(resolving.statement())
        self.run("DROP TABLE cells")
        self._names = resolving.names()
        self._show("true")
        for column in self.kind.columns:
            if isinstance(column, References):
                self._reject_bad_lists(column)
            elif isinstance(column, Reference) and not isinstance(column, Key):
                if resolving.may_name_this_file(column):
                    self._find_in_this_file(column)
                if self._sources[column.name]:
                    identity = f"s.{q(column.name + '_id')}"
                    self._reject_unknown(column, f"s.{q(column.name)} IS NULL AND {identity} IS NOT NULL", identity)
        if self.kind.derived and resolving.derives_later:
            sets = ", ".join(f"{q(derived.name)} = {derived.expression}" for derived in self.kind.derived)
            self.run(f"UPDATE stage s SET {sets}")
        self.analyze()

    def analyze(self) -> None:
        """The planner must not believe that what was just filled in is empty. A small sample will do."""
        with transaction.atomic():
            self.run("SET LOCAL default_statistics_target = 10")
            self.run("ANALYZE whole")

    def _find_in_this_file(self, column: Reference) -> None:
        found, source, identity = q(column.name), q(f"{column.name}_source"), q(f"{column.name}_id")
        self.run(
            f"""UPDATE stage s
                SET {found} = coalesce(o.id, CASE o.id_source WHEN 'rounds' THEN o.id_id::uuid ELSE o.new_id END)
                FROM stage o
                WHERE s.{found} IS NULL AND (o.id_source, o.id_id) = (s.{source}, s.{identity})"""
        )

    def _reject_bad_lists(self, column: References) -> None:
        found, identity = q(column.name), q(f"{column.name}_id")
        gap = f"array_position(s.{found}, NULL)"
        self._reject_unknown(column, f"{gap} IS NOT NULL", f"s.{identity}[{gap}]")
        self.reject(
            Check(
                column.name,
                f"""cardinality(s.{found}) > 1 AND {gap} IS NULL
                    AND cardinality(s.{found}) > (SELECT count(DISTINCT u) FROM unnest(s.{found}) u)""",
                _("names something twice."),
            )
        )

    def _reject_unknown(self, column: Reference | References, bad: str, value: str) -> None:
        sentence = _("{value} is not known as a %s of this source; import it first.") % column.to
        self.reject(Check(column.name, bad, sentence, value))

    def reject_doubles(self) -> None:
        """The same key on two lines of the file: both are rejected, each naming the other."""
        own = "coalesce(id::text, id_source || ':' || id_id)"  # one row may be known by two names
        keys = ", ".join(own if key == "id" and self.kind.entity else q(key) for key in self.kind.key)
        other = "CASE line_no WHEN first THEN last ELSE first END::text"
        self.run(
            f"""INSERT INTO rejects
                SELECT line_no, %(column)s, replace(%(sentence)s, '{{value}}', {other})
                FROM (SELECT line_no, min(line_no) OVER same AS first, max(line_no) OVER same AS last,
                             count(*) OVER same AS times
                      FROM stage WINDOW same AS (PARTITION BY {keys})) d
                WHERE times > 1""",
            {"column": self.kind.key[0], "sentence": _("is the same row as line {value}; keep one of them.")},
        )

    def key_expression(self, alias: str, name: str) -> str:
        """A key column so that nothing equals nothing, in a form that joins by hash."""
        column = self.kind.columns_by_name.get(name)
        if isinstance(column, Day):
            return f"coalesce({alias}.{q(name)}, '-infinity')"
        if isinstance(column, Reference) or any(d.name == name and d.sql == "uuid" for d in self.kind.derived):
            return f"coalesce({alias}.{q(name)}, {_ZERO_ID})"
        return f"{alias}.{q(name)}"

    def match(self) -> None:
        """Find the row that each staged row stands for, and take over what the file leaves out."""
        on = " AND ".join(f"{self.key_expression('c', k)} = {self.key_expression('s', k)}" for k in self.kind.key)
        absent = [n for column in self._absent for n in self._compared_names(column)]
        fill = "".join(f", {q(n)} = c.{q(n)}" for n in absent)
        verdict = "'same'"
        if self.kind.prepare is None:  # nothing will change the row after this
            verdict = self._verdict([n for n in self.kind.compared if n not in absent])
        self.run(
            f"UPDATE stage s SET row_id = c.row_id, verdict = {verdict}{fill} FROM ({self.kind.current}) c WHERE {on}"
        )

    def _compared_names(self, column: Column) -> list[str]:
        return [n for n in self.kind.compared if n in (column.name, f"{column.name}_mark")]

    def reject_overlaps(self) -> int:
        """Reject rows whose period overlaps a stored row that stays, or another line; returns how many."""
        found = 0
        for rule in self.kind.alone:
            same = " AND ".join(f"{self.key_expression('o', k)} = {self.key_expression('s', k)}" for k in rule.within)
            overlapping = f"""{same} AND {rule.where.format(row="s")} AND {rule.where.format(row="o")}
                AND daterange(s."from", s."to", '[]') && daterange(o."from", o."to", '[]')"""
            found += self._reject_overlap(
                f"({self.kind.current})",
                f"{overlapping} AND NOT EXISTS (SELECT FROM stage m WHERE m.row_id = o.row_id)",
                """coalesce(min(o."from")::text, '')""",
                _("overlaps a row that is in force from {value}; end that one first."),
            )
            found += self._reject_overlap(
                "stage",
                f"o.line_no <> s.line_no AND {overlapping}",
                "min(o.line_no)::text",
                _("overlaps line {value} of this file; end the earlier one first."),
            )
        return found

    def _reject_overlap(self, others: str, on: str, value: str, sentence: str) -> int:
        return self.run(
            f"""INSERT INTO rejects
                SELECT s.line_no, 'from', replace(%(sentence)s, '{{value}}', {value})
                FROM stage s JOIN {others} o ON {on} GROUP BY s.line_no""",
            {"sentence": sentence},
        )

    def reject_rings(self, rising: Rising) -> int:
        """Reject rows that would come back to themselves, over lines of the file and over stored rows that stay as
        they are. A ring that is stored already is not what the file closes. Returns how many."""
        rise = f"{rising.own} AS own, {rising.above} AS above".format(row="r")
        names = ", ".join(q(name) for name in self._names if name != "row_id")
        return self.run(
            f"""INSERT INTO rejects
                WITH RECURSIVE stored AS NOT MATERIALIZED (
                    SELECT {rise} FROM ({self.kind.current}) r
                ), staged AS MATERIALIZED (
                    SELECT line_no, {rise} FROM (SELECT coalesce(row_id, new_id) AS row_id, {names} FROM stage) r
                ), walk AS (
                    SELECT s.line_no, s.own, s.above AS at, NULL::bigint AS over FROM staged s
                    WHERE s.above IS NOT NULL
                      AND NOT EXISTS (SELECT FROM stored o WHERE (o.own, o.above) = (s.own, s.above))
                    UNION
                    SELECT w.line_no, w.own, CASE WHEN s.line_no IS NULL THEN o.above ELSE s.above END,
                           coalesce(w.over, s.line_no)
                    FROM walk w LEFT JOIN staged s ON s.own = w.at LEFT JOIN stored o ON o.own = w.at
                    WHERE w.at <> w.own
                )
                SELECT line_no, %(column)s, replace(%(sentence)s, '{{value}}', coalesce(over, line_no)::text)
                FROM walk WHERE at = own""",
            {
                "column": rising.column,
                "sentence": _("closes a ring with line {value}: nothing belongs to itself. Choose another."),
            },
        )

    def judge(self) -> None:
        """The verdict on each row that `prepare` may have changed: new, changed or same."""
        if self.kind.prepare:
            self.run(
                f"""UPDATE stage s SET verdict = 'changed' FROM ({self.kind.current}) c
                    WHERE c.row_id = s.row_id AND {self._verdict(self.kind.compared)} = 'changed'"""
            )

    def _verdict(self, compared: list[str]) -> str:
        """SQL for the verdict on a staged row `s` that stands for the current one `c`."""
        if not compared:
            return "'same'"
        ours, theirs = (", ".join(f"{alias}.{q(n)}" for n in compared) for alias in ("s", "c"))
        return f"CASE WHEN ROW({ours}) IS DISTINCT FROM ROW({theirs}) THEN 'changed' ELSE 'same' END"

    def counts(self) -> dict[str, int]:
        self.run("SELECT verdict, count(*) FROM stage GROUP BY 1")
        found = dict(self.cursor.fetchall())
        self.run("SELECT count(DISTINCT line_no) FROM rejects")
        return {
            "created": found.get("new", 0),
            "updated": found.get("changed", 0),
            "unchanged": found.get("same", 0),
            "rejected": self.cursor.fetchone()[0],
        }
