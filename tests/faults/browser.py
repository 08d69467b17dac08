"""The least that signs in and sends a form."""

import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener


class Browser:
    def __init__(self, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Any:
        return self._opener.open(self.origin + path, timeout=20)

    def post(self, path: str, entries: dict[str, str]) -> Any:
        """Fill in the form of this page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).read().decode())
        assert token, path
        data = urlencode(entries | {"csrfmiddlewaretoken": token[1]}).encode()
        return self._opener.open(self.origin + path, data, timeout=20)

    def sign_in(self, username: str) -> None:
        self.post("/sign-in/", {"username": username, "password": "round-and-round-1"})
        assert self.get("/account/").url == f"{self.origin}/account/"
