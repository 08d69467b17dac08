"""Keys of rows that a phone or a client may create: a UUIDv7 made in Python, never by the database."""

from uuid_utils.compat import uuid7

__all__ = ["uuid7"]
