"""System checks of the configuration: what would go wrong later is said at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

_SECRET_LENGTH = 50


@register(Tags.security)
def secret_key_is_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`--deploy` has Django's own check; this one holds on every start."""
    if len(settings.SECRET_KEY) < _SECRET_LENGTH or len(set(settings.SECRET_KEY)) < 5:
        return [
            Error(
                f"SECRET_KEY is shorter than {_SECRET_LENGTH} characters or too regular.",
                hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="rounds.E001",
            )
        ]
    return []


@register(Tags.database)
def database_can_search_chinese(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A database whose character classes do not know Chinese finds nothing by trigram, silently."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, to_regproc('show_trgm') IS NOT NULL")
        version, has_trigrams = cursor.fetchone()
        if version < 150000:
            return [Error("PostgreSQL 15 or newer is needed.", id="rounds.E002")]
        if not has_trigrams:
            return []  # before the first migration, which creates the extension
        cursor.execute("SELECT coalesce(array_length(show_trgm('张伟'), 1), 0)")
        if cursor.fetchone()[0]:
            return []
    return [
        Error(
            "This database finds no trigrams in Chinese text, so that search would miss every Chinese name.",
            hint="Create it with UTF8 and a locale such as C.UTF-8: see docs/operations.md.",
            id="rounds.E003",
        )
    ]


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
