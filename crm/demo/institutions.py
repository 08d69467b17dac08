"""Institutions of the demo country: what each territory holds, from the tertiary hospital to the corner shop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from crm.demo import vocabulary as words
from crm.demo.ground import Ground, Territory


@dataclass(frozen=True)
class Institution:
    id: str
    name: str
    kind: str
    level: str
    grade: str
    address: str
    territory: str
    district: str
    size: float  # how much flows through it; long-tailed
    parent: str = ""  # headquarters of a branch, first tier of a second-tier distributor
    distribution_tier: str = ""

    @property
    def is_medical(self) -> bool:
        return self.kind in ("hospital", "community_centre", "community_station", "clinic")


def make_institutions(ground: Ground, random: Random) -> list[Institution]:
    made: list[Institution] = []
    leaves = ground.leaves
    named = [(leaf, named) for index, leaf in enumerate(leaves) for named in _of_territory(index, leaf)]
    # Last, so that whatever came before keeps its id: second-tier distributors, near the first tier that supplies them.
    named += [
        (leaves[index], (name, "distributor", "", ""))
        for index, name in zip((1, 13), words.SECOND_TIER, strict=True)
        if index < len(leaves)
    ]
    for territory, (name, kind, level, grade) in named:
        weight = {"3": 12.0, "2": 5.0, "1": 1.5}.get(level, 1.0)
        made.append(
            Institution(
                id=f"I{len(made) + 1:04}",
                name=name,
                kind=kind,
                level=level,
                grade=grade,
                address=f"{territory.name}{random.choice(words.STREETS)}{random.randint(1, 299)}号",
                territory=territory.id,
                district=territory.district,
                size=weight * random.paretovariate(1.3),
            )
        )
    return _belonging(made)


def _belonging(made: list[Institution]) -> list[Institution]:
    """The same with their headquarters and suppliers, as far as these lie in the country."""
    ids = {institution.name: institution.id for institution in made}
    above = {
        **{second: ids.get(first, "") for first, second in zip(words.DISTRIBUTORS, words.SECOND_TIER, strict=True)},
        **{
            branch.name: ids.get(chain + words.HEADQUARTERS, "")
            for chain in words.CHAINS
            for branch in made
            if branch.kind == "chain_branch" and branch.name.startswith(chain)
        },
    }
    tiers = dict.fromkeys(words.DISTRIBUTORS, "1") | dict.fromkeys(words.SECOND_TIER, "2")
    return [
        replace(institution, parent=above.get(institution.name, ""), distribution_tier=tiers.get(institution.name, ""))
        for institution in made
    ]


def _of_territory(index: int, territory: Territory) -> Iterator[tuple[str, str, str, str]]:
    """Name, kind, level and grade. Every other territory has a tertiary hospital, the rest two secondary ones."""
    place, chain = territory.name, words.CHAINS[index % 2]
    if index % 2 == 0:
        yield f"{place}医院" if index % 4 == 0 else f"{place}中心医院", "hospital", "3", "a" if index % 4 == 0 else "b"
    else:
        yield f"{place}{'中心医院' if index % 4 == 1 else '医院'}", "hospital", "2", "a"
        yield f"{place}康复医院", "hospital", "2", "b"
    if place == words.LONG_INSTITUTION_AT:
        yield words.LONG_INSTITUTION, "community_centre", "1", ""
    else:
        yield f"{place}坊社区卫生服务中心", "community_centre", "1", ""
    if index % 3 == 0:
        yield f"{place}里社区卫生服务站", "community_station", "", ""
    yield f"{place}安和诊所", "clinic", "", ""
    yield f"{place}小满药店", "pharmacy", "", ""
    yield f"{chain}{place}店", "chain_branch", "", ""
    if index % 10 == 1:
        headquarters = words.CHAINS[(index // 10 + 1) % 2] + words.HEADQUARTERS
        yield headquarters, "chain_headquarters", "", ""
    if index % 10 == 2:
        yield words.DISTRIBUTORS[index // 10 % 2], "distributor", "", ""
