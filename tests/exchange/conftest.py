"""Loading files as a person does: written to disk, read by the import."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Model

from crm.base.exchange.loading import Outcome, load, open_table
from crm.base.models import ExternalId, Source
from crm.exchange import ENTITIES, KINDS
from tests.cast import TODAY, Cast

Load = Callable[..., Outcome]


@pytest.fixture
def load_file(db: None, tmp_path: Path) -> Load:
    """`load_file("persons", "id,name\\n1,陈")`; `rejects()` of the outcome's file are (line, column, sentence)."""

    def load_text(kind: str, text: str | bytes, source: str = "crm", **more: object) -> Outcome:
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(
            KINDS[kind],
            open_table(path, KINDS[kind]),
            kinds=ENTITIES,
            source=source,
            actor=None,
            today=more.pop("today", TODAY),  # type: ignore[arg-type]
            reject_path=tmp_path / "rejects.csv",
            **more,  # type: ignore[arg-type]
        )

    return load_text


@pytest.fixture
def rejects(tmp_path: Path) -> Callable[[], list[tuple[str, str, str]]]:
    import csv

    def read() -> list[tuple[str, str, str]]:
        with (tmp_path / "rejects.csv").open(encoding="utf-8-sig") as file:
            return [(row["line"], row["column"], row["sentence"]) for row in csv.DictReader(file)]

    return read


@pytest.fixture
def known_cast(cast: Cast) -> Cast:
    """The cast with ids in the source `crm`, so that files can name them."""
    named: dict[str, dict[str, Model]] = {
        "territory": {"china": cast.china, "xixi": cast.xixi, "dongdu": cast.dongdu, "jiangbei": cast.jiangbei},
        "institution": {"H": cast.hospital, "P": cast.pharmacy},
        "person": {"chen": cast.chen, "meng": cast.meng, "fu": cast.shopkeeper, "stray": cast.stray},
        "product": {"nuo": cast.product},
        "user": {"lin": cast.lin, "zhao": cast.zhao, "zheng": cast.zheng},
    }
    Source.objects.get_or_create(name="crm")
    ExternalId.objects.bulk_create(
        ExternalId(kind=kind, source="crm", external_id=identity, object_id=row.pk)
        for kind, rows in named.items()
        for identity, row in rows.items()
    )
    return cast
