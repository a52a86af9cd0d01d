"""Whatever changes what an open door may do raises the stamp; nothing else does."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.accounts.current import rights_stamp
from hub.db import utc_now
from tests.support.world import World

CHANGES = {
    "a disabled person": "UPDATE user_account SET active = :no WHERE username = :who",
    "other roles": "UPDATE user_account SET roles = '[\"officer\"]' WHERE username = :who",
    "another clearance": "UPDATE user_account SET clearance = 1 WHERE username = :who",
    "another bureau": "UPDATE user_account SET bureau_id = bureau_id WHERE username = :who",
    "a revoked token": "UPDATE access_token SET revoked_at = :now",
    "a shorter token": "UPDATE access_token SET expires_at = :now",
    "a deleted token": "DELETE FROM access_token",
    "an ended session": "UPDATE login_session SET revoked_at = :now",
    "a deleted session": "DELETE FROM login_session",
}
NO_CHANGES = {
    "a token used": "UPDATE access_token SET last_used_at = :now",
    "a session seen": "UPDATE login_session SET last_seen_at = :now",
    "a person's language": "UPDATE user_account SET locale = 'en' WHERE username = :who",
}
WHO = "wuxing-officer1"


def raised_by(world: World, statement: str) -> int:
    caller = world.as_(WHO)
    with world.unit_of_work() as session:
        before = rights_stamp(session)
        session.execute(
            text("INSERT INTO login_session (id, user_id, token_hash, created_at, last_seen_at,"
                 " expires_at) VALUES ('s', :user, 'h', :now, :now, :now)"),
            {"user": caller.user_id, "now": utc_now()},
        )  # fmt: skip
    with world.unit_of_work() as session:
        session.execute(text(statement), {"who": WHO, "now": utc_now(), "no": False})
    with world.unit_of_work() as session:
        return rights_stamp(session) - before


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_what_changes_rights_raises_the_stamp_however_it_is_written(world, statement):
    assert raised_by(world, statement) >= 1


@pytest.mark.parametrize("statement", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_changes_no_rights_leaves_the_stamp(world, statement):
    assert raised_by(world, statement) == 0
