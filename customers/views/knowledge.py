"""Pages on which people write down what they know of a customer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.queries import today_of
from crm.base import clock
from crm.base.conflicts import differences
from crm.base.refusals import Asking, Refused
from crm.base.toasts import Undo, tell
from customers import queries
from customers.actions import knowledge as actions
from customers.forms import ConsentForm, EndConsentForm, FactForm, PotentialForm
from customers.models import Consent, Customer, Fact
from customers.models.facts import FACTS, FactKind
from customers.queries.known import BANDS, band, known_of, shown, visible

EARLIER = 10  # values of a fact that its page still shows
PROFILE = "#profile"  # where the page of the customer shows what is known


@dataclass(frozen=True)
class Sheet:
    """What stands around a form. `beside`: the word of another button, which sends `beside_name`."""

    customer: Customer
    title: str
    lead: Any = ""
    closed: str = ""  # where to enter the consent without which nothing may be entered here
    earlier: tuple[Any, ...] = ()
    beside: Any = ""
    beside_name: str = ""

    @property
    def back(self) -> str:
        return reverse("customer", args=[self.customer.pk]) + PROFILE


def _opened(request: HttpRequest, pk: UUID, kind: str = "") -> tuple[User, Customer, date]:
    """The reader, the customer of whom he may write, and his today. Foreign and absent look the same."""
    user = request.user
    assert isinstance(user, User)
    on = today_of(user, clock.now())
    found = queries.opened(user, on).current().filter(pk=pk).first()
    if found is None or (kind and found.kind != kind):
        raise Http404
    if not found.may_keep:  # type: ignore[attr-defined]
        raise PermissionDenied
    return user, found, on


def _person(request: HttpRequest, pk: UUID) -> tuple[User, Customer, date]:
    return _opened(request, pk, Customer.Kind.PERSON)


def _kind(customer: Customer, key: str) -> FactKind:
    """A fact that the reader may see of this customer."""
    kind = FACTS.get(key)
    if kind is None or kind not in visible(customer.is_supervised):  # type: ignore[attr-defined]
        raise Http404
    return kind


@require_safe
def new_fact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which fact: what is missing stands first. `?fact=` leads straight to one."""
    _user, customer, on = _person(request, pk)
    if key := request.GET.get("fact"):
        return redirect("fact-change", pk=pk, key=_kind(customer, key).key)
    return render(request, "customers/new_fact.html", {"customer": customer, **known_of(customer, on)})


