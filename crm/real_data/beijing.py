"""`hospitals_cn` and `cn_divisions`: the institutions of Beijing under its districts (CN)."""

from collections.abc import Iterator
from pathlib import Path

from crm.real_data import Load, read

SOURCE = "hospitals_cn"
GROUND = "cn_divisions"
BEIJING = "11"
# A development zone: no administrative division, but the register lists 14 institutions under it.
ZONE = "经济技术开发区"

_BY_KIND = {"社区卫生站": "community_station", "村卫生室": "village_clinic"}
_BY_NAME = (
    ("社区卫生服务中心", "community_centre"),
    ("社区卫生服务站", "community_station"),
    ("卫生院", "township_centre"),
)
_GRADES = {"甲等": "a", "乙等": "b", "丙等": "c"}


def loads(data: Path) -> list[Load]:
    districts = {
        row["name"]: row["code"] for row in read(data / GROUND / "districts.csv") if row["province_code"] == BEIJING
    }
    districts[ZONE] = ZONE
    institutions = data / SOURCE / "beijing_institutions.csv"
    return [
        Load("lines", GROUND, "code name", [("cn", "Institutions (CN)")]),
        Load(
            "territories",
            GROUND,
            "id name parent line jurisdiction time_zone",
            [
                ("CN", "中国", "", "cn", "CN", "Asia/Shanghai"),
                (BEIJING, "北京市", "CN", "", "", ""),
                *((code, name, BEIJING, "", "", "") for name, code in districts.items()),
            ],
        ),
        Load(
            "users",
            GROUND,
            "id username name language",
            [
                ("manager", "cn-manager", "北京经理", "zh-hans"),
                *((f"rep-{code}", f"cn-rep-{place:02}", f"{name}代表", "zh-hans")
                  for place, (name, code) in enumerate(districts.items(), start=1)),
            ],
        ),
        Load(
            "postings",
            GROUND,
            "user territory role from",
            [
                ("manager", BEIJING, "manager", "2024-01-01"),
                *((f"rep-{code}", code, "rep", "2024-01-01") for code in districts.values()),
            ],
        ),
        Load("institutions", SOURCE, "id name kind level grade", map(_institution, read(institutions))),
        Load("alignment", SOURCE, "institution territory from", _alignment(institutions, districts)),
    ]  # fmt: skip


def _institution(row: dict[str, str]) -> tuple[str, ...]:
    level = row["grade_level"] if row["grade_level"] != "0" else ""
    return row["institution_code"], row["name"], _kind(row), level, _GRADES.get(row["grade_rank"], "")


def _kind(row: dict[str, str]) -> str:
    if row["kind"] in _BY_KIND:
        return _BY_KIND[row["kind"]]
    for part, kind in _BY_NAME:
        if part in row["name"]:
            return kind
    return "hospital" if row["grade_level"] != "0" or "医院" in row["name"] else "clinic"


def _alignment(institutions: Path, districts: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for row in read(institutions):
        yield row["institution_code"], f"{GROUND}:{districts[row['district']]}", "2024-01-01"
