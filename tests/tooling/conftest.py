"""Scratch checkouts with real servers, outside pytest's own folder, which no other user may enter."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tooling import orphans
from tooling.checkout import Checkout
from tooling.servers import Servers

MakeCheckout = Callable[..., Checkout]


@pytest.fixture(scope="module")
def make_checkout() -> Iterator[MakeCheckout]:
    """Makes empty checkouts; whatever runs in them at the end is stopped."""
    made: list[Checkout] = []

    def make(name: str = "checkout", mode: int = 0o755) -> Checkout:
        folder = Path(tempfile.mkdtemp(prefix="rounds-tooling-")).resolve()
        folder.chmod(mode)
        checkout = Checkout(folder / name, Path(sys.prefix))
        checkout.root.mkdir()
        checkout.prepare_state()
        made.append(checkout)
        return checkout

    yield make
    for checkout in made:
        if checkout.state.exists():
            orphans.end(checkout)
            servers = Servers(checkout, {})
            assert servers.cluster
            assert servers.valkey
            servers.valkey.remove()
            servers.cluster.remove()
        shutil.rmtree(checkout.root.parent)
