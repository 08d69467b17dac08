"""Pages of operations: users, their postings, and who is away."""

from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import invite_user
from accounts.actions import people as actions
from accounts.forms.setup import EndForm, NewUserForm, PostingForm, TimeOffFilter, UserFilter, UserForm
from accounts.models import Posting, TimeOff, User
from accounts.queries import below, operated, sign_ins, staff, today_of, tree, why_not_managed
from accounts.views import OWN_NAMES
from accounts.views.setup import FormPage, OperationsList, for_operations, operator, show_form
from crm.base import clock
from crm.base.lists import Column
from crm.base.periods import last_day
from crm.base.refusals import Refused, mark_of
from crm.base.toasts import Undo, tell


def _roles(row: User) -> str:
    roles = dict.fromkeys(posting.get_role_display() for posting in row.now)  # type: ignore[attr-defined]
    return capfirst(pgettext("between things", ", ").join(roles))


def _places(row: User) -> str:
    return pgettext("between things", ", ").join(dict.fromkeys(p.territory.name for p in row.now))  # type: ignore[attr-defined]


def _language(row: User) -> str:
    return dict(OWN_NAMES).get(row.language) or _("as the browser asks")


class UserList(OperationsList):
    """Who was ever posted in the reader's ground; from the root also who never was."""

    name = "users"
    title = gettext_lazy("Users and postings")
    searched = gettext_lazy("Name, user name or e-mail")
    hint = gettext_lazy("Name, user name or e-mail")
    form_class = UserFilter
    tabs = "status"
    first_sort = "name"
    add, add_word = "user-new", gettext_lazy("New user")
    nothing_yet = "setup/_nothing.html"
    columns = (
        Column("name", pgettext_lazy("of a person", "Name"), attrgetter("name"), sort=("name",), card="title"),
        Column("username", gettext_lazy("User name"), attrgetter("username"), sort=("username",), card="line"),
        Column("role", gettext_lazy("Role today"), _roles, card="line"),
        Column("territory", gettext_lazy("Territory"), _places, card="line"),
        Column("email", gettext_lazy("E-mail"), attrgetter("email"), sort=("email",)),
        Column(
            "active",
            gettext_lazy("May sign in"),
            lambda row: _("Yes") if row.is_active else _("No"),
            short=gettext_lazy("May sign in"),
            card="end",
        ),
        Column("language", gettext_lazy("Language"), _language, sort=("language",), usual=False),
        Column(
            "seen",
            gettext_lazy("Last sign-in"),
            attrgetter("last_login"),
            sort=("last_login",),
            number=True,
            usual=False,
        ),
        Column(
            "entered",
            gettext_lazy("Entered on"),
            lambda row: clock.company_date(row.date_joined),
            sort=("date_joined",),
            number=True,
            usual=False,
        ),
    )

    @cached_property
    def on(self) -> date:
        return today_of(self.user, clock.now())

    def rows(self) -> QuerySet[User]:
        return staff(self.user)

    def _today(self) -> QuerySet[Posting]:
        return Posting.objects.filter(user=OuterRef("pk"), during__contains=self.on)

    def narrow(self, rows: QuerySet[User]) -> QuerySet[User]:
        if text := self.wanted["q"]:
            rows = rows.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text))
        if self.wanted["role"]:
            rows = rows.filter(Exists(self._today().filter(role=self.wanted["role"])))
        if self.wanted["territory"]:
            rows = rows.filter(Exists(self._today().filter(territory__in=below([self.wanted["territory"]]))))
        return rows

    def tab_conditions(self) -> dict[str, Q]:
        posted = Q(Exists(self._today()))
        return {
            "posted": posted & Q(is_active=True),
            "unposted": ~posted & Q(is_active=True),
            "closed": Q(is_active=False),
        }

    def dress(self, rows: list[User]) -> list[User]:
        """With today's postings, all of them: what somebody does elsewhere is no secret among operations."""
        found: dict[UUID, list[Posting]] = {}
        postings = Posting.objects.filter(user__in=rows, during__contains=self.on).select_related("territory")
        for posting in postings.order_by("role", "pk"):
            found.setdefault(posting.user_id, []).append(posting)
        for row in rows:
            row.now = found.get(row.pk, [])  # type: ignore[attr-defined]
        return rows

    def link(self, row: User) -> str:
        return reverse("user", args=[row.pk])


