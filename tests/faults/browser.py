"""The least that signs in and sends a form."""

import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

_BOUNDARY = "----rounds-faults"


class Browser:
    def __init__(self, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Any:
        return self._opener.open(self.origin + path, timeout=60)

    def post(self, path: str, entries: dict[str, str], *, form_on: str = "") -> Any:
        """Fill in the form of this page, or send to it the form that stands on another."""
        data = urlencode(entries | {"csrfmiddlewaretoken": self._token(form_on or path)}).encode()
        return self._opener.open(self.origin + path, data, timeout=60)

    def _token(self, page: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page).read().decode())
        assert token, page
        return token[1]

    def upload(self, path: str, entries: dict[str, str], content: bytes) -> Any:
        """Fill in the form of this page, with a file."""
        parts = [
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (entries | {"csrfmiddlewaretoken": self._token(path)}).items()
        ]
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
        body = b"".join(parts) + head + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        sort = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return self._opener.open(Request(self.origin + path, body, sort), timeout=60)

    def sign_in(self, username: str) -> None:
        self.post("/sign-in/", {"username": username, "password": "round-and-round-1"})
        assert self.get("/account/").url == f"{self.origin}/account/"
