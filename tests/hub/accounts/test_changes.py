"""What of an account takes two persons: wider rights, and a new way to sign in (SECURITY A24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.models import AccountChange, User
from hub.demo.people import PASSWORD
from tests.hub.accounts.test_sign_in import csrf_of, sign_in

# Who may confirm what is decided before the database is asked.
pytestmark = pytest.mark.once

OWN = "my-own-words-2026"
WIDER = {"roles": ["officer", "planner"], "clearance": 3, "reason": "调任"}


def person_of(world, username: str) -> dict:
    people = world.as_("wuxing-secadmin").get("/people").body["items"]
    return next(person for person in people if person["username"] == username)


def proposed(world, username: str = "wuxing-officer1", **changes) -> dict:
    """A change of rights that waits."""
    user = world.as_(username).user_id
    answer = world.as_("wuxing-secadmin").put(f"/people/{user}/rights", WIDER | changes)
    assert answer.status == 200, answer.body
    return answer.body["change"]


def decide(world, who: str, change: dict, act: str = "confirm"):
    body = {"reason": "不需要"} if act == "refuse" else None
    return world.as_(who).post(f"/account-changes/{change['id']}/{act}", body)


def test_wider_rights_hold_once_a_second_person_confirmed_them(world):
    officer = world.as_("wuxing-officer1")
    change = proposed(world)
    assert (change["roles"], change["roles_before"]) == (["officer", "planner"], ["officer"])
    assert officer.get("/me").body["roles"] == ["officer"]
    assert "调任" in world.as_("wuxing-official").page("/people").body
    assert 'href="/people"' in world.as_("wuxing-official").page("/").body
    assert decide(world, "wuxing-official", change).body["state"] == "confirmed"
    assert officer.get("/me").body["roles"] == ["officer", "planner"]
    assert world.as_("wuxing-official").get("/account-changes").body["items"] == []
    entries = world.as_("wuxing-auditor").get("/audit", record=officer.user_id).body["items"]
    acts = {entry["action"]: entry["actor_name"] for entry in entries}
    names = {
        who: world.as_(f"wuxing-{who}").get("/me").body["name"] for who in ("secadmin", "official")
    }
    assert acts["account_change.proposed"] == names["secadmin"]
    assert acts["account_change.confirmed"] == acts["user.roles_set"] == names["official"]


def test_a_higher_clearance_waits_and_a_lower_one_holds_at_once(world):
    officer = world.as_("wuxing-officer1")
    path = f"/people/{officer.user_id}/rights"
    admin = world.as_("wuxing-secadmin")
    lower = admin.put(path, {"roles": ["officer"], "clearance": 1}).body
    assert (lower["clearance"], lower["change"]) == (1, None)
    assert officer.get("/me").body["clearance"] == 1
    higher = admin.put(path, {"roles": ["officer"], "clearance": 4}).body
    assert (higher["clearance"], higher["change"]["clearance"]) == (1, 4)
    assert admin.put(path, {"roles": ["officer"], "clearance": 1}).status == 409  # as it is
    assert admin.put(path, {"roles": ["officer"], "clearance": 5}).status == 422


def test_neither_who_proposed_nor_whom_it_concerns_nor_anybody_else_confirms(world):
    change = proposed(world, "wuxing-official", roles=["official", "planner"])
    said = {
        who: decide(world, f"{who}", change).status
        for who in ("wuxing-secadmin", "wuxing-official", "wuxing-sysadmin", "wuxing-officer1",
                    "nanxun-official", "nanxun-secadmin")
    }  # fmt: skip
    assert said == {
        "wuxing-secadmin": 409, "wuxing-official": 409, "wuxing-sysadmin": 403,
        "wuxing-officer1": 403, "nanxun-official": 404, "nanxun-secadmin": 404,
    }  # fmt: skip
    assert [one["id"] for one in world.as_("wuxing-official").get("/account-changes").body["items"]]
    assert world.as_("nanxun-secadmin").get("/account-changes").body["items"] == []
    assert world.as_("wuxing-officer1").get("/account-changes").status == 403
    assert person_of(world, "wuxing-official")["roles"] == ["official"]


def test_nobody_changes_his_own_rights(world):
    admin = world.as_("wuxing-secadmin")
    body = {"roles": ["auditor"], "clearance": 1}
    assert admin.put(f"/people/{admin.user_id}/rights", body).status == 409


@pytest.mark.parametrize(
    ("act", "who"), [("refuse", "wuxing-official"), ("withdraw", "wuxing-secadmin")]
)
def test_what_was_refused_or_withdrawn_cannot_be_confirmed(world, act, who):
    change = proposed(world)
    other = {"refuse": "wuxing-secadmin", "withdraw": "wuxing-official"}[act]
    assert decide(world, other, change, act).status in (403, 409)
    assert decide(world, who, change, act).status == 200
    assert decide(world, "wuxing-official", change).status == 409
    assert person_of(world, "wuxing-officer1")["roles"] == ["officer"]


def test_only_the_last_proposal_about_a_person_can_be_confirmed(world):
    first = proposed(world)
    second = proposed(world, clearance=4)
    assert decide(world, "wuxing-official", first).status == 409
    assert decide(world, "wuxing-official", second).status == 200


def test_rights_taken_back_meanwhile_are_not_given_back_by_an_old_proposal(world):
    change = proposed(world)
    with world.unit_of_work() as session:
        session.get_one(User, world.as_("wuxing-officer1").user_id).clearance = 1
    assert decide(world, "wuxing-official", change).status == 409


def test_a_proposal_lapses(world):
    change = proposed(world)
    with world.unit_of_work() as session:
        row = session.get_one(AccountChange, change["id"])
        row.proposed_at -= timedelta(days=7)
    assert decide(world, "wuxing-official", change).status == 409
    assert world.as_("wuxing-official").get("/account-changes").body["items"] == []


def code_for(world, username: str, *, release_totp: bool = False) -> str:
    """A sign-in code, handed over by two administrators."""
    user = world.as_(username).user_id
    body = {"release_totp": release_totp}
    change = world.as_("wuxing-sysadmin").post(f"/people/{user}/sign-in-code", body)
    assert change.status == 201, change.body
    second = decide(world, "wuxing-secadmin", change.body)
    assert second.status == 200, second.body
    return f"{change.body['code_half']}-{second.body['code_half']}"


def set_password(client: FlaskClient, password: str, repeat: str | None = None):
    path = "/login/new-password"
    data = {"password": password, "repeat": repeat or password, "csrf_token": csrf_of(client, path)}
    return client.post(path, data=data)


def test_a_sign_in_code_lets_its_person_in_only_to_set_a_password(world):
    officer = world.as_("wuxing-officer1")
    before = world.app.test_client()
    sign_in(before, "wuxing-officer1")
    code = code_for(world, "wuxing-officer1")
    assert (officer.get("/me").status, before.get("/api/v1/me").status_code) == (401, 401)
    client = world.app.test_client()
    for wrong in (PASSWORD, code[:8], code[-8:]):
        assert sign_in(client, "wuxing-officer1", wrong).status_code == 401
    assert sign_in(client, "wuxing-officer1", code.lower()).status_code == 302
    assert client.get("/cases").headers["Location"].startswith("/login")
    assert client.get("/login").headers["Location"] == "/login/new-password"
    assert client.get("/api/v1/me").status_code == 401
    assert set_password(client, "short").status_code == 422
    assert set_password(client, OWN, "something-else-26").status_code == 422
    assert set_password(client, code).status_code == 422
    assert set_password(client, OWN).status_code == 302
    assert client.get("/api/v1/me").json["roles"] == ["officer"]
    assert sign_in(world.app.test_client(), "wuxing-officer1", code).status_code == 401
    assert sign_in(world.app.test_client(), "wuxing-officer1", OWN).status_code == 302


def test_the_code_of_one_half_alone_or_unconfirmed_is_none(world):
    user = world.as_("wuxing-officer1").user_id
    admin = world.as_("wuxing-sysadmin")
    made = admin.post(f"/people/{user}/sign-in-code", {}, key="once-and-again")
    again = admin.post(f"/people/{user}/sign-in-code", {}, key="once-and-again")
    assert len(made.body["code_half"]) == 8
    assert again.body == {"id": made.body["id"]}, "a half is told once"
    assert sign_in(world.app.test_client(), "wuxing-officer1").status_code == 302
    assert decide(world, "wuxing-sysadmin", made.body).status == 403
    assert admin.post(f"/people/{admin.user_id}/sign-in-code", {}).status == 409
    assert world.as_("wuxing-official").post(f"/people/{user}/sign-in-code", {}).status == 403
    second = decide(world, "wuxing-official", made.body).body["code_half"]
    with world.unit_of_work() as session:
        row = session.scalars(select(AccountChange)).one()
        kept = [str(value) for value in vars(row).values()]
    assert not any(half in text for half in (made.body["code_half"], second) for text in kept)


def test_a_code_is_used_in_time_or_not_at_all(world):
    code = code_for(world, "wuxing-officer1")
    with world.unit_of_work() as session:
        user = session.get_one(User, world.as_("wuxing-officer1").user_id)
        user.password_until -= timedelta(hours=72)
    answer = sign_in(world.app.test_client(), "wuxing-officer1", code)
    assert answer.status_code == 401
    assert "登录码已过期" in answer.get_data(as_text=True)


def test_a_lost_phone_is_released_with_the_code_and_only_if_asked(world):
    user = world.as_("wuxing-officer1").user_id
    for release, left in ((False, "sealed"), (True, None)):
        with world.unit_of_work() as session:
            session.get_one(User, user).totp_secret = "sealed"
        code_for(world, "wuxing-officer1", release_totp=release)
        with world.unit_of_work() as session:
            assert session.get_one(User, user).totp_secret == left


def test_a_newcomer_comes_in_by_three_persons_hands(world):
    made = world.as_("wuxing-sysadmin").post("/people", {"username": "wuxing-new", "name": "新人"})
    user = made.body["id"]
    change = world.as_("wuxing-secadmin").put(f"/people/{user}/rights", WIDER).body["change"]
    assert decide(world, "wuxing-official", change).status == 200
    world.as_("wuxing-secadmin").put(f"/people/{user}/active", {"active": True})
    client = world.app.test_client()
    assert sign_in(client, "wuxing-new", code_for(world, "wuxing-new")).status_code == 302
    assert set_password(client, OWN).status_code == 302
    assert client.get("/api/v1/me").json["clearance"] == 3


def test_the_operator_lets_somebody_in_from_the_server(world):
    runner = world.app.test_cli_runner()
    printed = runner.invoke(args=["user", "sign-in-code", "--user", "wuxing-secadmin"])
    assert printed.exit_code == 0, printed.output
    client = world.app.test_client()
    assert sign_in(client, "wuxing-secadmin", printed.output.strip()).status_code == 302
    assert set_password(client, OWN).status_code == 302
    entries = world.as_("wuxing-auditor").get("/audit", action="password.code_given").body["items"]
    assert [entry["actor_name"] for entry in entries] == ["系统"]
    assert runner.invoke(args=["user", "sign-in-code", "--user", "nobody"]).exit_code != 0
