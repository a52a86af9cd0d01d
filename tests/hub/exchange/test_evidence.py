"""The evidence bag of a case: the owner's and the partner's, verified as a stranger would."""

from __future__ import annotations

import hashlib
import io
import json

import pytest

from hub.accounts.access import make_actor
from hub.accounts.models import User
from hub.db import utc_now
from hub.errors import NotFound
from hub.exchange import evidence
from hub.keys.models import SigningKey
from sharing.keyfile import read_keys
from sharing.packages import open_package
from sharing.zip_tree import ZipTree
from tests.support.cases import new_case, share_of
from tests.support.exchange import attach, grant_files
from tests.support.field import fetch, photo

OWNER, PARTNER = "changxing-officer1", "yixing-officer1"


@pytest.fixture
def case(world):
    """A case in the zone with a photo whose copy the partner may have, and its sealed bytes."""
    made = new_case(world).body
    data = photo(colour="navy")
    assert attach(world.as_(OWNER), made["id"], data).status == 201
    grant_files(world, made["id"])
    return made | {"photo": data}


def take(world, who, case):
    return fetch(world.as_(who), f"/api/v1/cases/{case['id']}/evidence.zip")


def verified(world, data, code="changxing"):
    """The bag, opened with nothing but the owner's key file."""
    path = f"/api/v1/keys/{world.bureau_id(code)}/file"
    keys = read_keys(fetch(world.as_("nanxun-liaison"), path)[1]).keys
    return open_package(ZipTree(io.BytesIO(data)), keys, now=utc_now())


def files_of(bag):
    found = {}
    for entry in bag.manifest.files:
        with bag.open(entry.path) as stream:
            found[entry.path.removeprefix("data/")] = stream.read()
    return found


def test_the_owners_bag_holds_the_sealed_original_and_everybody_who_had_a_copy(world, case):
    file_url = world.as_(OWNER).get(f"/cases/{case['id']}").body["files"][0]["url"]
    fetch(world.as_(PARTNER), file_url)
    status, data, headers = take(world, OWNER, case)
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    bag = verified(world, data)
    assert files_of(bag)["files/01-photo.jpg"] == case["photo"]
    custody = [record.view for record in bag.records() if record.kind == "custody"]
    partner = world.as_(PARTNER).get("/me").body["name"]
    opened = [(e["who"], e["detail"]["copy"]) for e in custody if e["action"] == "file.opened"]
    assert (partner, "clean") in opened
    assert custody[0]["action"] == "case.created"
    assert all(len(entry["hash"]) == len(entry["prev_hash"]) == 64 for entry in custody)
    assert bag.manifest.recipient is None
    assert hashlib.sha256(case["photo"]).hexdigest() in files_of(bag)["tables/files.csv"].decode()


def test_the_partners_bag_holds_what_his_page_shows_and_marked_copies(world, case):
    bag = verified(world, take(world, PARTNER, case)[1])
    (record,) = bag.records()
    page = world.as_(PARTNER).get(f"/cases/{case['id']}").body
    assert dict(record.view) == page
    inside = files_of(bag)
    assert inside["files/01-photo.jpg"] != case["photo"]
    assert "tables/custody.csv" not in inside
    assert world.as_(PARTNER).get("/me").body["name"] in inside["tables/files.csv"].decode()
    assert "investigation_notes" not in json.dumps(record.view)
    assert bag.manifest.recipient.adcode == "320282"
    assert bag.manifest.context["ground"]["clause"]


def test_each_bag_stands_in_both_chains_with_its_digest(world, case):
    bag = verified(world, take(world, PARTNER, case)[1])
    for auditor in ("changxing-auditor", "yixing-auditor"):
        found = world.as_(auditor).get("/audit", action="evidence.bagged").body["items"]
        assert [item["detail"]["digest"] for item in found] == [bag.digest]


def test_a_recall_ends_the_bag_and_the_links_and_tells_what_had_been_opened(world, case):
    url = world.as_(PARTNER).get(f"/cases/{case['id']}").body["files"][0]["url"]
    assert fetch(world.as_(PARTNER), url)[0] == 200
    assert take(world, PARTNER, case)[0] == 200
    share = share_of(world, case["id"])
    official = world.as_("changxing-official")
    official.post(f"/shares/{share['id']}/recall", {"reason": "误发"})
    assert take(world, PARTNER, case)[0] == 404
    for link in (url, f"{url}?copy=thumb", f"/api/v1/cases/{case['id']}"):
        assert fetch(world.as_(PARTNER), link)[0] == 404
    opened = official.get(f"/shares/{share['id']}/opened").body["items"]
    assert {item["action"] for item in opened} == {"case.opened", "file.opened", "evidence.bagged"}
    assert "photo.jpg" in {item["what"] for item in opened}
    page = official.page(f"/cases/{case['id']}").body
    assert f'data-opened="{world.bureau_id("yixing")}" open' in page
    assert world.as_(PARTNER).get(f"/shares/{share['id']}/opened").status == 404
    liaison = world.as_("yixing-liaison")
    assert liaison.post(f"/shares/{share['id']}/purge").status == 200


def test_a_recall_while_the_bag_is_made_keeps_it_here(world, case):
    secret = world.app.extensions["hub.settings"].secret_key
    partner = world.as_(PARTNER)
    with world.app.test_request_context(), world.unit_of_work() as session:
        actor = actor_of(session, partner)
        made = evidence.plan(session, actor, case["id"], secret)
    share = share_of(world, case["id"])
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "误发"})
    with world.app.app_context(), world.unit_of_work() as session, pytest.raises(NotFound):
        evidence.enter(session, actor, made, None)


def actor_of(session, caller):
    return make_actor(session.get(User, caller.user_id))


@pytest.mark.parametrize("who", ["nanxun-officer1", "nanxun-official"])
def test_a_stranger_gets_no_bag(world, case, who):
    assert take(world, who, case)[0] == 404


def test_without_a_key_the_owner_is_told_whom_to_ask(world, case):
    with world.app.app_context(), world.unit_of_work() as session:
        session.query(SigningKey).delete()
    status, body, _headers = take(world, OWNER, case)
    assert status == 409
    assert "安全管理员" in json.loads(body)["detail"]


def test_a_file_that_cannot_be_marked_is_left_out_and_said(world, case):
    broken = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    assert attach(world.as_(OWNER), case["id"], broken, "坏.pdf").status == 201
    inside = files_of(verified(world, take(world, PARTNER, case)[1]))
    assert not [path for path in inside if path.endswith(".pdf")]
    assert "PDF无法加水印" in inside["tables/files.csv"].decode()


def test_the_page_offers_the_bag(world, case):
    link = f"/api/v1/cases/{case['id']}/evidence.zip"
    assert link in world.as_(OWNER).page(f"/cases/{case['id']}").body
    assert link in world.as_(PARTNER).page(f"/cases/{case['id']}").body
