"""A company on its first day: who works where is entered, and nothing else is.

Operations and a manager stand over its ground, a rep in a territory without customers; one was posted until yesterday.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

# By role: the user's name to sign in with, and his own.
PEOPLE = {
    "operations": ("qian", "钱敏"),
    "manager": ("sun", "孙立"),
    "rep": ("zhou", "周航"),
    "unposted": ("wu", "吴桐"),
}
SETTINGS = {"ROUNDS_UPLOAD_MB": "1"}  # so that a file is soon too large
LET_IN = """
from accounts.models import User
from crm.base.actor import acting
with acting(None, job="first day"):
    for user in User.objects.all():
        user.set_password({password!r})
        user.save(update_fields=["password"])
"""


def enter(manage: Callable[..., object], password: str) -> dict[str, str]:
    """Enter them into an empty, migrated house by its own files. `manage` runs one of its commands and raises if that
    fails. Gives who signs in with `password`, by role."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in _files().items():
            path = Path(folder, f"{kind}.csv")
            path.write_text(text, encoding="utf-8")
            manage("import_data", kind, str(path), "--source", "staff")
    manage("shell", "--no-imports", "--command", LET_IN.format(password=password))
    return {role: username for role, (username, _name) in PEOPLE.items()}


def _files() -> dict[str, str]:
    """By kind, in the order in which they are loaded."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    users = [f"{username},{username},{name}" for username, name in PEOPLE.values()]
    ends = {"operations": "east,operations,", "manager": "east,manager,", "rep": "one,rep,"}
    ends["unposted"] = f"one,rep,{yesterday}"
    postings = [f"{username},{ends[role]}" for role, (username, _name) in PEOPLE.items()]
    return {
        "territories": "id,name,parent\neast,华东,\none,杭州一区,east\n",
        "users": "\n".join(["id,username,name", *users]) + "\n",
        "postings": "\n".join(["user,territory,role,to", *postings]) + "\n",
    }


def without_data(database_url: str) -> dict[str, str]:
    """The addresses by which a web fails: of a database whose tables nobody made, and of one that does not answer."""
    database = urlsplit(database_url)
    nowhere = database._replace(netloc=f"{database.username}:{database.password}@127.0.0.1:1")
    return {"broken": database._replace(path="/postgres").geturl(), "away": nowhere.geturl()}
