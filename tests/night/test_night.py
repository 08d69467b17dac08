"""Nights as runs: steps once, resumable, one at a time; call targets, due dates and reminders."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from crm import nightly
from crm.base import jobs
from crm.base.ids import uuid7
from crm.base.models import ExternalId, JobRun
from crm.base.periods import period
from customers.models import Alignment, CustomerStatus, PotentialEstimate, RoleAssignment
from segmentation.actions import publish_policy
from segmentation.models import TierAssignment
from tests.cast import TODAY, Cast, noon
from visits.actions import NextStep, VisitReport, log_visit, refresh_visited
from visits.models import CallTarget, Cycle, FollowUp, Reminder, Visit


@pytest.fixture
def tiered(cast: Cast) -> Cast:
    """A policy over China; Chen is an A by potential and a decision-maker, Meng a provisional C."""
    ExternalId.objects.create(kind="territory", source="crm", external_id="china", object_id=cast.china.pk)
    PotentialEstimate.objects.create(
        customer=cast.chen.customer, patients_per_day=40, openness=3, known_on=date(2026, 1, 1)
    )
    RoleAssignment.objects.create(person=cast.chen, role="prescriber", during=period(None))
    RoleAssignment.objects.create(person=cast.chen, role="decision_maker", during=period(None))
    publish_policy(
        raw={"name": "P", "territory": "crm:china", "measure": "potential", "months": 12, "customers": ["person"]},
        actor=None,
        today=TODAY,
    )
    return cast


def visit(cast: Cast, on: date, next_step: NextStep | None = None) -> UUID:
    report = VisitReport(id=uuid7(), on=on, customers=[cast.chen.pk], next_step=next_step)
    log_visit(actor=cast.lin, report=report, at=noon(on))
    return report.id


def status(cast: Cast) -> CustomerStatus:
    return CustomerStatus.objects.get(customer=cast.chen.pk)


def test_the_night_tiers_targets_and_reminds(tiered: Cast) -> None:
    run = nightly.run_night(TODAY)
    assert run is not None
    assert run.state == JobRun.State.DONE
    assert [step["name"] for step in run.steps] == [name for name, _do in nightly.STEPS]
    cycle = Cycle.objects.get()
    assert (cycle.during.lower, cycle.during.upper, cycle.opened_on) == (date(2026, 11, 1), date(2026, 12, 1), TODAY)
    # The most that any of his roles asks for: a prescriber A is due 4 a month.
    targets = dict(CallTarget.objects.values_list("customer__name", "visits_due"))
    assert targets == {"陈望舒": 4, "孟书远": 1, "阿福": 1}
    assert status(tiered).next_due_on == date(2026, 11, 1)  # never visited: the first day of the cycle
    reminder = Reminder.objects.get(customer=tiered.chen.pk)
    assert (reminder.kind, reminder.territory, reminder.due_on) == ("visit_due", tiered.xixi, date(2026, 11, 1))
    assert reminder.reason == {"tier": "A"}


def test_a_visit_answers_the_reminder_and_moves_the_due_date(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    made = visit(tiered, TODAY)
    assert status(tiered).last_visit_on == TODAY
    assert status(tiered).next_due_on == TODAY + timedelta(days=30 // 4)
    reminder = Reminder.objects.get(customer=tiered.chen.pk)
    assert (reminder.state, reminder.closed_by_visit) == ("done", made)


def test_an_old_visit_sent_late_does_not_answer_what_is_due_since(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    visit(tiered, date(2026, 10, 1))
    refresh_visited(customers=[tiered.chen.pk], on=TODAY)  # as after a file that brought it
    assert status(tiered).next_due_on == date(2026, 10, 8)
    assert Reminder.objects.get(customer=tiered.chen.pk).state == "open"


def test_reminders_are_made_two_days_ahead_and_once(tiered: Cast) -> None:
    visit(tiered, date(2026, 11, 16))  # due 23 November
    nightly.run_night(date(2026, 11, 20))
    assert not Reminder.objects.filter(customer=tiered.chen.pk).exists()
    nightly.run_night(date(2026, 11, 21))
    assert Reminder.objects.get(customer=tiered.chen.pk).due_on == date(2026, 11, 23)
    nightly.run_night(date(2026, 11, 22))
    assert Reminder.objects.filter(customer=tiered.chen.pk).count() == 1


def test_a_promise_is_reminded_of_with_its_reason(tiered: Cast) -> None:
    visit(tiered, date(2026, 11, 16), NextStep(kind="material", due_on=date(2026, 11, 22), text="亚组数据"))
    nightly.run_night(TODAY)
    promise = Reminder.objects.get(kind="promise")
    assert promise.due_on == date(2026, 11, 22)
    assert promise.reason == {"step": "material", "promised_on": "2026-11-16"}


def test_targets_stay_as_they_were_when_the_cycle_opened(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    PotentialEstimate.objects.create(customer=tiered.chen.customer, patients_per_day=0, openness=1, known_on=TODAY)
    nightly.run_night(TODAY + timedelta(days=1))
    assert status(tiered).tier == "C"
    assert CallTarget.objects.get(customer=tiered.chen.pk).visits_due == 4
    nightly.run_night(date(2026, 12, 1))
    assert CallTarget.objects.get(customer=tiered.chen.pk, cycle__during__startswith=date(2026, 12, 1)).tier == "C"


def test_nothing_is_due_where_nobody_holds_the_customer(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    assert not CallTarget.objects.filter(customer=tiered.stray.pk).exists()
    assert not Reminder.objects.filter(customer=tiered.stray.pk).exists()


def test_a_run_that_failed_goes_on_where_it_stopped(db: None) -> None:
    done: list[str] = []

    def fails(on: date) -> dict:
        done.append("second")
        if done.count("second") == 1:
            raise RuntimeError("a doctor's name")
        return {}

    def works(on: date) -> dict:
        done.append("first")
        return {}

    steps: list[jobs.Step] = [("first", works), ("second", fails)]
    with pytest.raises(RuntimeError):
        jobs.run("try", TODAY, steps)
    failed = JobRun.objects.get()
    assert (failed.state, failed.error, len(failed.steps)) == ("failed", "RuntimeError", 1)
    again = jobs.run("try", TODAY, steps)
    assert again is not None
    assert (again.state, again.attempts, done) == ("done", 2, ["first", "second", "second"])


def test_a_finished_run_is_not_run_again(db: None) -> None:
    ran: list[date] = []

    def only(on: date) -> dict:
        ran.append(on)
        return {}

    steps: list[jobs.Step] = [("only", only)]
    jobs.run("try", TODAY, steps)
    jobs.run("try", TODAY, steps)
    assert ran == [TODAY]


def test_a_night_that_goes_on_rolls_sales_up_again(tiered: Cast) -> None:
    """Another night may have left the shared rollup at its own date in the meantime."""
    done = ["day turn", "sales rollup"]
    JobRun.objects.create(
        name=nightly.NAME,
        on=TODAY,
        state=JobRun.State.RUNNING,
        steps=[{"name": name, "seconds": 0, "result": {}} for name in done],
    )
    run = nightly.run_night(TODAY)
    assert run is not None
    assert [step["name"] for step in run.steps][:3] == ["day turn", "sales rollup", "tiers"]
    assert "written" in run.steps[1]["result"]


def test_open_reminders_follow_the_customer(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    Alignment.objects.filter(customer=tiered.hospital.pk).update(territory=tiered.dongdu)
    moved = nightly.turn_day(TODAY)
    assert moved["reminders_moved"] > 0
    assert Reminder.objects.get(customer=tiered.chen.pk).territory == tiered.dongdu
    Alignment.objects.filter(customer=tiered.hospital.pk).update(during=period(date(2025, 1, 1), date(2026, 1, 1)))
    nightly.turn_day(TODAY)
    assert not Reminder.objects.filter(customer=tiered.chen.pk, state="open").exists()


def test_a_visit_that_is_voided_opens_its_reminder_again(tiered: Cast) -> None:
    nightly.run_night(TODAY)
    made = visit(tiered, TODAY)
    Visit.objects.filter(pk=made).update(state="void")
    refresh_visited(customers=[tiered.chen.pk], on=TODAY)
    reminder = Reminder.objects.get(customer=tiered.chen.pk)
    assert (reminder.state, reminder.closed_by_visit) == ("open", None)
    assert status(tiered).last_visit_on is None


def test_a_promise_that_was_kept_is_not_reminded_of_any_more(tiered: Cast) -> None:
    visit(tiered, date(2026, 11, 16), NextStep(kind="call", due_on=date(2026, 11, 22)))
    nightly.run_night(TODAY)
    FollowUp.objects.update(state="done")
    nightly.remind(TODAY + timedelta(days=1))
    assert Reminder.objects.get(kind="promise").state == "done"


def test_persons_and_institutions_of_one_ground_have_a_policy_each(tiered: Cast) -> None:
    publish_policy(
        raw={"name": "Shops", "territory": "crm:china", "measure": "units", "months": 12, "customers": ["institution"]},
        actor=None,
        today=TODAY,
    )
    nightly.run_night(TODAY)
    named = dict(TierAssignment.objects.values_list("customer__name", "version__name"))
    assert (named["陈望舒"], named["西溪湾医院"]) == ("P", "Shops")
