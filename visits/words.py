"""Why a reminder is there, as a sentence in the reader's language. The reminder holds codes and days only."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.templatetags.rounds import short_day
from customers.models import Consent, Licence
from visits.models import FollowUp, Reminder, Target


def reason(reminder: Reminder, on: date) -> str:
    """`on` is the reader's today: days of its year are shown without it."""
    return _SENTENCES[Reminder.Kind(reminder.kind)](reminder, on)


def _day(iso: str, on: date) -> str:
    return short_day(date.fromisoformat(iso), on)


def _visit_due(reminder: Reminder, on: date) -> str:
    last = reminder.reason.get("last_visit_on")
    if last:
        return _("Visit due; last visit %(last)s") % {"last": _day(last, on)}
    return _("Visit due; never visited")


def _promise(reminder: Reminder, on: date) -> str:
    promised = {"promised": _day(reminder.reason["promised_on"], on)}
    match reminder.reason.get("step"):
        case FollowUp.Kind.MATERIAL:
            return _("Promised on %(promised)s: send material") % promised
        case FollowUp.Kind.VISIT:
            return _("Promised on %(promised)s: visit again") % promised
        case FollowUp.Kind.CALL:
            return _("Promised on %(promised)s: call back") % promised
        case _other:
            return _("Promised on %(promised)s: department meeting") % promised


def _birthday(reminder: Reminder, on: date) -> str:
    return _("Birthday on %(day)s") % {"day": short_day(reminder.due_on, on)}


def _licence(reminder: Reminder, on: date) -> str:
    kind = Licence.Kind(reminder.reason["kind"]).label
    return _("Runs out on %(day)s: %(what)s") % {"day": short_day(reminder.due_on, on), "what": kind}


def _consent(reminder: Reminder, on: date) -> str:
    purpose = Consent.Purpose(reminder.reason["purpose"]).label
    return _("Consent runs out on %(day)s: %(what)s") % {"day": short_day(reminder.due_on, on), "what": purpose}


def _target_review(reminder: Reminder, on: date) -> str:
    return _("Look back on the target: %(what)s") % {"what": Target.Measure(reminder.reason["measure"]).label}


def _tier_moved(reminder: Reminder, on: date) -> str:
    moved = {"before": reminder.reason["from"], "after": reminder.reason["to"]}
    if reminder.reason["to"] < reminder.reason["from"]:
        return _("Promoted from %(before)s to %(after)s") % moved
    return _("Demoted from %(before)s to %(after)s") % moved


def _customer_moved(reminder: Reminder, on: date) -> str:
    return _("Works here since %(day)s; worked elsewhere before") % {"day": short_day(reminder.due_on, on)}


_SENTENCES = {
    Reminder.Kind.VISIT_DUE: _visit_due,
    Reminder.Kind.PROMISE: _promise,
    Reminder.Kind.BIRTHDAY: _birthday,
    Reminder.Kind.LICENCE: _licence,
    Reminder.Kind.CONSENT: _consent,
    Reminder.Kind.TARGET_REVIEW: _target_review,
    Reminder.Kind.TIER_MOVED: _tier_moved,
    Reminder.Kind.CUSTOMER_MOVED: _customer_moved,
}
