"""The states that pages are rarely in: refused, overtaken, at work, and of a company that has nothing yet. They belong
to the contact sheet as SHOTS do."""

from __future__ import annotations

from tooling.shots import BRING, FIRST, Shot

REFUSAL = "wait main .notice-bad, main .empty"
SIGN_IN_WRONGLY = (
    "open /sign-in/", "fill #id_username=stranger", "fill #id_password=x", "click .btn-lg", REFUSAL,
)  # fmt: skip
CONFIRM_WRONGLY = (
    "open /account/confirm/", "fill #id_password=x", "click main .btn-primary", REFUSAL,
)  # fmt: skip
BRING_MANY = ("bring-many #id_file", "click .upload .btn-primary", "wait #progress")
AT_WORK = ("wait .pace span:nth-child(3)", "hold **/progress/")
SAVE_VISIT = "click .form-dock .btn-primary"
SAVE = "click main .panel-foot .btn-primary"

REFUSED = (
    Shot("bad-request", "rep", "/customers/?kind=person", (
        "click .tab-row summary", "slip list=nowhere", "fill #view-name=A", "click .tab-row .btn-primary",
        "wait main .empty",
    )),
    Shot("form-too-old", "rep", "/account/", (
        "slip csrfmiddlewaretoken=x", "click main form button[value]", "wait main .empty",
    )),
    Shot("sign-in-too-often", "", "/sign-in/", SIGN_IN_WRONGLY * 6),
    Shot("confirm-too-often", "unposted", "/", CONFIRM_WRONGLY * 6, "first-day"),
    Shot("broken", "", "/sign-in/", SIGN_IN_WRONGLY, "broken"),
    Shot("away", "", "/sign-in/", SIGN_IN_WRONGLY, "away"),
    Shot("import-too-large", "operations", "/files/kinds/persons/", (
        "bring-many #id_file", "click .upload .btn-primary", REFUSAL,
    ), "first-day"),
)  # fmt: skip

TITLES = "主治医师|副主任医师"
OVERTAKEN = (
    Shot("customer-overtaken", "rep", "/customers/?kind=person", (
        f"click {FIRST}", "go change/", f"meanwhile #id_title={TITLES}", "fill #id_title=主任医师、教授",
        "fill #id_specialty=心血管内科", SAVE, "wait .both",
    )),
    Shot("customer-taken-over", "rep", "/customers/?kind=person", (
        f"click {FIRST}", "go change/", f"meanwhile #id_title={TITLES}", "fill #id_specialty=心血管内科", SAVE,
        "wait .was",
    )),
    Shot("role-overtaken", "rep", "/customers/?kind=person&sort=tier", (
        f"click {FIRST}", "go #people", "click a[href^='/customers/roles/']",
        "meanwhile #id_evidence=处方集由他定|药事会上他最后发言", "fill #id_evidence=科里都听他的", SAVE,
        "wait .was, .both",
    )),
    Shot("visit-overtaken", "rep", "/visits/", (
        f"click {FIRST}", "go amend/", "meanwhile #id_note=他要看三期数据|他要看真实世界数据", "fill #id_note=他要样品",
        "fill #id_reason=写错了", SAVE_VISIT, "wait [data-attention]",
    )),
)  # fmt: skip

AT_IT = (
    Shot("search-waiting", "rep", "/", (
        "hold **/search/", "press Control+k", "type li", "wait .search-wait .skel",
    )),
    Shot("log-visit-saving", "rep", "/customers/", (
        "click tbody tr:nth-child(3) .row-link", "go visits/new/", "click .talk label.choice",  # no draft is there
        "send .form-dock .btn-primary", "wait .btn[aria-busy]",
    )),
    Shot("import-at-work", "operations", "/files/kinds/persons/", (*BRING_MANY, *AT_WORK)),
    Shot("imports-at-work", "operations", "/files/kinds/persons/", (  # behind the one before
        *BRING[:2], "wait #progress, .outcome", "open /files/",
    )),
)  # fmt: skip

_NOTHING = {
    "rep": (
        ("today", "/"), ("customers", "/customers/"), ("visits", "/visits/"), ("person-new", "/customers/new/person/"),
        ("search", "/search/?q=li"),
    ),
    "manager": (
        ("team", "/team/"), ("team-customers", "/team/customers/"), ("tiers", "/tiers/"), ("moves", "/moves/"),
        ("manager-visits", "/visits/"),
    ),
    "operations": (
        ("customers-of-the-house", "/customers/"), ("align", "/setup/alignment/"), ("products", "/setup/products/"),
        ("cycles", "/setup/cycles/"), ("holidays", "/setup/holidays/"), ("time-off", "/setup/time-off/"),
        ("tokens", "/setup/tokens/"), ("policies", "/setup/policies/"), ("nights", "/setup/nights/"),
        ("imports", "/files/"),
    ),
    "unposted": (("unposted", "/"), ("unposted-visits", "/visits/"), ("unposted-team", "/team/")),
}  # fmt: skip
NOTHING_YET = tuple(
    Shot(f"first-day-{name}", role, address, where="first-day")
    for role, pages in _NOTHING.items()
    for name, address in pages
)

STATES = (*NOTHING_YET, *OVERTAKEN, *AT_IT, *REFUSED)
