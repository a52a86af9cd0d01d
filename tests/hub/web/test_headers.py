"""What answers carry for browsers and caches, and what a request may make the hub believe."""

from __future__ import annotations

import pytest

from hub.app import create_app
from hub.config import Settings

ROLES = ("changxing-planner", "changxing-auditor")
# The same for everybody, and part of the program.
PUBLIC = ("/static/", "/assets/", "/i18n/", "/field/", "/manifest", "/favicon")


def addresses(app):
    """Every address that is read and has no part to fill in."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    )


@pytest.mark.once
@pytest.mark.parametrize("username", ROLES)
def test_no_cache_keeps_what_a_person_was_shown(world, username):
    token = world.as_(username).token
    kept = []
    for address in addresses(world.app):
        with world.app.test_client() as client:
            answer = client.get(address, headers={"Authorization": f"Bearer {token}"})
        rule = answer.headers.get("Cache-Control", "")
        public = address.startswith(PUBLIC)
        if not public and not any(word in rule for word in ("no-store", "private", "no-cache")):
            kept.append((address, answer.status_code, rule))
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"], address
    assert not kept


@pytest.mark.once
def test_only_the_hubs_own_names_are_answered(tmp_path):
    settings = {"HUB_DEMO": "1", "HUB_DATA_DIR": str(tmp_path)}
    named = Settings.from_env(settings | {"HUB_TRUSTED_HOSTS": "hub.example,10.1.2.3"})
    with create_app(named).test_client() as client:
        for own in ("http://hub.example", "http://10.1.2.3:8000"):
            assert client.get("/healthz", base_url=own).status_code == 200
        for path in ("/healthz", "/login", "/api/v1/bureaus", "/ogc/"):
            answer = client.get(path, base_url="http://evil.example")
            assert answer.status_code == 400
            assert b"evil.example" not in answer.data
    with create_app(Settings.from_env(settings)).test_client() as client:
        assert client.get("/healthz", base_url="http://any.example").status_code == 200
