"""Two hubs whose networks never touch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.app import create_app
from tests.conftest import copied, settings_for
from tests.support.exchange import acquaint
from tests.support.world import World


@pytest.fixture
def hubs(world: World, template: str, tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Changxing's hub and Yixing's, acquainted."""
    folder = tmp_path / "other"
    folder.mkdir()
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        other = World(app, url, str(folder / "data"))
        acquaint(world, other)
        yield world, other
        app.extensions["hub.db"].dispose()