def fact(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Add a fact, say it anew, or withdraw it."""
    user, customer, on = _person(request, pk)
    kind = _kind(customer, key)
    newest = actions.newest_fact(pk, key)
    holds = newest if newest and newest.withdrawn_on is None else None
    was = actions.mark_of_fact(newest)
    if request.method == "POST" and "withdraw" in request.POST:
        if answer := _withdrawn(request, user, customer, kind, on):
            return answer
        form = FactForm(kind=kind, initial=_initial(holds, on) | {"was": was})
    elif request.method == "POST":
        form = FactForm(request.POST, kind=kind)
        learnt: list[Fact] = []

        def act(data: dict[str, Any]) -> None:
            entry = actions.Entry(key=key, value=data["value"], source=data["source"], learned_on=data["learned_on"])
            learnt.append(actions.learn(actor=user, person=pk, entry=entry, was=data["was"], today=on))

        if _carried_out(form, act):
            return _learnt(request, customer, kind, newest, learnt[0])
    else:
        form = FactForm(kind=kind, initial=_initial(holds, on) | {"was": was})
    agreed = {given.purpose for given in known_of(customer, on)["consents"] if given.in_force}
    is_closed = bool(kind.consent) and kind.consent not in agreed
    sheet = Sheet(
        customer,
        capfirst(str(kind.label)),
        lead=_("The others see who wrote it, when, and from where."),
        closed=f"{reverse('consent-new', args=[pk])}?purpose={kind.consent}" if is_closed and not form.is_bound else "",
        earlier=_earlier(pk, kind),
        beside=_("True no longer: withdraw it") if holds else "",
        beside_name="withdraw",
    )
    stored = {"value": holds.value, "source": holds.source, "learned_on": holds.learned_on} if holds else {"value": ""}
    return _show(request, form, sheet, stored, was)


def _carried_out(form: Asking, act: Callable[[dict[str, Any]], object]) -> bool:
    """A customer who went to another ground while the form was open is absent, as any other."""
    try:
        return form.carried_out(act)
    except Customer.DoesNotExist:
        raise Http404 from None


def _initial(holds: Fact | None, on: date) -> dict[str, Any]:
    known = {"value": holds.value, "source": holds.source} if holds else {"source": Fact.Source.TOLD}
    return known | {"learned_on": on}


def _earlier(person: UUID, kind: FactKind) -> tuple[Any, ...]:
    """What was known of it so far, the newest first: (value, row)."""
    rows = Fact.objects.filter(person=person, key=kind.key).select_related("author").order_by("-learned_on")
    return tuple((shown(kind, row.value), row) for row in rows[:EARLIER])


def _learnt(
    request: HttpRequest, customer: Customer, kind: FactKind, before: Fact | None, learnt: Fact
) -> HttpResponse:
    """A row that was added can be taken back; one that was corrected on its day stands in the trail."""
    is_new = before is None or before.pk != learnt.pk
    undo = _undo(customer, kind, [], learnt) if is_new else None
    tell(request, _("Saved: %s.") % kind.label, undo)
    return _back(customer)


def _withdrawn(request: HttpRequest, user: User, customer: Customer, kind: FactKind, on: date) -> HttpResponse | None:
    """None where somebody was quicker: the page shows what is stored now."""
    try:
        rows = actions.withdraw_fact(
            actor=user, person=customer.pk, key=kind.key, was=request.POST.get("was", ""), today=on
        )
    except Customer.DoesNotExist:
        raise Http404 from None
    except Refused:
        messages.error(request, _("Somebody changed this while you were at it. Nothing was withdrawn; look again."))
        return None
    newest = actions.newest_fact(customer.pk, kind.key)
    tell(request, _("Withdrawn: %s.") % kind.label, _undo(customer, kind, rows, newest) if newest else None)
    return _back(customer)


def _undo(customer: Customer, kind: FactKind, rows: list[int], newest: Fact) -> Undo:
    fields = {"key": kind.key, "rows": ",".join(map(str, rows)), "was": actions.mark_of_fact(newest)}
    return Undo(reverse("fact-undo", args=[customer.pk]), fields)


@require_POST
def undo_fact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back what was just added or withdrawn."""
    user, customer, on = _person(request, pk)
    kind = _kind(customer, request.POST.get("key", ""))
    rows = [row for row in request.POST.get("rows", "").split(",") if row]
    if not all(row.isascii() and row.isdigit() and len(row) < 19 for row in rows):
        raise BadRequest
    try:
        actions.take_back(
            actor=user, person=pk, key=kind.key, rows=map(int, rows), was=request.POST.get("was", ""), today=on
        )
    except Customer.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is as it was before."))
    return _back(customer)


def new_consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person agreed to something."""
    user, customer, on = _person(request, pk)
    was = actions.mark_of_consents(Consent.objects.filter(person=pk))
    wished = request.GET.get("purpose", "")
    form = ConsentForm(request.POST or None, initial={"purpose": wished, "first": on, "was": was})

    def act(data: dict[str, Any]) -> None:
        agreement = actions.Agreement(
            purpose=data["purpose"], wording=data["wording"], evidence=data["evidence"],
            first=data["first"], last=data["last"],
        )  # fmt: skip
        actions.give_consent(actor=user, person=pk, agreement=agreement, was=data["was"], today=on)

    if request.method == "POST" and _carried_out(form, act):
        tell(request, _("The consent is entered."))
        return _back(customer)
    sheet = Sheet(
        customer, _("Enter a consent"), lead=_("Only what the person agreed to, by the words that were shown.")
    )
    purpose = form.cleaned_data.get("purpose") if form.errors else None
    stored = Consent.objects.filter(person=pk, purpose=purpose, during__contains=on).first() if purpose else None
    return _show(request, form, sheet, _stored_consent(stored), was)


def _stored_consent(consent: Consent | None) -> dict[str, Any]:
    if consent is None:
        return {"wording": "", "evidence": ""}
    return {"wording": consent.wording, "evidence": consent.evidence, "first": consent.during.lower}


def end_consent(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """A person withdraws what he agreed to."""
    user, customer, on = _person(request, pk)
    given = next((one for one in known_of(customer, on)["consents"] if one.purpose == key), None)
    if given is None:
        raise Http404
    was = actions.mark_of_consents(Consent.objects.filter(person=pk))
    form = EndConsentForm(request.POST or None, initial={"ended_on": on, "was": was})
    withdrawn: list[int] = []

    def act(data: dict[str, Any]) -> None:
        withdrawn.append(
            actions.end_consent(
                actor=user, person=pk, purpose=key, ended_on=data["ended_on"], was=data["was"], today=on
            )
        )

    if request.method == "POST" and _carried_out(form, act):
        what = _("The consent is withdrawn, and with it the facts that it allowed.")
        tell(request, what if withdrawn[0] else _("The consent is withdrawn."))
        return _back(customer)
    lead = _("Agreed to: %(what)s. What may be kept by this consent alone is withdrawn with it.") % {
        "what": given.label
    }
    sheet = Sheet(customer, _("Withdraw the consent"), lead=lead)
    return _show(request, form, sheet, {}, was)


def potential(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a customer could do, in bands."""
    user, customer, on = _opened(request, pk)
    newest = actions.newest_potential(pk, on)
    was = actions.mark_of_potential(newest)
    initial = {"patients": newest.patients_per_day, "openness": newest.openness} if newest else {}
    bands = [(upper, band(upper)) for upper in BANDS]
    form = PotentialForm(request.POST or None, bands=bands, initial=initial | {"was": was})

    def act(data: dict[str, Any]) -> None:
        actions.estimate_potential(
            actor=user, customer=pk, patients=data["patients"], openness=data["openness"], was=data["was"], today=on
        )

    if request.method == "POST" and _carried_out(form, act):
        tell(request, _("The estimate is saved. Tiers count it from the next night on."))
        return _back(customer)
    lead = _(
        "Your estimate from open facts, such as clinic hours and what the person tells: never a count of prescriptions."
    )
    return _show(request, form, Sheet(customer, _("Estimate the potential"), lead=lead), initial, was)


def _back(customer: Customer) -> HttpResponse:
    return redirect(reverse("customer", args=[customer.pk]) + PROFILE)


def _show(request: HttpRequest, form: Asking, sheet: Sheet, stored: Mapping[str, Any], was: str) -> HttpResponse:
    """The form; if somebody was quicker, beside what is stored by now."""
    conflict = None
    if form.overtaken:
        conflict = {
            "sentence": form.non_field_errors()[0],
            "differences": differences(form, dict(stored)),
            "leave": sheet.back,
        }
        form.renew(was)
    status = 409 if conflict else 422 if form.errors else 200
    context = {"form": form, "sheet": sheet, "customer": sheet.customer, "conflict": conflict}
    return render(request, "customers/knowledge.html", context, status=status)
