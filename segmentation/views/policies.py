"""Pages of operations: tier policies, their versions, and publishing."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Posting, Product, TerritoryPath, User
from accounts.queries import below, lines_of, operated, tree
from accounts.views.setup import FormPage, OperationsList, for_operations, operator
from crm.base import clock
from crm.base.commands import OtherBodySameId
from crm.base.ids import uuid7
from crm.base.lists import Column
from crm.base.periods import last_day
from crm.base.refusals import mark_of
from crm.base.toasts import tell
from customers.models import Customer
from segmentation.actions.publishing import publish_for, seen_of
from segmentation.actions.trial import Trial, try_policy
from segmentation.forms.policies import ROLES, STATES, PolicyFilter, PublishForm, entries_of, first_entries
from segmentation.models import TierPolicyVersion
from segmentation.models.document import BadPolicy, read_document
from segmentation.queries.pages import MEASURES, amount
from segmentation.views.curves import per_cent

PATIENCE = 20  # seconds that a trial may take on a page


def readable(user: User) -> QuerySet[TierPolicyVersion]:
    """The versions that reach the ground of `user`: of its territories and of those above it."""
    posted = user.territory_ids(Posting.Role.OPERATIONS)
    above = TerritoryPath.objects.filter(descendant__in=posted).values("ancestor")
    return TierPolicyVersion.objects.filter(
        Q(policy__territory__in=above) | Q(policy__territory__in=below(posted))
    ).select_related("policy__territory")


def states(on: date) -> dict[str, Q]:
    """A version that never was in force is replaced: its period is empty."""
    later = Q(during__startswith__gt=on)
    now = Q(during__contains=on)
    return {"now": now, "later": later, "over": ~Q(during__contains=on) & ~Q(pk__in=_later(on))}


def _later(on: date) -> QuerySet[TierPolicyVersion, Any]:
    return TierPolicyVersion.objects.filter(during__startswith__gt=on).values("pk")


def state_of(version: TierPolicyVersion, on: date) -> str:
    if not version.during.isempty and on in version.during:
        return "now"
    return "later" if version.during.lower and version.during.lower > on else "over"


class PolicyList(OperationsList):
    """Every version of the policies that reach the reader's ground."""

    name = "policies"
    title = gettext_lazy("Tier policies")
    searched = gettext_lazy("Name or territory")
    hint = gettext_lazy("Name or territory")
    form_class = PolicyFilter
    tabs = "status"
    first_sort = "-published"
    add, add_word = "policy-publish", gettext_lazy("Publish a policy")
    nothing_yet = "setup/_no_policies.html"
    columns = (
        Column("name", gettext_lazy("Policy"), attrgetter("name"), sort=("name", "number"), card="title"),
        Column(
            "number",
            gettext_lazy("Version"),
            attrgetter("number"),
            sort=("number", "name"),
            number=True,
            short=gettext_lazy("Version"),
            card="end",
        ),
        Column(
            "territory",
            gettext_lazy("Territory"),
            attrgetter("policy.territory.name"),
            sort=("policy__territory__name", "number"),
            card="line",
        ),
        Column(
            "customers", gettext_lazy("Whom"), lambda row: capfirst(row.policy.get_customers_display()), card="line"
        ),
        Column("state", gettext_lazy("State"), attrgetter("state_word"), card="line"),
        Column("first", gettext_lazy("From the night of"), attrgetter("first"), number=True),
        Column("last", gettext_lazy("Last night"), attrgetter("last"), number=True),
        Column(
            "published",
            gettext_lazy("Published"),
            lambda row: clock.company_date(row.published_at),
            sort=("published_at", "number"),
            number=True,
        ),
    )

    @cached_property
    def on(self) -> date:
        return clock.company_date(clock.now())  # nights are the company's

    def rows(self) -> QuerySet[TierPolicyVersion]:
        return readable(self.user)

    def narrow(self, rows: QuerySet[TierPolicyVersion]) -> QuerySet[TierPolicyVersion]:
        if text := self.wanted["q"]:
            rows = rows.filter(Q(name__icontains=text) | Q(policy__territory__name__icontains=text))
        return rows

    def tab_conditions(self) -> dict[str, Q]:
        return states(self.on)

    def dress(self, rows: list[TierPolicyVersion]) -> list[TierPolicyVersion]:
        for row in rows:
            row.first, row.last = row.during.lower, last_day(row.during)  # type: ignore[attr-defined]
            row.state_word = dict(STATES)[state_of(row, self.on)]  # type: ignore[attr-defined]
        return rows

    def link(self, row: TierPolicyVersion) -> str:
        return reverse("policy-version", args=[row.pk])


