"""Petitions for tests: Changxing 长兴 takes them, Yixing 宜兴 settles them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.cases import in_zone
from tests.support.world import Answer, Caller, World

MEDIATOR, OFFICIAL, LIAISON = "changxing-mediator", "changxing-official", "changxing-liaison"
OFFICER, AUDITOR = "changxing-officer1", "changxing-auditor"
GUEST, GUEST_OFFICIAL, GUEST_OFFICER = "yixing-mediator", "yixing-official", "yixing-officer1"
STRANGER = "nanxun-official"
REPORTER = {"name": "欧阳信芳", "contact": "139 6543 8721", "address": "望湖里甲秀巷七号"}
# How it may not come up anywhere: as written, and as digits.
TRACES = ("欧阳信芳", "139 6543 8721", "13965438721", "望湖里甲秀巷")


def ago(**length: float) -> str:
    """A moment so long ago."""
    return (datetime.now(UTC) - timedelta(**length)).isoformat()


def petition_body(spot: tuple[float, float], **changes: Any) -> dict[str, Any]:
    """A complaint with something in every field."""
    return {
        "title": "对岸工厂夜间异味",
        "category": "odour",
        "channel": "12369",
        "text": "夜间有酸臭味从河对岸飘来。",
        "place": "界河居民点",
        "lon": spot[0],
        "lat": spot[1],
        "occurred_at": ago(hours=8),
        "received_at": ago(hours=1),
        "firm_name": "演示生物厂",
        "reporter": REPORTER,
    } | changes


def taken(world: World, who: str = MEDIATOR, **changes: Any) -> dict[str, Any]:
    """A petition that was registered in the zone."""
    answer = world.as_(who).post("/petitions", petition_body(in_zone(world), **changes))
    assert answer.status == 201, answer.body
    return dict(answer.body)


def act(who: Caller, petition_id: str, name: str, **given: Any) -> Answer:
    """Do an act."""
    return who.post(f"/petitions/{petition_id}/acts", {"act": name} | given)


def acts(world: World, petition_id: str, *steps: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """Do acts one after the other; the last view."""
    body: dict[str, Any] = {}
    for username, name, given in steps:
        answer = act(world.as_(username), petition_id, name, **given)
        assert answer.status == 200, (name, answer.body)
        body = dict(answer.body)
    return body


def draft(world: World, petition_id: str, **texts: str) -> Answer:
    """Write the texts of the letters."""
    caller = world.as_(MEDIATOR)
    version = caller.get(f"/petitions/{petition_id}").version
    return caller.patch(f"/petitions/{petition_id}", texts, version=version)


def asked(world: World, **changes: Any) -> dict[str, Any]:
    """A petition that Yixing is asked to settle together."""
    row = taken(world, **changes)
    partner = {"partner_id": world.bureau_id("yixing")}
    return acts(world, row["id"], (MEDIATOR, "screen", {}), (OFFICIAL, "ask_joint", partner))


def joined(world: World, **changes: Any) -> dict[str, Any]:
    """A petition that both settle."""
    row = asked(world, **changes)
    acts(world, row["id"], (GUEST, "join", {"text": "同意"}))
    return row


def mediated(world: World, **changes: Any) -> dict[str, Any]:
    """A joint petition with an agreement reached, answered and followed up."""
    row = joined(world, **changes)
    acts(
        world, row["id"],
        (MEDIATOR, "accept", {}), (MEDIATOR, "investigate", {}),
        (GUEST, "visit", {"text": "共同到厂核查"}), (MEDIATOR, "mediate", {}),
        (MEDIATOR, "mediation", {"text": "厂方同意整改"}),
    )  # fmt: skip
    assert (
        draft(world, row["id"], settlement="一个月内加装除臭设施。", reply="情况属实。").status
        == 200
    )
    return acts(
        world, row["id"],
        (MEDIATOR, "agree", {}), (OFFICIAL, "answer", {}),
        (MEDIATOR, "follow_up", {"text": "信访人表示满意"}),
    )  # fmt: skip
