"""Writing the minutes: by section, each with its own version, so that nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.bureaus.services import bureau
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import Conflict, NotFound, StaleVersion, field_error
from hub.meetings.access import access_meeting
from hub.meetings.machine import MINUTES_OPEN
from hub.meetings.merging import merge
from hub.meetings.minutes_models import MinutesRevision, MinutesSection
from hub.meetings.models import Meeting, MeetingState
from hub.meetings.steps import tell
from hub.meetings.titles import common_title
from sharing.canonical import utc_text

MINUTES = "minutes"
MOST = 80


def open_minutes(session: Session, actor: Actor, meeting_id: str) -> Meeting:
    """A meeting whose minutes the actor may write now, locked.

    Raises:
        NotFound: not his.
        Forbidden: his role does not write minutes.
        Conflict: it has not begun, or the minutes are sealed.
    """
    row = access_meeting(session, actor, meeting_id, lock=True)
    actor.require(Right.MEETING_WORK)
    if row.state not in MINUTES_OPEN:
        raise Conflict(_l("会议开始之后、纪要会签完成之前才能记录。"), extra={"state": row.state})
    return row


def begin(session: Session, actor: Actor, row: Meeting) -> None:
    """Lay out the minutes: a section for each point of the agenda."""
    have = {one.agenda_item_id for one in sections_of(session, [row.id])}
    for item in row.agenda:
        if item.id not in have:
            _new(session, actor, row, common_title(session, row, item), item.id)
    session.flush()


def sections_of(session: Session, meeting_ids: Collection[str]) -> Sequence[MinutesSection]:
    """The sections of some meetings, in order."""
    return session.scalars(
        select(MinutesSection)
        .where(MinutesSection.meeting_id.in_(meeting_ids))
        .order_by(MinutesSection.position, MinutesSection.id)
    ).all()


def _new(
    session: Session, actor: Actor, row: Meeting, heading: str, item_id: str | None
) -> MinutesSection:
    last = session.scalar(
        select(func.max(MinutesSection.position)).where(MinutesSection.meeting_id == row.id)
    )
    section = MinutesSection(
        meeting_id=row.id,
        agenda_item_id=item_id,
        position=(last or 0) + 1,
        heading=heading[:200],
        text="",
        version=0,
    )
    session.add(section)
    _write(session, actor, section)
    return section


def add_section(session: Session, actor: Actor, meeting_id: str, heading: str) -> MinutesSection:
    """Add a section at the end.

    Raises:
        NotFound, Forbidden, Conflict: as `open_minutes`.
        Invalid: no heading.
    """
    row = open_minutes(session, actor, meeting_id)
    if len(sections_of(session, [row.id])) >= MOST:
        raise Conflict(_l("纪要最多%(limit)s节。", limit=MOST))
    section = _new(session, actor, row, _heading(heading), None)
    touch(session, row)
    tell(session, actor, row, "minutes", section=section.id)
    return section


def _heading(text: str) -> str:
    heading = clean(text)
    refuse_secrets("heading", heading)
    if not heading:
        raise field_error("heading", _l("请填写小标题。"))
    return heading


def write_section(
    session: Session,
    actor: Actor,
    meeting_id: str,
    section_id: str,
    *,
    based_on: int,
    heading: str | None,
    text: str,
) -> MinutesSection:
    """Save a section that was written on the basis of one of its versions.

    Raises:
        NotFound, Forbidden, Conflict: as `open_minutes`; no such section.
        Invalid: empty heading, or a secret.
        StaleVersion: somebody saved it meanwhile; carries the other's text and both merged, and
            nothing is changed.
    """
    row = open_minutes(session, actor, meeting_id)
    section = section_of(session, row, section_id)
    words = clean(text, lines=True)
    refuse_secrets("text", words)
    if based_on != section.version:
        raise _stale(session, actor, section, based_on, words)
    section.text = words
    if heading is not None:
        section.heading = _heading(heading)
    _write(session, actor, section)
    touch(session, row)
    tell(session, actor, row, "minutes", section=section.id)
    return section


def section_of(session: Session, row: Meeting, section_id: str) -> MinutesSection:
    """A section of a meeting's minutes.

    Raises:
        NotFound: it has none such.
    """
    section = session.get(MinutesSection, section_id)
    if section is None or section.meeting_id != row.id:
        raise NotFound
    return section


def _stale(
    session: Session, actor: Actor, section: MinutesSection, based_on: int, mine: str
) -> StaleVersion:
    base = session.scalars(
        select(MinutesRevision).where(
            MinutesRevision.section_id == section.id, MinutesRevision.version == based_on
        )
    ).one_or_none()
    if base is None:
        raise NotFound
    found = merge(base.text, mine, section.text, actor.name, section.changed_by_name)
    return StaleVersion(
        _l("%(who)s在您编辑期间保存了这一节。", who=section.changed_by_name),
        extra={
            "your_version": based_on,
            "current_version": section.version,
            "current": section_view(session, section, actor.bureau_id),
            "merged": found.text,
            "conflict": found.conflict,
        },
    )


def _write(session: Session, actor: Actor, section: MinutesSection) -> None:
    section.version += 1
    section.changed_by_name, section.changed_by_bureau = actor.name, actor.bureau_id
    section.changed_at = utc_now()
    session.flush()
    session.add(
        MinutesRevision(
            section_id=section.id,
            version=section.version,
            heading=section.heading,
            text=section.text,
            by_name=actor.name,
            by_bureau=actor.bureau_id,
            at=section.changed_at,
        )
    )
    session.flush()


def touch(session: Session, row: Meeting) -> None:
    """What is countersigned has changed: keys that were turned on the earlier text fall."""
    row.minutes_version += 1
    if row.state == MeetingState.MINUTES_DRAFT:
        approvals.withdraw_all(session, MINUTES, row.id)


def revisions_of(session: Session, row: Meeting, section_id: str) -> list[dict[str, Any]]:
    """Every text that a section had, newest first.

    Raises:
        NotFound: no such section.
    """
    section = section_of(session, row, section_id)
    rows = session.scalars(
        select(MinutesRevision)
        .where(MinutesRevision.section_id == section.id)
        .order_by(MinutesRevision.version.desc())
    )
    return [
        {
            "version": one.version,
            "heading": one.heading,
            "text": one.text,
            "by_name": one.by_name,
            "by_bureau": bureau(session, one.by_bureau).short_name,
            "at": utc_text(one.at),
        }
        for one in rows
    ]


def section_view(session: Session, section: MinutesSection, reader_bureau: str) -> dict[str, Any]:
    """A section for screens and programs."""
    return {
        "id": section.id,
        "agenda_item_id": section.agenda_item_id,
        "heading": section.heading,
        "text": section.text,
        "version": section.version,
        "changed_by_name": section.changed_by_name,
        "changed_by_bureau": bureau(session, section.changed_by_bureau).short_name,
        "own": section.changed_by_bureau == reader_bureau,
        "changed_at": utc_text(section.changed_at),
    }
