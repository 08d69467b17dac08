"""What the pages show of nights."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.rounds import figure
from crm.base import jobs
from crm.base.models import JobRun
from crm.nightly import NAME, NIGHTS_MADE_UP, STEPS

UNDER_WAY = (JobRun.State.WANTED, JobRun.State.RUNNING)
TICKS_LATE = timedelta(minutes=10)  # after its hour a night that nobody has wanted is missed: no tick came


# Steps and their figures, as people call them.
WORDS: dict[str, Any] = {
    "day turn": _("Day turn"),
    "sales rollup": _("Sales rollup"),
    "tiers": _("Tiers"),
    "call targets": _("Call targets"),
    "reminders": _("Reminders"),
    "dashboard rollups": _("Figures for managers"),
    "retention": _("Retention"),
    "customers_moved": _("customers moved"),
    "reminders_moved": _("reminders handed on"),
    "removed": _("months removed"),
    "written": _("months written"),
    "policy": _("policy"),
    "version": _("version"),
    "changed": _("tiers changed"),
    "members": _("customers compared"),
    "customers": _("customers"),
    "volume": _("volume"),
    "left_scope": _("left without a policy"),
    "targets": _("targets fixed"),
    "cycles_opened": _("cycles opened"),
    "due_dates_changed": _("due dates changed"),
    "tiers_moved": _("told of another tier"),
    "visits_due": _("visits due"),
    "promises": _("promises"),
    "birthdays": _("birthdays"),
    "licences": _("licences that run out"),
    "consents": _("consents that run out"),
    "target_reviews": _("targets to look back on"),
    "cycles": _("cycles counted"),
    "rows_changed": _("rows changed"),
    "cycles_forgotten": _("cycles forgotten"),
    "command_bodies": _("contents of forms"),
    "sessions": _("sessions"),
    "session_places": _("places of sessions"),
    "sign_ins": _("sign-ins"),
    "attempts": _("counts of attempts"),
    "nights": _("nights"),
    "imports": _("imports"),
    "import_files": _("files of imports"),
    "files_removed": _("files removed"),
    "sha256": "SHA-256",
}
_UNSAID = ("policies", "tiers")  # the step says it already
_DRAWN = ("curve",)  # by the page of tiers


@dataclass(frozen=True)
class Outlook:
    next_at: datetime  # when the next night is due
    missed: list[date]  # nights that were due, and that no tick has wanted


def outlook(at: datetime) -> Outlook:
    """As crm.nightly reckons, which wants nights at every tick."""
    local = at.astimezone(settings.COMPANY_TIME_ZONE)
    begins = local.replace(hour=settings.NIGHT_HOUR, minute=0, second=0, microsecond=0)
    late = local - TICKS_LATE
    due = late.date() if late.hour >= settings.NIGHT_HOUR else late.date() - timedelta(days=1)
    newest = JobRun.objects.filter(name=NAME, scheduled=True).order_by("-on").first()
    silent = min((due - newest.on).days, NIGHTS_MADE_UP) if newest else 0
    return Outlook(
        next_at=begins if local < begins else begins + timedelta(days=1),
        missed=[due - timedelta(days=days) for days in reversed(range(max(0, silent)))],
    )


def steps_done(run: JobRun) -> str:
    return f"{len(run.steps)} / {len(STEPS)}"


def seconds(run: JobRun) -> float:
    """In steps; pauses between attempts apart."""
    return round(sum(step["seconds"] for step in run.steps), 1)


def dress(run: JobRun, at: datetime) -> Any:
    """With what the page shows: each step with its figures, what is still to come, how long, and when again."""
    shown: Any = run
    done = {step["name"]: step for step in run.steps}
    shown.rows = [
        (WORDS.get(name, name), done.get(name), figures(done[name]["result"]) if name in done else [])
        for name, _step in STEPS
    ]
    shown.seconds = seconds(run)
    shown.alive = int((at - run.heartbeat_at).total_seconds()) if run.heartbeat_at else None
    shown.again_at = jobs.pauses_until(run) if run.state == JobRun.State.FAILED else None
    return shown


def figures(result: Any, names: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    """A step's result as a flat list of words and figures. What has no word yet is called as the step calls it."""
    if isinstance(result, dict):
        return [pair for word, value in result.items() if word not in _DRAWN for pair in figures(value, (*names, word))]
    if isinstance(result, list):
        return [pair for value in result for pair in figures(value, names)]
    words = [str(WORDS.get(name, name.replace("_", " "))) for name in names if name not in _UNSAID]
    return [(capfirst(" · ".join(words)), figure(result) if isinstance(result, int | float) else result)]
