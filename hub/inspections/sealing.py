"""Sealing a record by hash when all have signed, and checking later that nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.db import utc_now
from hub.errors import Conflict
from hub.files import services as files
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.inspections import papers
from hub.inspections.content import check_complete
from hub.inspections.labels import DOCUMENT, SIGNATURE
from hub.inspections.models import InspectionRecord, InspectionSignature, InspectionState
from hub.inspections.opening import tell
from hub.inspections.signing import standing, waiting
from hub.keys.services import public_keys, signing_key
from sharing.canonical import utc_text
from sharing.documents import read_document, write_document
from sharing.errors import Malformed, SignatureRefused, UnknownFormat
from sharing.sealed_records import digest, unchecked
from sharing.signing import Purpose


def check_sealable(session: Session, row: InspectionRecord) -> None:
    """Refuse to seal what is not complete or not signed by all.

    Raises:
        Conflict: sealed or given up; names who has not signed, or whose signature is of another
            text.
        Invalid: not complete.
    """
    row.check_draft()
    check_complete(papers.content_of(row), utc_now())
    left = waiting(session, row)
    if left:
        names = "、".join(one.name for one in left)
        raise Conflict(
            _l("还没有签名：%(names)s。", names=names),
            extra={"rule": "inspection.unsigned", "waiting": [one.key for one in left]},
        )
    current = papers.hash_of(session, row)
    stale = [one.name for one in standing(session, row) if one.content_hash != current]
    if stale:
        raise Conflict(
            _l("%(names)s签的是另一份内容，请撤回签名后重新签。", names="、".join(stale)),
            extra={"rule": "inspection.text"},
        )


def seal(
    session: Session,
    actor: Actor,
    row: InspectionRecord,
    documents: Sequence[files.Prepared],
    secret: str,
) -> None:
    """Seal a record with its signatures and documents under the bureau's Ed25519 key.

    Args:
        row: of the actor's bureau, locked and at the version that the documents were drawn from.
        documents: the record as Word and PDF, drawn before the transaction.
        secret: the hub's secret key, from which the key that opens the bureau's is derived.

    Raises:
        Conflict, Invalid: as `check_sealable`; the bureau has no key for records.
    """
    check_sealable(session, row)
    key = signing_key(session, row.bureau_id, Purpose.RECORD, secret)
    now = utc_now()
    kept = [
        files.store(session, actor, kind=DOCUMENT, record_id=row.id,
                    owner_bureau_id=row.bureau_id, prepared=document)
        for document in documents
    ]  # fmt: skip
    body = _sealed(session, row, kept, actor.name, now)
    row.sealed_text = write_document(key, body, now).decode()
    row.sealed_hash = digest(body)
    row.sealed_at, row.sealed_by_name = now, actor.name
    row.state = InspectionState.SEALED.value
    tell(session, actor, row, "sealed", sha256=row.sealed_hash)


def _sealed(
    session: Session,
    row: InspectionRecord,
    documents: Sequence[StoredFile],
    name: str,
    at: datetime,
) -> dict[str, Any]:
    pictures = {file.id: file for file in files.files_of(session, SIGNATURE, row.id)}
    text = papers.text_of(session, row)
    return {
        "text": text,
        "text_sha256": digest(text),
        "signatures": [
            _signature(one, pictures[one.file_id].sha256) for one in standing(session, row)
        ],
        "documents": [{"name": one.name, "sha256": one.sha256} for one in documents],
        "sealed_at": utc_text(at),
        "sealed_by": name,
    }


def _signature(row: InspectionSignature, sha256: str) -> dict[str, Any]:
    return {
        "role": row.role,
        "name": row.name,
        "at": utc_text(row.at),
        "text_sha256": row.content_hash,
        "picture_sha256": sha256,
        "taken_by": row.taken_by_name,
    }


def sealed_content(row: InspectionRecord) -> dict[str, Any]:
    """What was sealed, read from the sealed text itself; {} before."""
    return dict(unchecked(row.sealed_text).body) if row.sealed_text else {}


def verify_record(session: Session, store: FileStore, row: InspectionRecord) -> dict[str, Any]:
    """Whether a sealed record is unbroken, check by check.

    Looks at the sealed text's hash, the bureau's signature of it, that every person signed this
    text, and that every picture and document is still on the disk as it was sealed.

    Raises:
        Conflict: it is not sealed.
    """
    if row.sealed_text is None:
        raise Conflict(_l("笔录还没有封存。"), extra={"rule": "inspection.unsealed"})
    sealed = unchecked(row.sealed_text)
    checks = [
        ("text", sealed.digest == row.sealed_hash and sealed.text_holds),
        ("signature", _holds(session, row)),
        ("signers", not sealed.others_signed),
        ("files", all(store.intact(one) for one in sealed.files)),
    ]
    return {
        "id": row.id,
        "number": row.number,
        "sealed_hash": row.sealed_hash,
        "unbroken": all(ok for _code, ok in checks),
        "checks": [{"code": code, "name": str(CHECKS[code]), "ok": ok} for code, ok in checks],
    }


CHECKS = {
    "text": _l("内容与封存时的SHA-256一致"),
    "signature": _l("主办单位的Ed25519签名有效"),
    "signers": _l("各签名人签的正是这份内容"),
    "files": _l("签名图片、照片和文书与封存时一致"),
}


def _holds(session: Session, row: InspectionRecord) -> bool:
    keys = public_keys(session, row.bureau_id)
    try:
        read_document((row.sealed_text or "").encode(), keys, Purpose.RECORD, utc_now())
    except (Malformed, SignatureRefused, UnknownFormat):
        return False
    return True
