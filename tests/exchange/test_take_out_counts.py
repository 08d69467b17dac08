"""A shopkeeper turns out to be a doctor: his counts go, and only his, and then the affiliation may come."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.houses import House

SALES = """person,institution,product,month,units
x,,p,2026-02,3
x,,p,2026-03,4
y,,p,2026-03,5
,h,p,2026-03,6
"""
FILES = {
    "territories": "id,name,jurisdiction\nCN,中国,CN\n",
    "products": "id,name\np,诺泽平\n",
    "institutions": "id,name,kind\nh,西溪湾医院,hospital\n",
    "persons": "id,name\nx,阿福\ny,阿禄\n",
    "alignment": "institution,territory,from\nh,CN,2026-01-01\n",
    "sales": SALES,
}


def test_only_the_months_of_one_person_go(make_house: Callable[..., House], tmp_path: Path) -> None:
    house = make_house()

    def bring(kind: str, text: str) -> dict:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return json.loads(house.manage("import_data", kind, str(path)).stdout.splitlines()[-1])

    for kind, text in FILES.items():
        assert bring(kind, text)["rejected"] == 0
    bring("sales", SALES.replace("2026-03,4", "2026-03,7"))  # a version more
    affiliation = "person,institution,from\nx,h,2026-03-01\n"
    assert bring("affiliations", affiliation)["rejected"] == 1
    gone = house.manage("take_out_counts", "x", "--from", "2026-03")
    assert (json.loads(gone.stdout)["sales"], gone.returncode) == (2, 0)
    left = house.rows("SELECT month::text, units::int FROM sales_salesmonth ORDER BY units")
    assert left == [("2026-02-01", 3), ("2026-03-01", 5), ("2026-03-01", 6)]
    assert bring("affiliations", affiliation)["created"] == 1
    unknown = house.manage("take_out_counts", "z", "--from", "2026-03")
    assert (unknown.returncode, "No person" in unknown.stderr) == (2, True)
