"""`import`: a file of customers, against COPY of the same rows."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, connections

from crm.base.exchange.loading import load, open_table
from crm.base.models import ExternalId
from crm.bench import world
from crm.bench.measure import Figure, check, compare
from crm.exchange import ENTITIES, KINDS
from customers.models import Customer, Person
from customers.queries.keys import SEARCH_COLUMNS, search_columns

ROWS = {"S": 20_000, "M": 100_000, "L": 1_000_000}
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹单曾仇解"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉红建志宏海波林晓春梅国庆"
TITLES = ("主任医师", "副主任医师", "主治医师", "住院医师", "")
WRITTEN = ("customers_customer", "customers_person", "base_externalid")


def run(size: str) -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "persons.csv")
        _write(path, ROWS[size])

        def first_load() -> None:
            outcome = load(
                KINDS["persons"],
                open_table(path, KINDS["persons"]),
                kinds=ENTITIES,
                source="bench",
                actor=None,
                today=world.TODAY,
            )
            check(outcome.rows == ROWS[size], "not every row was read")

        first_load()
        _check(path)
        plain, in_shape = _copy_of_the_file(path), _copy_of_what_is_written(Path(folder))
        for metric, bound_is, target, bound, reset in (
            ("first load", "COPY of the file into a plain table without indexes", 15.0, plain, _forget),
            ("first load, as stored", "COPY of the rows that it writes into the same tables and indexes, no triggers",
             None, in_shape, _forget),
            ("the same file again", "COPY of the file into a plain table without indexes", None, plain, _remember),
        ):  # fmt: skip
            yield compare(
                bench="import",
                size=size,
                metric=metric,
                bound_is=bound_is,
                target=target,
                measured=first_load,
                bound=bound,
                reset=reset,
            )
            _check(path)


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "title", "specialty", "phone"))
        for n in range(rows):
            name = FAMILY[n % len(FAMILY)] + GIVEN[n // 7 % len(GIVEN)] + GIVEN[n // 311 % len(GIVEN)]
            writer.writerow((n, name, TITLES[n % len(TITLES)], "心内科", f"139{n:08}"))


def _check(path: Path) -> None:
    """Row by row: what the file says, under its id, with the search columns of its name."""
    ids = dict(ExternalId.objects.filter(kind="person", source="bench").values_list("external_id", "object_id"))
    customers = {row[0]: row[1:] for row in Customer.objects.values_list("pk", "name", *SEARCH_COLUMNS).iterator()}
    persons = {row[0]: row[1:] for row in Person.objects.values_list("pk", "title", "specialty", "phone").iterator()}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
        for row in rows:
            pk = ids[row["id"]]
            follows = search_columns(row["name"], "person")
            check(customers[pk] == (row["name"], *(follows[c] for c in SEARCH_COLUMNS)), f"{row['id']}: other customer")
            check(persons[pk] == (row["title"], row["specialty"], row["phone"]), f"{row['id']}: other person")
    check(len(rows) == len(ids) == len(customers) == len(persons), "there are rows too many or too few")


def _copy_of_the_file(path: Path) -> Callable[[], None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bound (id text, name text, title text, specialty text, phone text)")
        cursor.execute("GRANT ALL ON bench_bound TO PUBLIC")

    def copy() -> None:
        with connection.cursor() as cursor, path.open(encoding="utf-8") as file:
            cursor.execute("TRUNCATE bench_bound")
            cursor.copy_expert("COPY bench_bound FROM STDIN WITH (FORMAT csv, HEADER)", file)

    return copy


def _copy_of_what_is_written(folder: Path) -> Callable[[], None]:
    """Keys, search columns and all, out of the tables into copies of them: defaults, checks and indexes, but
    neither foreign keys nor the audit trail."""
    statements = []
    with connections["owner"].cursor() as owner, connection.cursor() as cursor:
        for table in WRITTEN:
            owner.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            owner.execute(f"GRANT ALL ON bench_{table} TO PUBLIC")
            cursor.execute(
                """SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                   WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped""",
                [table],
            )
            (columns,) = cursor.fetchone()
            with Path(folder, table).open("wb") as file:
                cursor.copy_expert(f"COPY {table} ({columns}) TO STDOUT", file)
            statements.append((table, f"COPY bench_{table} ({columns}) FROM STDIN"))

    def copy() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(f'bench_{table}' for table in WRITTEN)}")
            for table, statement in statements:
                with Path(folder, table).open("rb") as file:
                    cursor.copy_expert(statement, io.BufferedReader(file, 1 << 16))

    return copy


def _forget() -> None:
    """Back to an empty house, by the owner: what was loaded may not be deleted by the application."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE customers_customer, base_externalid CASCADE")


def _remember() -> None:
    """The house as it is."""
