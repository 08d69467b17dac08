"""The style page is for those who build pages, and the weight of what every page loads."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

MOST_BYTES = 120 * 1024  # of the first load of a rep's page, as sent
MOST_AGAIN = 20 * 1024  # of a page whose files the browser has


def test_it_does_not_exist_in_production(world) -> None:
    client = world.client(world.cast.lin)
    assert client.get("/styleguide/").status_code == 404
    with override_settings(DEBUG=True):
        answer = client.get("/styleguide/")
    assert answer.status_code == 200
    assert "Refused" in answer.content.decode()


def test_a_toast_offers_the_way_back(world) -> None:
    with override_settings(DEBUG=True):
        body = world.client(world.cast.lin).get("/styleguide/").content.decode()
    toast = body.split('class="tell')[1]
    assert re.search(r'<form method="post" action="/styleguide/">.*csrfmiddlewaretoken.*Undo', toast, re.S)


def _sent(content: bytes) -> int:
    return len(gzip.compress(content, 6))


@pytest.mark.parametrize("address", ["/", "/customers/", "/visits/", "/account/", "/search/"])
def test_a_page_is_light(world, address: str) -> None:
    for customer in (world.cast.chen.customer, world.cast.meng.customer):
        world.give(customer, "A", due=world.cycle.during.lower)
    body = world.client(world.cast.lin).get(address).content
    files = set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"#]+)', body.decode()))
    assert len(files) > 5
    static = Path(settings.BASE_DIR) / "static"
    page, rest = _sent(body), sum(_sent((static / name).read_bytes()) for name in files)
    assert page < MOST_AGAIN
    assert page + rest < MOST_BYTES