class TimeOffList(OperationsList):
    """Days on which the users of the reader's ground make no visits. They are entered by a file."""

    name = "time-off"
    title = gettext_lazy("Time off")
    searched = pgettext_lazy("of a person", "Name")
    hint = pgettext_lazy("of a person", "Name")
    form_class = TimeOffFilter
    first_sort = "-first"
    nothing_yet = "setup/_no_time_off.html"
    columns = (
        Column(
            "user", pgettext_lazy("of a person", "Name"), attrgetter("user.name"), sort=("user__name",), card="title"
        ),
        Column(
            "kind",
            gettext_lazy("What for"),
            lambda row: capfirst(row.get_kind_display()),
            sort=("kind",),
            card="line",
        ),
        Column(
            "half",
            gettext_lazy("Half of the day"),
            lambda row: capfirst(row.get_half_display()) if row.half else None,
            card="line",
        ),
        Column(
            "first", gettext_lazy("First day"), attrgetter("during.lower"), sort=("during",), number=True, card="end"
        ),
        Column(
            "last",
            gettext_lazy("Last day"),
            lambda row: last_day(row.during),
            number=True,
            short=gettext_lazy("Last day"),
            card="named",
        ),
    )

    def rows(self) -> QuerySet[TimeOff]:
        return TimeOff.objects.filter(user__in=staff(self.user))

    def narrow(self, rows: QuerySet[TimeOff]) -> QuerySet[TimeOff]:
        if text := self.wanted["q"]:
            rows = rows.filter(Q(user__name__icontains=text) | Q(user__username__icontains=text))
        if self.wanted["since"]:
            rows = rows.filter(during__endswith__gt=self.wanted["since"])
        if self.wanted["until"]:
            rows = rows.filter(during__startswith__lte=self.wanted["until"])
        return rows

    def complete(self, rows: QuerySet[TimeOff]) -> QuerySet[TimeOff]:
        return rows.select_related("user")

    def link(self, row: TimeOff) -> str:
        return reverse("user", args=[row.user_id])


def _found(request: HttpRequest, pk: UUID) -> tuple[User, User, date]:
    """Who asks, whom he asks for, and his today. Absent and foreign are the same."""
    actor = operator(request)
    return actor, get_object_or_404(staff(actor), pk=pk), today_of(actor, clock.now())


