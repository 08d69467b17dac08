"""A small company for questions of access: four branches alike, and an actor for every way to stand to them.

`xixi` is the rep's own territory, `dongdu` her sibling's in the same district, `north` lies in another district,
`far` in the tree of another product line, which nobody of the cast runs. Each branch has the same rows, made by the
same hand, with a canary in every text field.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import connection
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.actions import refresh_ground
from accounts.models import (
    ApiToken,
    CalendarLink,
    Holiday,
    Line,
    Posting,
    Product,
    SavedView,
    SignInEvent,
    Territory,
    TerritoryParent,
    TimeOff,
    User,
)
from accounts.models.tokens import SCOPES
from crm.base.ids import uuid7
from crm.base.models import ExternalId, ImportRun, JobRun
from crm.base.periods import month_start, period
from customers.actions import refresh_alignment
from customers.models import (
    Affiliation,
    Alignment,
    Consent,
    Customer,
    CustomerStatus,
    Department,
    Fact,
    InfluenceLink,
    Institution,
    Licence,
    Person,
    PotentialEstimate,
    RoleAssignment,
    TradeFile,
)
from sales.models import Listing, SalesMonth
from segmentation.actions import roll_up_cycles
from segmentation.models import TierAssignment, TierPolicy, TierPolicyVersion
from tests.access.canaries import Flock
from tests.cast import NOON, PASSWORD, SINCE, TODAY
from visits.actions.answers import Answer, answer_reminder
from visits.models import Attendee, CallTarget, Cycle, FollowUp, Reminder, Target, Visit, VisitProduct

MONTH = month_start(TODAY)
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
BRANCHES = ("xixi", "dongdu", "north", "far")
REASON = {
    "rule": "pareto", "measure": "units", "currency": "", "first_month": "2024-01-01", "end_month": "2025-12-01",
    "shares": {"A": 50, "B": 85}, "volume": 40, "before": 214, "total": 1000, "rank": 12, "members": 1000,
}  # fmt: skip
Role = Posting.Role


def _credential() -> dict[str, Any]:
    """What a browser answers when a passkey is made; its key opens nothing."""
    key = CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    made = AttestedCredentialData.create(bytes(16), b"a passkey", key)
    flags = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.USER_VERIFIED | AuthenticatorData.FLAG.ATTESTED
    data = AuthenticatorData.create(bytes(32), flags, 0, made)
    answer = {
        "clientDataJSON": CollectedClientData.create("webauthn.create", b"challenge", "http://localhost"),
        "attestationObject": AttestationObject.create("none", data, {}),
    }
    name = websafe_encode(b"a passkey")
    said = {word: websafe_encode(value) for word, value in answer.items()}
    return {"id": name, "rawId": name, "type": "public-key", "response": said, "clientExtensionResults": {}}


_CREDENTIAL = _credential()


@dataclass
class Branch:
    """The rows of one branch, by what an address calls them."""

    name: str
    territory: Territory
    line: Line
    product: Product
    cycle: Cycle
    rep: User
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass
class House:
    flock: Flock = field(default_factory=Flock)
    ground: dict[str, Territory] = field(default_factory=dict)
    actors: dict[str, User | None] = field(default_factory=dict)
    branches: dict[str, Branch] = field(default_factory=dict)
    password: str = field(default_factory=lambda: make_password(PASSWORD))

    def territory(self, owner: str, name: str, line: Line, under: str = "", **more: Any) -> Territory:
        fixed = {"own_jurisdiction": "", "own_time_zone": "", "jurisdiction": "", "time_zone": ""}
        found = self.flock.plant(owner, Territory, line=line, **{**fixed, **more})
        if under:
            TerritoryParent.objects.create(territory=found, parent=self.ground[under], during=period(None))
        self.ground[name] = found
        return found

    def user(self, owner: str, username: str, *posted: tuple[str, str], **more: Any) -> User:
        email = f"{self.flock.note(owner, f'zq{username}qz', 'accounts.User.email')}@example.com"
        known = {"username": username, "email": email, "language": "en", "password": self.password}
        found = self.flock.plant(owner, User, **known, **more)
        for ground, role in posted:
            Posting.objects.create(user=found, territory=self.ground[ground], role=role, during=period(SINCE))
        return found


def build() -> House:
    house = House()
    line = house.flock.plant("shared", Line, code="default")
    other = house.flock.plant("far", Line, code="oncology")
    _ground(house, line, other)
    _actors(house)
    _branches(house, line, other)
    refresh_alignment(on=TODAY)
    for branch in house.branches.values():
        _after_alignment(house, branch)
    _across(house)
    _moved_away(house)
    _whole_house(house)
    roll_up_cycles(night=TOMORROW)
    return house


def _ground(house: House, line: Line, other: Line) -> None:
    china = {"own_jurisdiction": "CN", "own_time_zone": "Asia/Shanghai"}
    house.territory("shared", "china", line, **china)
    house.territory("south", "jiangnan", line, "china")
    house.territory("north", "jiangbei", line, "china")
    house.territory("xixi", "xixi", line, "jiangnan")
    house.territory("dongdu", "dongdu", line, "jiangnan")
    house.territory("north", "north", line, "jiangbei")
    house.territory("waste", "waste", line, "china")
    house.territory("far", "elsewhere", other, **china)
    house.territory("far", "far", other, "elsewhere")
    refresh_ground(on=TODAY)


def _actors(house: House) -> None:
    make = house.user
    house.actors = {
        "anon": None,
        "shut": make("xixi", "shut", ("xixi", Role.REP), is_active=False),
        "rep": make("xixi", "rep", ("xixi", Role.REP)),
        "sib": make("dongdu", "sib", ("dongdu", Role.REP)),
        "gone": make("gone", "gone", ("north", Role.REP)),
        "man": make("south", "man", ("jiangnan", Role.MANAGER)),
        "oth": make("north", "oth", ("jiangbei", Role.MANAGER)),
        "ops": make("shared", "ops", ("china", Role.OPERATIONS)),
        "sub": make("south", "sub", ("jiangnan", Role.OPERATIONS)),
        "com": make("south", "com", ("jiangnan", Role.COMPLIANCE)),
        "two": make("two", "two", ("xixi", Role.REP), ("jiangbei", Role.OPERATIONS)),
        "emp": make("waste", "emp", ("waste", Role.MANAGER)),
        "idle": make("idle", "idle"),
    }
    gone = _known(house, "gone")
    Posting.objects.filter(user=gone).update(during=period(TODAY))
    Posting.objects.create(user_id=gone, territory=house.ground["xixi"], role=Role.REP, during=period(SINCE, YESTERDAY))
    make("north", "bei", ("north", Role.REP))
    make("far", "yuan", ("far", Role.REP))
    make("far", "chief", ("far", Role.MANAGER))


def _branches(house: House, line: Line, other: Line) -> None:
    reps = {"xixi": "rep", "dongdu": "sib", "north": "bei", "far": "yuan"}
    goods, cycles = {}, {}
    for one, owner in ((line, "shared"), (other, "far")):
        goods[one.pk] = house.flock.plant(owner, Product, line=one)
        cycles[one.pk] = Cycle.objects.create(line=one, during=period(MONTH, date(2026, 11, 30)), opened_on=MONTH)
    for name in BRANCHES:
        ground = house.ground[name]
        rep = User.objects.get(username=reps[name])
        branch = Branch(name, ground, ground.line, goods[ground.line_id], cycles[ground.line_id], rep)
        house.branches[name] = branch
        _customers(house, branch)
        _knowledge(house, branch)
        _people(house, branch)


def _align(branch: Branch, customer: Customer) -> None:
    Alignment.objects.create(customer=customer, territory=branch.territory, line=branch.line, during=period(SINCE))


def _institution(house: House, branch: Branch, kind: str) -> Institution:
    customer = house.flock.customer(branch.name, Customer.Kind.INSTITUTION)
    _align(branch, customer)
    found: Institution = house.flock.plant(
        branch.name,
        Institution,
        customer=customer,
        kind=kind,
        level=3,
        purchases_currency="",
    )
    return found


def _person(house: House, branch: Branch, at: Institution, phone: str) -> Person:
    plant = house.flock.plant
    customer = house.flock.customer(branch.name, Customer.Kind.PERSON)
    number = house.flock.note(branch.name, phone, "customers.Person.phone")
    person: Person = plant(branch.name, Person, customer=customer, phone=number)
    department = plant(branch.name, Department, institution=at, head=person)
    plant(branch.name, Affiliation, person=person, institution=at, department=department.name, during=period(SINCE))
    return person


def _customers(house: House, branch: Branch) -> None:
    number = 1 + BRANCHES.index(branch.name)
    hospital = _institution(house, branch, "hospital")
    pharmacy = _institution(house, branch, "pharmacy")
    doctor = _person(house, branch, hospital, f"1387{number}6150{number}4")
    follower = _person(house, branch, hospital, f"1398{number}2270{number}9")
    branch.rows |= {
        "hospital": hospital, "pharmacy": pharmacy, "person": doctor, "follower": follower,
        "customer": doctor.pk, "institution": hospital.pk, "territory": branch.territory.pk,
    }  # fmt: skip


def _knowledge(house: House, branch: Branch) -> None:
    rows, during = branch.rows, period(SINCE)
    doctor, hospital, pharmacy = rows["person"], rows["hospital"], rows["pharmacy"]

    def plant(model: Any, **values: Any) -> Any:
        return house.flock.plant(branch.name, model, **values)

    role = plant(RoleAssignment, person=doctor, role="influencer", during=during)
    link = plant(
        InfluenceLink, influencer=doctor, influenced=rows["follower"], kind="advice", weight=800, during=during
    )
    plant(Fact, person=doctor, key="interests", source="told", learned_on=SINCE, author=branch.rep)
    plant(Fact, person=doctor, key="other_firms", source="told", learned_on=SINCE, author=branch.rep)
    plant(Consent, person=doctor, purpose="processing", during=during)
    licence = plant(Licence, institution=pharmacy, kind="business", during=during)
    plant(TradeFile, institution=pharmacy)
    listing = plant(Listing, institution=hospital, product=branch.product, state="listed", during=during)
    rows |= {"role": role.pk, "influence": link.pk, "affiliation": doctor.affiliations.get().pk}
    rows |= {"licence": licence.pk, "department": Department.objects.get(head=doctor).pk, "shop": pharmacy.pk}
    rows["listing"] = listing.pk
    plant(ExternalId, kind="person", source="crm", object_id=doctor.pk)
    PotentialEstimate.objects.create(customer=doctor.customer, patients_per_day=10, openness=1, known_on=SINCE)
    SalesMonth.objects.create(
        source="crm", customer=pharmacy.customer, product=branch.product, month=date(2026, 9, 1), units=7,
        known_on=SINCE,
    )  # fmt: skip


def _people(house: House, branch: Branch) -> None:
    """What belongs to the rep of a branch."""
    plant, rep = house.flock.plant, branch.rep
    if branch.name != "xixi":
        plant(branch.name, TimeOff, user=rep, kind="leave", during=period(TODAY, TODAY))
    branch.rows |= {
        "user": rep.pk,
        "posting": Posting.objects.get(user=rep, territory=branch.territory).pk,
        "planned": Posting.objects.create(
            user=rep, territory=branch.territory, role=Role.MEDICAL, during=period(TOMORROW)
        ).pk,
        "token": plant(
            branch.name, ApiToken, user=rep, begins="rounds_", created_at=NOON, expires_at=NOON + timedelta(30),
            digest=sha256(f"rounds_{branch.name}".encode()).hexdigest(),
            scopes=[scope for scope in SCOPES if scope.endswith(":read")],
        ).pk,
        "view": plant(branch.name, SavedView, user=rep, list_name="customers", query="tier=A").pk,
        "passkey": Authenticator.objects.create(
            user=rep, type=Authenticator.Type.WEBAUTHN,
            data={"name": house.flock.note(branch.name, f"Zqkey{branch.name}qZ", "mfa"), "credential": _CREDENTIAL},
        ).pk,
    }  # fmt: skip
    policy = TierPolicy.objects.create(territory=branch.territory, customers="both")
    document = {"name": "P", "territory": f"rounds:{branch.territory.pk}", "measure": "potential", "months": 12}
    version = plant(
        branch.name, TierPolicyVersion, policy=policy, number=1, document=document, products=[], during=period(MONTH)
    )
    branch.rows |= {"policy": version.pk, "version": version}


def visit(house: House, owner: str, branch: Branch, maker: User, customers: list[Customer], **more: Any) -> Visit:
    """A visit in the territory of a branch, with all that one can say."""
    plant = house.flock.plant
    made: Visit = plant(
        owner, Visit, maker=maker, line=branch.line, territory=branch.territory, known_on=TODAY, **{"on": TODAY} | more
    )
    for customer in customers:
        Attendee.objects.create(
            visit=made, customer=customer, territory=CustomerStatus.objects.get(customer=customer).territory
        )
    plant(owner, VisitProduct, visit=made, product=branch.product, position=0)
    return made


def _after_alignment(house: House, branch: Branch) -> None:
    plant, rows = house.flock.plant, branch.rows
    doctor = rows["person"].customer
    status = CustomerStatus.objects.get(customer=doctor)
    status.tier, status.last_visit_on, status.next_due_on = "A", TODAY, TODAY
    status.save()
    for tier, during in (("B", period(date(2026, 9, 1), MONTH - timedelta(1))), ("A", period(MONTH))):
        TierAssignment.objects.create(
            customer=doctor, line=branch.line, version=rows["version"], tier=tier, during=during, reason=REASON
        )
    CallTarget.objects.create(cycle=branch.cycle, customer=doctor, territory=branch.territory, tier="A", visits_due=2)
    made = visit(house, branch.name, branch, branch.rep, [doctor], place=rows["hospital"])
    promise = plant(branch.name, FollowUp, visit=made, customer=doctor, kind="call", due_on=TODAY)
    target = plant(
        branch.name, Target, territory=branch.territory, customer=doctor, measure="visits", value=4, currency="",
        during=period(MONTH, date(2026, 11, 30)), agreed_on=MONTH, author=branch.rep,
    )  # fmt: skip
    rows["target"] = target.pk
    common = {"customer": doctor, "territory": branch.territory, "line": branch.line, "made_on": TODAY}
    due = plant(branch.name, Reminder, kind="visit_due", source_id=branch.line.pk, due_on=TODAY, reason={}, **common)
    told = plant(
        branch.name, Reminder, kind="promise", source_id=promise.pk, due_on=TODAY, reason={}, answer="", **common
    )
    answer = Answer(id=uuid7(), reminder=told.pk, what="done")
    answer_reminder(actor=branch.rep, answer=answer, at=NOON)
    with connection.cursor() as cursor:  # one transaction holds all of this house: the next row is not his
        cursor.execute("SELECT set_config('rounds.actor', '', true)")
    rows |= {"visit": made.pk, "reminder": due.pk, "answer": answer.id}


def _across(house: House) -> None:
    """What ties a branch to another: influence, and a visit at which people of both were met."""
    own, foreign = house.branches["xixi"], house.branches["north"]
    for kind, one, two in (("friend", own, foreign), ("advice", foreign, own)):
        InfluenceLink.objects.create(
            influencer=one.rows["person"], influenced=two.rows["person"], kind=kind, weight=700, during=period(SINCE)
        )
    both = [own.rows["person"].customer, foreign.rows["person"].customer]
    own.rows["group visit"] = visit(house, "both", own, own.rep, both, on=YESTERDAY).pk


def _moved_away(house: House) -> None:
    """What the rep who moved away did before: it stays with the territory."""
    own, gone = house.branches["xixi"], house.actors["gone"]
    assert gone
    made = visit(house, "xixi", own, gone, [own.rows["follower"].customer], on=TODAY - timedelta(2))
    own.rows["left visit"] = made.pk


def _whole_house(house: House) -> None:
    """Rows without a territory."""
    plant = house.flock.plant
    holiday = plant("shared", Holiday, jurisdiction="CN", on=date(2026, 12, 25))
    run = plant(
        "house", ImportRun, kind="persons", source="crm", size=1, sha256="", language="en", state="checked",
        actor_id=_known(house, "ops"), wanted_at=NOON, outcome=None,
        findings={"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1}, phase="",
    )  # fmt: skip
    JobRun.objects.create(name="night", on=TODAY, state="failed", error="Broken")
    plant("nobody", SignInEvent, what="signed_in", user_id=_known(house, "rep"), at=NOON)
    planned = Cycle.objects.create(
        line=house.branches["xixi"].line, during=period(date(2026, 12, 1), date(2026, 12, 31))
    )
    secret = "a-calendar-of-the-cast"
    digest = sha256(secret.encode()).hexdigest()
    CalendarLink.objects.create(user_id=_known(house, "rep"), secret_sha256=digest, made_at=NOON)
    house.branches["xixi"].rows |= {
        "calendar": secret,
        "holiday": holiday.pk,
        "import": run.pk,
        "night": TODAY,
        "cycle": planned.pk,
    }


def _known(house: House, actor: str) -> UUID:
    user = house.actors[actor]
    assert user
    return user.pk
