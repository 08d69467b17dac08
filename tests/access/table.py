"""Who gets which answer: the table. Nothing here is derived from the code that is tested. Its grids: grids.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """The grids of GET (and HEAD) and POST; without one, it answers 405. `kind` is what stands in its address, or,
    after a colon, in its query or body (tests/access/objects.py)."""

    get: str = ""
    post: str = ""
    kind: str = ""
    notes: str = ""  # the table to which reading it may write


ROUTES = {
    # doors
    "sign-in": Route("at the door", "at the door"),
    "account_login": Route("at the door", "at the door"),
    "mfa_authenticate": Route("anybody, and on", "anybody, and on"),  # nobody is between two steps
    "mfa_login_webauthn": Route("at the door", "anybody, and on"),
    "account_inactive": Route("anybody"),
    "sign-out": Route("", "anybody, and on"),
    "account_logout": Route("", "anybody, and on"),
    "account_reset_password": Route("anybody", "anybody, and on"),
    "account_reset_password_done": Route("anybody"),
    "account_reset_password_from_key": Route("anybody", "anybody", "link"),
    "account_reset_password_from_key_done": Route("anybody"),
    "language": Route("", "anybody, and on"),
    # a rep's pages
    "today": Route("a rep's day"),
    "search": Route("whoever is in", "whoever is in"),
    "customers": Route("whoever is in"),
    "customer": Route("a customer", kind="customer"),
    "customer-history": Route("a customer's history", kind="customer"),
    "person-new": Route("who keeps customers", "enter into ground", "body:institution"),
    "institution-new": Route("who keeps customers", "enter into ground", "body:territory"),
    "customer-change": Route("a customer that one keeps", "done to a customer that one keeps", "customer"),
    "role-new": Route("a customer that one keeps", "done to a customer that one keeps", "customer"),
    "role-change": Route("a customer that one keeps", "done to a customer that one keeps", "role"),
    "influence-new": Route("a customer that one keeps", "done to a customer that one keeps", "customer"),
    "influence-change": Route("a customer that one keeps", "done to a customer that one keeps", "influence"),
    "affiliation-new": Route("a customer that one keeps", "done to a customer that one keeps", "customer"),
    "affiliation-change": Route("a customer that one keeps", "done to a customer that one keeps", "affiliation"),
    "parent-change": Route("a customer that one keeps", "done to a customer that one keeps", "institution"),
    "target-new": Route("a customer that one keeps", "done to a customer that one keeps", "customer"),
    "target-change": Route("a customer that one keeps", "done to a customer that one keeps", "target"),
    "licence-new": Route("a customer that one keeps", "done to a customer that one keeps", "shop"),
    "licence-change": Route("a customer that one keeps", "done to a customer that one keeps", "licence"),
    "department-new": Route("a customer that one keeps", "done to a customer that one keeps", "institution"),
    "department-change": Route("a customer that one keeps", "done to a customer that one keeps", "department"),
    "trade-file": Route("a customer that one keeps", "done to a customer that one keeps", "shop"),
    "listing-new": Route("a customer that one keeps", "done to a customer that one keeps", "shop"),
    "listing-change": Route("a customer that one keeps", "done to a customer that one keeps", "listing"),
    "fact-new": Route("what one knows of a customer", kind="customer"),
    "fact-change": Route("what one knows of a customer", "write down of a customer", "customer fact"),
    "fact-undo": Route("", "write down of a customer", "customer"),
    "potential": Route("what one knows of a customer", "write down of a customer", "customer"),
    "consent-new": Route("what one knows of a customer", "write down of a customer", "customer"),
    "consent-end": Route("what one knows of a customer", "write down of a customer", "customer consent"),
    "calendar": Route("whoever has the link", kind="calendar", notes="accounts_calendarlink"),  # when it was read
    "visits": Route("whoever is in"),
    "log-whom": Route("who logs visits", "who logs visits"),
    "log-visit": Route("whom one may log", "log a visit", "customer"),
    "visit": Route("a visit", kind="visit"),
    "visit-history": Route("a visit", kind="visit"),
    "amend-visit": Route("one's own visit", "amend one's own visit", "visit"),
    "answer": Route("a reminder", "answer a reminder", "reminder"),
    "take-back": Route("", "one's own view", "body:answer"),
    # a ground's figures
    "team": Route("a ground's figures", kind="query:territory"),
    "tiers": Route("a ground's figures", kind="query:territory"),
    "team-customers": Route("who supervises"),
    "team-calls": Route("who supervises"),
    "team-promises": Route("who supervises"),
    "moves": Route("who supervises"),
    # one's own account
    "account": Route("whoever is in"),
    "calendar-link": Route("whoever is in", "whoever is in"),
    "calendar-revoke": Route("", "whoever is in, and on"),
    "account_change_password": Route("whoever is in", "whoever is in, and on"),
    "account_reauthenticate": Route("whoever is in", "whoever is in, and on"),
    "mfa_reauthenticate": Route("whoever is in, and on", "whoever is in, and on"),
    "mfa_reauthenticate_webauthn": Route("whoever has a passkey", "whoever has a passkey"),
    "usersessions_list": Route("whoever is in", "whoever is in, and on"),
    "sign-ins": Route("whoever is in"),
    "mfa_index": Route("whoever is in"),
    "mfa_activate_totp": Route("whoever is in", "whoever is in"),
    "mfa_deactivate_totp": Route("nobody", "nobody"),  # nobody of the cast has an app
    "mfa_view_recovery_codes": Route("nobody"),
    "mfa_generate_recovery_codes": Route("whoever is in", "new codes"),
    "mfa_download_recovery_codes": Route("nobody"),
    "mfa_add_webauthn": Route("whoever is in", "whoever is in"),
    "mfa_edit_webauthn": Route("one's own passkey", "one's own view", "passkey"),
    "mfa_remove_webauthn": Route("one's own passkey", "one's own view", "passkey"),
    "save-view": Route("", "whoever is in, and on"),
    "rename-view": Route("", "one's own view", "view"),
    "delete-view": Route("", "one's own view", "view"),
    # operations: ground and people
    "setup": Route("operations"),
    "territories": Route("operations"),
    "territory": Route("ground that one runs", kind="territory"),
    "territory-new": Route("operations", "done under ground that one runs", "body:territory"),
    "territory-change": Route("ground that one runs", "done in ground that one runs", "territory"),
    "territory-move": Route("ground that one runs", "done in ground that one runs", "territory"),
    "align": Route("operations"),
    "align-customer": Route("a customer for operations", "give a customer away", "customer"),
    "users": Route("operations"),
    "user": Route("ground that one runs", kind="user"),
    "user-new": Route("operations", "done under ground that one runs", "body:territory"),
    "user-change": Route("ground that one runs", "done in ground that one runs", "user"),
    "user-active": Route("", "done in ground that one runs", "user"),
    "user-invite": Route("", "ground that one runs", "user"),
    "user-sign-ins": Route("ground that one runs", kind="user"),
    "posting-new": Route("ground that one runs", "done in ground that one runs", "user"),
    "posting-end": Route("ground that one runs", "done in ground that one runs", "posting"),
    "posting-remove": Route("", "done in ground that one runs", "planned"),
    "time-off": Route("operations"),
    # operations: programs
    "tokens": Route("operations"),
    "user-token": Route("ground that one runs", "ground that one runs", "user"),
    "token": Route("ground that one runs", kind="token"),
    "token-renew": Route("", "ground that one runs", "token"),
    "token-revoke": Route("", "done in ground that one runs", "token"),
    "api-docs": Route("whoever is in"),
    "api-document": Route("whoever is in"),
    # operations: goods, cycles, policies, nights
    "products": Route("operations"),
    "product-new": Route("operations of the house", "done for the house"),
    "product": Route("a good of the line", "done to a good of the line", "product"),
    "product-active": Route("", "done to a good of the line", "product"),
    "holidays": Route("operations"),
    "holiday-new": Route("operations of the house", "done for the house"),
    "holiday-remove": Route("", "done to a thing of the house", "holiday"),
    "cycles": Route("operations"),
    "cycles-plan": Route("operations of the house", "done for the house"),
    "cycles-remove": Route("", "take back planned cycles", "body:cycle"),
    "policies": Route("operations"),
    "policy-version": Route("ground that one runs", kind="policy"),
    "policy-publish": Route("operations", "done under ground that one runs", "body:territory"),
    "nights": Route("operations"),
    "night": Route("a night", kind="night"),
    "night-progress": Route("a night", kind="night"),
    "night-again": Route("", "done to a thing of the house", "night"),
    # operations: files
    "files": Route("operations of the house"),
    "import-new": Route("operations of the house"),
    "kind": Route("a thing of the house", "done to a thing of the house", "file kind"),
    "kind-empty": Route("a thing of the house", kind="file kind"),
    "kind-json": Route("a thing of the house", kind="file kind"),
    "import": Route("a thing of the house", kind="import"),
    "import-progress": Route("a thing of the house", kind="import"),
    "import-load": Route("", "done to a thing of the house", "import"),
    "import-discard": Route("", "done to a thing of the house", "import"),
    "import-rejects": Route("a thing of the house", kind="import"),
    "exports": Route("operations of the house"),
    "export": Route("a thing of the house", kind="file"),
    # for those who build pages, never in production
    "styleguide": Route("nobody"),
}

# Addresses of programs: a session opens none of them, whoever has it. Who gets what by which token: tests/api.
PROGRAMS = "api/v1/"

# Answered before the URL conf and before anybody is known, to everybody alike; letters as in grids.py.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
AHEAD = {
    "/healthz":              ". . . . . . .",
    "/readyz":               ". . . . . . .",
    "/metrics":              "- - - - - - -",  # without its token it is not there
    "/static/css/house.css": ". . 405 405 405 405 405",
    "/static/nothing.css":   "- - - 405 405 405 405",
}  # fmt: skip
