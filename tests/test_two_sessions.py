"""CN-NO-DOCTOR-COUNTS against two sessions at once: neither the count nor the affiliation slips past the other."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import psycopg2
import psycopg2.extensions
import pytest
from psycopg2.errors import CheckViolation, LockNotAvailable

from tests import houses
from tests.houses import House

FILES = {
    "territories": "id,name,jurisdiction\nCN,中国,CN\n",
    "products": "id,name\np,诺泽平\n",
    "institutions": "id,name,kind\nh,西溪湾医院,hospital\n",
    "persons": "id,name\nx,阿福\n",
    "alignment": "institution,territory,from\nh,CN,2026-01-01\n",
}
COUNT = """INSERT INTO sales_salesmonth
    (source, customer_id, product_id, month, units, revenue, collected, currency, known_on, current)
    SELECT 'erp', p.customer_id, g.id, '2026-10-01', 5, 0, 0, '', '2026-11-01', true
    FROM customers_person p, accounts_product g"""
BECOMES_A_DOCTOR = """INSERT INTO customers_affiliation
    (id, person_id, institution_id, department, position, is_primary, during)
    SELECT gen_random_uuid(), p.customer_id, i.customer_id, '', '', true, '[2026-09-01,)'
    FROM customers_person p, customers_institution i"""

Session: TypeAlias = "psycopg2.extensions.connection"


@pytest.fixture
def sessions(make_house: Callable[..., House], tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """Two sessions of the application in one house. The second does not wait for locks."""
    house = make_house()
    for kind, text in FILES.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        assert house.manage("import_data", kind, str(path)).returncode == 0
    url = houses.app_url(house.database)
    with closing(psycopg2.connect(url)) as first, closing(psycopg2.connect(url)) as second:
        with second.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        second.commit()
        yield first, second


def write(session: Session, sql: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(("earlier", "later"), [(BECOMES_A_DOCTOR, COUNT), (COUNT, BECOMES_A_DOCTOR)])
def test_the_later_one_waits_and_is_refused(sessions: tuple[Session, Session], earlier: str, later: str) -> None:
    first, second = sessions
    write(first, earlier)
    with pytest.raises(LockNotAvailable):  # it can't yet know whether the first will stay
        write(second, later)
    second.rollback()
    first.commit()
    with pytest.raises(CheckViolation, match="CN-NO-DOCTOR-COUNTS"):
        write(second, later)


def test_counts_do_not_wait_for_counts(sessions: tuple[Session, Session]) -> None:
    first, second = sessions
    write(first, COUNT.replace("'erp'", "'one'"))
    write(second, COUNT.replace("'erp'", "'two'"))
    first.commit()
    second.commit()
