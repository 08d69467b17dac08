"""Fifty at once, over real connections to real processes: the limit holds without Redis and without a cache."""

import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest

from accounts.actions.attempts import CODE, HERE, MAILS_TO
from tests.houses import House

AT_ONCE = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def crowded(house: House) -> Iterator[str]:
    """The address of three processes with eight threads each, beside the house's own web."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ["gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = house.start(*server, "--workers", "3", "--threads", "8")
    for _attempt in range(300):
        try:
            HTTPConnection("127.0.0.1", port, timeout=2).connect()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(30)


def _opened(url: str, path: str, cookies: str = "") -> tuple[str, str]:
    """The token of the form at `path`, and the cookies to send with it."""
    server = HTTPConnection(urlsplit(url).netloc, timeout=60)
    server.request("GET", path, headers={"Cookie": cookies} if cookies else {})
    answer = server.getresponse()
    page = answer.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, (path, answer.status)
    given = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
    return token[1], "; ".join([*([cookies] if cookies else []), *given])


def _all_at_once(url: str, path: str, entries: Callable[[int], dict[str, str]], cookies: str = "") -> list:
    """Fifty forms sent in the same moment: status, Retry-After, page of each."""
    token, cookies = _opened(url, path, cookies)
    start = Barrier(AT_ONCE)

    def send(number: int) -> tuple[int, str | None, str]:
        server = HTTPConnection(urlsplit(url).netloc, timeout=120)
        server.connect()
        start.wait()
        body = urlencode(entries(number) | {"csrfmiddlewaretoken": token})
        server.request("POST", path, body, FORM | {"Cookie": cookies})
        answer = server.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read().decode()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


def _events(house: House, username: str) -> dict[str, int]:
    return dict(
        house.rows(
            """SELECT what, count(*) FROM accounts_signinevent e JOIN accounts_user u ON u.id = e.user_id
               WHERE u.username = %s AND what <> 'signed_in' GROUP BY what""",
            username,
        )
    )


@pytest.mark.tooling
def test_of_fifty_wrong_passwords_five_are_judged(house: House, crowded: str) -> None:
    username = house.users["manager"][0]
    answers = _all_at_once(crowded, "/sign-in/", lambda n: {"username": username, "password": f"guess-{n}"})
    assert Counter(status for status, *_ in answers) == {200: HERE.free, 429: AT_ONCE - HERE.free}
    for status, wait, page in answers:
        if status == 429:
            assert 0 < int(wait or 0) <= 60  # half a minute, and as long as it waited for its turn
            assert "Too many attempts" in page
            assert "This one was not looked at" in page
    assert _events(house, username) == {"refused": HERE.free, "paused": AT_ONCE - HERE.free}
    # Nor does the right password open now; it is not even judged.
    answers = _all_at_once(
        house.url, "/sign-in/", lambda n: {"username": username, "password": house.users["manager"][1]}
    )
    assert {status for status, *_ in answers} == {429}
    # A neighbour at the same address comes in.
    token, cookies = _opened(crowded, "/sign-in/")
    server = HTTPConnection(urlsplit(crowded).netloc, timeout=60)
    rep, password = house.users["rep"]
    body = urlencode({"username": rep, "password": password, "csrfmiddlewaretoken": token})
    server.request("POST", "/sign-in/", body, FORM | {"Cookie": cookies})
    assert server.getresponse().status == 302


@pytest.mark.tooling
def test_of_fifty_names_that_nobody_has_none_tells_more(crowded: str) -> None:
    answers = _all_at_once(crowded, "/sign-in/", lambda n: {"username": "nobody-here", "password": f"guess-{n}"})
    assert Counter(status for status, *_ in answers) == {200: HERE.free, 429: AT_ONCE - HERE.free}


@pytest.mark.tooling
def test_of_fifty_wishes_for_a_mail_three_are_heard(crowded: str) -> None:
    answers = _all_at_once(crowded, "/password/", lambda n: {"username": "somebody@example.com"})
    assert Counter(status for status, *_ in answers) == {302: MAILS_TO.free, 429: AT_ONCE - MAILS_TO.free}


@pytest.mark.tooling
def test_of_fifty_codes_five_are_judged(house: House, crowded: str) -> None:
    """The password is right; the second step is guessed, with codes of the app and recovery codes."""
    username, password = next(
        (name, house.users["rep"][1])
        for (name,) in house.rows(
            """SELECT u.username FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
               WHERE p.role = 'rep' AND p.during @> current_date ORDER BY u.username DESC LIMIT 1"""
        )
    )
    done = house.manage("shell", "-c", SET_UP_APP % username)
    assert done.returncode == 0, done.stderr
    token, cookies = _opened(crowded, "/sign-in/")
    server = HTTPConnection(urlsplit(crowded).netloc, timeout=60)
    body = urlencode({"username": username, "password": password, "csrfmiddlewaretoken": token})
    server.request("POST", "/sign-in/", body, FORM | {"Cookie": cookies})
    answer = server.getresponse()
    assert answer.headers["Location"] == "/sign-in/second-step/"
    given = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
    cookies = "; ".join([cookies, *given])

    answers = _all_at_once(
        house.url, "/sign-in/second-step/", lambda n: {"code": f"{n * 7919:0{6 + n % 2 * 2}}"}, cookies
    )
    assert Counter(status for status, *_ in answers) == {200: CODE.free, 429: AT_ONCE - CODE.free}
    assert _events(house, username) == {"code_refused": CODE.free, "paused": AT_ONCE - CODE.free}


SET_UP_APP = """
from accounts.models import User
from allauth.mfa.totp.internal.auth import TOTP
TOTP.activate(User.objects.get(username=%r), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
"""
