"""A file that meets what somebody else wrote while it was loaded."""

from pathlib import Path

import pytest

from crm.base.exchange.loading import load, open_table
from crm.base.exchange.table import BadFile
from crm.base.external import name_row
from crm.exchange import ENTITIES, KINDS
from customers.models import Institution
from tests.access.house import TODAY
from tests.at_once.company import Company, at_once


def test_a_row_that_leans_on_one_that_was_refused_waits_for_the_next_load(company: Company, tmp_path: Path) -> None:
    """The second row's name is taken after the check; the first row belongs to it, and is written already."""
    path = tmp_path / "institutions.csv"
    path.write_text("id,name,kind,parent\nb1,分店,pharmacy,b2\nb2,总店,pharmacy,\n", encoding="utf-8")
    kind, house = KINDS["institutions"], company.house
    other = house.branches["xixi"].rows["institution"]

    def name_it(step: str, rows: int) -> None:
        if (step, rows) == ("write", 1):
            named = {"row": other, "kind": "institution", "source": "erp", "external_id": "b2"}
            assert at_once([lambda: name_row(actor=company.user("ops").pk, **named)]) == [None]

    with pytest.raises(BadFile, match="after 1 rows") as refused:
        load(
            kind, open_table(path, kind), kinds=ENTITIES, source="erp", actor=None, today=TODAY, batch=1,
            progress=name_it,
        )  # fmt: skip
    assert refused.value.rows_written == 1
    assert Institution.objects.get(customer__name="分店").parent is None
    assert load(kind, open_table(path, kind), kinds=ENTITIES, source="erp", actor=None, today=TODAY).updated == 2
    assert Institution.objects.get(customer__name="分店").parent_id == other
