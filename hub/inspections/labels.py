"""Kinds and words of records of inspections."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

KIND = "inspection"
# Kinds of stored files: photos of the record, pictures of signatures, the sealed documents.
PHOTO = "inspection"
SIGNATURE = "inspection_signature"
DOCUMENT = "inspection_document"


class SignerRole(StrEnum):
    """As what somebody signs."""

    OFFICER = "officer"
    PARTY = "party"
    WITNESS = "witness"
    GUEST = "guest"


ROLES = {
    SignerRole.OFFICER: _l("检查人员"),
    SignerRole.PARTY: _l("被检查人"),
    SignerRole.WITNESS: _l("见证人"),
    SignerRole.GUEST: _l("协助人员"),
}
PARTY_KINDS = {
    "firm": _l("单位"),
    "person": _l("个人"),
    "unknown": _l("现场无法确定"),
}
