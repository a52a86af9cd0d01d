"""`bureau add`, `bureau change`: how a hub that is no demo comes to its parties."""

from __future__ import annotations

import re

import pytest

from hub.app import create_app
from hub.config import Settings
from tests.conftest import BOUNDARIES

KEY = "a-key-for-one-test-only-" + "0123456789abcdef" * 2
TEXTS = ["--name", "湖州市生态环境局德清分局", "--name-en", "Deqing Branch",
         "--short-name", "德清", "--short-name-en", "Deqing"]  # fmt: skip
PASSWORD = "my-own-words-2026"


@pytest.fixture
def run(world):
    def call(*args):
        return world.app.test_cli_runner().invoke(args=["bureau", *args])

    return call


def listed(world):
    items = world.as_("wuxing-planner").get("/bureaus").body["items"]
    return {item["code"]: item for item in items}


@pytest.mark.once
def test_an_empty_hub_comes_to_its_bureaus_and_people_by_commands_alone(tmp_path):
    """As docs/operations.md says: schema, outlines, bureaus, people; then somebody signs in."""
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    settings = Settings(database_url=url, data_dir=str(tmp_path), secret_key=KEY).checked()
    app = create_app(settings)
    commands = [
        ["db", "upgrade"],
        ["boundaries", "import", str(BOUNDARIES), "--accuracy-m", "400", "--yes"],
        ["bureau", "add", "deqing", "--adcode", "330521", *TEXTS],
        ["user", "create", "--username", "deqing-head", "--name", "沈建国", "--bureau", "deqing",
         "--role", "official", "--password", PASSWORD],
    ]  # fmt: skip
    for command in commands:
        done = app.test_cli_runner().invoke(args=command)
        assert done.exit_code == 0, done.output
    with app.test_client() as client:
        page = client.get("/login").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"username": "deqing-head", "password": PASSWORD}
        form |= {"csrf_token": token.group(1) if token else ""}
        answer = client.post("/login", data=form)
        # Who signs in for the first time binds his authenticator before anything else.
        assert answer.status_code == 302
        assert "绑定动态口令" in client.get("/login/second-factor").get_data(as_text=True)


def test_a_new_bureau_is_there_for_all_and_its_ground_is_its_own(world, run):
    assert run("add", "deqing", "--adcode", "330521", *TEXTS).exit_code == 0
    found = listed(world)["deqing"]
    assert (found["short_name"], found["adcode"]) == ("德清", "330521")
    answer = world.as_("wuxing-officer1").get("/locate", lon=119.97, lat=30.54).body
    assert answer["jurisdiction"]["bureau"]["name"] == "湖州市生态环境局德清分局"
    assert "deqing" in run("list").output


@pytest.mark.once
@pytest.mark.parametrize(
    ("code", "adcode", "more", "told"),
    [
        ("Deqing", "330521", [], "code: "),
        ("wuxing", "330521", [], "code: "),
        ("deqing", "999999", [], "adcode: "),
        ("deqing", "330502", [], "吴兴分局"),
        ("deqing", "330521", ["--short-name", "德" * 21], "short_name: "),
        ("deqing", "330521", ["--name", " "], "name: "),
    ],
)
def test_what_cannot_be_a_bureau_is_refused_with_the_reason(world, run, code, adcode, more, told):
    before = set(listed(world))
    refused = run("add", code, "--adcode", adcode, *TEXTS, *more)
    assert refused.exit_code == 1
    assert told in refused.output
    assert set(listed(world)) == before


def test_a_telephone_that_changed_is_told_at_once_and_stands_in_the_trail(world, run):
    assert run("change", "wuxing", "--duty-phone", "0572-1234567").exit_code == 0
    place = {"lon": 120.16, "lat": 30.87}
    answer = world.as_("wujiang-officer1").get("/locate", **place).body
    assert answer["jurisdiction"]["bureau"]["duty_phone"] == "0572-1234567"
    assert listed(world)["wuxing"]["name"] == "湖州市生态环境局吴兴分局"
    trail = world.as_("wuxing-auditor").get("/audit", action="bureau.updated").body["items"]
    assert len(trail) == 1
    assert run("change", "nobody", "--duty-phone", "1").exit_code == 1
