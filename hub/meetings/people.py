"""Who is invited to a meeting, what he answered, and who was there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.accounts.directory import colleagues, names_of
from hub.cases.texts import clean
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.meetings.access import access_meeting
from hub.meetings.machine import PEOPLE_OPEN, PRESENCE_OPEN
from hub.meetings.models import Answer, Meeting, MeetingPerson
from hub.meetings.steps import tell

MOST = 200


def invite_by_post(session: Session, row: Meeting) -> None:
    """Invite by their posts: the official of each party, the liaison to record; the chair leads."""
    taken: set[str] = set()
    for bureau_id in sorted(row.party_ids):
        officials = colleagues(session, bureau_id, Right.MEETING_SIGN)[:1]
        workers = colleagues(session, bureau_id, Right.MEETING_WORK)
        liaisons = [one for one in workers if one not in officials]
        chairs = bureau_id == row.chair_bureau_id
        for person, role in [
            *((one, "chair" if chairs else "member") for one in officials),
            *((one, "recorder" if bureau_id == row.host_bureau_id else "member")
              for one in liaisons[:1]),
        ]:  # fmt: skip
            if person.user_id not in taken:
                taken.add(person.user_id)
                row.people.append(
                    MeetingPerson(
                        meeting_id=row.id,
                        bureau_id=bureau_id,
                        user_id=person.user_id,
                        name=person.name,
                        role=role,
                        answer=Answer.NONE.value,
                        organisation="",
                        answer_note="",
                    )
                )
    session.flush()


def invite(session: Session, actor: Actor, meeting_id: str, values: Mapping[str, Any]) -> Meeting:
    """Add a person of the actor's own bureau, or a guest by name.

    Raises:
        NotFound, Forbidden: not his meeting; his role does not name people.
        Conflict: it is over; the person is invited already; there are too many.
        Invalid: not a colleague in service, or no name.
    """
    row = _open(session, actor, meeting_id)
    if len(row.people) >= MOST:
        raise Conflict(_l("一次会议最多%(limit)s人。", limit=MOST))
    person = MeetingPerson(
        meeting_id=row.id, bureau_id=actor.bureau_id, answer=Answer.NONE.value, answer_note=""
    )
    if values.get("user_id"):
        if any(one.user_id == values["user_id"] for one in row.people):
            raise Conflict(_l("此人已在参会名单中。"))
        person.user_id = values["user_id"]
        person.name = _colleague(session, actor.bureau_id, values["user_id"], "user_id")
        person.role, person.organisation = values.get("role") or "member", ""
    else:
        person.name = clean(values.get("name"))
        if not person.name:
            raise field_error("name", _l("请选择本单位人员，或填写来宾姓名。"))
        person.organisation, person.role = clean(values.get("organisation")), "guest"
    row.people.append(person)
    _one_chair(row, person)
    session.flush()
    tell(session, actor, row, "people")
    return row


def _colleague(session: Session, bureau_id: str, user_id: str, field: str) -> str:
    known = {one.user_id for one in colleagues(session, bureau_id, Right.WORK_VIEW)}
    if user_id not in known:
        raise field_error(field, _l("请选择本单位在职人员。"))
    return names_of(session, [user_id])[user_id]


def _one_chair(row: Meeting, person: MeetingPerson) -> None:
    """One chair, of the bureau whose turn it is; who had it before is a member."""
    if person.role != "chair":
        return
    if person.bureau_id != row.chair_bureau_id:
        raise field_error("role", _l("主持人由轮值主持单位的人员担任。"))
    for other in row.people:
        if other is not person and other.role == "chair":
            other.role = "member"


def change_person(
    session: Session, actor: Actor, meeting_id: str, person_id: str, values: Mapping[str, Any]
) -> Meeting:
    """Answer an invitation, name who comes instead, give a role, or note that he is here.

    Everybody answers for himself; who arranges meetings in his bureau does so for its people.

    Raises:
        NotFound: no such person in a meeting of the actor's.
        Forbidden: neither he himself nor one who arranges meetings in that bureau.
        Conflict: the state does not allow it.
        Invalid: the substitute is no colleague, or is invited already.
    """
    row = access_meeting(session, actor, meeting_id, lock=True)
    person = _person(row, person_id)
    own = person.bureau_id == actor.bureau_id and actor.may(Right.MEETING_WORK)
    if not own and person.user_id != actor.user_id:
        raise Forbidden
    if row.state not in PEOPLE_OPEN:
        raise Conflict(_l("会议已经结束，名单不能再改。"))
    if values.get("answer"):
        _answer(session, row, person, values)
    if values.get("role"):
        actor.require(Right.MEETING_WORK)
        if person.user_id is None:
            raise field_error("role", _l("来宾只能列席。"))
        person.role = values["role"]
        _one_chair(row, person)
    if values.get("present") is not None:
        _note_present(row, person, here=values["present"])
    session.flush()
    tell(session, actor, row, "answered" if values.get("answer") else "people")
    return row


def _answer(
    session: Session, row: Meeting, person: MeetingPerson, values: Mapping[str, Any]
) -> None:
    answer = Answer(values["answer"])
    note = clean(values.get("note"))
    person.substitute_id = person.substitute_name = None
    if answer is Answer.SUBSTITUTED:
        wanted = values.get("substitute_id") or ""
        person.substitute_name = _colleague(session, person.bureau_id, wanted, "substitute_id")
        if any(wanted in (one.user_id, one.substitute_id) for one in row.people):
            raise field_error("substitute_id", _l("此人已在参会名单中。"))
        person.substitute_id = wanted
    if answer is Answer.DECLINED and not note:
        raise field_error("note", _l("请写明请假的原因。"))
    person.answer, person.answer_note, person.answered_at = answer.value, note, utc_now()
    if answer is Answer.DECLINED:
        person.present_at = None


def _note_present(row: Meeting, person: MeetingPerson, *, here: bool) -> None:
    if row.state not in PRESENCE_OPEN:
        raise Conflict(_l("议程确定之后才能签到。"))
    if here and person.answer == Answer.DECLINED:
        raise Conflict(_l("此人已请假；请先更改答复。"))
    person.present_at = utc_now() if here else None


def uninvite(session: Session, actor: Actor, meeting_id: str, person_id: str) -> Meeting:
    """Take somebody of the own bureau, or a guest of it, off the list.

    Raises:
        NotFound, Forbidden, Conflict: as `change_person`; the chair is replaced, not removed.
    """
    row = _open(session, actor, meeting_id)
    person = _person(row, person_id)
    if person.bureau_id != actor.bureau_id:
        raise Forbidden
    if person.role == "chair":
        raise Conflict(_l("请先指定其他主持人。"))
    row.people.remove(person)
    session.flush()
    tell(session, actor, row, "people")
    return row


def _open(session: Session, actor: Actor, meeting_id: str) -> Meeting:
    row = access_meeting(session, actor, meeting_id, lock=True)
    actor.require(Right.MEETING_WORK)
    if row.state not in PEOPLE_OPEN:
        raise Conflict(_l("会议已经结束，名单不能再改。"))
    return row


def _person(row: Meeting, person_id: str) -> MeetingPerson:
    found = next((one for one in row.people if one.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def present_by_party(row: Meeting) -> Counter[str]:
    """How many people of each party are there; guests do not count."""
    return Counter(one.bureau_id for one in row.people if one.present_at and one.user_id)


def quorum_missing(row: Meeting) -> list[str]:
    """Ids of the parties that have too few people there."""
    present = present_by_party(row)
    return [one for one in sorted(row.party_ids) if present[one] < row.quorum]
