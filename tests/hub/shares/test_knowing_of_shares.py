"""Who knows of a share at all, and what of it an agreement's end leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.agreements.models import Agreement
from hub.db import utc_now
from hub.notifications.models import Notification
from sharing.models import Share
from tests.support.cases import last_changes, new_case, share_of
from tests.support.clocks import let_pass, run_due
from tests.support.world import World


def set_clearance(world: World, username: str, clearance: int) -> None:
    with world.app.app_context(), world.unit_of_work() as session:
        session.scalars(select(User).where(User.username == username)).one().clearance = clearance


@pytest.fixture
def sensitive(world):
    """The share of a case above the clearance of two liaisons, one on each side."""
    share = share_of(world, new_case(world, classification=3).body["id"])
    for name in ("yixing-liaison", "changxing-liaison"):
        set_clearance(world, name, 2)
    return share


@pytest.mark.parametrize("name", ["yixing-liaison", "changxing-liaison"])
def test_a_share_of_a_case_above_ones_clearance_does_not_exist(world, sensitive, name):
    caller = world.as_(name)
    assert caller.get(f"/shares/{sensitive['id']}").status == 404
    assert sensitive["id"] not in {one["id"] for one in caller.get("/shares").body["items"]}
    assert all(c["view"] is None for c in last_changes(world, name, sensitive["id"]))
    for path in ("/", "/cases"):
        assert sensitive["record_number"] not in caller.page(path).body


def clocks_told(world: World, name: str) -> str:
    """The deadlines in a person's feed."""
    items = world.as_(name).get("/changes", after=0, limit=500).body["items"]
    return str([one for one in items if one["kind"] == "clock"])


@pytest.mark.once
def test_neither_a_deadline_nor_a_notification_tells_of_it(world, sensitive):
    let_pass(world, "share", sensitive["id"], timedelta(hours=80))
    run_due(world)

    def told(name, path):
        return str(world.as_(name).get(path).body)

    # A file of notifications has no ids; a share is named there by the words of its case.
    names = [*(sensitive[one] for one in ("id", "record_id", "record_number")), "太湖岸边偷排废水"]
    doors = ("/clocks", "/clocks.csv", "/overdue", "/notifications", "/notifications.csv")
    doors += ("/action-items/commitments",)
    for bureau in ("yixing", "changxing"):
        for path in doors:
            assert not any(one in told(f"{bureau}-liaison", path) for one in names), path
            assert any(one in told(f"{bureau}-official", path) for one in names), path
        for page in ("/deadlines", "/notifications", "/", "/action-items/commitments"):
            shown = world.as_(f"{bureau}-liaison").page(page)
            assert shown.status == 200
            assert not any(one in shown.body for one in names), page
        assert sensitive["id"] not in clocks_told(world, f"{bureau}-liaison")
        assert sensitive["id"] in clocks_told(world, f"{bureau}-official")


def test_the_bell_counts_what_the_list_shows(world, sensitive):
    for name in ("yixing-liaison", "yixing-official"):
        person = world.as_(name)
        items = person.get("/notifications", unread=True).body["items"]
        assert person.get("/notifications/count").body["unread"] == len(items)
        mine = [one["id"] for one in items if one["record_id"] == sensitive["id"]]
        assert bool(mine) is (name == "yixing-official")
    with world.app.app_context(), world.unit_of_work() as session:
        liaison = session.scalars(select(User).where(User.username == "yixing-liaison")).one()
        held = select(Notification.id).where(
            Notification.user_id == liaison.id, Notification.record_id == sensitive["id"]
        )
        hidden = session.scalars(held).first()
    assert hidden is not None
    assert world.as_("yixing-liaison").post(f"/notifications/{hidden}/read").status == 404


def test_it_cannot_be_answered_either(world, sensitive):
    assert world.as_("yixing-liaison").post(f"/shares/{sensitive['id']}/accept").status == 404
    assert world.as_("yixing-official").post(f"/shares/{sensitive['id']}/accept").status == 200


def test_who_confirms_the_purge_knows_of_the_share_that_ended(world, sensitive):
    path = f"/shares/{sensitive['id']}"
    world.as_("changxing-official").post(f"{path}/recall", {"reason": "误共享"})
    assert world.as_("yixing-liaison").post(f"{path}/purge").body["purged"]
    assert world.as_("changxing-liaison").get(path).status == 404


def test_a_share_ends_to_show_with_its_own_agreement_though_another_would_allow_it(world):
    case = new_case(world).body["id"]
    with world.app.app_context(), world.unit_of_work() as session:
        held = session.scalars(select(Share).where(Share.record_id == case)).one()
        agreement = session.get_one(Agreement, held.agreement_id)
        held.agreement_id = _over(session, agreement)
    reader = world.as_("yixing-official")
    assert reader.get(f"/cases/{case}").status == 404
    assert case not in {item["id"] for item in reader.get("/cases").body["items"]}
    assert last_changes(world, "yixing-official", case)[-1]["verb"] == "tombstone"


def _over(session, agreement: Agreement) -> str:
    """A second agreement of the same parties, ended; returns its id."""
    second = Agreement(
        number="旧备忘录", title="旧", title_en="Old", state="terminated",
        proposed_by=agreement.proposed_by, created_at=utc_now() - timedelta(days=900),
    )  # fmt: skip
    for party in agreement.parties:
        second.parties.append(type(party)(bureau_id=party.bureau_id))
    (text, *_) = agreement.versions
    copied = {c.name: getattr(text, c.name) for c in text.__table__.columns}
    second.versions.append(type(text)(**copied | {"agreement_id": None}))
    session.add(second)
    session.flush()
    return second.id


def test_the_page_of_a_case_opens_though_its_place_is_not_shared(world):
    case = new_case(world).body["id"]
    with world.app.app_context(), world.unit_of_work() as session:
        share = session.scalars(select(Share).where(Share.record_id == case)).one()
        share.field_groups = ["basics", "existence"]
    page = world.as_("yixing-official").page(f"/cases/{case}")
    assert page.status == 200
    assert "太湖岸边偷排废水" in page.body
    assert "界河东岸" not in page.body
