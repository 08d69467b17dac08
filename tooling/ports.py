"""Ports on 127.0.0.1: the one used last time if it is free, else another."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from tooling.checkout import read_json, write_privately

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Can we listen there, and does nobody answer for `localhost` on IPv6 instead of us?"""
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError:
            if family == socket.AF_INET or _answers("::1", port):
                return False
    return True


def answers(port: int) -> bool:
    """Does somebody accept connections on this port?"""
    return _answers(LOOPBACK, port)


def free_port(preferred: int | None = None) -> int:
    """The preferred port if it is free, else one that the kernel picks."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def next_free_port(first: int) -> int:
    """The first free port at or above this one, for an address that people type."""
    return next((port for port in range(first, min(first + 200, 65536)) if is_free(port)), 0) or free_port()


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


class RememberedPorts:
    """The ports this checkout used last, so that bookmarks and open database tools keep working."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, server: str) -> int | None:
        """The port `server` had last time."""
        port = read_json(self.path).get(server)
        return port if isinstance(port, int) else None

    def keep(self, server: str, port: int) -> None:
        """Remember the port `server` has now."""
        known = read_json(self.path)
        if known.get(server) != port:
            write_privately(self.path, json.dumps(known | {server: port}))