@require_safe
@for_operations
def user(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One user: who he is, where he is and was posted."""
    actor, found, on = _found(request, pk)
    own = set(operated(actor).values_list("pk", flat=True))
    postings = list(found.postings.select_related("territory").order_by("-during", "pk"))
    for posting in postings:
        posting.state = _state(posting, on)  # type: ignore[attr-defined]
        posting.mine = posting.territory_id in own and found.pk != actor.pk  # type: ignore[attr-defined]
    context = {
        "member": found,
        "on": on,
        "own": own,
        "postings": postings,
        "hindered": why_not_managed(actor, found, on),
        "is_self": found.pk == actor.pk,
    }
    return render(request, "setup/user.html", context)


@require_safe
@for_operations
def user_sign_ins(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What happened at the doors of a user."""
    _actor, found, _on = _found(request, pk)
    return render(request, "setup/sign_ins.html", {"member": found, **sign_ins(found)})


def _state(posting: Posting, on: date) -> str:
    if on in posting.during:
        return "now"
    return "later" if _begins_after(posting, on) else "over"


def _begins_after(posting: Posting, on: date) -> bool:
    return posting.during.lower is not None and posting.during.lower > on


@for_operations
def new_user(request: HttpRequest) -> HttpResponse:
    actor = operator(request)
    on = today_of(actor, clock.now())
    form = NewUserForm(request.POST or None, nodes=tree(actor, on), initial={"first": on})
    made: list[User] = []

    def create(data: dict[str, Any]) -> None:
        data.pop("was")
        made.append(actions.create_user(actor=actor, **data))

    if request.method == "POST" and form.carried_out(create):
        tell(request, _("%s is entered and posted. Send an invitation: until then nobody can sign in.") % made[0].name)
        return redirect("user", pk=made[0].pk)
    page = FormPage(_("New user"), reverse("users"), _("Users and postings"), _("Create user"))
    return show_form(request, form, page)


@for_operations
def change_user(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor, found, on = _found(request, pk)
    before = {"name": found.name, "email": found.email, "language": found.language}
    form = UserForm(request.POST or None, initial=before | {"was": mark_of(*actions.seen_of(found))})
    if request.method == "POST" and form.carried_out(
        lambda data: actions.change_user(actor=actor, user=found, on=on, **data)
    ):
        changed = User.objects.get(pk=pk)
        undo = Undo(reverse("user-change", args=[pk]), before | {"was": mark_of(*actions.seen_of(changed))})
        tell(request, _("%s is saved.") % changed.name, undo)
        return redirect("user", pk=pk)
    stored = User.objects.get(pk=pk)
    if form.overtaken:
        form.renew(mark_of(*actions.seen_of(stored)))
    page = FormPage(
        _("Change “%s”") % stored.name,
        reverse("user", args=[pk]),
        stored.name,
        _("Save user"),
        now=[
            (pgettext("of a person", "Name"), stored.name),
            (_("E-mail"), stored.email or "—"),
            (_("Language"), stored.language or "—"),
        ],
    )
    return show_form(request, form, page)


@for_operations
@require_POST
def set_active(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor, found, on = _found(request, pk)
    active = request.POST.get("active") == "1"
    try:
        actions.set_active(actor=actor, user=found, active=active, on=on)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        undo = Undo(reverse("user-active", args=[pk]), {"active": "0" if active else "1"})
        words = (
            _("%s may sign in again.") if active else _("%s may not sign in any more, and is signed out everywhere.")
        )
        tell(request, words % found.name, undo)
    return redirect("user", pk=pk)


@sensitive_variables("link")
@for_operations
@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The link by which he sets a password: mailed, and shown once to be handed over."""
    actor, found, on = _found(request, pk)
    hindered = why_not_managed(actor, found, on)
    if not hindered and not found.is_active:
        hindered = _("%s may not sign in; allow that first.") % found.name
    if hindered:
        messages.error(request, hindered)
        return redirect("user", pk=pk)
    link, mailed = invite_user(found, actor=actor.pk, at=clock.now())
    return render(request, "setup/invited.html", {"member": found, "link": link, "mailed": mailed})


@for_operations
def new_posting(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor, found, on = _found(request, pk)
    form = PostingForm(request.POST or None, nodes=tree(actor, on), initial={"first": on})
    made: list[Posting] = []

    def add(data: dict[str, Any]) -> None:
        data.pop("was")
        made.append(actions.add_posting(actor=actor, user=found, **data))

    if request.method == "POST" and form.carried_out(add):
        later = _begins_after(made[0], on)
        undo = Undo(reverse("posting-remove", args=[made[0].pk])) if later else None
        tell(request, _("The posting is entered."), undo)
        return redirect("user", pk=pk)
    page = FormPage(_("Post “%s”") % found.name, reverse("user", args=[pk]), found.name, _("Enter posting"))
    return show_form(request, form, page)


def _posting(request: HttpRequest, pk: UUID) -> tuple[User, Posting, date]:
    actor = operator(request)
    seen = Posting.objects.filter(territory__in=operated(actor), user__in=staff(actor))
    return actor, get_object_or_404(seen.select_related("user", "territory"), pk=pk), today_of(actor, clock.now())


@for_operations
def end_posting(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor, found, on = _posting(request, pk)
    before = last_day(found.during)
    form = EndForm(request.POST) if request.method == "POST" else EndForm(initial={"last": before or on})

    def end(data: dict[str, Any]) -> None:
        actions.end_posting(actor=actor, posting=found, last=data["last"])

    if request.method == "POST" and form.carried_out(end):
        undo = Undo(reverse("posting-end", args=[pk]), {"last": before.isoformat() if before else ""})
        tell(request, _("The posting has another last day now."), undo)
        return redirect("user", pk=found.user_id)
    role = found.get_role_display()
    page = FormPage(
        _("Last day as %(role)s in %(territory)s") % {"role": role, "territory": found.territory.name},
        reverse("user", args=[found.user_id]),
        found.user.name,
        _("Save last day"),
        lead=_("Visits and history stay; from the day after, this posting opens nothing any more."),
    )
    return show_form(request, form, page)


@for_operations
@require_POST
def remove_posting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Only one that has not begun."""
    actor, found, on = _posting(request, pk)
    try:
        said = actions.remove_posting(actor=actor, posting=found, today=on)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        last = last_day(said["during"])
        fields = {"territory": said["territory"], "role": said["role"], "first": said["during"].lower.isoformat()}
        undo = Undo(reverse("posting-new", args=[found.user_id]), fields | {"last": last.isoformat() if last else ""})
        tell(request, _("The planned posting is taken back."), undo)
    return redirect("user", pk=found.user_id)
