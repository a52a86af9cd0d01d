"""Writing a record: save what was typed, add photos, give it up."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.texts import checked_identity, checked_uscc, refuse_secrets
from hub.errors import Conflict, FieldError, Invalid, field_error
from hub.files import services as files
from hub.files.models import StoredFile
from hub.inspections import papers
from hub.inspections.content import Content, cleaned, texts_of, without_empty
from hub.inspections.labels import PHOTO
from hub.inspections.models import InspectionRecord, InspectionState
from hub.inspections.opening import people, tell
from hub.inspections.signing import standing
from hub.inspections.words import IDENTITY_CARD
from hub.patrols.models import Patrol


def save(session: Session, actor: Actor, row: InspectionRecord, content: Content) -> None:
    """Keep what was typed; a draft may lack anything, but what is there has to be possible.

    Args:
        row: of the actor's bureau, locked; the caller has checked the version.

    Raises:
        Conflict: sealed or given up; signed: the signatures have to be withdrawn first.
        Invalid: a wrong credit code or identity number, a state secret, an officer without a valid
            certificate, a guest who was not named beforehand, a photo of another record.
    """
    row.check_draft()
    refuse_signed(session, row)
    given = Content.model_validate(cleaned(content.model_dump(mode="json")))
    given = without_empty(given)
    for field, text in texts_of(given):
        refuse_secrets(field, text)
    party = given.party
    party = party.model_copy(
        update={"uscc": checked_uscc(party.uscc, "party.uscc") or "",
                "id_number": _identity(party.id_kind, party.id_number)}
    )  # fmt: skip
    _check_people(session, row, given)
    _check_photos(session, row, given)
    row.content = given.model_copy(update={"party": party}).model_dump(mode="json")
    tell(session, actor, row, "updated")


def _identity(kind: str, number: str) -> str:
    if kind != IDENTITY_CARD:
        return number
    return checked_identity(number, "party.id_number") or ""


def refuse_signed(session: Session, row: InspectionRecord) -> None:
    """Refuse an edit of what somebody has signed.

    Raises:
        Conflict: names who signed; the signatures can be withdrawn.
    """
    given = standing(session, row)
    if given:
        names = "、".join(one.name for one in given)
        raise Conflict(
            _l("%(names)s已签名；修改前须先撤回签名，改后重新签。", names=names),
            extra={"rule": "inspection.signed", "signers": [one.name for one in given]},
        )


def _check_people(session: Session, row: InspectionRecord, content: Content) -> None:
    before = papers.content_of(row)
    row.content = row.content | {"starts_at": content.model_dump(mode="json")["starts_at"]}
    able = people(session, row)
    wrong = [one for one in content.officers if one not in able]
    if wrong:
        raise field_error("officers", _l("检查人员须为主办单位在检查当日持有效执法证的人员。"))
    crew = session.get_one(Patrol, row.patrol_id).crew
    named = {one.user_id for one in crew if one.bureau_id != row.bureau_id}
    if not set(content.guests) <= named | set(before.guests):
        raise field_error("guests", _l("协助人员须为事先编入巡查的对方人员。"))


def _check_photos(session: Session, row: InspectionRecord, content: Content) -> None:
    known = {file.id for file in papers.photos_of(session, row)}
    errors = [
        FieldError(f"items.{number}.photos", _l("照片不属于这份笔录。"))
        for number, item in enumerate(content.items)
        if not set(item.photos) <= known
    ]
    if errors:
        raise Invalid(errors=errors)


def attach(
    session: Session, actor: Actor, row: InspectionRecord, prepared: files.Prepared
) -> StoredFile:
    """Seal a photo to a draft.

    Raises:
        Conflict: sealed, given up or signed, or it holds as many as it may.
        Invalid: not a picture.
    """
    row.check_draft()
    refuse_signed(session, row)
    if prepared.clean_sha256 is None:
        raise field_error("file", _l("请上传照片（JPEG、PNG或WebP）。"))
    file = files.store(session, actor, kind=PHOTO, record_id=row.id,
                       owner_bureau_id=row.bureau_id, prepared=prepared)  # fmt: skip
    tell(session, actor, row, "updated", file=file.id, sha256=file.sha256)
    return file


def void(session: Session, actor: Actor, row: InspectionRecord, reason: str) -> None:
    """Give up a record that is not sealed; it keeps its number and the reason.

    Raises:
        Conflict: sealed, or given up already.
        Invalid: no reason.
    """
    row.check_draft()
    text: Any = cleaned(reason)
    if not text:
        raise field_error("reason", _l("请写明作废的原因。"))
    refuse_secrets("reason", text)
    row.state, row.void_reason = InspectionState.VOID.value, text
    tell(session, actor, row, "voided")
