"""Keys of bureaus: who makes them, how a partner's come to be believed, how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.db import utc_now
from hub.errors import Conflict
from hub.keys.models import SigningKey
from hub.keys.partners import ring_of
from hub.keys.services import signing_key
from sharing.keyfile import set_fingerprint, write_keys
from sharing.signing import Purpose, new_key
from tests.support.field import fetch

SECADMIN, OFFICIAL = "wuxing-secadmin", "wuxing-official"
PURPOSE = {"purpose": "package"}


def keys_of(world, who=SECADMIN, code="wuxing"):
    bureau = world.bureau_id(code)
    body = world.as_(who).get("/keys").body
    return next(item for item in body["bureaus"] if item["bureau_id"] == bureau)


def partner_file(adcode="320000", **changes):
    """The key file of a bureau whose hub is elsewhere; with its fingerprint as told by phone."""
    now = utc_now()
    keys = [new_key(adcode, purpose, now, now + timedelta(days=9)).public for purpose in Purpose]
    return keys, write_keys(adcode, "别处分局", keys).decode()


def told(adcode, keys):
    return set_fingerprint(adcode, keys)


def bring_in(world, text, who=SECADMIN):
    return world.as_(who).post("/keys/imports", {"key_file": text})


def test_a_new_key_takes_the_place_of_the_one_before(world):
    before = {key["id"] for key in keys_of(world)["keys"]}
    made = world.as_(SECADMIN).post("/keys", PURPOSE)
    assert made.status == 201, made.body
    keys = [key for key in keys_of(world)["keys"] if key["purpose"] == "package"]
    assert [key["state"] for key in keys] == ["current", "ended"]
    assert keys[0]["id"] == made.body["id"]
    assert keys[1]["id"] in before


@pytest.mark.parametrize("who", ["wuxing-sysadmin", "wuxing-official", "wuxing-auditor"])
def test_only_the_security_administrator_makes_keys(world, who):
    assert world.as_(who).post("/keys", PURPOSE).status == 403
    assert world.as_(who).get("/keys").status == 200


def test_private_halves_are_sealed_and_open_with_the_hubs_secret_alone(world):
    secret = world.app.extensions["hub.settings"].secret_key
    with world.app.app_context(), world.unit_of_work() as session:
        own = signing_key(session, world.bureau_id("wuxing"), Purpose.PACKAGE, secret)
        row = session.query(SigningKey).filter_by(fingerprint=own.public.fingerprint).one()
        raw = own.key.private_bytes_raw()
        assert raw.hex() not in row.sealed
        assert raw not in row.sealed.encode()
    answer = fetch(world.as_(OFFICIAL), f"/api/v1/keys/{world.bureau_id('wuxing')}/file")
    assert raw.hex().encode() not in answer[1]


def test_a_revoked_key_signs_no_more_and_nobody_elses_can_be_revoked(world):
    key = next(k for k in keys_of(world)["keys"] if k["purpose"] == "receipt")
    path = f"/keys/{key['id']}/revoke"
    assert world.as_("wujiang-secadmin").post(path, {"reason": "遗失"}).status == 404
    body = world.as_(SECADMIN).post(path, {"reason": "遗失"}).body
    own = next(item for item in body["bureaus"] if item["own"])
    states = {k["id"]: (k["state"], k["reason"]) for k in own["keys"]}
    assert states[key["id"]] == ("revoked", "遗失")
    assert world.as_(SECADMIN).post(path, {"reason": "遗失"}).status == 409


def test_a_partners_keys_are_believed_once_a_second_person_typed_their_fingerprint(world):
    keys, text = partner_file()
    made = bring_in(world, text)
    assert (made.status, made.body["state"], made.body["fingerprint"]) == (201, "pending", None)
    path = f"/keys/imports/{made.body['id']}/confirm"
    right = {"fingerprint": " ".join(told("320000", keys).upper())}
    assert world.as_(SECADMIN).post(path, right).status == 409  # the same person
    assert world.as_(OFFICIAL).post(path, {"fingerprint": "0" * 32}).status == 422
    assert world.as_("wujiang-official").post(path, right).status == 404
    assert not believed(world, keys)
    assert world.as_(OFFICIAL).post(path, right).body["state"] == "confirmed"
    assert believed(world, keys)
    assert not believed(world, keys, "wujiang")


def believed(world, keys, code="wuxing"):
    with world.app.app_context(), world.unit_of_work() as session:
        ring = {key.fingerprint for key in ring_of(session, world.bureau_id(code))}
    return keys[0].fingerprint in ring


def test_trust_ends_when_it_is_withdrawn(world):
    keys, text = partner_file()
    made = bring_in(world, text).body
    right = {"fingerprint": told("320000", keys)}
    world.as_(OFFICIAL).post(f"/keys/imports/{made['id']}/confirm", right)
    path = f"/keys/imports/{made['id']}/withdraw"
    assert world.as_(OFFICIAL).post(path, {"reason": "人员变动"}).body["state"] == "withdrawn"
    assert not believed(world, keys)
    assert world.as_(OFFICIAL).post(path, {"reason": "再"}).status == 409


def test_a_revocation_in_a_partners_new_file_is_believed_at_once(world):
    keys, text = partner_file()
    made = bring_in(world, text).body
    right = {"fingerprint": told("320000", keys)}
    world.as_(OFFICIAL).post(f"/keys/imports/{made['id']}/confirm", right)
    assert bring_in(world, text).status == 409
    lost = [replace(keys[0], revoked_at=utc_now()), *keys[1:]]
    again = bring_in(world, write_keys("320000", "别处分局", lost).decode())
    assert again.status == 201, again.body
    states = [key["state"] for key in again.body["keys"]]
    assert states.count("revoked") == 1


@pytest.mark.parametrize("text", ["x", "{}", "not json", '{"format":"lianfang-keys","version":2}'])
def test_what_is_no_key_file_is_refused_in_words(world, text):
    answer = bring_in(world, text)
    assert answer.status == 422
    assert "公钥" in answer.body["errors"][0]["message"]


def test_the_own_key_file_is_no_partners(world):
    _keys, text = partner_file("330502")
    assert bring_in(world, text).status == 422


def test_the_page_shows_fingerprints_and_hides_one_that_is_to_be_compared(world):
    keys, text = partner_file()
    made = bring_in(world, text).body
    page = world.as_(OFFICIAL).page("/keys")
    assert page.status == 200
    own = keys_of(world)["fingerprint"]
    assert " ".join(own[i : i + 4] for i in range(0, 32, 4)) in page.body
    assert told("320000", keys)[:8] not in page.body.replace(" ", "")
    assert f'id="confirm-{made["id"]}"' in page.body
    assert f'id="confirm-{made["id"]}"' not in world.as_(SECADMIN).page("/keys").body


def test_a_bureau_without_keys_is_told_whom_to_ask(world):
    secret = world.app.extensions["hub.settings"].secret_key
    with world.app.app_context(), world.unit_of_work() as session:
        session.query(SigningKey).delete()
    with (
        world.app.app_context(),
        world.unit_of_work() as session,
        pytest.raises(Conflict, match="安全管理员"),
    ):
        signing_key(session, world.bureau_id("wuxing"), Purpose.PACKAGE, secret)
    assert world.as_(SECADMIN).get(f"/keys/{world.bureau_id('wuxing')}/file").status == 404
    assert "还没有签名密钥" in world.as_(SECADMIN).page("/keys").body


def test_a_changed_secret_of_the_hub_is_said_in_words(world):
    with world.app.app_context(), world.unit_of_work() as session, pytest.raises(Conflict):
        signing_key(session, world.bureau_id("wuxing"), Purpose.PACKAGE, "another secret" * 4)
