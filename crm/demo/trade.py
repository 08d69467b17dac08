"""Files of trade accounts: pharmacies, chains and distributors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from crm.demo import phrases
from crm.demo.dice import dice
from crm.demo.institutions import Institution

_FLOOR = {"pharmacy": (60, 140), "chain_branch": (90, 260), "chain_headquarters": (800, 2600), "distributor": (0, 0)}
_STAFF = {"pharmacy": (3, 6), "chain_branch": (5, 12), "chain_headquarters": (60, 180), "distributor": (80, 320)}


@dataclass(frozen=True)
class TradeFile:
    institution: str
    principal: str
    floor_area: str
    staff: str
    opened_on: date
    customer_since: date
    credit: str
    credit_days: int
    texts: dict[str, str] = field(default_factory=dict)  # by the name of the column


def make_trade_files(institutions: list[Institution], today: date) -> Iterator[TradeFile]:
    for institution in institutions:
        if institution.is_medical:
            continue
        random = dice("trade file", institution.id)
        customer_since = today - timedelta(days=random.randint(200, 2400))
        low, high = _FLOOR[institution.kind]
        credit = random.choices(("good", "fair", "poor"), (6, 3, 1))[0]
        texts = phrases.DISTRIBUTOR_TEXTS if institution.kind == "distributor" else phrases.TEXTS_OF_TRADE
        yield TradeFile(
            institution.id,
            random.choice(phrases.SURNAMES_OF_PRINCIPALS) + ("老板" if institution.kind == "pharmacy" else "经理"),
            str(random.randint(low, high)) if high else "",
            str(random.randint(*_STAFF[institution.kind])),
            customer_since - timedelta(days=random.randint(30, 3000)),
            customer_since,
            credit,
            {"good": 60, "fair": 30, "poor": 0}[credit],
            {name: random.choice(choices) if random.random() < 0.85 else "" for name, choices in texts.items()},
        )
