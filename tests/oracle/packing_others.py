"""The finding and the request of a world, with the patrol, the steps, files and items they need."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import shapely

from hub.files.models import StoredFile
from hub.patrols.finding_closure_models import FindingClosure
from hub.patrols.models import Finding, Patrol, PatrolParty
from hub.requests.joint_models import JointItem
from hub.requests.models import Request, RequestStep
from sharing.models import new_id
from tests.oracle import values
from tests.oracle.ground import FOCAL, cell_code, spot
from tests.oracle.marks import mark

if TYPE_CHECKING:
    from tests.oracle.packing import Writer

BUREAU_OF = {"cell-officer": "cell", "third-official": "third"}


def write_finding(writer: Writer, agreements: list[str]) -> None:
    """A patrol that is over, and what it saw."""
    found = writer.world.finding
    if found is None:
        return
    n, owner = writer.number, writer.world.case.owner
    lon, lat = spot(n, owner, writer.world.case.spot)
    patrol_id, finding_id = new_id(), new_id()
    agreement_id = agreements[found.under]
    writer.rows[Patrol].append(
        {"id": patrol_id, "number": mark("finding.patrol_number", n),
         "title": mark("finding.patrol_title", n), "agreement_id": agreement_id,
         "agreement_version": 1, "zone_id": writer.zones[agreement_id], "zone_version": 1,
         "proposing_bureau_id": writer.bureau(min(found.parties)), "proposed_by_name": "x",
         "state": "completed", "starts_at": writer.at(found.at - 0.2),
         "ends_at": writer.at(found.at + 0.2), "started_at": writer.at(found.at - 0.2),
         "ended_at": writer.at(found.at + 0.2), "route_length_m": 1.0, "legs": [], "checklist": [],
         "route": shapely.to_wkb(shapely.LineString([(lon, lat), (lon + 0.001, lat)])),
         "note": "", "plan_version": 1, "content_hash": "0" * 64, "created_at": writer.at(-20),
         "version": 1}
    )  # fmt: skip
    for name in sorted(found.parties):
        writer.rows[PatrolParty].append({"patrol_id": patrol_id, "bureau_id": writer.bureau(name)})
    writer.rows[Finding].append(
        {"id": finding_id, "number": mark("finding.number", n), "patrol_id": patrol_id,
         "bureau_id": writer.bureau(found.by), "recorded_by": "x",
         "recorded_by_name": mark("finding.recorded_by_name", n), "category": "unlicensed",
         "details": {"trade": mark("finding.details", n),
                     "firm_name": mark("finding.firm_name", n)},
         "text": mark("finding.text", n), "lon": lon, "lat": lat, "accuracy_m": 5.0,
         "adcode": cell_code(n) if owner == "cell" else FOCAL, "certain": True,
         "placed_by": "gps", "found_at": writer.at(found.at), "referred_to_id": None,
         "referral_note": mark("finding.referral_note", n),
         "state": "closed" if found.taken else "open",
         "taken_by_id": writer.bureau(found.taken) if found.taken else None,
         "created_at": writer.at(found.at), "version": 1}
    )  # fmt: skip
    if found.taken:
        writer.rows[FindingClosure].append(
            {"finding_id": finding_id, "firm": mark("finding.task_firm", n),
             "task": mark("finding.task_text", n), "tasked_at": writer.at(-2),
             "tasked_by_name": "x", "closed_at": writer.at(-1),
             "closed_by_name": mark("finding.closed_by_name", n),
             "close_note": mark("finding.close_note", n), "no_photo_reason": "",
             "steps": [{"act": "tasked", "at": writer.at(-2).isoformat(), "by_name": "x",
                        "text": mark("finding.steps", n)}]}
        )  # fmt: skip
    _file(writer, "finding.files", "finding", finding_id, found.by, -5)
    if found.taken:
        _file(writer, "finding.after_files", "finding_after", finding_id, found.taken, -1)
    writer.tell("finding", finding_id, "updated", found.parties)
    writer.pack.others["finding"][n] = finding_id


def _file(writer: Writer, name: str, kind: str, record_id: str, owner: str, days: float) -> str:
    kept, file_id = writer.packer.kept, new_id()
    writer.rows[StoredFile].append(
        {"id": file_id, "kind": kind, "record_id": record_id,
         "owner_bureau_id": writer.bureau(owner), "name": f"{mark(name, writer.number)}.png",
         "media_type": kept.media_type, "size": kept.size, "sha256": kept.sha256,
         "clean_sha256": kept.clean_sha256, "uploaded_by": "x", "uploaded_by_name": "x",
         "at": writer.at(days)}
    )  # fmt: skip
    writer.pack.others[name][writer.number] = file_id
    return file_id


def write_request(writer: Writer, case_id: str) -> None:
    """A request with its steps, the files of both sides, and what stands in its workspace."""
    row = writer.world.request
    if row is None:
        return
    n, request_id = writer.number, new_id()
    joint = row.kind == "joint_handling"
    sides = {"sender": row.sender, "receiver": row.receiver}
    writer.rows[Request].append(
        {"id": request_id, "number": mark("request.number", n), "kind": row.kind,
         "state": "draft" if not row.sent else "in_progress" if joint else "accepted",
         "sender_bureau_id": writer.bureau(row.sender),
         "receiver_bureau_id": writer.bureau(row.receiver), "addressee": "",
         "title": mark("request.title", n), "body": mark("request.body", n), "legal_basis": "",
         "questions": [], "wanted": [], "classification": row.classification,
         "case_id": case_id if row.about_case else None, "opens_case": True,
         "details": _details(writer, row), "created_by": "x", "created_by_name": "x",
         "created_at": writer.at(-9), "sent_at": writer.at(-8) if row.sent else None,
         "sender_files_until": writer.at(-4) if row.sent else None,
         "receiver_files_until": writer.at(-4) if row.sent else None, "version": 1}
    )  # fmt: skip
    _step(writer, request_id, "edited", row.sender, "request.private_words", private=True)
    _file(writer, "request.sender_file_later", "request", request_id, row.sender, -1)
    told = {row.sender}
    if row.sent:
        for side, name in sides.items():
            _step(writer, request_id, "message", name, f"request.{side}_words")
            _file(writer, f"request.{side}_file", "request", request_id, name, -6)
        _file(writer, "request.receiver_file_later", "request", request_id, row.receiver, -1)
        told.add(row.receiver)
    if row.sent and joint:
        for side, name in sides.items():
            _items(writer, request_id, side, name)
    writer.tell("request", request_id, "updated", told)
    writer.pack.others["request"][n] = request_id


def _details(writer: Writer, row: values.Request) -> dict[str, Any]:
    if row.kind == "referral":
        lead = {"description": mark("request.lead_description", writer.number), "lon": 1.0,
                "lat": 1.0, "category": "water"}  # fmt: skip
        return {"lead": lead, "shown": sorted(row.shown)}
    if row.kind != "joint_handling":
        return {}
    # Who is not named here is somebody whom no test asks.
    by_bureau = {writer.bureau(row.sender): ["x"]}
    if row.sent:
        by_bureau[writer.bureau(row.receiver)] = ["y"]
    for name in sorted(row.handlers):
        bureau = writer.bureau(BUREAU_OF.get(name, "focal"))
        if bureau in by_bureau:
            by_bureau[bureau].append(writer.packer.people[name])
    return {"handlers": by_bureau}


def _step(
    writer: Writer, request_id: str, act: str, bureau: str, name: str, *, private: bool = False
) -> None:
    writer.rows[RequestStep].append(
        {"id": new_id(), "request_id": request_id, "act": act, "state": "in_progress",
         "bureau_id": writer.bureau(bureau), "user_id": "x", "user_name": "x",
         "at": writer.at(-7), "text": mark(name, writer.number), "private": private}
    )  # fmt: skip


def _items(writer: Writer, request_id: str, side: str, bureau: str) -> None:
    """A note, one that was taken back, and a file."""
    n = writer.number
    file_id = _file(writer, f"item.{side}_item", "joint_file", request_id, bureau, -3)
    for sort, name, gone, file in (
        ("note", "note", None, None),
        ("note", "gone", writer.at(0) - timedelta(hours=1), None),
        ("file", None, None, file_id),
    ):
        writer.rows[JointItem].append(
            {"id": new_id(), "request_id": request_id, "sort": sort,
             "bureau_id": writer.bureau(bureau), "user_id": "x", "user_name": "x",
             "at": writer.at(-3), "text": mark(f"item.{side}_{name}", n) if name else "",
             "withdrawn_at": gone, "file_id": file}
        )  # fmt: skip
