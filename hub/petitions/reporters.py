"""Who brought a petition: sealed when entered, opened for the intake alone, each look entered.

The words of nobody else's view, export, letter, package or index come near this module: it has
the only functions that read the table. What a neighbour writes is not compared with what is
sealed, for a refusal would tell him that he guessed right.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.cases.texts import clean, refuse_secrets
from hub.changes import record_act
from hub.db import utc_now
from hub.errors import Conflict, Forbidden, NotFound, field_error
from hub.petitions.models import Petition, PetitionReporter
from hub.web.identity import settings

KIND = "petition"
NAMES = ("name", "contact", "address")
# Digits of a number that is looked for in texts; fewer would be found everywhere.
SHORTEST = 7


def _key(purpose: str) -> bytes:
    secret = settings().secret_key.encode()
    return HKDF(SHA256(), 32, salt=None, info=f"lianfang petition {purpose} 1".encode()).derive(
        secret
    )


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key("reporter")))


def sealed(told: Mapping[str, str]) -> str:
    """Name, contact and address as they are kept."""
    return _cipher().encrypt(orjson.dumps(dict(told))).decode()


def contact_hash(bureau_id: str, contact: str) -> str | None:
    """What finds repeats: HMAC-SHA256 (hex) under a key of one bureau; None without a contact.

    A telephone number is one of ten thousand million: without the key every one can be tried, so
    the hash leaves the hub in no output, and two bureaus' hashes of one number differ.
    """
    plain = _digits(contact) if len(_digits(contact)) >= SHORTEST else contact.casefold()
    if not plain:
        return None
    return hmac.new(_key(f"contact {bureau_id}"), plain.encode(), sha256).hexdigest()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text), flags=re.ASCII)


def may_look(actor: Actor, row: Petition) -> bool:
    """Whether a person may look at who brought it: mediators, and who registered it himself."""
    if row.owner_bureau_id != actor.bureau_id or row.classification > actor.clearance:
        return False
    intake = row.created_by == actor.user_id and actor.may(Right.PETITION_WORK)
    return intake or actor.may(Right.PETITION_REPORTER)


def enter(session: Session, actor: Actor, row: Petition, values: Mapping[str, Any]) -> str | None:
    """Seal who brought a petition, in place of what was sealed; nothing given: it is removed.

    Returns the act that was done, if any. Texts of the petition must not name him already.

    Raises:
        Invalid: a name without being one, or the petition's words give him away.
    """
    told = {name: clean(values.get(name)) for name in NAMES}
    for name, text in told.items():
        refuse_secrets(f"reporter.{name}", text)
    held = session.get(PetitionReporter, row.id)
    if not any(told.values()):
        if held is None:
            return None
        session.delete(held)
        return "reporter_removed"
    _refuse_in(told, _texts_of(row))
    if held is None:
        held = PetitionReporter(petition_id=row.id, bureau_id=row.owner_bureau_id)
        session.add(held)
    held.sealed = sealed(told)
    held.contact_hash = contact_hash(row.owner_bureau_id, told["contact"])
    held.entered_by, held.entered_at = actor.user_id, utc_now()
    session.flush()
    return "reporter_entered"


def reveal(session: Session, actor: Actor, row: Petition) -> dict[str, str]:
    """Who brought a petition; the look stands in the bureau's own audit chain, without content.

    Raises:
        Forbidden: neither a mediator nor who registered it.
        NotFound: nobody is named.
        Conflict: sealed under another key of the hub.
    """
    if not may_look(actor, row):
        raise Forbidden(_l("只有登记人和信访调解员可以查看信访人。"))
    told = _opened(session, row)
    if told is None:
        raise NotFound
    record_act(session, actor, action="petition.reporter_read", kind=KIND, record_id=row.id)
    return told


def _opened(session: Session, row: Petition) -> dict[str, str] | None:
    held = session.get(PetitionReporter, row.id)
    if held is None:
        return None
    try:
        told: dict[str, str] = orjson.loads(_cipher().decrypt(held.sealed.encode()))
    except InvalidToken as error:
        raise Conflict(_l("信访人信息由另一把系统密钥封存，现在无法打开。")) from error
    return told


def known(session: Session, petition_ids: Iterable[str]) -> frozenset[str]:
    """Those of some petitions of which the bureau knows who brought them."""
    rows = select(PetitionReporter.petition_id).where(
        PetitionReporter.petition_id.in_(list(petition_ids))
    )
    return frozenset(session.scalars(rows))


def repeats(session: Session, actor: Actor, row: Petition) -> list[Petition]:
    """Other petitions of the same contact in the bureau's own register, for who may look."""
    if not may_look(actor, row) or not actor.may(Right.PETITION_REPORTER):
        return []
    held = session.get(PetitionReporter, row.id)
    if held is None or held.contact_hash is None:
        return []
    same = select(PetitionReporter.petition_id).where(
        PetitionReporter.bureau_id == actor.bureau_id,
        PetitionReporter.contact_hash == held.contact_hash,
        PetitionReporter.petition_id != row.id,
    )
    found = select(Petition).where(
        Petition.id.in_(same), Petition.classification <= actor.clearance
    )
    return list(session.scalars(found.order_by(Petition.id.desc()).limit(20)))


def refuse_named(session: Session, actor: Actor, row: Petition, texts: Mapping[str, str]) -> None:
    """Refuse words of the own bureau that give away who brought a petition.

    Raises:
        Invalid: names the field.
    """
    if row.owner_bureau_id != actor.bureau_id:
        return
    told = _opened(session, row)
    if told is not None:
        _refuse_in(told, texts)


def _texts_of(row: Petition) -> dict[str, str]:
    names = ("title", "text", "place", "settlement", "reply")
    return {name: getattr(row, name) or "" for name in names}


def _refuse_in(told: Mapping[str, str], texts: Mapping[str, str]) -> None:
    for field, text in texts.items():
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
        if any(part in plain for part in _marks(told)) or _number_in(told, text):
            raise field_error(field, _l("内容写有信访人的姓名、联系方式或地址，请删去后再保存。"))


def _marks(told: Mapping[str, str]) -> list[str]:
    plain = (re.sub(r"\s", "", unicodedata.normalize("NFKC", told[name])) for name in NAMES)
    return [part.casefold() for part in plain if len(part) > 1]


def _number_in(told: Mapping[str, str], text: str) -> bool:
    number = _digits(told["contact"])
    return len(number) >= SHORTEST and number in _digits(text)
