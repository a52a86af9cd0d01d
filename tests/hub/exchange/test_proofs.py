"""Proofs and witnesses: what a partner holds shows what the other side did to its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.offline import offline_app
from sharing.models import AuditEntry, AuditHead
from tests.support.cases import new_case
from tests.support.exchange import approved, built, carried, choice, key_file
from tests.support.field import fetch

AUDITOR, PARTNER = "changxing-auditor", "yixing-auditor"


def witness_of(world, tmp_path) -> Path:
    """Changxing signs where its chain stands, Yixing keeps it and hands it back."""
    signed = fetch(world.as_(AUDITOR), "/api/v1/audit/checkpoint")[1].decode()
    kept = world.as_(PARTNER).post("/audit/witnesses", {"witness": signed})
    assert kept.status == 201, kept.body
    again = world.as_(PARTNER).post("/audit/witnesses", {"witness": signed})
    assert again.body == kept.body
    item = world.as_(PARTNER).get("/audit/witnesses").body["items"][0]
    path = tmp_path / "witness.json"
    path.write_bytes(fetch(world.as_(PARTNER), f"/api/v1/audit/witnesses/{item['id']}/file")[1])
    return path


def verify(world, path, *more):
    chain = world.bureau_id("changxing")
    args = ["audit", "verify", "--chain", chain, "--witness", str(path), *more]
    return world.app.test_cli_runner().invoke(args=args)


def alone(world):
    """What the chain says of itself."""
    args = ["audit", "verify", "--chain", world.bureau_id("changxing")]
    return world.app.test_cli_runner().invoke(args=args)


def test_a_chain_that_went_on_still_holds_what_the_partner_kept(world, tmp_path):
    path = witness_of(world, tmp_path)
    new_case(world)
    done = verify(world, path)
    assert (done.exit_code, "unbroken" in done.output) == (0, True), done.output
    (tmp_path / "keys.json").write_text(key_file(world, "changxing")[0])
    assert verify(world, path, "-k", str(tmp_path / "keys.json")).exit_code == 0


def cut(session, chain, number, hash_):
    """An old database was restored: entries and head end earlier, sound in themselves."""
    session.query(AuditEntry).filter(AuditEntry.chain == chain, AuditEntry.number > number).delete()
    session.query(AuditHead).filter_by(chain=chain).update({"number": number, "hash": hash_})


def test_a_tail_that_was_cut_together_with_the_head_is_named(world, tmp_path):
    new_case(world)
    path = witness_of(world, tmp_path)
    chain = world.bureau_id("changxing")
    with world.app.app_context(), world.unit_of_work() as session:
        entry = session.get(AuditEntry, (chain, 3))
        cut(session, chain, 3, entry.hash)
    assert (
        world.app.test_cli_runner().invoke(args=["audit", "verify", "--chain", chain]).exit_code
        == 0
    )
    done = verify(world, path)
    assert (done.exit_code, "BROKEN at entry 4: cut_tail" in done.output) == (1, True), done.output


def test_a_history_that_was_written_anew_is_named(world, tmp_path):
    new_case(world)
    path = witness_of(world, tmp_path)
    chain = world.bureau_id("changxing")
    with world.app.app_context(), world.unit_of_work() as session:
        last = session.get(AuditHead, chain).number - 2
        cut(session, chain, last, session.get(AuditEntry, (chain, last)).hash)
    for _ in range(3):
        new_case(world)
    assert (
        world.app.test_cli_runner().invoke(args=["audit", "verify", "--chain", chain]).exit_code
        == 0
    )
    done = verify(world, path)
    assert (done.exit_code, "witness_mismatch" in done.output) == (1, True), done.output


def test_a_witness_that_was_touched_is_none(world, tmp_path):
    path = witness_of(world, tmp_path)
    path.write_text(path.read_text().replace('"number": ', '"number": 1'))
    done = verify(world, path)
    assert (done.exit_code, "内容与签名不符" in done.output) == (1, True), done.output
    body = {"witness": path.read_text()}
    assert world.as_(PARTNER).post("/audit/witnesses", body).status == 422


def test_who_signs_and_who_keeps(world):
    assert fetch(world.as_("changxing-officer1"), "/api/v1/audit/checkpoint")[0] == 403
    own = fetch(world.as_("changxing-official"), "/api/v1/audit/checkpoint")[1].decode()
    assert world.as_(AUDITOR).post("/audit/witnesses", {"witness": own}).status == 422
    assert world.as_("yixing-officer1").post("/audit/witnesses", {"witness": own}).status == 403
    assert world.as_("yixing-liaison").post("/audit/witnesses", {"witness": own}).status == 201
    page = world.as_(PARTNER).page("/audit")
    assert "留存的协作单位见证" in page.body


@pytest.fixture
def sealed(world):
    case = new_case(world, title="在包内").body
    return case, approved(world, built(world))


def test_a_record_is_proved_offline_to_have_been_in_a_package(world, sealed, tmp_path):
    case, row = sealed
    path = f"/api/v1/packages/{row['id']}/proof?kind=case&record={case['id']}"
    status, data, _headers = fetch(world.as_("changxing-liaison"), path)
    assert status == 200, data
    (tmp_path / "proof.json").write_bytes(data)
    (tmp_path / "keys.json").write_text(key_file(world, "changxing")[0])
    args = ["package", "verify-proof", str(tmp_path / "proof.json"), "-k"]
    run = offline_app().test_cli_runner().invoke
    done = run(args=[*args, str(tmp_path / "keys.json")])
    assert (done.exit_code, row["digest"] in done.output, "在包内" in done.output) == (
        0,
        True,
        True,
    )
    (tmp_path / "other.json").write_text(key_file(world, "yixing")[0])
    assert run(args=[*args, str(tmp_path / "other.json")]).exit_code == 1


def test_a_proof_is_checked_by_the_page_of_either_side(world, sealed):
    case, row = sealed
    path = f"/api/v1/packages/{row['id']}/proof?kind=case&record={case['id']}"
    proof = fetch(world.as_("changxing-liaison"), path)[1].decode()
    own = world.as_("changxing-liaison").post("/packages/check-proof", {"proof": proof}).body
    assert (own["record"]["id"], own["package_id"]) == (case["id"], row["id"])
    partner = world.as_("yixing-official").post("/packages/check-proof", {"proof": proof}).body
    assert (partner["digest"], partner["package_id"]) == (row["digest"], None)
    assert partner["approved_by"] == row["approved_by_name"]
    touched = proof.replace("在包内", "不在包")
    refused = world.as_("yixing-official").post("/packages/check-proof", {"proof": touched})
    assert (refused.status, "证明不成立" in refused.body["errors"][0]["message"]) == (422, True)
    officer = world.as_("yixing-officer1")
    assert officer.post("/packages/check-proof", {"proof": proof}).status == 403


def test_there_is_no_proof_of_what_was_not_sent_or_not_sealed(world, sealed):
    _case, row = sealed
    liaison = world.as_("changxing-liaison")
    assert liaison.get(f"/packages/{row['id']}/proof", kind="case", record="x").status == 404
    new_case(world)
    draft = built(world)
    assert liaison.get(f"/packages/{draft['id']}/proof", kind="case", record="x").status == 404


def test_packages_go_in_and_out_by_command(world, sealed, tmp_path):
    _case, row = sealed
    run = world.app.test_cli_runner().invoke
    target = str(tmp_path / "p.zip")
    out = run(args=["package", "export", row["number"], target, "--user", "changxing-liaison"])
    assert row["digest"] in out.output, out.output
    assert Path(target).read_bytes() == carried(world, row)
    asked = ["package", "import", target, "--user", "yixing-liaison"]
    dry = run(args=[*asked, "--dry-run"])
    assert (dry.exit_code, '"new"' in dry.output) == (0, True), dry.output
    assert world.as_("yixing-liaison").get("/received-records").body["items"] == []
    done = run(args=[*asked, "--receipt", str(tmp_path / "r.json")])
    assert done.exit_code == 0, done.output
    assert world.as_("yixing-liaison").get("/received-records").body["items"]
    receipt = {"receipt": (tmp_path / "r.json").read_text()}
    back = world.as_("changxing-liaison").post("/packages/receipts", receipt)
    assert back.body["state"] == "received"
    for args in (["package", "export", "none", target, "--user", "changxing-liaison"],
                 ["package", "export", row["number"], target, "--user", "nobody"],
                 ["package", "import", str(tmp_path / "r.json"), "--user", "yixing-liaison"],
                 ["package", "import", target, "--user", "yixing-officer1"]):  # fmt: skip
        assert run(args=args).exit_code == 1


def test_the_pages_show_packages_and_what_was_received(world, sealed):
    _case, row = sealed
    official = world.as_("changxing-official")
    assert row["number"] in official.page("/packages").body
    page = official.page(f"/packages/{row['id']}").body
    assert row["digest"] in page
    assert "在包内" in page
    new = world.as_("changxing-liaison").page("/packages/new")
    assert choice(world)["agreement_id"] in new.body
    assert world.as_("changxing-officer1").page("/packages/new").status == 403
    assert "没有收到过记录" in world.as_("yixing-officer1").page("/received").body


def test_a_received_record_has_a_page_of_its_own(world, sealed, tmp_path):
    case, row = sealed
    (tmp_path / "p.zip").write_bytes(carried(world, row))
    args = ["package", "import", str(tmp_path / "p.zip"), "--user", "yixing-liaison"]
    assert world.app.test_cli_runner().invoke(args=args).exit_code == 0
    reader = world.as_("yixing-officer1")
    items = reader.get("/received-records", kind="case").body["items"]
    one = next(item for item in items if item["foreign_id"] == case["id"])
    page = reader.page(f"/received/{one['id']}").body
    assert all(text in page for text in ("在包内", row["number"], "收到的记录"))
    assert "在包内" in reader.page("/received").body
