"""A hub on the oracle's own ground, once for a module; packs of worlds take turns in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from hub.app import create_app
from hub.files import services as files
from hub.files.store import FileStore
from tests.conftest import copied, settings_for
from tests.oracle.doors import Oracle
from tests.oracle.ground import lay_out
from tests.oracle.packing import Packer
from tests.support.world import World

CELLS = 200


@pytest.fixture(scope="module")
def oracle(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """The hub with ground, bureaus and readers, and no world in it yet."""
    folder: Path = tmp_path_factory.mktemp("oracle")
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        hub = World(app, url, str(folder / "data"))
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), "olive").save(picture, "PNG")
        picture.seek(0)
        kept = files.prepare(FileStore(folder / "data" / "files"), "a.png", picture, 10_000)
        with app.app_context(), hub.unit_of_work() as session:
            lay_out(session, CELLS)
            packer = Packer(session, kept)
        yield Oracle(hub, packer)
        app.extensions["hub.db"].dispose()
