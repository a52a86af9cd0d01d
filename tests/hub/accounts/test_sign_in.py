"""Signing in, being locked out, the second factor, and how access ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.models import SignInFailures, User
from hub.app import create_app
from hub.config import Settings, SettingsError
from hub.db import Database
from hub.demo.people import PASSWORD


def csrf_of(client: FlaskClient, path: str = "/login") -> str:
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, target: str = ""):
    data = {"username": username, "password": password, "csrf_token": csrf_of(client)}
    return client.post(f"/login{target}", data=data)


def give_code(client: FlaskClient, code: str):
    path = "/login/second-factor"
    return client.post(path, data={"code": code, "csrf_token": csrf_of(client, path)})


def change_user(world, username: str, **values: object) -> None:
    with world.app.app_context(), world.unit_of_work() as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        for name, value in values.items():
            setattr(user, name, value)


def end_locks(world) -> None:
    """Let the quarter of an hour pass."""
    with world.app.app_context(), world.unit_of_work() as session:
        for row in session.scalars(select(SignInFailures)):
            row.locked_until = datetime.now(UTC) - timedelta(seconds=1)


def test_the_sign_in_page_offers_the_demo_accounts_of_every_bureau(world):
    page = world.app.test_client().get("/login").get_data(as_text=True)
    assert 'data-demo-user="wuxing-planner"' in page
    assert "湖州市生态环境局吴兴分局" in page
    assert "指挥员" in page


def test_a_person_signs_in_and_out(world):
    client = world.app.test_client()
    answer = sign_in(client, "wuxing-planner")
    assert answer.status_code == 302
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/api/v1/me").json["name"]
    client.post("/logout", data={"csrf_token": csrf_of(client, "/account")})
    assert client.get("/api/v1/me").status_code == 401


def test_a_session_fixed_before_signing_in_is_worth_nothing_afterwards(world):
    """Who laid his cookie into another's browser has neither that person's session nor its word."""
    stranger, person = world.app.test_client(), world.app.test_client()
    page = stranger.get("/login")
    name, _, laid = page.headers["Set-Cookie"].split(";")[0].partition("=")
    word = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert word is not None
    person.set_cookie(name, laid)
    answer = sign_in(person, "wuxing-planner")
    assert answer.status_code == 302
    assert f"{name}={laid}" not in answer.headers["Set-Cookie"]
    assert stranger.get("/api/v1/me").status_code == 401
    sent = {"X-CSRFToken": word[1]}
    refused = person.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"]}, headers=sent)
    assert refused.status_code == 403, refused.json


def test_signing_in_never_leads_to_another_site(world):
    answer = sign_in(world.app.test_client(), "wuxing-planner", target="?next=//evil.example/")
    assert answer.headers["Location"] == "/"


def test_unknown_and_wrong_get_the_same_answer(world):
    unknown = sign_in(world.app.test_client(), "nobody-at-all", "wrong-password-1")
    wrong = sign_in(world.app.test_client(), "wuxing-planner", "wrong-password-1")
    assert (unknown.status_code, wrong.status_code) == (401, 401)
    text = "用户名或密码不正确"
    assert text in unknown.get_data(as_text=True)
    assert text in wrong.get_data(as_text=True)


def test_five_failures_lock_the_account_even_for_the_right_password(world):
    client = world.app.test_client()
    for _attempt in range(5):
        assert sign_in(client, "wuxing-planner", "wrong-password-1").status_code == 401
    assert sign_in(client, "wuxing-planner").status_code == 429
    end_locks(world)
    assert sign_in(client, "wuxing-planner").status_code == 302


def test_a_locked_account_does_not_tell_a_right_password_from_a_wrong_one(world):
    client = world.app.test_client()
    for _attempt in range(5):
        sign_in(client, "wuxing-planner", "wrong-password-1")
    wrong = sign_in(client, "wuxing-planner", "wrong-password-2")
    right = sign_in(client, "wuxing-planner")
    assert wrong.status_code == right.status_code == 429


def answers_to(world, username: str, tries: int) -> list[tuple[int, str]]:
    """What somebody learns who tries a name several times."""
    client = world.app.test_client()
    answers = [sign_in(client, username, "wrong-password-1") for _attempt in range(tries)]
    pages = [answer.get_data(as_text=True) for answer in answers]
    words = [re.findall(r'role="alert">.*?<div>(.*?)</div>', page, re.DOTALL) for page in pages]
    assert all(words)
    return [(a.status_code, said[0].strip()) for a, said in zip(answers, words, strict=True)]


@pytest.mark.once
def test_many_tries_do_not_tell_whether_a_name_exists(world):
    """A25: a lock that only real accounts have tells who works here."""
    change_user(world, "wuxing-official", active=False)
    known = answers_to(world, "nanxun-planner", 7)
    assert [status for status, _words in known] == [401, 401, 401, 401, 401, 429, 429]
    assert answers_to(world, "nobody-planner", 7) == known
    assert answers_to(world, "wuxing-official", 7) == known


def test_names_that_nobody_tries_any_more_are_forgotten(world):
    client = world.app.test_client()
    for number in range(3):
        sign_in(client, f"nobody-{number}", "wrong-password-1")
    with world.app.app_context(), world.unit_of_work() as session:
        for row in session.scalars(select(SignInFailures)):
            row.last_at = datetime.now(UTC) - timedelta(minutes=16)
    sign_in(client, "nobody-else", "wrong-password-1")
    with world.app.app_context(), world.unit_of_work() as session:
        assert len(session.scalars(select(SignInFailures)).all()) == 1


def test_a_right_password_forgives_earlier_failures(world):
    client = world.app.test_client()
    for _round in range(2):
        for _attempt in range(4):
            sign_in(client, "wuxing-planner", "wrong-password-1")
        assert sign_in(world.app.test_client(), "wuxing-planner").status_code == 302


@pytest.fixture
def strict_client(world) -> FlaskClient:
    """A browser at the same hub run as in production, where a second factor is owed."""
    settings = Settings(
        database_url=world.url,
        data_dir=world.data_dir,
        secret_key="k7Gm2-production-like-key-0123456789",
    ).checked()
    app = create_app(settings)
    yield app.test_client()
    database: Database = app.extensions["hub.db"]
    database.dispose()


def enrol(client: FlaskClient) -> tuple[str, str]:
    page = client.get("/login/second-factor").get_data(as_text=True)
    found = re.search(r'<code class="mono">([A-Z2-7]+)</code>', page)
    assert found, page
    code = pyotp.TOTP(found.group(1)).now()
    assert give_code(client, code).status_code == 302
    return found.group(1), code


def test_production_owes_a_second_factor_before_anything_else(strict_client):
    sign_in(strict_client, "wuxing-planner")
    assert strict_client.get("/api/v1/me").status_code == 401
    enrol(strict_client)
    assert strict_client.get("/api/v1/me").status_code == 200


def test_the_secret_to_bind_is_shown_as_an_image_of_the_hub_itself(strict_client):
    sign_in(strict_client, "wuxing-planner")
    strict_client.get("/login/second-factor")
    assert strict_client.get("/login/second-factor.svg").mimetype == "image/svg+xml"


def test_production_names_no_demo_accounts(strict_client):
    assert "data-demo-user" not in strict_client.get("/login").get_data(as_text=True)


def test_a_one_time_code_works_once(strict_client):
    sign_in(strict_client, "wuxing-planner")
    secret, code = enrol(strict_client)
    strict_client.post("/logout", data={"csrf_token": csrf_of(strict_client, "/account")})
    sign_in(strict_client, "wuxing-planner")
    assert give_code(strict_client, code).status_code == 401
    later = pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=1)
    assert give_code(strict_client, later).status_code == 302


def test_wrong_codes_lock_the_account_too(strict_client):
    sign_in(strict_client, "wuxing-planner")
    enrol(strict_client)
    strict_client.post("/logout", data={"csrf_token": csrf_of(strict_client, "/account")})
    sign_in(strict_client, "wuxing-planner")
    codes = [give_code(strict_client, "000000").status_code for _attempt in range(6)]
    assert codes == [401, 401, 401, 401, 401, 429]


def test_a_session_owing_its_second_factor_sees_no_page(strict_client):
    sign_in(strict_client, "wuxing-planner")
    answer = strict_client.get("/account")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    "key", ["", "short", "a" * 40, "demo-only-secret-key-never-use-in-production"]
)
def test_production_refuses_a_weak_secret_key(key):
    with pytest.raises(SettingsError, match="HUB_SECRET_KEY"):
        Settings(secret_key=key).checked()
