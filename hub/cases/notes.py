"""Writing, correcting and withdrawing notes on a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.access import own_case
from hub.cases.lookups import KIND
from hub.cases.models import Case
from hub.cases.note_models import CaseNote, NoteKind
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act, record_change
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.shares.services import after_update


def add_note(
    session: Session, actor: Actor, case_id: str, text: str, kind: NoteKind = NoteKind.OPINION
) -> Case:
    """Write a note: opinions handlers only, progress officers, memos everybody of the bureau.

    Raises:
        NotFound: not an own case.
        Conflict: an opinion, and the actor does not handle the case.
        Forbidden: what goes out is for officers to write.
    """
    case = own_case(session, actor, case_id, lock=True)
    _may_write(actor, case, kind)
    note = _new(actor, case, kind, _checked(text))
    session.add(note)
    _tell(session, actor, case, note, "noted")
    return case


def correct_note(session: Session, actor: Actor, case_id: str, note_id: str, text: str) -> Case:
    """Put another wording in the place of one's own note; the earlier one stays readable.

    Raises:
        NotFound: no own case, or no such note that the actor reads.
        Forbidden: somebody else wrote it.
        Conflict: it was corrected already, or withdrawn.
    """
    case = own_case(session, actor, case_id, lock=True)
    old = _own_note(session, actor, case, note_id)
    words = _checked(text)
    if words == old.text:
        return case
    note = _new(actor, case, NoteKind(old.kind), words)
    note.corrects_id = old.id
    session.add(note)
    _tell(session, actor, case, note, "note_corrected")
    return case


def withdraw_note(session: Session, actor: Actor, case_id: str, note_id: str, reason: str) -> Case:
    """Take back one's own note: partners see nothing of it any more, the bureau that it was there.

    Raises:
        As `correct_note`.
    """
    case = own_case(session, actor, case_id, lock=True)
    note = _own_note(session, actor, case, note_id)
    words = clean(reason, lines=True)
    refuse_secrets("reason", words)
    if not words:
        raise field_error("reason", _l("请写明理由。"))
    note.withdrawn_at, note.withdrawn_by_name, note.withdrawn_reason = utc_now(), actor.name, words
    _tell(session, actor, case, note, "note_withdrawn")
    return case


def _checked(text: str) -> str:
    words = clean(text, lines=True)
    refuse_secrets("text", words)
    if not words:
        raise field_error("text", _l("请填写内容。"))
    return words


def _may_write(actor: Actor, case: Case, kind: NoteKind) -> None:
    if kind is NoteKind.MEMO:
        return
    actor.require(Right.CASE_EDIT)
    if kind is NoteKind.OPINION and actor.user_id not in case.handlers:
        raise Conflict(_l("只有本案承办人可以填写内部意见。"), extra={"rule": "case.handlers_only"})


def _own_note(session: Session, actor: Actor, case: Case, note_id: str) -> CaseNote:
    note = session.get(CaseNote, note_id)
    if note is None or note.case_id != case.id or note.bureau_id != actor.bureau_id:
        raise NotFound
    if note.kind == NoteKind.OPINION and actor.user_id not in case.handlers:
        raise NotFound
    if note.by != actor.user_id:
        raise Forbidden(_l("只有填写人本人可以更正或撤下。"))
    later = select(CaseNote.id).where(CaseNote.corrects_id == note.id)
    if note.withdrawn_at is not None or session.scalar(later) is not None:
        raise Conflict(_l("此记录已经更正或撤下。"), extra={"rule": "case.note_done"})
    return note


def _new(actor: Actor, case: Case, kind: NoteKind, text: str) -> CaseNote:
    return CaseNote(
        case_id=case.id,
        bureau_id=actor.bureau_id,
        kind=kind.value,
        text=text,
        at=utc_now(),
        by=actor.user_id,
        by_name=actor.name,
    )


def _tell(session: Session, actor: Actor, case: Case, note: CaseNote, verb: str) -> None:
    """Partners hear of what may go out; of the rest not even that something was written."""
    case.version += 1
    session.flush()
    if note.kind != NoteKind.PROGRESS:
        record_change(
            session,
            actor,
            kind=KIND,
            record_id=case.id,
            version=case.version,
            verb=verb,
            bureaus=[case.owner_bureau_id],
        )
        return
    detail = {"note_id": note.id}
    record_act(session, actor, action=f"case.{verb}", kind=KIND, record_id=case.id, detail=detail)
    after_update(session, actor, case)
