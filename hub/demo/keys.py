"""The demo bureaus' signing keys, sealed with the demo's own secret."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.bureaus.services import bureaus, on_behalf_of
from hub.keys.services import make_key
from hub.web.identity import settings
from sharing.signing import Purpose


def add_keys(session: Session) -> None:
    """One key per bureau and purpose."""
    for row in bureaus(session):
        for purpose in Purpose:
            actor = on_behalf_of(session, row.id)
            make_key(session, actor, row.id, purpose, settings().secret_key)
