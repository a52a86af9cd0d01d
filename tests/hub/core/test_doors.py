"""What every door does alike: problems, idempotency, unknown fields, headers."""

from __future__ import annotations

import pytest

from hub.web.i18n import local_target


def test_an_unknown_address_is_a_problem_document(world):
    answer = world.as_("wuxing-planner").get("/no-such-thing")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "request_id"} <= set(answer.body)


def test_nobody_gets_401_with_a_challenge(world):
    with world.app.test_client() as client:
        answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer", "lfp_x"])
def test_a_wrong_token_is_refused_and_never_falls_back_to_the_cookie(world, header):
    with world.app.test_client() as client:
        answer = client.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_repeated_write_answers_the_same_and_makes_one_record(world):
    caller = world.as_("wuxing-officer1")
    body = {"title": "夜间排放", "category": "water", "lon": 120.05, "lat": 30.85}
    first = caller.post("/cases", body, key="operation-0001")
    second = caller.post("/cases", body, key="operation-0001")
    assert (first.status, second.status) == (201, 201), first.body
    assert first.body == second.body
    titles = [case["title"] for case in caller.get("/cases").body["items"]]
    assert titles.count("夜间排放") == 1


def test_an_operation_key_serves_one_request_only(world):
    caller = world.as_("wuxing-planner")
    caller.post("/tokens", {"name": "a", "scopes": ["read"]}, key="operation-0002")
    answer = caller.post("/tokens", {"name": "b", "scopes": ["read"]}, key="operation-0002")
    assert answer.status == 422


def test_an_unknown_field_is_refused(world):
    answer = world.as_("wuxing-planner").post(
        "/tokens", {"name": "a", "scopes": ["read"], "user_id": "someone else"}
    )
    assert answer.status == 422
    assert "user_id" in answer.body["errors"][0]["field"]


def test_a_read_only_token_writes_nothing(world):
    caller = world.as_("wuxing-planner")
    made = caller.post("/tokens", {"name": "r", "scopes": ["read"]})
    caller.token = made.body["token"]
    assert caller.get("/me").body["rights"] == ["feed.read", "work.view"]
    assert caller.post("/tokens", {"name": "w", "scopes": ["read", "write"]}).status == 403


def test_pages_carry_a_strict_policy(world):
    with world.app.test_client() as client:
        answer = client.get("/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_cookie_write_without_the_pages_token_is_refused(world):
    with world.app.test_client() as client:
        answer = client.post("/login", data={"username": "x", "password": "y"})
    assert answer.status_code == 403


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "\n/x"])
def test_a_redirect_never_leads_elsewhere(target):
    assert local_target(target) == "/"


def test_json_nested_without_end_is_refused_and_not_a_server_error(world):
    caller = world.as_("wuxing-planner")
    with world.app.test_client() as client:
        answer = client.post(
            "/api/v1/locate",
            data="[" * 200_000,
            content_type="application/json",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"], ids=["nul", "lone surrogate"])
def test_text_that_cannot_be_stored_is_refused_and_not_a_server_error(world, name):
    answer = world.as_("wuxing-planner").post("/tokens", {"name": name, "scopes": ["read"]})
    assert answer.status in (201, 400, 422)
    assert answer.status != 201 or "\ud800" not in name
    path = "/patrols/a%00b"
    assert world.as_("wuxing-planner").get(path).status in (404, 422)


def test_what_cannot_be_seen_is_left_out_of_every_text(world):
    body = {"name": "厂\u202e)oob(\u202c\u200b名", "scopes": ["read"]}
    made = world.as_("wuxing-planner").post("/tokens", body)
    assert made.status == 201
    names = [one["name"] for one in world.as_("wuxing-planner").get("/tokens").body["items"]]
    assert "厂)oob(名" in names
