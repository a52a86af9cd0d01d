"""Signatures on the screen: who gives one, to which text, and that any edit withdraws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from hub.errors import Conflict, field_error
from hub.files import services as files
from hub.inspections import papers
from hub.inspections.content import check_complete
from hub.inspections.labels import SIGNATURE, SignerRole
from hub.inspections.models import InspectionRecord, InspectionSignature
from hub.inspections.opening import tell


@dataclass(frozen=True)
class Signer:
    """Somebody who has to sign, or may."""

    role: SignerRole
    name: str
    user_id: str | None = None
    required: bool = True

    @property
    def key(self) -> str:
        """One signer's name in addresses of signatures: role and account."""
        return f"{self.role.value}:{self.user_id or ''}"


def signers_of(session: Session, row: InspectionRecord) -> list[Signer]:
    """Who signs a record, in the order in which its last page names them.

    The party who refuses does not; then the witness does, or the recording stands for it. Guests
    may: they assist, and the record is complete without them.
    """
    content = papers.content_of(row)
    found = []
    if content.party.kind != "unknown" and not content.refusal.refused:
        found.append(Signer(SignerRole.PARTY, content.party.person))
    if content.refusal.refused and content.refusal.witness_name:
        found.append(Signer(SignerRole.WITNESS, content.refusal.witness_name))
    found += [
        Signer(SignerRole.OFFICER, one["name"], one["user_id"])
        for one in papers.officers_of(session, row)
    ]
    return found + [
        Signer(SignerRole.GUEST, one["name"], one["user_id"], required=False)
        for one in papers.guests_of(session, row)
    ]


def standing(session: Session, row: InspectionRecord) -> Sequence[InspectionSignature]:
    """Signatures that were not withdrawn, oldest first."""
    return session.scalars(
        select(InspectionSignature)
        .where(InspectionSignature.record_id == row.id, InspectionSignature.withdrawn_at.is_(None))
        .order_by(InspectionSignature.at, InspectionSignature.id)
    ).all()


def key_of(signature: InspectionSignature) -> str:
    """As `Signer.key`."""
    return f"{signature.role}:{signature.user_id or ''}"


def waiting(session: Session, row: InspectionRecord) -> list[Signer]:
    """Who has still to sign before the record can be sealed."""
    given = {key_of(one) for one in standing(session, row)}
    return [one for one in signers_of(session, row) if one.required and one.key not in given]


@dataclass(frozen=True)
class Given:
    """A signature as it comes from the screen: whose, to which text, the picture of it."""

    signer: str
    content_hash: str
    picture: files.Prepared


def sign(
    session: Session, actor: Actor, row: InspectionRecord, given: Given
) -> InspectionSignature:
    """Keep a signature with its picture, its time and the hash of the text it was given to.

    Args:
        row: of the actor's bureau, locked.

    Raises:
        Conflict: sealed or given up, the text is another than the one that was shown, or this
            person has signed already.
        Invalid: the record is not complete (every field is named), the person is none who signs
            it, or the picture is none.
    """
    row.check_draft()
    check_complete(papers.content_of(row), utc_now())
    signer = next((one for one in signers_of(session, row) if one.key == given.signer), None)
    if signer is None:
        raise field_error("signer", _l("此人不在这份笔录的签名人之中。"))
    if given.picture.media_type != "image/png":
        raise field_error("file", _l("签名图片应为PNG。"))
    current = papers.hash_of(session, row)
    if given.content_hash != current:
        raise Conflict(
            _l("笔录在阅读之后有改动，请重新阅读后再签名。"),
            extra={"rule": "inspection.text", "content_hash": current},
        )
    if signer.key in {key_of(one) for one in standing(session, row)}:
        raise Conflict(_l("%(name)s已经签名。", name=signer.name))
    file = files.store(session, actor, kind=SIGNATURE, record_id=row.id,
                       owner_bureau_id=row.bureau_id, prepared=given.picture)  # fmt: skip
    signature = InspectionSignature(
        record_id=row.id,
        role=signer.role.value,
        user_id=signer.user_id,
        name=signer.name,
        content_hash=current,
        file_id=file.id,
        taken_by=actor.user_id,
        taken_by_name=actor.name,
        at=utc_now(),
    )
    session.add(signature)
    session.flush()
    tell(session, actor, row, "signed", role=signer.role.value, sha256=file.sha256,
         content_hash=current)  # fmt: skip
    return signature


def withdraw(session: Session, actor: Actor, row: InspectionRecord) -> int:
    """Take every standing signature back so that the record can be edited; how many there were.

    The pictures and rows stay as evidence of what was signed before.

    Raises:
        Conflict: sealed or given up.
    """
    row.check_draft()
    given = standing(session, row)
    now = utc_now()
    for one in given:
        one.withdrawn_at = now
    if given:
        tell(session, actor, row, "signatures_withdrawn", count=len(given))
    return len(given)
