"""The socket door for a browser: its cookie alone opens nothing."""

from __future__ import annotations

import http.client
import re
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
import socketio.exceptions

from hub.demo.people import PASSWORD
from tests.support.sockets import SocketReader

pytestmark = pytest.mark.once


class Visitor:
    """A browser as far as cookies and forms go; it sends cookies meant for TLS without it too."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        """The page at a path; cookies are kept."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        place = urlsplit(self.url).netloc
        with closing(http.client.HTTPConnection(place, timeout=20)) as line:
            line.request(method, path, urlencode(form) if form else None, headers)
            answer = line.getresponse()
            page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return page

    @property
    def cookie(self) -> str:
        """What a browser would send."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def csrf(self, path: str) -> str:
        """The token in the page's head."""
        page = self.call("GET", path)
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
        assert found, page
        return found.group(1)

    def sign_in(self, username: str) -> None:
        """Name and password; a second factor is not given."""
        form = {"username": username, "password": PASSWORD, "csrf_token": self.csrf("/login")}
        self.call("POST", "/login", form)

    def open_socket(self, **auth: str) -> SocketReader:
        """A socket with the cookies of this browser; raises when it is refused."""
        return SocketReader(self.url, dict(auth)).connect(headers={"Cookie": self.cookie})


def refused(visitor: Visitor, **auth: str) -> bool:
    """Whether a socket with these words is not let in."""
    try:
        visitor.open_socket(**auth).close()
    except socketio.exceptions.ConnectionError:
        return True
    return False


def test_a_cookie_without_the_words_of_its_own_page_opens_no_socket(running):
    visitor, other = Visitor(running.hub.url), Visitor(running.hub.url)
    visitor.sign_in("wuxing-planner")
    other.sign_in("wujiang-planner")
    assert refused(visitor)
    assert refused(visitor, csrf="guessed")
    assert refused(visitor, csrf=other.csrf("/account"))
    own = visitor.csrf("/account")
    assert not refused(visitor, csrf=own)
    kept = dict(visitor.cookies)
    visitor.call("POST", "/logout", {"csrf_token": own})
    visitor.cookies = kept
    assert refused(visitor, csrf=own)


def test_who_still_owes_the_second_factor_opens_no_socket(live_hub):
    live_hub.start(HUB_DEMO="0", HUB_SECRET_KEY="k7Gm2-production-like-key-0123456789")
    visitor = Visitor(live_hub.url)
    visitor.sign_in("wuxing-planner")
    assert "hub_session" in visitor.cookies
    own = visitor.csrf("/login/second-factor")
    assert refused(visitor, csrf=own)
