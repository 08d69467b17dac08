"""What people say to a reminder: done, postponed or dismissed, each once, with a way back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import LOGS_VISITS, below, today_of
from crm.base import clock, commands
from crm.base.models import Command
from visits.actions.due import hold_statuses, refresh_due
from visits.models import FollowUp, Reminder, Visit

LATEST = timedelta(days=180)  # nothing is put off for longer
REASON_LENGTH = 300
DONE, POSTPONED, DISMISSED = "done", "postponed", "dismissed"
_CHANGED = ("state", "postponed_to", "answer")


class AnswerRefused(Exception):
    """An answer that can't be taken. `field` is the form's field; the text says what to do. Nothing was changed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`id` is made where it is written down: a second send changes nothing."""

    id: UUID
    reminder: int
    what: str  # DONE, POSTPONED, DISMISSED
    reason: str = ""
    until: date | None = None  # of POSTPONED

    def as_body(self) -> dict[str, Any]:
        return {"reminder": self.reminder, "what": self.what, "reason": self.reason, "until": self.until}


def answer_reminder(*, actor: User, answer: Answer, at: datetime) -> commands.Receipt:
    """Raises Reminder.DoesNotExist where it is not the actor's to answer, AnswerRefused, OtherBodySameId."""
    return commands.execute(
        command_id=answer.id,
        kind="reminder.answer",
        body=answer.as_body(),
        actor=actor.pk,
        effect=lambda: _take(actor, answer, at),
    )


def take_back(*, actor: User, answer_id: UUID, command_id: UUID, at: datetime) -> commands.Receipt:
    """Undo an answer of one's own, as long as nobody said anything since."""
    return commands.execute(
        command_id=command_id,
        kind="reminder.take_back",
        body={"answer": answer_id},
        actor=actor.pk,
        effect=lambda: _give_back(actor, answer_id, at),
    )


def _take(actor: User, answer: Answer, at: datetime) -> tuple[None, dict[str, Any]]:
    on = today_of(actor, at)
    _check(answer, on)
    reminder = _held(actor, answer.reminder)
    if reminder.state != Reminder.State.OPEN:
        raise AnswerRefused("what", _("Somebody answered this reminder meanwhile. Nothing was changed."))
    before = _state(reminder)
    match answer.what:
        case "done":
            _finish(reminder, Reminder.State.DONE)
        case "postponed":
            reminder.postponed_to, reminder.answer = answer.until, answer.reason
        case _dismissed:
            reminder.answer = answer.reason
            _finish(reminder, Reminder.State.DISMISSED)
            if reminder.kind == Reminder.Kind.VISIT_DUE:
                reminder.postponed_to = on + _interval(reminder, on)
    reminder.save(update_fields=_CHANGED)
    _follow(reminder, at)
    return None, {"reminder": reminder.pk, "before": before, "after": _state(reminder)}


def _check(answer: Answer, on: date) -> None:
    if answer.what not in (DONE, POSTPONED, DISMISSED):
        raise AnswerRefused("what", _("Say what became of it."))
    if answer.what != DONE and not answer.reason.strip():
        raise AnswerRefused("reason", _("Say why, in a few words."))
    if len(answer.reason) > REASON_LENGTH:
        raise AnswerRefused("reason", _("The reason is too long: at most %d characters fit.") % REASON_LENGTH)
    if answer.what == POSTPONED:
        if not answer.until or answer.until <= on:
            raise AnswerRefused("until", _("Choose a day after today."))
        if answer.until > on + LATEST:
            raise AnswerRefused("until", _("Nothing is postponed by more than half a year: dismiss it instead."))


def _held(actor: User, reminder_id: int) -> Reminder:
    """The reminder with its locks, if it is the actor's to answer."""
    mine = Reminder.objects.for_user(actor).filter(territory__in=below(actor.territory_ids(*LOGS_VISITS)))
    hold_statuses([mine.get(pk=reminder_id).customer_id])
    return Reminder.objects.select_for_update(no_key=True).get(pk=reminder_id)


def _finish(reminder: Reminder, state: str) -> None:
    if reminder.kind == Reminder.Kind.VISIT_DUE and state == Reminder.State.DONE:
        raise AnswerRefused("what", _("A visit that is due is done by logging it. Log the visit, or say why not."))
    reminder.state = state
    if reminder.kind == Reminder.Kind.PROMISE:
        FollowUp.objects.filter(pk=reminder.source_id).update(state=state)


def _interval(reminder: Reminder, on: date) -> timedelta:
    """Between two visits due of this customer, by the targets of the cycle; a month where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT greatest(1, (upper(c.during) - lower(c.during)) / ct.visits_due)
               FROM visits_calltarget ct JOIN visits_cycle c ON c.id = ct.cycle_id
               WHERE ct.customer_id = %s AND c.line_id = %s AND c.during @> %s::date AND ct.visits_due > 0""",
            [reminder.customer_id, reminder.line_id, on],
        )
        found = cursor.fetchone()
    return timedelta(days=found[0] if found else 30)


def _follow(reminder: Reminder, at: datetime) -> None:
    """When the next visit is due hangs on whether this one was skipped."""
    if reminder.kind == Reminder.Kind.VISIT_DUE:
        refresh_due(on=clock.company_date(at), customers=[reminder.customer_id])


def _give_back(actor: User, answer_id: UUID, at: datetime) -> tuple[None, dict[str, Any]]:
    given = Command.objects.filter(pk=answer_id, kind="reminder.answer", actor_id=actor.pk).first()
    if given is None:
        raise Reminder.DoesNotExist
    reminder = _held(actor, given.result["reminder"])
    if _state(reminder) != given.result["after"] or _is_crowded(reminder) or _is_void(reminder):
        raise AnswerRefused("what", _("This can't be undone any more: something changed since."))
    for name, value in given.result["before"].items():
        setattr(reminder, name, date.fromisoformat(value) if name == "postponed_to" and value else value)
    reminder.save(update_fields=_CHANGED)
    if reminder.kind == Reminder.Kind.PROMISE:
        FollowUp.objects.filter(pk=reminder.source_id).update(state=FollowUp.State.OPEN)
    _follow(reminder, at)
    return None, {"reminder": reminder.pk}


def _is_crowded(reminder: Reminder) -> bool:
    """Another visit is due by now: there is one at a time."""
    others = Reminder.objects.open().filter(customer=reminder.customer_id, line=reminder.line_id, kind=reminder.kind)
    return reminder.kind == Reminder.Kind.VISIT_DUE and others.exclude(pk=reminder.pk).exists()


def _is_void(reminder: Reminder) -> bool:
    """A promise of a visit that did not take place, as was said meanwhile."""
    void = FollowUp.objects.filter(pk=reminder.source_id, visit__state=Visit.State.VOID)
    return reminder.kind == Reminder.Kind.PROMISE and void.exists()


def _state(reminder: Reminder) -> dict[str, Any]:
    until = reminder.postponed_to.isoformat() if reminder.postponed_to else None
    return {"state": reminder.state, "postponed_to": until, "answer": reminder.answer}
