"""Three administrators, none of whom can do the others' part; tokens; how access ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import AccessToken, IdempotencyKey

NEW = {"username": "wuxing-new", "name": "新同事"}


def add_person(world) -> str:
    answer = world.as_("wuxing-sysadmin").post("/people", NEW)
    assert answer.status == 201, answer.body
    return answer.body["id"]


def test_a_new_account_is_disabled_and_has_no_role(world):
    add_person(world)
    people = world.as_("wuxing-secadmin").get("/people").body["items"]
    new = next(p for p in people if p["username"] == "wuxing-new")
    assert (new["active"], new["roles"]) == (False, [])


def test_only_the_security_administrator_proposes_rights_and_enables(world):
    person = add_person(world)
    rights = {"roles": ["officer"], "clearance": 2}
    for who in ("wuxing-sysadmin", "wuxing-official"):
        assert world.as_(who).put(f"/people/{person}/rights", rights).status == 403
        assert world.as_(who).put(f"/people/{person}/active", {"active": True}).status == 403
    admin = world.as_("wuxing-secadmin")
    assert admin.put(f"/people/{person}/rights", rights).status == 200
    assert admin.put(f"/people/{person}/active", {"active": True}).body["active"] is True


@pytest.mark.parametrize(
    "roles", [["auditor", "officer"], ["sysadmin", "secadmin"], ["official", "sysadmin"]]
)
def test_administrator_roles_exclude_every_other(world, roles):
    person = add_person(world)
    body = {"roles": roles, "clearance": 2}
    assert world.as_("wuxing-secadmin").put(f"/people/{person}/rights", body).status == 422


def test_people_of_another_bureau_do_not_exist_here(world):
    stranger = world.as_("nanxun-officer1")
    admin = world.as_("wuxing-secadmin")
    assert admin.put(f"/people/{stranger.user_id}/active", {"active": False}).status == 404
    names = {p["username"] for p in admin.get("/people").body["items"]}
    assert all(name.startswith("wuxing-") for name in names)


def test_officers_do_not_read_the_list_of_people(world):
    assert world.as_("wuxing-officer1").get("/people").status == 403
    assert world.as_("wuxing-officer1").page("/people").status == 403


def test_disabling_ends_every_access_at_once(world):
    officer = world.as_("wuxing-officer1")
    assert officer.get("/me").status == 200
    admin = world.as_("wuxing-secadmin")
    admin.put(f"/people/{officer.user_id}/active", {"active": False})
    assert officer.get("/me").status == 401
    admin.put(f"/people/{officer.user_id}/active", {"active": True})
    assert officer.get("/me").status == 401, "an ended token stays ended"


def test_a_lost_role_bites_at_the_next_request(world):
    auditor = world.as_("wuxing-auditor")
    assert auditor.get("/audit").status == 200
    nothing = {"roles": [], "clearance": 1}
    world.as_("wuxing-secadmin").put(f"/people/{auditor.user_id}/rights", nothing)
    assert auditor.get("/audit").status == 403


def test_an_expired_token_lets_nobody_in(world):
    caller = world.as_("wuxing-planner")
    made = caller.post("/tokens", {"name": "t", "scopes": ["read"], "days": 1}).body
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(select(AccessToken).where(AccessToken.id == made["id"])).one()
        row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    caller.token = made["token"]
    assert caller.get("/me").status == 401


def test_a_token_ends_when_its_owner_revokes_it_and_only_then(world):
    caller = world.as_("wuxing-planner")
    made = caller.post("/tokens", {"name": "t", "scopes": ["read"]}).body
    assert world.as_("wuxing-official").delete(f"/tokens/{made['id']}").status == 404
    assert caller.delete(f"/tokens/{made['id']}").status == 204
    caller.token = made["token"]
    assert caller.get("/me").status == 401


def test_a_token_is_told_once_and_stands_nowhere(world):
    caller = world.as_("wuxing-planner")
    order = {"name": "t", "scopes": ["read"]}
    first, again = (caller.post("/tokens", order, key="one-and-the-same") for _ in range(2))
    assert again.body == {"id": first.body["id"]}
    made = [row for row in caller.get("/tokens").body["items"] if row["name"] == "t"]
    assert [row["id"] for row in made] == [first.body["id"]]
    with world.unit_of_work() as session:
        kept = session.scalars(select(IdempotencyKey.facts)).all()
    assert not any(first.body["token"] in facts for facts in kept)


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything"]])
def test_unknown_scopes_are_refused(world, scopes):
    assert (
        world.as_("wuxing-planner").post("/tokens", {"name": "t", "scopes": scopes}).status == 422
    )


def test_the_account_and_people_pages_render(world):
    assert "我的账户" in world.as_("wuxing-planner").page("/account").body
    assert "wuxing-officer1" in world.as_("wuxing-secadmin").page("/people").body
    assert "新建账号" in world.as_("wuxing-sysadmin").page("/people").body


def test_the_system_administrator_renews_a_certificate_and_nobody_else(world):
    officer = world.as_("wuxing-officer1").user_id
    url = f"/people/{officer}/license"
    body = {"license_no": "33050299001", "license_until": "2031-05-31"}
    assert world.as_("wuxing-secadmin").put(url, body).status == 403
    assert world.as_("nanxun-sysadmin").put(url, body).status == 404
    answer = world.as_("wuxing-sysadmin").put(url, body)
    assert (answer.body["license_until"], answer.body["licensed"]) == ("2031-05-31", True)
    assert "2031-05-31" in world.as_("wuxing-sysadmin").page("/people").body
    assert world.as_("wuxing-sysadmin").put(url, {"license_until": "yesterday"}).status == 422
    lapsed = world.as_("wuxing-sysadmin").put(url, body | {"license_until": "2020-01-01"})
    assert lapsed.body["licensed"] is False
    assert "已过期" in world.as_("wuxing-sysadmin").page("/people").body
    taken = world.as_("wuxing-sysadmin").put(url, {"license_no": None})
    assert (taken.body["license_no"], taken.body["license_until"]) == (None, None)
