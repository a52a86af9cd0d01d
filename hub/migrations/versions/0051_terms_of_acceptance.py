"""what is asked of a partner is taken up within a term of its own name, not that of a transfer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime, new_id

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

SEED = Path(__file__).resolve().parent.parent / "seeds" / "request_acceptance_terms.json"
OLD = "D12.handover"
NEW = {"assistance": "H6.assistance", "referral": "H6.referral", "joint_handling": "H6.joint"}
RULE = sa.table(
    "deadline_rule",
    *(sa.column(name, sa.String) for name in (
        "id", "code", "name", "name_en", "trigger", "trigger_en", "unit", "direction",
        "legal_ref", "source", "mark", "note")),
    *(sa.column(name, sa.Integer) for name in ("number", "amount", "warn_percent",
                                               "max_extension")),
    *(sa.column(name, sa.Boolean) for name in ("rolls", "pausable")),
    sa.column("valid_from", sa.Date),
    sa.column("entered_at", UtcDateTime),
)  # fmt: skip
CLOCK = sa.table(
    "clock", *(sa.column(name) for name in ("kind", "subject_id", "rule_code", "rule_id"))
)
REQUEST = sa.table("request", sa.column("id"), sa.column("kind"))
# As long as the model that transfers follow: no law names a term for these.
SAME = {
    "number": 1,
    "amount": 3,
    "unit": "workday",
    "direction": "after",
    "rolls": True,
    "max_extension": 2,
    "pausable": False,
    "warn_percent": 20,
    "mark": "model",
    "valid_from": date(2021, 7, 15),
}


def upgrade() -> None:
    entered = {"entered_at": datetime.now(UTC)}
    rules = [
        SAME | entered | rule | {"id": new_id()} for rule in json.loads(SEED.read_text("utf-8"))
    ]
    op.bulk_insert(RULE, rules)
    ids = {rule["code"]: rule["id"] for rule in rules}
    for kind, code in NEW.items():
        _rename(OLD, code, ids[code], kind)


def _rename(old: str, new: str, rule_id: str, kind: str) -> None:
    """All clocks of a kind of requests go by another rule of the same length."""
    of_kind = sa.select(REQUEST.c.id).where(REQUEST.c.kind == kind)
    op.execute(
        sa.update(CLOCK)
        .where(CLOCK.c.kind == "request", CLOCK.c.rule_code == old, CLOCK.c.subject_id.in_(of_kind))
        .values(rule_code=new, rule_id=rule_id)
    )


def downgrade() -> None:
    found = sa.select(RULE.c.id).where(RULE.c.code == OLD, RULE.c.number == 1)
    rule_id = op.get_bind().execute(found).scalar_one()
    for kind, code in NEW.items():
        _rename(code, OLD, rule_id, kind)
    op.execute(sa.delete(RULE).where(RULE.c.code.in_(NEW.values())))
