"""Requests for tests: Changxing 长兴 asks, Yixing 宜兴 answers; Nanxun 南浔 is a stranger."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from tests.support.cases import new_case
from tests.support.patrols import FRESH_S
from tests.support.world import Answer, Caller, World

OFFICER, LIAISON, OFFICIAL = "changxing-officer1", "changxing-liaison", "changxing-official"
THEIR_OFFICER, THEIR_LIAISON = "yixing-officer1", "yixing-liaison"
THEIR_OFFICIAL, STRANGER = "yixing-official", "nanxun-liaison"
SECOND = "changxing-officer2"


def pdf(text: str = "report") -> bytes:
    """A small real PDF."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


def assistance(world: World, **changes: Any) -> dict[str, Any]:
    """A complete draft of a 协查函."""
    due = datetime.now(UTC) + timedelta(days=10)
    return {
        "kind": "assistance",
        "receiver_bureau_id": world.bureau_id("yixing"),
        "title": "协助核实废水来源",
        "body": "界河南岸发现带色废水。",
        "legal_basis": "《中华人民共和国行政处罚法》第二十六条",
        "questions": ["上游企业当日是否排水", "有无在线监测记录"],
        "wanted": ["在线监测日报"],
        "contact_name": "丁晓燕",
        "contact_phone": "0572-0003369",
        "due_at": due.isoformat(),
    } | changes


def draft(world: World, body: dict[str, Any] | None = None, who: str = OFFICER) -> dict[str, Any]:
    """A new draft."""
    answer = world.as_(who).post("/requests", body or assistance(world))
    assert answer.status == 201, answer.body
    return dict(answer.body)


def act(who: Caller, request_id: str, name: str, **given: Any) -> Answer:
    """Do an act; approving is based on the version read before."""
    version = None
    if name == "approve":
        version = who.get(f"/requests/{request_id}").version
    return who.post(f"/requests/{request_id}/acts", {"act": name} | given, version=version)


def done(world: World, request_id: str, *acts: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """Do several acts, each of (person, act, what is given); the last answer's body."""
    body: dict[str, Any] = {}
    for username, name, given in acts:
        answer = act(world.as_(username), request_id, name, **given)
        assert answer.status == 200, (username, name, answer.body)
        body = dict(answer.body)
    return body


def sent(world: World, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request that was approved and sent."""
    if body is not None:
        return _sent(world, body)
    return world.reach("assistance asked", _sent, FRESH_S)


def _sent(world: World, body: dict[str, Any] | None = None) -> dict[str, Any]:
    row = draft(world, body)
    return done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))


def upload(
    world: World, username: str, request_id: str, name: str = "附件.pdf", item: str | None = None,
    data: bytes | None = None,
) -> Answer:  # fmt: skip
    """Attach a file."""
    caller = world.as_(username)
    form: dict[str, Any] = {"file": (io.BytesIO(data or pdf(name)), name)}
    if item:
        form["item"] = item
    with world.app.test_client() as client:
        response = client.post(
            f"/api/v1/requests/{request_id}/files",
            data=form,
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
    return Answer(response.status_code, response.get_json(), dict(response.headers))


def fetched(world: World, username: str, url: str) -> tuple[int, bytes]:
    """Status and bytes of a file."""
    caller = world.as_(username)
    with world.app.test_client() as client:
        response = client.get(url, headers={"Authorization": f"Bearer {caller.token}"})
    return response.status_code, response.get_data()


def police(world: World, **changes: Any) -> dict[str, Any]:
    """A draft that hands a case over to the police."""
    return {
        "kind": "police",
        "case_id": changes.get("case_id") or new_case(world).body["id"],
        "title": "偷排有毒物质案",
        "addressee": "长兴县公安局",
        "team": [world.as_(OFFICER).user_id, world.as_(SECOND).user_id],
    } | changes


def handed_over(world: World, **changes: Any) -> str:
    """The id of a transfer to the police that went out."""
    row = draft(world, police(world, absent={"opinion": "尚未出具"}, **changes))
    done(world, row["id"], (OFFICIAL, "approve", {}))
    for item in ("report", "goods"):
        assert upload(world, OFFICER, row["id"], f"{item}.pdf", item).status == 201
    done(world, row["id"], (OFFICER, "send", {}))
    return str(row["id"])


def document(world: World, request_id: str, name: str) -> dict[str, Any]:
    """What an act of the police is entered with: its number and the document."""
    file = upload(world, OFFICER, request_id, name).body
    return {"document_number": "长公（环）立字〔2026〕1号", "file_id": file["id"]}
