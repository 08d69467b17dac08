"""`./dev manage`: one Django command with the servers it needs, its stdout untouched."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tooling import foreground, project
from tooling.checkout import Checkout
from tooling.servers import Servers

# Migrating before these would defeat or delay them.
WORKS_ON_MIGRATIONS = {"makemigrations", "sqlmigrate", "showmigrations", "squashmigrations", "optimizemigration"}
NEEDS_NO_TABLES = {"check", "restore", "diffsettings", "words", "makemessages", "collectstatic", "findstatic"}
NEEDS_NO_TABLES |= {"help", "--help", "-h", "version", "--version"}


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    servers = Servers(checkout, os.environ)
    with servers.in_use():
        env = servers.variables()
        _prepare_tables(servers, env, arguments[0] if arguments else "help")
        return foreground.run(project.manage(checkout, *arguments), env)


def _prepare_tables(servers: Servers, env: Mapping[str, str], command: str) -> None:
    if command == "migrate":
        if stamp := servers.migration_stamp():
            stamp.forget()  # it may go back: look again next time
    elif command not in WORKS_ON_MIGRATIONS | NEEDS_NO_TABLES:
        servers.migrate(env)
