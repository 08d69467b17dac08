"""No word of a foreign record reaches anybody who may not read it: not on a page, in a file, a count, a message or a
header, and not by searching for it."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.urls import reverse

from crm.base.audit import tracked_models
from crm.base.lists import list_pages
from customers.models import Customer
from tests.access.canaries import Canary, nonsense, text_fields
from tests.access.conftest import Visitors
from tests.access.grids import COLUMNS
from tests.access.objects import address_of, body_of
from tests.access.table import ROUTES
from tests.access.test_table import asked, routes, without_secrets

pytestmark = pytest.mark.once

OURS = {"accounts", "base", "customers", "sales", "visits", "segmentation"}

# Text fields in which no canary can sit, by the reason.
NO_CANARY = {
    "a code, not a text": """
        accounts.Line.code accounts.Territory.own_jurisdiction accounts.Territory.jurisdiction
        accounts.Territory.own_time_zone accounts.Territory.time_zone accounts.User.language
        accounts.Holiday.jurisdiction accounts.SavedView.list_name base.ExternalId.kind base.ExternalId.source
        base.ImportRun.kind base.ImportRun.source base.ImportRun.sha256 base.ImportRun.language
        customers.Institution.purchases_currency customers.Fact.key sales.SalesMonth.source
        sales.SalesMonth.currency visits.Target.currency visits.CallTarget.tier visits.Reminder.reason
        segmentation.TierAssignment.reason accounts.ApiToken.begins accounts.ApiToken.scopes""",
    "a hash": "accounts.ApiToken.digest accounts.User.password accounts.CalendarLink.secret_sha256",
    "its canary is that of the e-mail": "accounts.User.username",
    "the address of a list: nothing that anybody wrote": "accounts.SavedView.query",
    "made from the name of the customer": """
        customers.Customer.folded customers.Customer.pinyin customers.Customer.initials
        customers.Customer.other_pinyin customers.Customer.keys""",
    "the name of a department of the same institution, which carries one": "customers.Affiliation.department",
    "a document of which every word has its meaning": "segmentation.TierPolicyVersion.document",
    "counted by the night: codes": """
        sales.SalesRollup.currency
        segmentation.CycleCustomer.tier segmentation.CycleCustomer.plan_tier segmentation.CycleCustomer.role
        segmentation.CycleCustomer.kind segmentation.CycleCustomer.place_kind segmentation.TierMove.before
        segmentation.TierMove.after segmentation.TierMove.role segmentation.TierMove.kind
        segmentation.TierMove.place_kind segmentation.CycleRollup.tier segmentation.CycleRollup.role
        segmentation.CycleRollup.kind segmentation.CycleRollup.place_kind""",
    "written by jobs and checks, figures of the whole house": """
        base.JobRun.name base.JobRun.steps base.JobRun.error base.ImportRun.findings base.ImportRun.outcome""",
    "what a command said and did: no page reads it": """
        base.Command.kind base.Command.result base.CommandBody.body""",
    "the law and our own rules, the same for everybody": """
        base.Rule.code base.Rule.jurisdiction base.Rule.title base.Rule.origin base.Retention.reason""",
}

# Whose words each actor reads: `shared` is everybody's; `both` a visit at which people of xixi and north were met.
SEES = {
    "rep": "xixi both", "sib": "dongdu", "gone": "north both gone", "man": "xixi dongdu south both",
    "oth": "north both", "ops": "xixi dongdu north south waste idle house both", "sub": "xixi dongdu south both",
    "com": "xixi dongdu south both", "two": "xixi north both two", "emp": "waste", "idle": "idle",
}  # fmt: skip

# Words of others that are meant to be read: of which field, where (how the address begins), by whom, and why.
MEANT = (
    ("customers.Affiliation.position", "/customers/", "", "of somebody outside who sways a customer one reads what he "
     "is, and no name"),
    ("accounts.User.name", "/visits/", "", "who made a visit that one reads"),
    ("accounts.User.name", "/customers/", "", "who made a visit that one reads; whom one may bring along"),
    ("accounts.Territory.name", "/visits/", "oth gone", "the territory of a visit at which somebody of theirs was met"),
    ("accounts.User.name", "/team/", "", "who holds a territory below one's own"),
    ("accounts.User.name", "/tiers/", "", "who holds a territory below one's own"),
    ("accounts.User.name", "/setup/", "", "who is or was posted in ground that one runs"),
    ("accounts.User.email", "/setup/users/", "", "who is or was posted in ground that one runs"),
    ("accounts.Territory.name", "/setup/users/", "", "where else somebody of one's ground is posted"),
    ("", "/files/", "ops", "files hold the whole house, and are for operations at a root"),
    ("", "/account/", "", "what is one's own"),
)  # fmt: skip


def is_meant(canary: Canary, address: str, actor: str) -> bool:
    return any(
        (not field or canary.field == field) and address.startswith(start) and (not who or actor in who.split())
        for field, start, who, _why in MEANT
    )


def test_every_text_field_carries_a_canary(visitors: Visitors) -> None:
    carried = {canary.field for canary in visitors.house.flock.canaries.values()}
    excused = {field for fields in NO_CANARY.values() for field in fields.split()}
    events = set(tracked_models().values())
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS and model not in events]
    every = {f"{model._meta.label}.{field.name}" for model in ours for field in text_fields(model)}
    assert not (bare := every - carried - excused), (
        f"No canary sits in {sorted(bare)}: plant a row of it in each branch (tests/access/house.py), or say in "
        f"NO_CANARY why none can."
    )
    assert not (idle := excused - every | excused & carried), f"Needs no excuse: {sorted(idle)}"


def addresses(visitors: Visitors, actor: str) -> Iterator[str]:
    """Every address that is read, for every object; every list as every file."""
    for name, route in ROUTES.items():
        for method, which, _table in asked(route):
            if method == "GET":
                yield address_of(visitors.house, name, route.kind, which)
    for name in set(list_pages()) & set(routes()):
        every = ",".join(column.name for column in list_pages()[name].columns)
        yield from (f"{reverse(name)}?columns={every}&as={kind}" for kind in ("csv", "xlsx", "print"))
    if actor == "ops":
        kinds = ("users", "territories", "visits", "consents")
        yield from (reverse("export", args=[kind, "csv"]) for kind in kinds)


def whole(answer: Any) -> str:
    """All that reaches a reader: the words, the headers, the cookies; of a workbook its sheets."""
    body = answer.whole
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return f"{body.decode()} {sorted(answer.headers.items())} {answer.cookies}"


@pytest.mark.parametrize("actor", COLUMNS[1:])
def test_nobody_reads_a_foreign_word(visitors: Visitors, actor: str) -> None:
    flock, own = visitors.house.flock, {"shared", *SEES[actor].split()}
    read, leaks = set(), []
    for address in addresses(visitors, actor):
        for canary in flock.heard(whole(visitors.ask(actor, "GET", address))):
            read.add(canary.field)
            if canary.branch not in own and not is_meant(canary, address, actor):
                leaks.append(f"{canary.field} of {canary.branch} at {address}")
    assert not leaks, "\n".join([f"{actor} reads:", *sorted(leaks)])
    if actor in ("rep", "gone", "man", "oth", "ops", "sub"):
        assert {"customers.Customer.name", "visits.Visit.note", "customers.Department.name"} <= read, "nothing is heard"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_whoever_is_not_signed_in_reads_nothing(visitors: Visitors, language: str) -> None:
    for actor in ("anon", "shut"):
        for address in addresses(visitors, actor):
            answer = visitors.ask(actor, "GET", address, HTTP_ACCEPT_LANGUAGE=language)
            assert not visitors.house.flock.heard(whole(answer)), (actor, address)


# Who looks for words of which branch, where. `territories` and what else has no rows of customers answers to `q`, too.
SEEKERS = {"rep": "north", "man": "north", "sub": "north", "gone": "xixi", "oth": "xixi"}
BOXES = (
    "search", "customers", "visits", "log-whom", "team-customers", "team-calls", "team-promises", "moves", "users",
    "territories", "align", "policies", "time-off", "products", "holidays", "files", "tokens",
    "cycles", "nights",
)  # fmt: skip
SOUGHT = {
    "customers.Customer.name", "customers.Person.phone", "base.ExternalId.external_id", "customers.Department.name",
    "accounts.Territory.name", "accounts.User.email", "visits.Visit.note", "visits.Visit.needs",
    "visits.FollowUp.text", "customers.Fact.value", "accounts.SavedView.name", "segmentation.TierPolicyVersion.name",
}  # fmt: skip


def words_of(visitors: Visitors, branch: str) -> Iterator[str]:
    """What names a record of the branch, by all the ways in which one may look for it."""
    for canary in visitors.house.flock.of(branch):
        if canary.field in SOUGHT:
            yield canary.word
        if canary.field == "customers.Person.phone":
            yield canary.word[-4:]
    for customer in Customer.objects.filter(name__in=[canary.word for canary in visitors.house.flock.of(branch)]):
        yield customer.pinyin.replace(" ", "")


def test_every_box_is_sought_in(visitors: Visitors) -> None:
    """Every page without a name in its address that asks for words."""
    boxes = set()
    for name, route in ROUTES.items():
        if route.get and (not route.kind or ":" in route.kind) and name not in ("search", "log-whom"):
            pages = [visitors.ask(actor, "GET", reverse(name)).whole.decode() for actor in ("rep", "man", "ops")]
            boxes |= {name} if any('type="search" id="q" name="q"' in page for page in pages) else set()
    boxes |= {"search", "log-whom"}  # theirs is that of the frame
    assert boxes == set(BOXES), "Name every page with a search box in BOXES, and no other."


def found(visitors: Visitors, actor: str, box: str, word: str) -> str:
    """What a search shows, without the word that was typed."""
    answer = visitors.ask(actor, "GET", f"{reverse(box)}?q={word}")
    return without_secrets(answer.whole.decode()).replace(quote(word), word).replace(word, "WORD")


@pytest.mark.parametrize("actor", SEEKERS)
def test_a_foreign_word_finds_as_much_as_none(visitors: Visitors, actor: str) -> None:
    told = []
    for box in BOXES:
        nothing = found(visitors, actor, box, nonsense(0))
        for word in words_of(visitors, SEEKERS[actor]):
            if found(visitors, actor, box, word) != nothing:
                told.append(f"{box}: {visitors.house.flock.canaries.get(word, word)}")
    assert not told, "\n".join([f"{actor} finds:", *told])


@pytest.mark.parametrize("route", ["person-new", "institution-new"])
def test_whoever_enters_somebody_who_is_elsewhere_learns_nothing(visitors: Visitors, route: str) -> None:
    """A name or number that is there already is asked about only if its bearer is one's own."""
    foreign, own = (visitors.house.branches[name].rows for name in ("north", "xixi"))
    one = "person" if route == "person-new" else "hospital"
    for words in ({"name": foreign[one].customer.name}, {"phone": foreign["person"].phone}):
        answer = visitors.ask("rep", "POST", reverse(route), body_of(visitors.house, route, "xixi") | words)
        assert answer.status_code == 302, words
    twice = body_of(visitors.house, route, "xixi") | {"name": own[one].customer.name}
    assert visitors.ask("rep", "POST", reverse(route), twice).status_code == 422


def test_ones_own_words_are_found(visitors: Visitors) -> None:
    names = [canary.word for canary in visitors.house.flock.of("xixi") if canary.field == "customers.Customer.name"]
    assert names
    for box in ("search", "customers", "log-whom"):
        for name in names:
            assert found(visitors, "rep", box, name) != found(visitors, "rep", box, nonsense(0)), (box, name)
    doctor = visitors.house.branches["xixi"].rows["person"].customer.name
    for actor, box in (("rep", "visits"), ("man", "team-customers"), ("man", "team-promises"), ("man", "moves")):
        assert found(visitors, actor, box, doctor) != found(visitors, actor, box, nonsense(0)), (actor, box)