@require_safe
@for_operations
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version in words, and as the document that it is."""
    user = operator(request)
    on = clock.company_date(clock.now())
    found = get_object_or_404(readable(user), pk=pk)
    document = read_document(found.document)
    products = Product.objects.filter(pk__in=found.products).order_by("name")
    state = state_of(found, on)
    context = {
        "version": found,
        "document": document,
        "measure": MEASURES[document.measure],
        "products": list(products),
        "calls": [(ROLES[role], [calls[tier] for tier in "ABC"]) for role, calls in document.calls.items()],
        "state": state,
        "state_word": dict(STATES)[state],
        "publisher": User.objects.filter(pk=found.published_by).first() if found.published_by else None,
        "raw": _pretty(found.document),
        "others": list(found.policy.versions.exclude(pk=found.pk).order_by("-number")),
        "may_publish": operated(user).filter(pk=found.policy.territory_id).exists(),
    }
    return render(request, "setup/policy_version.html", context)


def _pretty(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


@for_operations
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the next version, started from an earlier one or from the usual; or try it first."""
    user = operator(request)
    on = clock.company_date(clock.now())
    draft = _draft(request, user)
    start = {
        **(entries_of(draft) if draft else first_entries(user.territory_ids(Posting.Role.OPERATIONS)[0])),
        "id": uuid7(),
        "first_night": on + timedelta(days=1),
        "was": mark_of(*seen_of(draft.policy)) if draft else "",
    }
    offered = products_offered(user, draft.products if draft else [])
    form = PublishForm(request.POST or None, initial=start, nodes=tree(user, on), products=offered)
    tried = None
    if request.method == "POST" and "try" in request.POST:
        tried = _tried(form, user, on)
    elif request.method == "POST" and (made := _published(form, user, draft, on)):
        tell(request, _("Version %(number)d of “%(name)s” is published.") % {"number": made.number, "name": made.name})
        return redirect("policy-version", pk=made.pk)
    if form.overtaken and draft:
        form.renew(mark_of(*seen_of(draft.policy)))
    page = FormPage(
        _("Publish a policy"),
        reverse("policy-version", args=[draft.pk]) if draft else reverse("policies"),
        draft.name if draft else _("Tier policies"),
        _("Publish"),
        lead=_lead(draft, on),
        now=[(_("Version %d") % v.number, _words_of(v)) for v in draft.policy.versions.order_by("number")]
        if draft
        else [],
    )
    context = {"form": form, "page": page, "tried": tried and _told(tried, form, user)}
    return render(request, "setup/policy_publish.html", context, status=422 if form.errors else 200)


def products_offered(user: User, also: Iterable[UUID]) -> QuerySet[Product]:
    """What the lines of the reader sell, and what an earlier version names."""
    return Product.objects.filter(Q(line__in=lines_of(user), is_active=True) | Q(pk__in=also)).order_by("name", "pk")


def _tried(form: PublishForm, user: User, on: date) -> Trial | None:
    made: list[Trial] = []

    def act(_data: dict[str, Any]) -> None:
        made.append(try_policy(raw=form.document(), today=on, ground=operated(user), seconds=PATIENCE))

    try:
        form.carried_out(act)
    except BadPolicy as bad:
        form.add_error("measure", bad.sentences)
    return made[0] if made else None


def _told(trial: Trial, form: PublishForm, user: User) -> dict[str, Any]:
    """What a trial came to, as the page shows it."""
    whole = sum(trial.volume.values())
    names = Customer.objects.for_user(user, Posting.Role.OPERATIONS).in_bulk([move.customer for move in trial.first])
    currency = form.document().get("currency", "")
    return {
        "trial": trial,
        "measure": MEASURES[form.cleaned_data["measure"]],
        "customers": sum(trial.then.values()),
        "rows": [
            {
                "letter": tier,
                "now": trial.now[tier],
                "then": trial.then[tier],
                "share": per_cent(trial.volume[tier], whole) if whole else "",
                "due_now": trial.due_now[tier],
                "due_then": trial.due_then[tier],
            }
            for tier in "ABC"
        ],
        "due_now": sum(trial.due_now.values()),
        "due_then": sum(trial.due_then.values()),
        "first": [
            (move, names[move.customer], amount(move.volume, currency))
            for move in trial.first
            if move.customer in names
        ],
    }


def _words_of(one: TierPolicyVersion) -> str:
    return f"{one.name} · {one.during.lower or '—'}"


def _draft(request: HttpRequest, user: User) -> TierPolicyVersion | None:
    """The version to start from, of a territory where the reader may publish."""
    number = request.GET.get("version", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return get_object_or_404(readable(user).filter(policy__territory__in=operated(user)), pk=int(number))


def _published(form: PublishForm, user: User, draft: TierPolicyVersion | None, on: date) -> TierPolicyVersion | None:
    made: list[TierPolicyVersion] = []

    def act(data: dict[str, Any]) -> None:
        edited = draft.policy if draft else None
        made.append(
            publish_for(
                actor=user,
                id=data["id"],
                raw=form.document(),
                first_night=data["first_night"],
                today=on,
                edited=edited,
                was=data["was"],
            )
        )

    try:
        form.carried_out(act)
    except BadPolicy as bad:
        form.add_error("measure", bad.sentences)
    except OtherBodySameId as known:
        form.renew_id(str(known))
    return made[0] if made and not form.errors else None


def _lead(draft: TierPolicyVersion | None, on: date) -> str:
    planned = draft and draft.policy.versions.filter(during__startswith__gt=on).order_by("number").first()
    if planned:
        return _("Version %(number)d is planned from %(first)s: publishing replaces it.") % {
            "number": planned.number,
            "first": planned.during.lower.isoformat(),
        }
    return _("The versions before stay as they are, up to the night before.")
