"""Django's backend of PostgreSQL, but for when it asks whether a connection still lives."""
