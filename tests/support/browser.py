"""A real Chromium that notices what must not happen: requests that leave the hub, page errors."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from hub.demo.people import PASSWORD

# The shell without windows takes a third of the processor time that the whole browser does.
CHROMIUM = next(
    (
        path
        for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
# A busy machine takes its time; a test that fails waits this long, one that passes does not.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Person:
    """One person in his own browser context."""

    context: BrowserContext
    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page and wait until its modules have started."""
        self.page.goto(self.url + path)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def sign_in(self, username: str, password: str = PASSWORD) -> Person:
        """Sign in through the form, as everybody does."""
        self.page.goto(self.url + "/login")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("#login-form button")
        self.page.wait_for_selector("body[data-ready]")
        assert "/login" not in self.page.url, self.page.inner_text("body")
        return self

    def await_line(self) -> Person:
        """Wait until the page hears the feed live."""
        self.page.wait_for_selector("body[data-line=live]")
        return self

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as the page does (cookie and CSRF token)."""
        return self.page.evaluate(
            """async ([method, path, body]) => {
                const { api } = await import("/static/js/api.js");
                return await api(method, "/api/v1" + path, body === null ? {} : { body });
            }""",
            [method, path, body],
        )


class Browsers:
    """Opens people's browsers on one hub; `check` fails on anything that must not happen."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url
        self.people: list[Person] = []

    def person(
        self,
        username: str | None = None,
        *,
        viewport: dict[str, int] | None = None,
        locale: str = "zh-CN",
        **options: Any,
    ) -> Person:
        """A fresh browser context, signed in if a user name is given."""
        context = self._browser.new_context(
            viewport=viewport or WIDE,  # type: ignore[arg-type]
            locale=locale,
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        person = Person(context, context.new_page(), self.url)
        context.on("request", lambda request: self._watch(person, request))
        person.page.on("pageerror", lambda error: person.faults.append(f"page error: {error}"))
        person.page.on("console", lambda message: self._hear(person, message))
        self.people.append(person)
        return person.sign_in(username) if username else person

    def _watch(self, person: Person, request: Request) -> None:
        local = (self.url, self.url.replace("http", "ws"), "data:", "blob:", "about:")
        if not request.url.startswith(local):
            person.faults.append(f"request leaves the hub: {request.url}")

    @staticmethod
    def _hear(person: Person, message: Any) -> None:
        if "Content Security Policy" in message.text:
            person.faults.append(f"policy: {message.text}")

    def check(self) -> None:
        """Fail on what any of the browsers did that it must not."""
        faults = [fault for person in self.people for fault in person.faults]
        assert not faults, faults


ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@cache
def driver() -> Playwright:
    """What drives browsers, once per process: a second one beside it is refused."""
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright


@cache
def _chromium() -> Browser:
    """One Chromium for all tests of this process; each person has a context of his own."""
    assert CHROMIUM is not None, "no Chromium: install Debian's chromium"
    browser = driver().chromium.launch(executable_path=CHROMIUM, args=ARGS)
    atexit.register(browser.close)
    return browser


@contextmanager
def open_browsers(url: str) -> Iterator[Browsers]:
    """People's browsers for one hub, closed in the end."""
    browsers = Browsers(_chromium(), url)
    try:
        yield browsers
    finally:
        for person in browsers.people:
            person.context.close()


AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def serious_faults(page: Page) -> list[str]:
    """What axe finds of serious or critical impact on the page (WCAG 2 A and AA)."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate(
        """async () => {
            const result = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] });
            return result.violations.filter((v) => ["serious", "critical"].includes(v.impact))
                .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target).join(" | "));
        }"""
    )
    return list(found)
