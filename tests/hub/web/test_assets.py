"""The asset door: every named file is served well, and nothing else is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.web.assets import ASSETS, NODE_MODULES, asset_path, asset_url, bp

ROOT = Path(__file__).resolve().parents[3]
needs_packages = pytest.mark.skipif(
    not NODE_MODULES.is_dir(), reason="browser packages are not installed (npm ci)"
)


@pytest.fixture
def app() -> Flask:
    app = Flask("assets_alone")
    app.register_blueprint(bp)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@needs_packages
@pytest.mark.parametrize("name", sorted(ASSETS))
def test_every_named_file_is_there_and_typed(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/assets/{name}", buffered=True)
    kinds = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
    assert answer.status_code == 200
    assert answer.mimetype == kinds[Path(name).suffix]
    assert answer.get_data()


@needs_packages
def test_a_digest_in_the_address_allows_a_year(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        url = asset_url("leaflet/leaflet.js")
    answer = client.get(url, buffered=True)
    assert answer.cache_control.max_age == 365 * 24 * 3600
    assert answer.cache_control.immutable


@needs_packages
def test_an_old_digest_is_kept_only_briefly(client: FlaskClient) -> None:
    answer = client.get("/assets/leaflet/leaflet.js?v=0123456789abcdef", buffered=True)
    assert answer.cache_control.max_age == 3600
    assert not answer.cache_control.immutable


@needs_packages
def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/assets/leaflet/leaflet.css", buffered=True)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/assets/leaflet/leaflet.css", headers=tag, buffered=True)
    assert again.status_code == 304
    assert again.get_data() == b""


@pytest.mark.parametrize(
    "name",
    [
        "leaflet/package.json",
        "leaflet/../leaflet/leaflet.js",
        "../package.json",
        "%2e%2e/package.json",
        "..%2f..%2fetc/passwd",
        "leaflet",
        "LEAFLET/leaflet.js",
        "leaflet/leaflet.js/",
        "axe-core/axe.js",
    ],
)
def test_what_is_not_named_is_not_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}", buffered=True).status_code == 404


def test_a_name_is_looked_up_never_joined() -> None:
    assert asset_path("../node_modules/leaflet/dist/leaflet.js") is None
    assert asset_path("leaflet/dist/leaflet.js") is None


def test_versions_are_exact_and_the_lock_names_no_host() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    locked = {k: v for k, v in lock["packages"].items() if k}
    assert not [name for name, entry in locked.items() if "resolved" in entry]
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())


def test_every_icon_that_a_template_or_script_names_exists() -> None:
    sprite = (ROOT / "hub/static/img/icons.svg").read_text(encoding="utf-8")
    have = set(re.findall(r'<symbol id="([a-z]+)"', sprite))
    used: set[str] = set()
    for path in (*(ROOT / "templates").rglob("*.html"), *(ROOT / "hub/static/js").rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"""\bicon\(["']([a-z]+)["']""", text))
    assert used <= have
