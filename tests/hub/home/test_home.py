"""The overview: what waits for whom, in words; administrators see no work."""

from __future__ import annotations

STORY = "吴兴—吴江跨区域生态环境联防联控协作机制备忘录"


def _sign(world, username):
    official = world.as_(username)
    agreement = next(
        item for item in official.get("/agreements").body["items"] if item["title"] == STORY
    )
    path = f"/agreements/{agreement['id']}/sign"
    body = {"content_hash": agreement["content_hash"]}
    assert official.post(path, body, version=agreement["version"]).status == 200


def _todo(world, username):
    page = world.as_(username).page("/")
    assert page.status == 200, page.body[:500]
    return page.body.partition('id="home-todo"')[2].partition("</section>")[0]


def test_an_official_finds_the_memorandum_to_sign(world):
    assert STORY in _todo(world, "wuxing-official")
    assert STORY not in _todo(world, "wuxing-officer1")


def test_once_signed_it_waits_for_the_other_side_only(world):
    _sign(world, "wuxing-official")
    assert STORY not in _todo(world, "wuxing-official")
    other = _todo(world, "wujiang-official")
    assert STORY in other
    assert "吴兴已签署" in other


def test_a_third_bureau_s_overview_names_nothing_of_others(world):
    body = world.as_("nanxun-official").page("/").body
    assert STORY not in body
    assert "长兴—宜兴" not in body


def test_a_newcomer_is_told_the_first_steps(world):
    body = world.as_("wuxing-planner").page("/").body
    assert "从这里开始" in body
    assert "划定交叉联合执法区域" in body


def test_what_was_told_to_the_bureau_is_in_words(world):
    _sign(world, "wuxing-official")
    assert f"备忘录“{STORY}”已签署" in world.as_("wujiang-officer1").page("/").body


def test_administrators_get_their_own_pages_and_no_work(world):
    body = world.as_("wuxing-auditor").page("/").body
    assert 'href="/audit"' in body
    assert STORY not in body
    assert 'href="/people"' in world.as_("wuxing-secadmin").page("/").body


def test_strangers_are_sent_to_sign_in(world):
    with world.app.test_client() as client:
        answer = client.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]
