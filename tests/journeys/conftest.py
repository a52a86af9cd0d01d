"""Journeys: a running hub and people in real browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
