"""Operations for migrations: what rounds_app may do. rounds_owner migrates and owns the tables.

Where both are one role (a small installation with one DATABASE_URL) nothing can be taken away:
the system check rounds.W001 says so.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.migrations import RunPython


def _as_owner(statement: Callable[[str], list[str]]) -> RunPython:
    def run(apps: Any, schema_editor: Any) -> None:
        app = settings.DATABASES["default"]["USER"]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] != app:
                for sql in statement(schema_editor.quote_name(app)):
                    cursor.execute(sql)

    return RunPython(run, RunPython.noop)


def grant_use() -> RunPython:
    """Everything that is and will be in the schema may be read and written by rounds_app."""
    return _as_owner(
        lambda app: [
            f"GRANT USAGE ON SCHEMA public TO {app}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {app}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        ]
    )


def keep_ledger(table: str, may_update: str = "") -> RunPython:
    """Rows of `table` stay: rounds_app may add them, and change the columns `may_update` only."""
    return _as_owner(
        lambda app: [
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app}",
            *([f"GRANT UPDATE ({may_update}) ON {table} TO {app}"] if may_update else []),
        ]
    )


def keep_history(table: str) -> RunPython:
    """Only triggers, which run as the owner, write to `table` (crm.base.audit): rounds_app reads it, as a whole."""
    return _as_owner(
        lambda app: [
            f"""DO $$
                DECLARE part regclass;
                BEGIN
                    FOR part IN SELECT relid FROM pg_partition_tree('{table}') LOOP
                        EXECUTE 'REVOKE ALL ON ' || part || ' FROM {app}';
                    END LOOP;
                END $$""",
            f"GRANT SELECT ON {table} TO {app}",
        ]
    )
