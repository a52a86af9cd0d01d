"""Settings: what a start refuses, and that each option is documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click
import pytest

import hub
from hub.config import DEMO_SECRET, Settings, SettingsError

STRONG = "Zk3-9fQxw_7LmB2v8RtYpHs4NcGdJaEu"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("key", ["", "short", DEMO_SECRET, "a" * 64])
def test_a_production_start_refuses_a_missing_or_weak_secret(key):
    with pytest.raises(SettingsError, match="HUB_SECRET_KEY"):
        Settings.from_env({"HUB_SECRET_KEY": key})


def test_a_command_says_in_one_line_that_settings_are_wrong(monkeypatch):
    for name in ("HUB_DEMO", "HUB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(click.ClickException, match="HUB_DEMO=1"):
        hub.create_app()


def test_a_production_start_takes_a_strong_secret():
    assert not Settings.from_env({"HUB_SECRET_KEY": STRONG}).demo


def test_links_in_mail_lead_to_the_port_that_is_served_unless_another_address_is_named():
    started = {"HUB_SECRET_KEY": STRONG, "HUB_PORT": "8123"}
    assert Settings.from_env(started).mail_link == "http://127.0.0.1:8123"
    named = started | {"HUB_PUBLIC_URL": "https://hub.example/"}
    assert Settings.from_env(named).mail_link == "https://hub.example"


def test_a_demo_needs_no_secret():
    assert Settings.from_env({"HUB_DEMO": "1"}).secret_key == DEMO_SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_PORT", "eighty"),
        ("HUB_DEMO", "maybe"),
        ("HUB_LOCALE", "fr"),
        ("HUB_WORKERS", "0"),
        ("HUB_WORKERS", "2"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({"HUB_SECRET_KEY": STRONG, name: value})


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for item in fields(Settings):
        assert f"`{item.metadata['env']}`" in text
        assert item.metadata["text"] in text
