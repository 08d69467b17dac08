"""The pages of the contact sheet, which axe and the width of small screens are held to, too."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = ".row-link"  # the first row of a list
MAKE_TOKEN = (
    "click a[href$='tokens/new/']", "fill #id_name=SAP", "click fieldset .choice", "click .panel .btn-primary",
)  # fmt: skip
AGREE_ON_MONEY = ("choose #id_measure=revenue", "fill #id_value=120000.50", "fill #id_currency=CNY")
BRING = ("bring #id_file", "click .upload .btn-primary", "wait .outcome")


@dataclass(frozen=True)
class Shot:
    """A page as `role` sees it ("": nobody signed in), after `steps`: "click SELECTOR", "send SELECTOR" (a click
    on which no answer comes), "press KEYS", "type TEXT", "go ADDRESS" (added to where one is), "open ADDRESS",
    "fill SELECTOR=TEXT", "choose SELECTOR=CODE", "wait SELECTOR", "slip NAME=VALUE" (into a hidden field),
    "bring SELECTOR" (the sample file), "bring-many SELECTOR" (a large one), "meanwhile SELECTOR=TEXT|TEXT" (somebody
    else saves the form with what is not stored there yet), "hold PATTERN" (addresses that are not answered from now
    on), "offline".

    `where`: the invented "country"; a company's "first-day" (tooling/beginning.py); "broken", a house without tables;
    "away", one whose database does not answer."""

    name: str
    role: str
    address: str
    steps: tuple[str, ...] = ()
    where: str = "country"


SHOTS = (
    Shot("sign-in", "", "/sign-in/"),
    Shot("sign-in-refused", "", "/sign-in/", ("fill #id_username=nobody", "fill #id_password=x", "click .btn-lg")),
    Shot("today", "rep", "/"),
    Shot("customers", "rep", "/customers/"),
    Shot("customers-filtered", "manager", "/customers/?tier=A&due=overdue"),
    Shot(
        "customers-columns",
        "manager",
        "/customers/?tier=A&columns=tier,name,roles,institution,due,specialty,phone,entered",
        ("click .menu-columns summary",),
    ),
    Shot("customers-empty", "rep", "/customers/?q=zzzz"),
    Shot("customer", "rep", "/customers/?sort=tier", (f"click {FIRST}",)),
    Shot("customer-profile", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #profile")),
    Shot("customer-plan", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #plan")),
    Shot("customer-ties", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #people")),
    Shot("fact", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/style/")),
    Shot(
        "fact-refused",
        "rep",
        "/customers/?sort=tier",
        (f"click {FIRST}", "go facts/birthday/", "fill #id_value=13-45", "click .form-dock .btn"),
    ),
    Shot("facts", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/new/")),
    Shot("potential", "rep", "/customers/?kind=person&sort=tier", (f"click {FIRST}", "go facts/potential/")),
    Shot("consent", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/consents/new/")),
    Shot("institution", "rep", "/customers/?kind=institution", (f"click {FIRST}",)),
    Shot("institution-profile", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go #profile")),
    Shot("log-visit", "rep", "/customers/", (f"click {FIRST}", "go visits/new/", "click .talk label.choice")),
    Shot(
        "log-visit-refused",
        "rep",
        "/customers/",
        (f"click {FIRST}", "go visits/new/", "fill #id_on=2099-01-01", "click .form-dock .btn"),
    ),
    Shot("customer-change", "rep", "/customers/?kind=person", (f"click {FIRST}", "go change/")),
    Shot("institution-change", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go change/")),
    Shot(
        "institution-change-refused",
        "rep",
        "/customers/?kind=institution",
        (f"click {FIRST}", "go change/", "fill #id_point=120.155070, 30.274085", "click main .btn-primary"),
    ),
    Shot("role-new", "rep", "/customers/?kind=person", (f"click {FIRST}", "go roles/new/")),
    Shot(
        "role-change",
        "rep",
        "/customers/?kind=person&sort=tier",
        (f"click {FIRST}", "go #people", "click a[href^='/customers/roles/']"),
    ),
    Shot(
        "influence-choose",
        "rep",
        "/customers/?kind=person",
        (f"click {FIRST}", "go influence/new/", "type li", "wait .hit"),
    ),
    Shot(
        "influence-new",
        "rep",
        "/customers/?kind=person",
        (f"click {FIRST}", "go influence/new/", "type li", "wait .hit", "click .hit"),
    ),
    Shot(
        "influence-change",
        "rep",
        "/customers/?kind=person&sort=tier",
        (f"click {FIRST}", "go #people", "click a[href^='/customers/influence/']"),
    ),
    Shot("affiliation-new", "rep", "/customers/?kind=person", (f"click {FIRST}", "go affiliations/new/?q=医院")),
    Shot(
        "affiliation-change",
        "rep",
        "/customers/?kind=person&sort=tier",
        (f"click {FIRST}", "go #profile", "click a[href^='/customers/affiliations/']"),
    ),
    Shot("licence-new", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go licences/new/")),
    Shot(
        "licence-change",
        "rep",
        "/customers/?kind=institution&q=药房",
        (f"click {FIRST}", "go #profile", "click a[href^='/customers/licences/']"),
    ),
    Shot("department-new", "rep", "/customers/?kind=institution&q=医院", (f"click {FIRST}", "go departments/new/")),
    Shot(
        "department",
        "rep",
        "/customers/?kind=institution&q=医院",
        (f"click {FIRST}", "go #profile", "click a[href^='/customers/departments/']"),
    ),
    Shot("parent-change", "rep", "/customers/?kind=institution&q=药房", (f"click {FIRST}", "go parent/?q=医院")),
    Shot("target-new", "rep", "/customers/?kind=person&sort=tier", (f"click {FIRST}", "go targets/new/")),
    Shot(
        "target-sales",
        "rep",
        "/customers/?kind=institution&sort=tier",
        (f"click {FIRST}", "go targets/new/", *AGREE_ON_MONEY),
    ),
    Shot("listing-new", "rep", "/customers/?kind=institution&q=医院", (f"click {FIRST}", "go listings/new/")),
    Shot(
        "listing",
        "rep",
        "/customers/?kind=institution&q=医院",
        (f"click {FIRST}", "go #plan", "click a[href^='/customers/listings/']"),
    ),
    Shot("trade-file", "rep", "/customers/?kind=institution&q=药房", (f"click {FIRST}", "go trade-file/")),
    Shot("person-new", "rep", "/customers/new/person/?q=li"),
    Shot("person-new-there", "rep", "/customers/new/person/?q=li", ("click .hit",)),
    Shot("institution-new-refused", "rep", "/customers/new/institution/", ("click main .btn-primary",)),
    Shot("customer-history", "manager", "/customers/?sort=tier", (f"click {FIRST}", "go history/")),
    Shot("log-whom", "rep", "/visits/new/", ("type li", "wait .hit")),
    Shot("answer", "rep", "/", ("click [href^='/reminders/']",)),
    Shot("visit", "manager", "/visits/", (f"click {FIRST}",)),
    Shot("visit-many", "manager", "/visits/", ("click .row-link:has-text(', '), .row-link:has-text('、')",)),
    Shot("visit-amend", "rep", "/visits/", (f"click {FIRST}", "go amend/")),
    Shot("visits", "manager", "/visits/"),
    Shot("visits-empty", "rep", "/visits/?q=zzzz"),
    Shot("visits-period", "rep", "/visits/?since=2026-12-01&until=2026-01-01"),
    Shot("team", "manager", "/team/"),
    Shot("team-roles", "manager", "/team/?by=role"),
    Shot("team-customers", "manager", "/team/customers/?show=planned"),
    Shot("team-visits", "manager", "/team/visits/"),
    Shot("team-promises", "manager", "/team/promises/"),
    Shot("tiers", "manager", "/tiers/"),
    Shot("tiers-roles", "manager", "/tiers/?by=role"),
    Shot("tiers-places", "manager", "/tiers/?by=place_kind"),
    Shot("moves", "manager", "/moves/"),
    Shot("setup", "operations", "/setup/"),
    Shot("territories", "operations", "/setup/territories/"),
    Shot("territory", "operations", "/setup/territories/", ("click tbody tr:nth-child(4) .row-link",)),
    Shot("territory-new", "operations", "/setup/territories/new/"),
    Shot(
        "territory-change", "operations", "/setup/territories/", ("click tbody tr:nth-child(4) .row-link", "go change/")
    ),
    Shot("territory-move", "operations", "/setup/territories/", ("click tbody tr:nth-child(4) .row-link", "go move/")),
    Shot("align", "operations", "/setup/alignment/?q=wang"),
    Shot("align-customer", "operations", "/setup/alignment/?q=wang", ("click main li a",)),
    Shot("users", "operations", "/setup/users/"),
    Shot("user", "operations", "/setup/users/", (f"click {FIRST}",)),
    Shot("user-change", "operations", "/setup/users/", (f"click {FIRST}", "go change/")),
    Shot("posting-new", "operations", "/setup/users/", (f"click {FIRST}", "go postings/new/")),
    Shot("user-sign-ins", "operations", "/setup/users/", (f"click {FIRST}", "go sign-ins/")),
    Shot("user-new-refused", "operations", "/setup/users/new/", ("fill #id_username=a b", "click .btn-primary")),
    Shot("token-new", "operations", "/setup/users/?role=rep", (f"click {FIRST}", "click a[href$='tokens/new/']")),
    Shot("token-made", "operations", "/setup/users/?role=rep", (f"click {FIRST}", *MAKE_TOKEN)),
    Shot("tokens", "operations", "/setup/tokens/"),
    Shot("token", "operations", "/setup/tokens/", (f"click {FIRST}",)),
    Shot("api", "operations", "/api/", ("click #enter_visit summary",)),
    Shot("products", "operations", "/setup/products/"),
    Shot("product", "operations", "/setup/products/", (f"click {FIRST}",)),
    Shot("product-new", "operations", "/setup/products/new/"),
    Shot("cycles", "operations", "/setup/cycles/"),
    Shot("cycles-plan", "operations", "/setup/cycles/plan/"),
    Shot("holidays", "operations", "/setup/holidays/"),
    Shot("holiday-new", "operations", "/setup/holidays/new/"),
    Shot("time-off", "operations", "/setup/time-off/"),
    Shot("policies", "operations", "/setup/policies/"),
    Shot("policy", "operations", "/setup/policies/", (f"click {FIRST}",)),
    Shot("policy-publish", "operations", "/setup/policies/", (f"click {FIRST}", "click .page-head .btn-primary")),
    Shot(
        "policy-tried",
        "operations",
        "/setup/policies/",
        (f"click {FIRST}", "click .page-head .btn-primary", "fill #id_share_a=30", "click [name=try]", "wait #tried"),
    ),
    Shot("nights", "operations", "/setup/nights/"),
    Shot("night", "operations", "/setup/nights/", (f"click {FIRST}",)),
    Shot("search", "rep", "/", ("press Control+k", "type li", "wait .hit")),
    Shot("search-all", "rep", "/search/?q=li"),
    Shot("offline", "rep", "/customers/", ("offline",)),
    Shot("import-new", "operations", "/files/new/"),
    Shot("import-kind", "operations", "/files/kinds/persons/"),
    Shot("import-checked", "operations", "/files/kinds/persons/", BRING),
    Shot(
        "import-done", "operations", "/files/kinds/persons/", (*BRING, "click .decide .btn-primary", "wait .notice-ok")
    ),
    Shot("imports", "operations", "/files/"),
    Shot("imports-empty", "operations", "/files/?q=zzzz"),
    Shot("exports", "operations", "/files/exports/"),
    Shot("files-not-yours", "rep", "/files/"),
    Shot("password-forgotten", "", "/password/"),
    Shot("password-sent", "", "/password/sent/"),
    Shot("sign-in-closed", "", "/sign-in/closed/"),
    Shot("account", "rep", "/account/"),
    Shot("account-password", "rep", "/account/password/"),
    Shot("account-security", "rep", "/account/security/"),
    Shot("account-app", "rep", "/account/security/app/"),
    Shot("account-passkey", "rep", "/account/security/passkeys/add/"),
    Shot("calendar-link", "rep", "/account/calendar/"),
    Shot("account-devices", "rep", "/account/devices/"),
    Shot("account-sign-ins", "rep", "/account/sign-ins/"),
    Shot("not-found", "rep", "/nowhere/"),
    Shot("not-yours", "rep", "/tiers/"),
)
