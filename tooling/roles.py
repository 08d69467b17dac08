"""What a new cluster needs before Django may use it: two roles, one database, three extensions.

Safe to run at every start: it repairs what is missing and sets the passwords of secrets.json.
"""

from __future__ import annotations

from tooling.credentials import Credentials
from tooling.postgres import Cluster

DATABASE = "rounds"
OWNER = "rounds_owner"
APP = "rounds_app"

# Neither a log of failed statements nor pg_stat_statements may keep a password.
SAY_NO_PASSWORD = """
SET log_min_error_statement = panic;
SET pg_stat_statements.track_utility = off;
SET client_min_messages = warning;
"""

LOGIN = """
SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec
ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}';
"""

# The application may use what the owner makes, and make nothing itself.
RIGHTS = f"""
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO {OWNER};
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {APP};
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
"""


def prepare(cluster: Cluster, credentials: Credentials) -> None:
    """Bring roles, database, rights and extensions into the state that the migrations expect."""
    cluster.run_sql(
        SAY_NO_PASSWORD
        + _login(OWNER, credentials.rounds_owner)
        + _login(APP, credentials.rounds_app)
        + f"SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER} ENCODING ''UTF8'''"
        + f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        + f"\\connect {DATABASE}\n"
        + RIGHTS
    )


def _login(role: str, password: str) -> str:
    return LOGIN.format(role=role, password=password)
