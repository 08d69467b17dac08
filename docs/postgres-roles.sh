#!/bin/bash
# Run once by the postgres image: the two roles and the database of Rounds.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -U postgres <<'SQL'
CREATE ROLE rounds_owner LOGIN PASSWORD :'owner';
CREATE ROLE rounds_app LOGIN PASSWORD :'app';
CREATE DATABASE rounds OWNER rounds_owner;
\connect rounds
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO rounds_owner;
GRANT USAGE ON SCHEMA public TO rounds_app;
SQL
