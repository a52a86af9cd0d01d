"""Changing one's own password, and what ends with the old one (SECURITY A10, A25)."""

from __future__ import annotations

from flask.testing import FlaskClient

from hub.demo.people import PASSWORD
from tests.hub.accounts.test_sign_in import csrf_of, sign_in

OWN = "my-own-words-2026"
PATH = "/api/v1/me/password"


def signed_in(world) -> FlaskClient:
    client = world.app.test_client()
    assert sign_in(client, "wuxing-planner").status_code == 302
    return client


def change(client: FlaskClient, current: str = PASSWORD, new: str = OWN):
    headers = {"X-CSRFToken": csrf_of(client, "/account")}
    return client.put(PATH, json={"current": current, "new": new}, headers=headers)


def test_a_new_password_ends_all_that_the_old_one_let_in_but_this_browser(world):
    caller = world.as_("wuxing-planner")
    client, other = signed_in(world), signed_in(world)
    assert change(client).status_code == 204
    assert client.get("/api/v1/me").status_code == 200
    assert (other.get("/api/v1/me").status_code, caller.get("/me").status) == (401, 401)
    assert sign_in(world.app.test_client(), "wuxing-planner").status_code == 401
    assert sign_in(world.app.test_client(), "wuxing-planner", OWN).status_code == 302
    entries = world.as_("wuxing-auditor").get("/audit", action="password.set").body["items"]
    assert len(entries) == 1


def test_a_weak_or_the_same_password_is_refused(world):
    client = signed_in(world)
    for new in ("short", "aaaaaaaaaaaaaaaa", PASSWORD):
        answer = change(client, new=new)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "new")


def test_who_found_an_open_browser_does_not_guess_the_password(world):
    client = signed_in(world)
    for _attempt in range(5):
        answer = change(client, current="wrong-password-1")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "current")
    assert change(client).status_code == 429
    entries = world.as_("wuxing-auditor").get("/audit", action="password.refused").body["items"]
    assert len(entries) == 5


def test_a_program_changes_nobodys_password(world):
    body = {"current": PASSWORD, "new": OWN}
    assert world.as_("wuxing-planner").put("/me/password", body).status == 403
    assert world.app.test_client().put(PATH, json=body).status_code == 403
