"""`import`: a file of customers, against COPY of the same rows."""

import csv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, connections

from crm.base.exchange.loading import load, open_table
from crm.base.models import ExternalId
from crm.bench import world
from crm.bench.measure import Figure, check, compare
from crm.exchange import ENTITIES, KINDS
from customers.models import Customer

ROWS = {"S": 20_000, "M": 100_000, "L": 1_000_000}
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹单曾仇解"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉红建志宏海波林晓春梅国庆"
TITLES = ("主任医师", "副主任医师", "主治医师", "住院医师", "")


def run(size: str) -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "persons.csv")
        _write(path, ROWS[size])
        _prepare_bound()

        def first_load() -> None:
            load(
                KINDS["persons"],
                open_table(path, KINDS["persons"]),
                kinds=ENTITIES,
                source="bench",
                actor=None,
                today=world.TODAY,
            )

        def copy() -> None:
            with connection.cursor() as cursor, path.open(encoding="utf-8") as file:
                cursor.execute("TRUNCATE bench_bound")
                cursor.copy_expert("COPY bench_bound FROM STDIN WITH (FORMAT csv, HEADER)", file)

        first_load()
        check(Customer.objects.count() == ROWS[size], "not every row became a customer")
        check(ExternalId.objects.count() == ROWS[size], "not every row kept its id")
        for metric, target, reset in (("first load", 15.0, _forget), ("the same file again", None, lambda: None)):
            yield compare(
                bench="import",
                size=size,
                metric=metric,
                bound_is="COPY of the same rows into a plain table",
                target=target,
                measured=first_load,
                bound=copy,
                reset=reset,
            )


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "title", "specialty", "phone"))
        for n in range(rows):
            name = FAMILY[n % len(FAMILY)] + GIVEN[n // 7 % len(GIVEN)] + GIVEN[n // 311 % len(GIVEN)]
            writer.writerow((n, name, TITLES[n % len(TITLES)], "心内科", f"139{n:08}"))


def _prepare_bound() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bound (id text, name text, title text, specialty text, phone text)")
        cursor.execute("GRANT ALL ON bench_bound TO PUBLIC")


def _forget() -> None:
    """Back to an empty house, by the owner: what was loaded may not be deleted by the application."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE customers_customer, base_externalid CASCADE")
