"""`ckm_physician_network`: who asked whom among 246 doctors of four towns, 1955 (a root of its own)."""

from pathlib import Path

from crm.real_data import Load, read

SOURCE = "ckm_physician_network"


def loads(data: Path) -> list[Load]:
    folder = data / SOURCE
    doctors = list(read(folder / "doctors.csv"))
    cities = sorted({row["city_name"] for row in doctors})
    return [
        Load("lines", SOURCE, "code name", [("ckm", "Medical Innovation 1955")]),
        Load(
            "territories",
            SOURCE,
            "id name parent line jurisdiction time_zone",
            [
                ("CKM", "Medical Innovation", "", "ckm", "US", "America/Chicago"),
                *((city, city, "CKM", "", "", "") for city in cities),
            ],
        ),
        Load(
            "persons",
            SOURCE,
            "id name specialty",
            ((row["doctor_id"], f"Doctor {row['doctor_id']}", row["specialty_name"].strip("()")) for row in doctors),
        ),
        Load("alignment", SOURCE, "person territory", ((row["doctor_id"], row["city_name"]) for row in doctors)),
        Load(
            "influence",
            SOURCE,
            "influencer influenced kind weight",
            # from_id names to_id as the one whom he asks or follows: the influence runs the other way.
            ((row["to_id"], row["from_id"], row["kind"], "1") for row in read(folder / "links.csv")),
        ),
    ]
