"""Whether an agreement is in force at a moment, and with which text.

By its state and the dates of its texts, never by a job.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.agreements.models import Agreement, AgreementParty, AgreementState
from hub.db import utc_now
from sharing import terms


def effective_state(agreement: Agreement, at: datetime | None = None) -> AgreementState:
    """The state at a moment. Signed by all, it is in force from its first day to its last."""
    moment = at or utc_now()
    stored = AgreementState(agreement.state)
    if stored is not AgreementState.SIGNED:
        return stored
    version = agreement.version_at(moment)
    if moment < version.valid_from:
        return AgreementState.SIGNED
    if moment >= version.valid_to:
        return AgreementState.EXPIRED
    return AgreementState.IN_FORCE


def is_in_force(agreement: Agreement, at: datetime | None = None) -> bool:
    """Whether the agreement opens anything at the moment."""
    return effective_state(agreement, at) is AgreementState.IN_FORCE


def states_of(
    session: Session, bureau_id: str, at: datetime | None = None
) -> list[terms.AgreementState]:
    """A bureau's agreements as the sharing engine reads them, with their state at the moment."""
    moment = at or utc_now()
    return [state_of(row, moment) for row in agreements_of(session, bureau_id)]


def agreements_of(session: Session, bureau_id: str) -> Sequence[Agreement]:
    """The agreements that have the bureau as party, in force or not, by number."""
    return session.scalars(_agreements_of(bureau_id)).all()


def agreements_of_all(session: Session, bureau_ids: Collection[str]) -> dict[str, list[Agreement]]:
    """The same of several bureaus, read at once."""
    found: dict[str, list[Agreement]] = {one: [] for one in bureau_ids}
    query = (
        select(AgreementParty.bureau_id, Agreement)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .where(AgreementParty.bureau_id.in_(found))
        .order_by(Agreement.number)
    )
    for bureau_id, row in session.execute(query):
        found[bureau_id].append(row)
    return found


def _agreements_of(bureau_id: str) -> Select[Agreement]:
    party = select(AgreementParty.agreement_id).where(AgreementParty.bureau_id == bureau_id)
    return select(Agreement).where(Agreement.id.in_(party)).order_by(Agreement.number)


@lru_cache(maxsize=2048)
def _parsed(wire: str) -> terms.Terms:
    """Terms read once for each wording: they are immutable, and read with every decision."""
    return terms.Terms.from_dict(json.loads(wire))


def state_of(agreement: Agreement, at: datetime) -> terms.AgreementState:
    """An agreement as the sharing engine reads it: the text that holds, the state at the moment."""
    version = agreement.version_at(at)
    return terms.AgreementState(
        agreement_id=agreement.id,
        version=version.number,
        parties=agreement.party_ids,
        state=str(effective_state(agreement, at)),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        terms=_parsed(json.dumps(version.terms)),
    )


def in_force_between(
    session: Session, bureau_a: str, bureau_b: str, at: datetime | None = None
) -> list[Agreement]:
    """Agreements in force at the moment that have both bureaus as parties."""
    return [row for row in in_force_of(session, bureau_a, at) if bureau_b in row.party_ids]


def in_force_of(
    session: Session, bureau_id: str, at: datetime | None = None
) -> Sequence[Agreement]:
    """Agreements in force at the moment that have the bureau as party."""
    return [row for row in session.scalars(_agreements_of(bureau_id)) if is_in_force(row, at)]
