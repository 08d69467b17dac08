"""How many statements an answer takes at most: tests/access/test_table.py asks it of every line of the table."""

from crm.base.lists import list_pages

LIST, DETAIL, CREATE = 10, 12, 15
OF_A_DOOR = "the counts of failures around it are transactions of their own, and the user is told by mail"
MORE = {  # by route and method: how many, and why
    ("calendar", "GET"): (16, "guesses at the link are counted before it is read and taken back after it"),
    ("account_reauthenticate", "POST"): (16, OF_A_DOOR),
    ("account_change_password", "POST"): (24, OF_A_DOOR),
    ("mfa_remove_webauthn", "POST"): (21, OF_A_DOOR),
}


def usual(name: str, method: str) -> int:
    """Without an exception."""
    return CREATE if method == "POST" else LIST if name in list_pages() else DETAIL
