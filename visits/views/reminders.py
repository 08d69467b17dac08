"""Answering a reminder: done, postponed, dismissed, and the way back."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.queries import LOGS_VISITS, today_of
from accounts.templatetags.rounds import short_day
from crm.base import clock
from crm.base.commands import OtherBodySameId
from crm.base.ids import uuid7
from crm.base.toasts import Undo, tell
from visits import actions, queries
from visits.actions.answers import DISMISSED, POSTPONED, Answer
from visits.forms import AnswerForm
from visits.models import Reminder

CUSTOMER = "customer"  # `back`: to the page of the customer, else to Today


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A page for a reason and a day; a button elsewhere may send what needs neither."""
    user, at = request.user, clock.now()
    assert isinstance(user, User)
    if not user.has_role(*LOGS_VISITS):
        raise PermissionDenied
    known = queries.with_words(Reminder.objects.for_user(user)).select_related("customer__person")
    reminder = get_object_or_404(known, pk=pk)
    back = request.POST.get("back") or request.GET.get("back", "")
    if request.method == "POST":
        form = AnswerForm(request.POST, reminder=reminder)
        if form.is_valid() and _taken(user, form, at):
            _say_so(request, form.answer(), back)
            return _back(reminder.customer_id, back)
    else:
        form = AnswerForm.blank(reminder, today_of(user, at))
    context = {
        "form": form,
        "reminder": reminder,
        "back": back,
        "on": today_of(user, at),
        "is_open": reminder.state == Reminder.State.OPEN,
    }
    return render(request, "visits/answer.html", context, status=422 if form.errors else 200)


def _taken(user: User, form: AnswerForm, at: datetime) -> bool:
    try:
        actions.answer_reminder(actor=user, answer=form.answer(), at=at)
    except actions.AnswerRefused as refused:
        form.refuse(refused)
    except OtherBodySameId as known:
        form.add_error(None, str(known))
    except Reminder.DoesNotExist:
        raise PermissionDenied from None  # seen, but not the user's to answer
    return not form.errors


def _say_so(request: HttpRequest, given: Answer, back: str) -> None:
    user = request.user
    assert isinstance(user, User)
    if given.what == POSTPONED:
        sentence = _("Postponed until %s.") % short_day(given.until, today_of(user, clock.now()))
    else:
        sentence = _("Dismissed.") if given.what == DISMISSED else _("Done.")
    fields = {"answer": str(given.id), "id": str(uuid7()), "back": back}
    tell(request, sentence, Undo(reverse("take-back"), fields))


def _back(customer: UUID, back: str) -> HttpResponse:
    return redirect("customer", pk=customer) if back == CUSTOMER else redirect("today")


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    try:
        answer_id, command_id = UUID(request.POST.get("answer", "")), UUID(request.POST.get("id", ""))
    except ValueError:
        raise BadRequest from None
    try:
        receipt = actions.take_back(actor=user, answer_id=answer_id, command_id=command_id, at=clock.now())
    except Reminder.DoesNotExist:
        raise Http404 from None
    except (actions.AnswerRefused, OtherBodySameId) as refused:
        messages.error(request, str(refused))
        return redirect("today")
    messages.success(request, _("It is open again."))
    reminder = Reminder.objects.for_user(user).get(pk=receipt.result["reminder"])
    return _back(reminder.customer_id, request.POST.get("back", ""))
