"""After a recall every door is shut at once: what was open, handed out or linked before."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from sharing.models import Share
from tests.support.cases import new_case, share_of
from tests.support.requests import fetched, pdf

OWNER, PARTNER = "changxing-official", "yixing-liaison"


def attach(world, case_id, name="监测报告.pdf"):
    with world.app.test_client() as client:
        answer = client.post(
            f"/api/v1/cases/{case_id}/files",
            data={"file": (io.BytesIO(pdf(name)), name)},
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {world.as_('changxing-officer1').token}"},
        )
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def shared(world):
    """A case with a file, and its share with Yixing."""
    case = new_case(world).body
    file = attach(world, case["id"])
    share = share_of(world, case["id"])
    path = f"/shares/{share['id']}/access-request"
    world.as_(PARTNER).post(path, {"purpose": "information", "reason": "需核对"})
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    granted = world.as_(OWNER).post(f"{path}/grant", {"field_groups": ["files"], "until": until})
    assert granted.status == 200, granted.body
    return case, file, share


def test_a_recall_shuts_every_door_that_stood_open(world):
    case, _file, share = shared(world)
    partner = world.as_(PARTNER)
    path = f"/cases/{case['id']}"
    url = partner.get(path).body["files"][0]["url"]
    before = {
        "list": partner.get("/cases").body, "csv": partner.get("/cases.csv").body,
        "geojson": partner.get("/cases.geojson").body,
        "search": partner.get("/search", q=case["title"]).body,
        "ogc": partner.get("/ogc/collections/cases/items", limit=1000).body,
        "feed": partner.get("/changes", limit=500).body,
    }  # fmt: skip
    for door, answer in before.items():
        assert case["title"] in str(answer), door
    world.as_(OWNER).post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    after = {
        "list": partner.get("/cases"), "csv": partner.get("/cases.csv"),
        "geojson": partner.get("/cases.geojson"), "search": partner.get("/search", q=case["title"]),
        "ogc": partner.get("/ogc/collections/cases/items", limit=1000),
        "feed": partner.get("/changes", limit=500), "page": partner.page(path),
        "home": partner.page("/"), "bell": partner.get("/notifications"),
    }  # fmt: skip
    for door, answer in after.items():
        assert case["title"] not in str(answer.body), door
    assert partner.get(path).status == 404
    # The link to the file that he had, in each of its copies.
    for link in (url, f"{url}?copy=thumb", f"{url}?copy=original"):
        assert fetched(world, PARTNER, link)[0] == 404
    assert fetched(world, "changxing-officer1", url)[0] == 200


def test_while_the_agreement_rests_the_page_says_why_and_names_nothing(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    path, agreement = f"/cases/{case['id']}", f"/agreements/{share['agreement_id']}"
    official, partner = world.as_(OWNER), world.as_(PARTNER)

    def say(verb):
        assert official.post(f"{agreement}/{verb}", {"reason": "演练"}).status == 200

    say("suspend")
    shown = partner.page(path)
    assert shown.status == partner.get(path).status == 404
    assert "备忘录现不生效" in shown.body
    assert "确认已清除" not in shown.body  # it may come back
    assert case["title"] not in shown.body
    # Who never had it is told of nothing.
    assert case["number"] not in world.as_("nanxun-official").page(path).body
    say("resume")
    assert case["title"] in partner.page(path).body


def test_a_share_whose_day_has_passed_is_a_tombstone_before_the_clock_has_come(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    with world.app.app_context(), world.unit_of_work() as session:
        session.get_one(Share, share["id"]).until = datetime.now(UTC) - timedelta(seconds=1)
    partner = world.as_(PARTNER)
    shown = partner.page(f"/cases/{case['id']}")
    assert shown.status == 404
    assert "已到期" in shown.body
    assert case["title"] not in shown.body
    # He may confirm at once that nothing of it is left, and is asked to where his work waits.
    assert "待确认清除" in partner.page("/cases").body
    assert f"/shares/{share['id']}/purge" in shown.body
    assert partner.post(f"/shares/{share['id']}/purge").body["purged"]
    assert "待确认清除" not in partner.page("/cases").body
