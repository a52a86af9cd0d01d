"""Data exchange at a meeting in two browsers, on two hubs whose networks never touch: chosen,
previewed, approved, signed, carried over, checked, imported, the receipt back, proof and
checkpoints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hub.app import create_app
from tests.conftest import BOUNDARIES, copied, settings_for
from tests.support.browser import Browsers, Person, open_browsers
from tests.support.cases import new_case
from tests.support.exchange import acquaint
from tests.support.live import LiveHub
from tests.support.meetings import fixed
from tests.support.world import World


@pytest.fixture
def elsewhere(template, tmp_path):
    """Another installation: a database, a folder and a port of its own; its people's browsers."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        hub = LiveHub(database_url=url, data_dir=folder / "data", boundary_file=BOUNDARIES)
        hub.start()
        with open_browsers(hub.url) as opened:
            yield World(app, url, str(folder / "data")), opened
            opened.check()
        hub.leave()
        app.extensions["hub.db"].dispose()


def carried(page: Page, link: str, folder: Path) -> Path:
    """What a link downloads, on the disk that is carried over."""
    with page.expect_download() as told:
        page.locator(link).first.click()
    path = folder / told.value.suggested_filename
    told.value.save_as(path)
    return path


def pressed(page: Page, button: str) -> None:
    """Press a button that asks first, and confirm."""
    page.click(button)
    page.click("dialog[open] .dialog__foot .btn:last-child")


def built(liaison: Person, meeting: str) -> str:
    """The liaison chooses for the meeting, looks at what the partner gets, and builds."""
    page = liaison.open(f"/meetings/{meeting}?tab=exchange")
    page.click("text=为本次会议生成数据包")
    page.uncheck("input[name=with_files]")  # the demo's own photos are not in a test's folder
    page.click("#preview")
    page.locator("#gets summary", has_text="夜排碱液").click()
    expect(page.locator("#gets details[open]")).to_contain_text("碱液入河")
    page.click("text=生成，交另一人批准")
    page.wait_for_url(re.compile(r"/packages/[0-9a-f-]{36}"))
    expect(page.locator(".page-head .badge")).to_have_text("待批准")
    expect(page.locator("text=批准并签名封装")).to_have_count(0)
    return page.url.removeprefix(liaison.url)


@pytest.mark.once
def test_what_is_exchanged_at_a_meeting_crosses_on_a_disk(
    world: World, browsers: Browsers, elsewhere: tuple[World, Browsers], tmp_path: Path
):
    other, abroad = elsewhere
    acquaint(world, other)
    new_case(world, title="夜排碱液", description="碱液入河")
    here, there = fixed(world)["id"], fixed(other)["id"]
    path = built(browsers.person("changxing-liaison"), here)
    liaison = browsers.people[0]

    official = browsers.person("changxing-official")
    expect(official.open("/").locator("#home-todo")).to_contain_text("数据包待批准")
    page = official.open(path)
    page.click("text=批准并签名封装")
    page.locator("text=下载数据包").wait_for()
    package = carried(page, "text=下载数据包", tmp_path)
    proof = carried(page, "tr:has-text('夜排碱液') a:has-text('存在证明')", tmp_path)
    page = official.open(f"/meetings/{here}?tab=exchange")
    expect(page.locator("#meeting-exchange")).to_contain_text("已封装")
    pressed(page, "text=交出本单位见证")
    witness = carried(page, "a:has-text('见证文件')", tmp_path)

    partner = abroad.person("yixing-official")
    page = partner.open(f"/meetings/{there}?tab=exchange")
    page.click("text=导入对方交来的数据包")
    page.set_input_files("#package-file", package)
    expect(page.locator("#report")).to_contain_text("签名有效")
    expect(page.locator("#report")).to_contain_text("夜排碱液")
    page.click("#import-now")
    page.wait_for_url(re.compile(r"/packages/[0-9a-f-]{36}"))
    expect(page.locator(".page-head .badge")).to_have_text("已导入")
    receipt = carried(page, "a:has-text('回执')", tmp_path)
    page = partner.open(f"/meetings/{there}?tab=exchange")
    expect(page.locator("#meeting-exchange")).to_contain_text("已导入")
    page.click("text=留存对方见证文件")
    page.set_input_files("#witness-file", witness)
    expect(page.locator("#f-witness")).to_have_value(re.compile("checkpoints"))
    page.click("#keep-witness .btn--primary")
    expect(page.locator("tr", has_text="长兴").last).to_contain_text("由对方系统核验")
    page = partner.open("/search?q=夜排碱液&kind=received")
    page.click("text=夜排碱液 >> visible=true >> nth=-1")
    expect(page.locator("main")).to_contain_text("收到的记录")
    expect(page.locator("main")).to_contain_text("碱液入河")
    page = partner.open("/packages")
    page.click("text=核验存在证明")
    page.set_input_files("#proof-file", proof)
    expect(page.locator("#proved")).to_contain_text("证明成立")

    page = liaison.open("/packages")
    page.click("text=登记回执")
    page.set_input_files("#receipt-file", receipt)
    expect(page.locator("#f-receipt")).not_to_have_value("")
    page.click("#load-receipt .btn--primary")
    expect(page.locator("tr", has_text="长兴").or_(page.locator("tbody tr")).first).to_contain_text(
        "对方已签收"
    )
    expect(official.open(path).locator(".page-head .badge")).to_have_text("对方已签收")
