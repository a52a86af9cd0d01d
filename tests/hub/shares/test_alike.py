"""What is decided once for many shared records is what each of them would be told alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import and_, select, update

from hub.agreements.models import AgreementVersion
from hub.cases.models import Case
from hub.cases.views import subject_of
from hub.db import utc_now
from hub.shares.alike import SHARE_COLUMNS, Opened
from hub.shares.deciding import Judge
from sharing.models import Share
from sharing.redaction import shown_groups
from tests.support.cases import in_zone, new_case, off_zone

WHITE = {"existence": "white", "basics": "white"}
ZONE = {"type": "in_zone"}
NEAR = {"type": "near_line", "metres": 300}
WIDER = {"type": "near_line", "metres": 1500}
DISTRICT = {"type": "districts", "adcodes": ["330522"]}
FIELDS = ("id", "owner_bureau_id", "classification", "lon", "lat")
TERMS = {
    "in a zone": [(ZONE, WHITE | {"place": "white"}), ({"type": "anywhere"}, WHITE)],
    "near the line": [(NEAR, WHITE | {"party": "white"}), (WIDER, {"existence": "white"})],
    "in a district": [(DISTRICT, WHITE | {"substance": "white"}), (ZONE, {"files": "white"})],
    "nowhere": [(ZONE, {"existence": "black"})],
}


@pytest.fixture
def shared(world: Any) -> Any:
    """Cases in and off the zone, all shared; some long ago, one with a grant, one only told of."""
    for number in range(6):
        spot = in_zone(world) if number % 2 else off_zone(world)
        case = new_case(world, spot, classification=1 + number % 2).body
        world.as_("changxing-official").post(
            f"/cases/{case['id']}/shares", {"bureau_id": world.bureau_id("yixing")}
        )
    with world.app.app_context(), world.unit_of_work() as session:
        shares = session.scalars(select(Share).order_by(Share.id)).all()
        shares[0].created_at -= timedelta(days=40)
        shares[1].granted_groups, shares[1].granted_until = ["party"], utc_now() + timedelta(1)
        shares[2].granted_groups, shares[2].granted_until = ["party"], utc_now() - timedelta(1)
        shares[3].field_groups = ["existence"]
    return world


def _set_terms(world: Any, rules: Any, days: int | None) -> None:
    written = {
        "rules": [
            {"clause": f"第{n}条", "kind": "case", "place": place, "levels": levels,
             "purposes": ["joint_enforcement", "information"]}
            for n, (place, levels) in enumerate(rules)
        ],
        "max_classification": 2, "retention_days": days, "onward_sharing": False,
    }  # fmt: skip
    with world.app.app_context(), world.unit_of_work() as session:
        kept = session.scalars(select(AgreementVersion.terms).limit(1)).one()
        session.execute(update(AgreementVersion).values(terms=kept | written))


@pytest.mark.parametrize("days", [None, 30])
@pytest.mark.parametrize("rules", TERMS.values(), ids=TERMS)
def test_a_class_of_records_is_told_what_each_would_be(shared, rules, days):
    _set_terms(shared, rules, days)
    reader = shared.bureau_id("yixing")
    statement = (
        select(*(getattr(Case, name) for name in FIELDS),
               *SHARE_COLUMNS, Share.id.label("share_id"))
        .join(Share, and_(Share.record_id == Case.id, Share.kind == "case"))
        .where(Share.partner_bureau_id == reader, Share.state == "active")
    )  # fmt: skip
    with shared.app.app_context(), shared.app.extensions["hub.db"].read_only() as session:
        judge, rows = Judge(session), session.execute(statement).all()
        told = Opened(judge, "case", reader).groups(rows)
        alone = [
            shown_groups(judge.effective(subject_of(session.get_one(Case, row.id)),
                                         session.get_one(Share, row.share_id)))
            for row in rows
        ]  # fmt: skip
    assert len(rows) >= 6
    assert told == alone
    assert len(set(told)) > 1 or rules == TERMS["nowhere"]
