"""Loading the demo country: once, step by step, through the same door as any file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from accounts.models import Territory
from crm.base import jobs
from crm.base.actor import acting
from crm.base.exchange.loading import load
from crm.base.models import ExternalId, JobRun
from crm.base.periods import month_start
from crm.demo.country import FIRST_SALES, TABLES, Country
from crm.exchange import ENTITIES, KINDS
from crm.nightly import NAME, STEPS, run_night
from sales.models import SalesMonth
from segmentation.actions import compute_tiers, open_call_targets, publish_policy
from segmentation.models import TierPolicyVersion
from visits.actions import open_cycles

SOURCE = "demo"
JOB = "demo country"
MONTHS_TIERED = 3  # before this one: so that there are promotions, demotions and past plans to look at


class DemoRejected(Exception):
    """The import rejected rows of the demo country: a fault of ours."""


def load_country(country: Country, *, night: date) -> JobRun | None:
    """Load what is not loaded yet, then do the night of `night`. A load that was killed goes on with the
    day on which it began. None: another process is at it."""
    begun = JobRun.objects.filter(name=JOB).order_by("on").first()
    if begun:
        country = replace(country, today=begun.on)
    return jobs.run(JOB, country.today, _steps(country, night))


def is_loaded() -> bool:
    return JobRun.objects.filter(name=JOB, state=JobRun.State.DONE).exists()


def holds_a_company() -> bool:
    """Territories that are not the demo's: its people, who share a known password, have no business there."""
    ours = ExternalId.objects.filter(kind="territory", source=SOURCE).values("object_id")
    return Territory.objects.exclude(pk__in=ours).exists()


def _steps(country: Country, night: date) -> list[jobs.Step]:
    def table(name: str) -> Callable[[date], dict[str, Any]]:
        return lambda on: _load_table(country, name, on)

    return [
        *((name, table(name)) for name in TABLES),
        ("policy", lambda on: _publish(country, on)),
        ("past tiers", _tier_past_months),
        ("night", lambda on: _do_night(night)),
    ]


def _load_table(country: Country, name: str, on: date) -> dict[str, Any]:
    kind = name
    if name == FIRST_SALES:
        kind = "sales"
        if SalesMonth.objects.filter(source=SOURCE).exists():
            return {"rows": 0}  # a load that goes on: they are corrected by now
    outcome = load(KINDS[kind], country.table(name), kinds=ENTITIES, source=SOURCE, actor=None, today=on)
    if outcome.rejected:
        raise DemoRejected(f"{name}: {outcome.rejected} of {outcome.rows} rows")
    return {"rows": outcome.rows}


def _publish(country: Country, on: date) -> dict[str, Any]:
    if not TierPolicyVersion.objects.filter(name=country.policy["name"]).exists():
        publish_policy(raw=country.policy, actor=None, today=on)
    return {}


def _tier_past_months(on: date) -> dict[str, Any]:
    """The tiers and call targets with which the last months began; not where a company tiers its own."""
    if TierPolicyVersion.objects.count() > 1:
        return {"months": 0}
    for back in range(MONTHS_TIERED, 0, -1):
        first = month_start(on, -back)
        compute_tiers(night=first)
        with acting(None, job=JOB):
            open_cycles(on=first)
            open_call_targets(on=first)
    return {"months": MONTHS_TIERED}


def _do_night(night: date) -> dict[str, Any]:
    """A night that was over before the country came is done again: its steps write differences."""
    over = JobRun.objects.filter(name=NAME, on=night, state=JobRun.State.DONE).exists()
    if over or run_night(night) is None:
        for _name, do in STEPS:
            do(night)
    return {"night": night.isoformat()}
