"""System checks of the configuration: what would go wrong later is said at the start."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

AT_START = "rounds-at-start"  # what web, worker and beat refuse to start with, see crm/starting.py

_SECRET_LENGTH, _PASSWORD_LENGTH = 50, 12
# Parts of the keys that examples use.
_OF_EXAMPLES = ("change-me", "changeme", "django-insecure", "example", "only-for-the-build", "password", "replace")
_KNOWN_TO_ALL = {"admin", "changeme", "change-me", "example", "password", "postgres", "redis", "root", "rounds",
                 "secret", "test", "valkey"}  # fmt: skip

# By the classes of characters that pg_trgm goes by too; before the first migration the extension is not there.
TRIGRAMS_OF_CHINESE = "SELECT coalesce(array_length(show_trgm('张伟'), 1), 0) > 0"
_LETTERS_OF_CHINESE = "SELECT '张' ~ '^[[:alnum:]]$'"


@register(Tags.security, AT_START)
def secret_key_is_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`--deploy` has Django's own check; this one holds on every start."""
    hint = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
    found: list[CheckMessage] = []
    if any(len(key) < _SECRET_LENGTH or len(set(key)) < 5 for key in _keys()):
        found.append(
            Error(
                f"SECRET_KEY is shorter than {_SECRET_LENGTH} characters or too regular.", hint=hint, id="rounds.E001"
            )
        )
    if any(part in key.casefold() for part in _OF_EXAMPLES for key in _keys()):
        found.append(Error("SECRET_KEY is that of an example.", hint=hint, id="rounds.E004"))
    return found


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


@register(Tags.security, AT_START)
def passwords_are_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What everybody tries first is refused everywhere, short ones where Rounds is reached over https. None at all is
    left to the server, which may know its clients otherwise. The password itself is never said."""
    found: list[CheckMessage] = []
    for name, user, password in _passwords():
        if password and (password.casefold() in _KNOWN_TO_ALL or password == user):
            found.append(Error(f"The password in {name} is known to everybody.", hint=_HINT, id="rounds.E005"))
        elif password and len(password) < _PASSWORD_LENGTH and settings.SESSION_COOKIE_SECURE:
            found.append(
                Error(
                    f"The password in {name} is shorter than {_PASSWORD_LENGTH} characters.",
                    hint=_HINT,
                    id="rounds.E006",
                )
            )
    return found


_HINT = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(24))'"


def _passwords() -> Iterator[tuple[str, str, str]]:
    aliases = {"DATABASE_URL": "default", "DATABASE_OWNER_URL": "owner", "DATABASE_REPLICA_URL": "replica"}
    for name, alias in aliases.items():
        if alias in settings.DATABASES:
            yield name, settings.DATABASES[alias]["USER"], settings.DATABASES[alias]["PASSWORD"]
    yield "METRICS_TOKEN", "", settings.METRICS_TOKEN
    broker = urlsplit(settings.REDIS_URL)
    yield "REDIS_URL", unquote(broker.username or ""), unquote(broker.password or "")


@register(Tags.database, AT_START)
def database_can_search_chinese(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A database whose character classes do not know Chinese finds nothing by trigram, silently."""
    alias = next((alias for alias in ("default", "owner") if alias in (databases or ())), None)
    if alias is None:
        return []
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, to_regproc('show_trgm') IS NOT NULL")
        version, has_trigrams = cursor.fetchone()
        if version < 150000:
            return [Error("PostgreSQL 15 or newer is needed.", id="rounds.E002")]
        cursor.execute(_ENCODING)
        if cursor.fetchone()[0] == "UTF8":
            cursor.execute(TRIGRAMS_OF_CHINESE if has_trigrams else _LETTERS_OF_CHINESE)
            if cursor.fetchone()[0]:
                return []
    return [
        Error(
            "This database finds no trigrams in Chinese text, so that search would miss every Chinese name.",
            hint="Create it with UTF8 and a locale such as C.UTF-8: see docs/operations.md.",
            id="rounds.E003",
        )
    ]


_ENCODING = "SELECT current_setting('server_encoding')"


@register(Tags.database)
def app_role_cannot_migrate(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    app, owner = (connections[alias].settings_dict for alias in ("default", "owner"))
    if app["USER"] == owner["USER"]:
        return [
            Warning(
                "The application and the migrations use one database role, so that nothing protects the audit trail.",
                hint="Give DATABASE_OWNER_URL a role of its own: see docs/operations.md.",
                id="rounds.W001",
            )
        ]
    return []
