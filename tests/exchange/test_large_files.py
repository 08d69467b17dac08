"""Files that take more than one transaction: in batches, resumable, in flat memory."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crm.base.exchange.loading import open_table
from crm.base.models import ExternalId
from crm.exchange import KINDS
from customers.models import Affiliation, Customer, CustomerStatus, Institution
from tests.cast import Cast
from tests.exchange.conftest import Load
from tests.houses import House

PERSONS = 40_000


def test_batches_write_what_one_transaction_would(known_cast: Cast, load_file: Load) -> None:
    outcome = load_file("persons", "id,name\n" + "".join(f"{n},人{n}\n" for n in range(7)), batch=2)
    assert outcome.created == 7
    assert Customer.objects.filter(name__startswith="人").count() == 7
    assert load_file("persons", "id,name\n" + "".join(f"{n},人{n}\n" for n in range(7)), batch=2).unchanged == 7


def test_batches_of_changed_and_new_rows_leave_the_others_alone(known_cast: Cast, load_file: Load) -> None:
    load_file("persons", "id,name\n" + "".join(f"{n},人{n}\n" for n in range(6)))
    before = dict(Customer.objects.filter(name__in=["人1", "人3", "人5"]).values_list("name", "version"))
    outcome = load_file(
        "persons", "id,name\n" + "".join(f"{n},{'人' if n % 2 else '民'}{n}\n" for n in reversed(range(11))), batch=2
    )
    assert (outcome.created, outcome.updated, outcome.unchanged) == (5, 3, 3)
    assert set(Customer.objects.filter(name__regex="^[人民][0-9]+$").values_list("name", flat=True)) == {
        f"{'人' if n % 2 else '民'}{n}" for n in range(11)
    }
    assert dict(Customer.objects.filter(name__in=before).values_list("name", "version")) == before
    ids = ExternalId.objects.filter(kind="person", source="crm", external_id__regex="^[0-9]+$")
    assert ids.values("object_id").distinct().count() == 11


def test_a_load_that_was_stopped_leaves_nothing_to_the_next(known_cast: Cast, load_file: Load) -> None:
    """The same session loads the corrected file: what a row leans on is what that one says."""

    def stop(step: str, rows: int) -> None:
        if step == "write" and rows == 2:
            raise InterruptedError

    files = [f"id,name,kind,parent\na,甲,pharmacy,\nb,乙,pharmacy,{above}\nc,丙,pharmacy,\n" for above in ("a", "c")]
    with pytest.raises(InterruptedError):
        load_file("institutions", files[0], batch=1, progress=stop)
    load_file("institutions", files[1], batch=1)
    assert Institution.objects.get(customer__name="乙").parent == Institution.objects.get(customer__name="丙")


def test_a_cell_that_leans_on_its_row_is_read_anew_in_every_row(
    known_cast: Cast, load_file: Load, rejects: Callable[[], list[tuple[str, str, str]]]
) -> None:
    """1.50 is an amount of yuan and none of yen, however often the file has said it before."""
    head = "institution,product,month,revenue,currency\n"
    months = [f"{2000 + n // 12}-{n % 12 + 1:02}" for n in range(40)]
    lines = [f"H,nuo,{month},1.50,{'JPY' if n % 4 == 3 else 'CNY'}\n" for n, month in enumerate(months)]
    outcome = load_file("sales", head + "".join(lines))
    assert (outcome.created, outcome.rejected) == (30, 10)
    assert [line for line, _column, _sentence in rejects()] == [str(n + 2) for n in range(40) if n % 4 == 3]


def test_an_import_tells_how_far_it_is(known_cast: Cast, load_file: Load) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(step: str, rows: int) -> None:
        told.append((step, rows, Customer.objects.filter(name__startswith="人").count()))

    text = "id,name\n" + "".join(f"{n},人{n}\n" for n in range(5_007))
    load_file("persons", text, batch=4_000, progress=tell, dry_run=True)
    assert told == [("read", 5_000, 0), ("read", 5_007, 0), ("check", 5_007, 0)]
    told.clear()
    load_file("persons", text + "8,twice\n", batch=4_000, progress=tell)
    assert told == [
        ("read", 5_000, 0),
        ("read", 5_008, 0),
        ("check", 5_008, 0),
        ("write", 4_000, 4_000),
        ("write", 5_006, 5_006),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_a_file_says_how_many_rows_to_expect(tmp_path: Path, encoding: str, last: str) -> None:
    path = tmp_path / "persons.csv"
    path.write_bytes(("id,name\n1,陈望舒\n2,孟" + last).encode(encoding))
    assert open_table(path, KINDS["persons"]).expected_rows == 2


def test_a_row_that_ends_makes_room_for_one_further_up(known_cast: Cast, load_file: Load) -> None:
    """In batches of one, the new row of line 2 must wait for the changed one of line 3."""
    outcome = load_file(
        "affiliations",
        "person,institution,from,to\nchen,P,2026-06-01,\nchen,H,2025-01-01,2026-05-31\n",
        batch=1,
    )
    assert (outcome.created, outcome.updated, outcome.rejected) == (1, 1, 0)
    assert Affiliation.objects.filter(person=known_cast.chen).count() == 2
    assert CustomerStatus.objects.get(customer=known_cast.chen.pk).territory == known_cast.dongdu


@pytest.fixture
def persons(tmp_path: Path) -> Path:
    path = tmp_path / "persons.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,title\n")
        file.writelines(f"{n},人{n},主任\n" for n in range(PERSONS))
    return path


@pytest.fixture
def empty_house(make_house: Callable[..., House]) -> House:
    return make_house()


def test_an_import_that_is_cut_off_goes_on_where_it_was(empty_house: House, persons: Path) -> None:
    first = empty_house.start("manage", "import_data", "persons", str(persons), "--source", "crm")
    written, end = 0, time.monotonic() + 60
    while not 0 < written < PERSONS:
        assert time.monotonic() < end, "the import wrote nothing that could be cut off"
        assert first.poll() is None, "the import was over before it could be cut off"
        ((written,),) = empty_house.rows("SELECT count(*)::int FROM customers_customer")
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    ((left,),) = empty_house.rows("SELECT count(*)::int FROM customers_customer")
    assert 0 < left < PERSONS

    again = empty_house.manage("import_data", "persons", str(persons), "--source", "crm")
    outcome = json.loads(again.stdout.splitlines()[-1])
    assert again.returncode == 0, again.stderr
    assert (outcome["created"], outcome["unchanged"], outcome["rejected"]) == (PERSONS - left, left, 0)
    assert empty_house.rows(
        """SELECT count(*)::int, count(DISTINCT e.external_id)::int, count(DISTINCT p.customer_id)::int
           FROM base_externalid e JOIN customers_person p ON p.customer_id = e.object_id"""
    ) == [(PERSONS, PERSONS, PERSONS)]


def test_two_imports_at_once_make_no_doubles(empty_house: House, persons: Path) -> None:
    both = [empty_house.start("manage", "import_data", "persons", str(persons), "--source", "crm") for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert empty_house.rows("SELECT count(*)::int FROM customers_customer") == [(PERSONS,)]
