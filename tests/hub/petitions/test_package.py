"""SECURITY A28 over a disk: a joint petition in a package, and what the other hub then holds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from hub.app import create_app
from tests.conftest import copied, settings_for
from tests.support.exchange import acquaint, approved, bring, built, carried
from tests.support.petitions import TRACES, mediated
from tests.support.world import World


@pytest.fixture
def other(template, tmp_path):
    """A second hub with a database and a folder of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        yield World(app, url, str(folder / "data"))
        app.extensions["hub.db"].dispose()


@pytest.mark.once
def test_neither_the_package_nor_the_hub_that_imports_it_knows_who_brought_it(
    world, other, tmp_path
):
    acquaint(world, other)
    petition = mediated(world)
    data = carried(world, approved(world, built(world, kinds=["petition"])))
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        texts = {name: bag.read(name) for name in bag.namelist()}
    assert any(petition["number"].encode() in text for text in texts.values())
    # The address of the demo's own petitioners too, whoever they are.
    sealed = [trace.encode() for trace in (*TRACES, "演示信访人", "1380000000")]
    assert not [name for name, text in texts.items() if any(one in text for one in sealed)]
    assert bring(other, data).status == 201
    found = other.as_("yixing-liaison").get("/received-records", kind="petition").body["items"]
    found = [one for one in found if one["foreign_id"] == petition["id"]]
    view = found[0]["view"]
    assert view["title"] == petition["title"]
    assert not {"has_reporter", "channel", "handler_name", "created_by_name"} & view.keys()
    page = other.as_("yixing-liaison").page(f"/received/{found[0]['id']}").body
    for said in ("被反映单位", "反映内容", "异味", "已回访", "双方共调", "2 级 协作共享",
                 "同意共调 · 宜兴", "调解协议内容", "一个月内加装除臭设施。"):  # fmt: skip
        assert said in page, said
    traces = [trace.encode() for trace in TRACES]
    for path in (*Path(tmp_path / "other").rglob("*"),):
        if path.is_file():
            held = path.read_bytes()
            assert not any(one in held for one in traces), path
