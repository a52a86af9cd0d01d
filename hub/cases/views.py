"""The one way from a case to what a reader sees: list, detail, feed, export and page call it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from hub.access import ReaderClass, Right
from hub.agreements.grounds import onward_rules
from hub.agreements.models import Agreement
from hub.bureaus.models import Bureau
from hub.cases.beside import Beside, beside
from hub.cases.link_views import GROUP as LINKS
from hub.cases.link_views import Looking, shown_links
from hub.cases.measure_views import measure_view
from hub.cases.models import Case
from hub.cases.note_views import FIELDS as NOTE_FIELDS
from hub.cases.note_views import note_fields
from hub.cases.party_views import Audience, main_firm, shown_parties
from hub.cases.subjects import subject_of
from hub.files.views import file_view
from hub.shares.deciding import Judge
from sharing.canonical import utc_text
from sharing.models import Share
from sharing.redaction import redact, redact_for_owner
from sharing.terms import Allowed, Decision, Denied

INTERNAL = "internal"

# Field -> group. Groups are what an agreement's terms speak of; `internal` is never shared.
GROUPS = {
    "id": "existence",
    "number": "existence",
    "owner_bureau_id": "existence",
    "owner_name": "existence",
    "contact": "existence",
    "version": "existence",
    "title": "basics",
    "category": "basics",
    "stage": "basics",
    "classification": "basics",
    "opened_at": "basics",
    "adcode": "basics",
    "zone": "basics",
    "lon": "place",
    "lat": "place",
    "place": "place",
    "party_name": "party",
    "party_uscc": "party",
    "parties": "party",
    "pollutant": "substance",
    "waste_code": "substance",
    "description": "substance",
    "files": "files",
    "measures": "measures",
    "progress": "progress",
    "links": LINKS,
    "handler_notes": INTERNAL,
    "bureau_notes": INTERNAL,
    "own_number": INTERNAL,
    "handlers": INTERNAL,
    "finding_id": INTERNAL,
    "reviewer_id": INTERNAL,
    "chair_id": INTERNAL,
    "outcome": INTERNAL,
    "criminal_suspected": INTERNAL,
    "reopens_id": INTERNAL,
    "created_by_name": INTERNAL,
}
# What the search finds a case by, each field with the group it has above: whoever is not shown the
# field finds nothing by it. Texts, or lists of files and the like, of which the names count.
SEARCHED = (
    "number",
    "owner_name",
    "title",
    "place",
    "party_name",
    "party_uscc",
    "parties",
    "pollutant",
    "waste_code",
    "description",
    "files",
    "measures",
    "progress",
    "handler_notes",
    "bureau_notes",
    "own_number",
    "created_by_name",
)
# Of the internal fields, what only handlers read within the owning bureau.
NOTES = "notes"
OWN_GROUPS = GROUPS | {"handler_notes": NOTES}


def case_view(
    session: Session,
    reader: ReaderClass,
    case: Case,
    *,
    user_id: str | None = None,
    judge: Judge | None = None,
    near: Beside | None = None,
    beyond: int | None = None,
) -> dict[str, Any] | None:
    """What a reader may see of a case at this moment, or None when not even that it exists.

    Args:
        beyond: the clearance by which cases that it is linked with are shown, where it is lower
            than the reader's for this one (emergency access opens one case and no other).
        user_id: the person, if he reads for himself: handlers also get the investigation notes.
        judge, near: given by callers that render many cases of one moment.
    """
    if Right.WORK_VIEW not in reader.rights or reader.clearance < case.classification:
        return None
    judge = judge or Judge(session)
    near = near or beside(session, [case.id], judge.at)
    if case.owner_bureau_id == reader.bureau_id:
        who = Looking(reader.bureau_id, reader.clearance if beyond is None else beyond)
        return _own_view(reader, case, user_id, judge, near, who)
    running = near.shares.get(case.id, [])
    share = next((s for s in running if s.partner_bureau_id == reader.bureau_id), None)
    decision = judge.effective(subject_of(case), share)
    who = Looking(reader.bureau_id, reader.clearance)
    return partner_view(session, who, case, judge, decision, share, near)


def _own_view(
    reader: ReaderClass,
    case: Case,
    user_id: str | None,
    judge: Judge,
    near: Beside,
    who: Looking,
) -> dict[str, Any] | None:
    is_handler = user_id is not None and user_id in case.handlers
    shown = redact_for_owner(
        record_of(
            case,
            judge,
            who,
            near,
            Audience.HANDLER if is_handler else Audience.BUREAU,
        ),
        OWN_GROUPS,
        clearance=reader.clearance,
        classification=case.classification,
        is_handler=is_handler,
        hidden_unless_handler=frozenset({NOTES}),
    )
    if shown is None:
        return None
    running = near.shares.get(case.id, [])
    return shown | {
        "own": True,
        "is_handler": is_handler,
        "shared_with": sorted(share.partner_bureau_id for share in running),
    }


def partner_view(
    session: Session,
    who: Looking,
    case: Case,
    judge: Judge,
    decision: Decision,
    share: Share | None,
    near: Beside | None = None,
) -> dict[str, Any] | None:
    """What another bureau gets of a case under a decision: the redacted record and its ground."""
    if isinstance(decision, Denied):
        return None
    near = near or beside(session, [case.id], judge.at)
    shown = redact(record_of(case, judge, who, near, Audience.PARTNER), GROUPS, decision)
    if shown is None:
        return None
    return shown | {"own": False, "access": _ground(judge, decision, share)}


def _ground(judge: Judge, decision: Any, share: Share | None) -> dict[str, Any]:
    agreement = judge.row(Agreement, decision.agreement_id)
    return {
        "level": "white" if isinstance(decision, Allowed) else "gray",
        "gray_groups": sorted(decision.gray_groups),
        "clause": decision.clause,
        "agreement_id": decision.agreement_id,
        "agreement_number": agreement.number if agreement else None,
        "agreement_title": agreement.title if agreement else None,
        "share_id": share.id if share else None,
        "purpose": share.purpose if share else None,
        "until": utc_text(share.until) if share and share.until else None,
        "onward": onward_rules(decision),
    }


def record_of(
    case: Case, judge: Judge, who: Looking, near: Beside, audience: Audience
) -> dict[str, Any]:
    """Every field of a case, as `GROUPS` names them; `who` and `audience` are who reads it.

    Of the zones only those are named whose agreement has the reader as party.
    """
    owner = judge.row(Bureau, case.owner_bureau_id)
    record: dict[str, Any] = {
        name: getattr(case, name) for name in GROUPS if name not in _MADE and hasattr(case, name)
    }
    outside = audience is Audience.PARTNER
    measures = [
        measure_view(row, near.clocks.get(row.id, []), outside=outside)
        for row in near.measures.get(case.id, [])
    ]
    parties = shown_parties(case, near.parties.get(case.id, []), audience)
    return (
        record
        | main_firm(parties)
        | note_fields(near.notes.get(case.id, []), who.bureau_id, outside=outside)
        | {
            "version": case.shared_version if outside else case.version,
            "parties": parties,
            "owner_name": owner.name if owner else "",
            "contact": owner.duty_phone if owner else None,
            "opened_at": utc_text(case.opened_at),
            "zone": _zone_names(judge, case, who.bureau_id),
            "files": [file_view(row, who.bureau_id) for row in near.files.get(case.id, [])],
            "measures": [view for view in measures if view is not None],
            "links": shown_links(case, near, judge, who),
        }
    )


def retold_to_partners(case: Case, near: Beside) -> dict[str, Any]:
    """Field group -> what partners read in it, of the groups that they do not read as the owner."""
    views = (measure_view(row, [], outside=True) for row in near.measures.get(case.id, []))
    return {
        "party": shown_parties(case, near.parties.get(case.id, []), Audience.PARTNER),
        "measures": [view for view in views if view is not None],
        "progress": note_fields(near.notes.get(case.id, []), "", outside=True)["progress"],
    }


_MADE = frozenset({
    "owner_name", "contact", "opened_at", "zone", "files", "parties", "party_name", "party_uscc",
    "measures", "links", *NOTE_FIELDS,
})  # fmt: skip


def _zone_names(judge: Judge, case: Case, bureau_id: str) -> str | None:
    hits = judge.place(subject_of(case)).zones
    # A place on a boundary may lie in both strips of a zone; another zone may have its name.
    names = {hit.zone_id: hit.name for hit in hits if bureau_id in hit.party_ids}
    return "、".join(names.values()) or None


def views_of(
    session: Session,
    reader: ReaderClass,
    cases: Iterable[Case],
    judge: Judge,
    user_id: str | None = None,
) -> list[dict[str, Any] | None]:
    """The views of many cases of one moment, in order; None for those that are not the reader's."""
    rows = list(cases)
    near = beside(session, [case.id for case in rows], judge.at)
    judge.look_up(map(subject_of, rows))
    return [
        case_view(session, reader, case, user_id=user_id, judge=judge, near=near) for case in rows
    ]
