"""Who is told of what, what he reads, and what he may switch off."""

from __future__ import annotations

from datetime import timedelta

from hub.home.activity import OWN_VERBS, VERBS
from hub.notifications.topics import CONCERNS
from tests.support.cases import new_case, share_of
from tests.support.clocks import let_pass, run_due
from tests.support.requests import act, sent

OWNER, LIAISON = "changxing-official", "yixing-liaison"


def texts(world, username: str, **query: object) -> list[str]:
    items = world.as_(username).get("/notifications", **query).body["items"]
    return [item["text"] for item in items]


def unread(world, username: str) -> int:
    return world.as_(username).get("/notifications/count").body["unread"]


def fresh(world, *usernames: str) -> None:
    for username in usernames:
        world.as_(username).post("/notifications/read-all")


def test_a_shared_case_is_told_to_those_who_answer_and_to_nobody_else(world):
    others = ("yixing-official", "yixing-officer1", "yixing-planner", "nanxun-liaison")
    fresh(world, OWNER, LIAISON, *others)
    case = new_case(world).body
    told = f"共享 {case['title']}（{case['number']}）：已共享"
    assert told in texts(world, LIAISON)[0]
    assert unread(world, LIAISON) == unread(world, "yixing-official") == 1
    for nobody in ("yixing-officer1", "yixing-planner", "nanxun-liaison", OWNER):
        assert unread(world, nobody) == 0, nobody
    assert world.as_("yixing-auditor").get("/notifications").status == 403


def test_whatever_is_told_has_its_own_words():
    nameless = {
        (kind, verb)
        for kind, verb in CONCERNS
        if verb != "updated" and (kind, verb) not in OWN_VERBS and verb not in VERBS
    }
    assert nameless == set()


def test_the_answer_is_told_to_the_owner_and_the_handlers_never_to_who_gave_it(world):
    handler = world.as_("changxing-officer1").user_id
    case = new_case(world, handlers=[handler]).body
    share = share_of(world, case["id"])
    fresh(world, OWNER, LIAISON, "changxing-officer1", "yixing-official")
    world.as_(LIAISON).post(f"/shares/{share['id']}/accept")
    assert unread(world, LIAISON) == unread(world, "yixing-official") == 0
    assert unread(world, OWNER) == unread(world, "changxing-officer1") == 1
    assert "已签收" in texts(world, OWNER)[0]


def test_what_was_recalled_since_is_not_named_any_more(world):
    case = new_case(world, title="不可外传的标题").body
    share = share_of(world, case["id"])
    assert case["number"] in texts(world, LIAISON)[0]
    world.as_("changxing-officer1").patch(f"/cases/{case['id']}", {"place": "西岸"}, version=1)
    world.as_(OWNER).post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    assert all("不可外传" not in text for text in texts(world, LIAISON))


def test_reading_lowers_the_bell_one_by_one_and_all_at_once(world):
    fresh(world, LIAISON)
    for _ in range(3):
        new_case(world)
    liaison = world.as_(LIAISON)
    first = liaison.get("/notifications", unread=True).body["items"][0]
    assert unread(world, LIAISON) == 3
    assert liaison.post(f"/notifications/{first['id']}/read").body["read"] is True
    assert liaison.post(f"/notifications/{first['id']}/read").status == 200
    assert unread(world, LIAISON) == 2
    assert world.as_(OWNER).post(f"/notifications/{first['id']}/read").status == 404
    assert liaison.post("/notifications/read-all", {"topic": "agreement"}).body["unread"] == 2
    assert liaison.post("/notifications/read-all").body["unread"] == 0
    assert texts(world, LIAISON, unread=True) == []


def test_pages_of_notifications_follow_each_other_and_filter(world):
    for _ in range(3):
        new_case(world)
    liaison = world.as_(LIAISON)
    everything = [item["id"] for item in liaison.get("/notifications").body["items"]]
    found, cursor = [], None
    while True:
        page = liaison.get("/notifications", limit=1, cursor=cursor).body
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == everything
    shares = liaison.get("/notifications", topic="share").body["items"]
    assert shares
    assert {item["topic"] for item in shares} == {"share"}
    assert "已共享" in liaison.get("/notifications.csv").body


def test_a_deadline_near_and_passed_is_told_to_both_sides(world):
    share = share_of(world, new_case(world).body["id"])
    fresh(world, OWNER, LIAISON)
    let_pass(world, "share", share["id"], timedelta(hours=65))
    run_due(world)
    let_pass(world, "share", share["id"], timedelta(hours=10))
    run_due(world)
    for username in (OWNER, LIAISON):
        told = texts(world, username, topic="deadline")
        assert ["已逾期" in told[0], "临近到期" in told[1]] == [True, True]
        assert "共享的签收" in told[0]


def test_a_muted_topic_is_not_told_and_the_wish_has_a_version(world):
    fresh(world, LIAISON, "yixing-official")
    liaison = world.as_(LIAISON)
    wish = liaison.get("/notifications/settings").body
    assert (wish["mail"], wish["version"], "share" in wish["topics"]) == (False, 0, True)
    body = {"topics": [t for t in wish["topics"] if t != "share"], "mail": False}
    assert liaison.put("/notifications/settings", body).status == 428
    assert liaison.put("/notifications/settings", body, version=0).body["version"] == 1
    assert liaison.put("/notifications/settings", body, version=0).status == 409
    new_case(world)
    assert unread(world, LIAISON) == 0
    assert unread(world, "yixing-official") == 1


def test_wishes_that_cannot_be_met_are_refused_at_their_field(world):
    liaison = world.as_(LIAISON)
    for body, field in (
        ({"mail": True}, "email"),
        ({"mail": True, "email": "nobody"}, "email"),
        ({"mail": True, "email": "a@b.cn\r\nBcc: x@y.cn"}, "email"),
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"topics": ["nonsense"]}, "topics"),
    ):
        answer = liaison.put("/notifications/settings", {"topics": []} | body, version=0)
        assert answer.status == 422, body
        assert field in answer.body["errors"][0]["field"], body


def test_the_pages_show_the_bell_the_list_and_the_settings(world):
    fresh(world, LIAISON)
    case = new_case(world).body
    liaison = world.as_(LIAISON)
    assert 'class="bell__count">1<' in liaison.page("/").body
    assert case["number"] in liaison.page("/notifications?unread=1&topic=share").body
    assert liaison.page("/notifications/settings").status == 200
    assert 'id="bell"' not in world.as_("yixing-auditor").page("/audit").body
    assert world.as_("yixing-auditor").page("/notifications").status == 403


def test_a_letter_is_told_to_its_receiver_and_the_answer_to_its_sender(world):
    fresh(world, LIAISON, "changxing-liaison", "nanxun-liaison")
    request = sent(world)["id"]
    assert unread(world, LIAISON) == 1
    assert texts(world, LIAISON)[0].endswith("：已发出")
    assert unread(world, "changxing-liaison") == unread(world, "nanxun-liaison") == 0
    fresh(world, LIAISON)
    assert act(world.as_(LIAISON), request, "acknowledge").status == 200
    assert unread(world, LIAISON) == 0
    assert unread(world, "changxing-liaison") == 1
