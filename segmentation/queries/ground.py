"""A manager's ground: who opens it, who works there, what decides its tiers."""

from datetime import date
from typing import Any
from uuid import UUID

from accounts.models import Posting, Territory, User
from accounts.queries import SUPERVISORS
from crm.base.models import JobRun
from segmentation.models import TierPolicyVersion
from segmentation.queries.figures import Row


def name_people(rows: list[Row], on: date) -> None:
    """Who holds each row: reps, else the manager."""
    of = {row.key: row for row in rows}
    found: dict[UUID, dict[str, list[str]]] = {}
    for posting in Posting.objects.filter(
        territory__in=of, role__in=[Posting.Role.REP, Posting.Role.MANAGER], during__contains=on
    ).select_related("user").order_by("user__name", "pk"):  # fmt: skip
        found.setdefault(posting.territory_id, {}).setdefault(posting.role, []).append(posting.user.name)
    for pk, roles in found.items():
        of[pk].people = roles.get(Posting.Role.REP) or roles.get(Posting.Role.MANAGER, [])


def may_open(user: User) -> list[Territory]:
    """The territories whose subtrees his postings as manager or operations open."""
    return [posting.territory for posting in user.todays_postings if posting.role in SUPERVISORS]


def decides(territory: Territory, on: date) -> TierPolicyVersion | None:
    """The version that decides the tiers of a territory on a night: that of the nearest policy above it."""
    return (
        TierPolicyVersion.objects.filter(policy__territory__paths_down__descendant=territory.pk, during__contains=on)
        .order_by("policy__territory__paths_down__depth", "pk")
        .first()
    )


def last_night(version: TierPolicyVersion | None) -> JobRun | None:
    """The newest night that is done; of a version, the newest that computed its tiers."""
    done = JobRun.objects.filter(name="night", state=JobRun.State.DONE).order_by("-on", "pk")
    if version:
        done = done.filter(steps__contains=[{"name": "tiers", "result": {"policies": [{"version_id": version.pk}]}}])
    return done.first()


def shares(version: TierPolicyVersion, night: JobRun) -> list[dict[str, Any]]:
    """What the last night said of the whole comparison: customers and volume by tier."""
    tiers = _said_of(version, night)["tiers"]
    total = sum(tiers[letter]["volume"] for letter in "ABC")
    return [
        {"letter": letter, **tiers[letter], "share": tiers[letter]["volume"] * 1000 // total / 10 if total else None}
        for letter in "ABC"
    ]


def curve(version: TierPolicyVersion, night: JobRun) -> list[tuple[int, int]]:
    """How many customers of the whole comparison, the best first, have which volume together: the points that the
    night has kept, at most one a percent. None of a night that kept none, and of one without any volume."""
    points = [(customers, volume) for customers, volume in _said_of(version, night).get("curve", [])]
    return points if points and points[-1][1] else []


def _said_of(version: TierPolicyVersion, night: JobRun) -> dict[str, Any]:
    """What a night that computed its tiers, as `last_night` finds it, said of a version."""
    results = (step["result"] for step in night.steps if step["name"] == "tiers")
    return next(policy for result in results for policy in result["policies"] if policy["version_id"] == version.pk)
