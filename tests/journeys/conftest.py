"""Journeys: a running hub and people in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.conftest import missing
from tests.support.browser import CHROMIUM, Browsers, open_browsers
from tests.support.live import LiveHub


@pytest.fixture
def browsers(live_hub: LiveHub) -> Iterator[Browsers]:
    """Browsers on a running hub; what must not happen fails the test in the end."""
    if CHROMIUM is None:
        missing("Chromium")
    live_hub.start()
    with open_browsers(live_hub.url) as opened:
        yield opened
        opened.check()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Say with a failure what each person had before his eyes: a timeout alone explains nothing."""
    report = yield
    browsers = getattr(item, "funcargs", {}).get("browsers")
    if report.when == "call" and report.failed and browsers is not None:
        report.sections += [("what was on the screens", "\n".join(_screens(browsers)))]
    return report


def _screens(browsers: Browsers) -> Iterator[str]:
    for person in browsers.people:
        for page in person.context.pages:
            try:
                yield f"--- {page.url}\n{page.inner_text('body', timeout=2_000)[:3_000]}"
            except Error as error:
                yield f"--- {page.url}: {error}"
