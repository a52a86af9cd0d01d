"""The term within which a partner answers what it received; kept in data, by kind of record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sharing.models import Share

# Kind of record -> how long a partner has to accept or refuse it. No statute sets this term; it
# is the default that holds as long as the agreement says nothing else.
ANSWER_WITHIN = {"case": timedelta(hours=72)}
DEFAULT_TERM = timedelta(hours=72)
# How long an owner has to answer a request for access; a default in the same way.
ACCESS_WITHIN = timedelta(hours=72)


def answer_due(share: Share) -> datetime:
    """Until when (UTC) the partner should have accepted or refused."""
    return share.created_at + ANSWER_WITHIN.get(share.kind, DEFAULT_TERM)


def created_before(kind: str, at: datetime) -> datetime:
    """Shares of a kind that were opened before this moment (UTC) are due at `at`."""
    return at - ANSWER_WITHIN.get(kind, DEFAULT_TERM)
