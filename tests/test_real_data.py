"""The real data sets, loaded by the command, tiered by a night through a real Celery worker, against the
oracles that stand beside them, computed plainly."""

import csv
import filecmp
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.houses import House
from tests.production.drill import drill, empty_house

pytestmark = pytest.mark.real_data

POLICY = {
    "name": "Units",
    "territory": "physician_detailing:US",
    "source": "physician_detailing",
    "customers": ["person"],
    "measure": "units",
    "months": 23,
}
NIGHT = "2025-12-10"


def last_line(output: str) -> dict:
    return json.loads(output.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def loaded(make_house: Callable[..., House], real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Everything loaded, the policy published, the night of 2025-12-10 done."""
    house = make_house()
    done = house.manage("load_real_data", "--data", str(real_data))
    assert done.returncode == 0, done.stderr
    document = tmp_path_factory.mktemp("policy") / "units.json"
    document.write_text(json.dumps(POLICY))
    assert house.manage("policy", "publish", str(document)).returncode == 0
    night = house.manage("nightly", "--on", NIGHT)
    assert night.returncode == 0, night.stderr
    return house


@pytest.fixture(scope="module")
def oracle(real_data: Path) -> dict:
    return json.loads((real_data / "physician_detailing" / "oracle.json").read_text())


def exported_tiers(house: House, path: Path) -> dict[int, dict[str, str]]:
    assert house.manage("export_data", "tiers", "--source", "physician_detailing", "--out", str(path)).returncode == 0
    with path.open() as file:
        return {int(row["person"]): row for row in csv.DictReader(file)}


def volumes(real_data: Path) -> dict[int, int]:
    total: dict[int, int] = defaultdict(int)
    with (real_data / "physician_detailing" / "monthly_calls_scripts.csv").open() as file:
        for row in csv.DictReader(file):
            total[int(row["physician_id"])] += int(row["new_prescriptions"])
    return total


def abc_rule(volume: dict[int, int]) -> dict[int, str]:
    """`abc_rule` of the oracle, word by word."""
    total, before, tiers = sum(volume.values()), 0, {}
    for customer in sorted(volume, key=lambda c: (-volume[c], c)):
        tiers[customer] = "A" if before * 100 < 50 * total else "B" if before * 100 < 85 * total else "C"
        before += volume[customer]
    return tiers


def test_tiers_equal_the_oracle(loaded: House, oracle: dict, tmp_path: Path) -> None:
    tiers = exported_tiers(loaded, tmp_path / "tiers.csv")
    expected = oracle["abc_by_scripts"]
    for tier, figures in expected["classes"].items():
        rows = [row for row in tiers.values() if row["tier"] == tier]
        assert len(rows) == figures["customers"]
        assert sum(int(row["volume"]) for row in rows) == figures["volume"]
    for tier in "AB":
        last = max((row for row in tiers.values() if row["tier"] == tier), key=lambda row: int(row["rank"]))
        assert int(last["person"]) == expected[f"last_{tier}_id"]
        assert int(last["volume"]) == expected[f"last_{tier}_volume"]
    top = sorted(tiers.values(), key=lambda row: int(row["rank"]))[:10]
    assert [[int(row["person"]), int(row["volume"])] for row in top] == expected["top10"]


@pytest.mark.once
def test_a_policy_that_is_tried_says_what_the_oracle_says(loaded: House, oracle: dict, tmp_path: Path) -> None:
    """A window that reaches to the first month holds the same sales today: nothing came since."""
    today = loaded.rows("SELECT current_date")[0][0]
    months = (today.year - 2024) * 12 + today.month - 1
    document = tmp_path / "tried.json"
    document.write_text(json.dumps({**POLICY, "name": "Tried", "months": months}))
    counted = """SELECT (SELECT count(*) FROM segmentation_tierpolicyversion),
                        (SELECT count(*) FROM segmentation_tierpolicyversionevent)"""
    before = loaded.rows(counted)
    tried = last_line(loaded.manage("policy", "try", str(document)).stdout)
    classes = oracle["abc_by_scripts"]["classes"]
    assert {tier: (said["customers"], said["volume"]) for tier, said in tried["tiers"].items()} == {
        tier: (figures["customers"], figures["volume"]) for tier, figures in classes.items()
    }
    visits = {"A": 4, "B": 2, "C": 1}  # of a prescriber
    assert {tier: said["visits_due"] for tier, said in tried["tiers"].items()} == {
        tier: figures["customers"] * visits[tier] for tier, figures in classes.items()
    }
    assert (tried["up"], tried["down"], tried["new"]) == (0, 0, 0), "the night has said the same"
    assert loaded.rows(counted) == before


@pytest.mark.once
def test_each_physician_has_the_tier_of_the_plain_rule(loaded: House, real_data: Path, tmp_path: Path) -> None:
    tiers = exported_tiers(loaded, tmp_path / "tiers.csv")
    assert {person: row["tier"] for person, row in tiers.items()} == abc_rule(volumes(real_data))
    assert all(int(row["volume"]) == volumes(real_data)[person] for person, row in tiers.items())


def test_the_status_shows_the_same_letters(loaded: House) -> None:
    assert loaded.rows(
        """SELECT count(*) FROM customers_customerstatus cs
           JOIN segmentation_tierassignment a USING (customer_id, line_id)
           WHERE upper_inf(a.during) AND cs.tier <> a.tier"""
    ) == [(0,)]


def test_visits_and_units_equal_the_totals(loaded: House, oracle: dict) -> None:
    months = {
        key.isoformat()[:7]: figures
        for key, *figures in loaded.rows(
            """SELECT date_trunc('month', v."on")::date, count(*), count(DISTINCT a.customer_id)
               FROM visits_visit v JOIN visits_attendee a ON a.visit_id = v.id GROUP BY 1"""
        )
    }
    units = {
        key.isoformat()[:7]: total
        for key, total in loaded.rows("SELECT month, sum(units)::int FROM sales_salesmonth WHERE current GROUP BY 1")
    }
    assert sum(calls for calls, _called in months.values()) == oracle["calls_total"]
    assert sum(units.values()) == oracle["scripts_total"]
    for number, figures in oracle["by_month"].items():
        month = f"{2024 + (int(number) - 1) // 12}-{(int(number) - 1) % 12 + 1:02}"
        assert months[month] == [figures["calls"], figures["physicians_called"]]
        assert units[month] == figures["scripts"]


def test_every_visit_fell_on_a_working_day_of_its_month(loaded: House) -> None:
    assert loaded.rows('SELECT count(*) FROM visits_visit WHERE extract(isodow FROM "on") > 5') == [(0,)]
    # Two calls in January 2024 (23 working days): the 0-based days 5 and 17.
    assert [
        day.isoformat()
        for (day,) in loaded.rows(
            """SELECT v."on" FROM visits_visit v JOIN base_externalid e ON e.object_id = v.id
               WHERE e.external_id IN ('2-1-1', '1-1-1') ORDER BY e.external_id"""
        )
    ][:1] == ["2024-01-16"]


def test_beijing_stands_under_its_districts(loaded: House, real_data: Path) -> None:
    districts = json.loads((real_data / "hospitals_cn" / "oracle.json").read_text())["beijing_by_district"]
    assert (
        dict(
            loaded.rows(
                """SELECT t.name, count(*)::int
                   FROM customers_customerstatus cs JOIN accounts_territory t ON t.id = cs.territory_id
                   WHERE t.jurisdiction = 'CN' GROUP BY 1"""
            )
        )
        == districts
    )


def test_the_network_is_whole_and_outside_the_policy(loaded: House, real_data: Path) -> None:
    oracle = json.loads((real_data / "ckm_physician_network" / "oracle.json").read_text())
    kinds = loaded.rows("SELECT kind, count(*)::int FROM customers_influencelink GROUP BY 1")
    assert dict(kinds) == oracle["links_by_kind"]
    named = loaded.rows(
        """SELECT e.external_id::int, count(*)::int FROM customers_influencelink l
           JOIN base_externalid e ON e.object_id = l.influencer_id AND e.kind = 'person'
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10"""
    )
    assert [list(row) for row in named] == oracle["indegree_top10"]["all"]
    assert loaded.rows(
        """SELECT count(*) FROM segmentation_tierassignment a JOIN base_externalid e ON e.object_id = a.customer_id
           WHERE e.source = 'ckm_physician_network'"""
    ) == [(0,)]


def test_loading_again_changes_nothing(loaded: House, real_data: Path) -> None:
    again = last_line(loaded.manage("load_real_data", "--data", str(real_data)).stdout)
    assert (again["created"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert again["unchanged"] == again["rows"] > 70_000


@pytest.mark.parametrize(
    "kind",
    [
        "territories",
        "users",
        "postings",
        "products",
        "institutions",
        "persons",
        "alignment",
        "influence",
        "sales",
        "visits",
    ],
)
@pytest.mark.once
def test_an_exported_file_changes_nothing(loaded: House, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.csv"
    exported = last_line(loaded.manage("export_data", kind, "--out", str(path)).stdout)
    done = loaded.manage("import_data", kind, str(path))
    again = last_line(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (again["created"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert again["unchanged"] == exported["rows"] > 0


def test_the_same_night_twice_is_one_night(loaded: House) -> None:
    before = loaded.rows("SELECT count(*), max(id) FROM segmentation_tierassignment")
    reminders = loaded.rows("SELECT count(*), max(id) FROM visits_reminder")
    night = loaded.manage("nightly", "--on", NIGHT)
    assert night.returncode == 0
    assert last_line(night.stdout)["state"] == "done"
    assert loaded.rows("SELECT count(*), max(id) FROM segmentation_tierassignment") == before
    assert loaded.rows("SELECT count(*), max(id) FROM visits_reminder") == reminders
    assert reminders[0][0] > 0


def test_the_next_night_writes_only_differences(loaded: House) -> None:
    night = last_line(loaded.manage("nightly", "--on", "2025-12-11").stdout)
    (policy,) = night["steps"]["tiers"]["policies"]
    assert policy["changed"] == 0
    assert night["steps"]["sales rollup"] == {"written": 0, "removed": 0}


@pytest.mark.once
def test_everything_goes_out_and_into_an_empty_house_unchanged(
    loaded: House, make_house: Callable[..., House], tmp_path: Path
) -> None:
    first, second, empty = tmp_path / "first", tmp_path / "second", make_house()
    steps = ((loaded, "export_all", first), (empty, "import_all", first), (empty, "export_all", second))
    for house, command, folder in steps:
        done = house.manage(command, str(folder))
        assert done.returncode == 0, done.stderr[-2000:]
    names = sorted(str(path.relative_to(first)) for path in first.rglob("*") if path.is_file())
    same, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
    assert (different, missing, len(same)) == ([], [], len(names))
    files = json.loads((first / "manifest.json").read_text())["files"]
    assert files["sales.csv"]["rows"] + files["visits.csv"]["rows"] > 60_000
    assert files["tiers.csv"]["rows"] == 1000


@pytest.mark.once
def test_the_restore_drill(loaded: House, worker: str, tmp_path: Path) -> None:
    """Backed up, restored beside itself: equal rows, rights and whole copies, and the next night does the same."""
    with empty_house(f"restored_real_{worker}", int(worker[2:]) * 16 + 14) as restored:
        drill(loaded, restored, tmp_path, "2025-12-12")
