"""A case shared to many partners costs hardly more statements than one shared to few."""

from __future__ import annotations

from sqlalchemy import select

from hub.access import ReaderClass, Role, rights_of
from hub.agreements.models import Agreement, AgreementParty
from hub.bureaus.models import Bureau
from hub.realtime import stream
from sharing import feed
from tests.support.cases import case_body, in_zone, new_case

# People who may read what the demo shares: its cases are internal by default.
CLEARED = 2


def add_parties(world, count):
    """Let so many more bureaus be parties of the agreement in whose zone the cases lie."""
    with world.unit_of_work() as session:
        agreement = session.scalars(
            select(Agreement).where(Agreement.title_en.like("Changxing%"))
        ).one()
        others = select(Bureau).where(Bureau.id.not_in(agreement.party_ids)).order_by(Bureau.code)
        for bureau in session.scalars(others.limit(count)):
            session.add(AgreementParty(agreement_id=agreement.id, bureau_id=bureau.id))


def opened(world):
    """Statements to open a case in the zone, and the bureaus to which it was shared."""
    world.as_("changxing-officer1").get("/cases")
    with world.hearing("before_cursor_execute") as sent:
        case = new_case(world, in_zone(world)).body
    return len(sent), case


def told(world, case):
    """Statements to show a case to all its partners, and what each was shown, by bureau."""
    with world.app.app_context(), world.app.extensions["hub.db"].read_only() as session:
        readers = [
            ReaderClass(one, rights_of([Role.LIAISON]), CLEARED)
            for one in sorted(case["shared_with"])
        ]
        heads = feed.heads(session, [reader.bureau_id for reader in readers])
        places = [(reader, heads[reader.bureau_id] - 2) for reader in readers]
        stream.read_together(session, places)
        with world.hearing("before_cursor_execute") as sent:
            news = stream.read_together(session, places)
    return len(sent), dict(zip((reader.bureau_id for reader in readers), news, strict=True))


def test_more_partners_need_hardly_more_statements(world):
    new_case(world)
    few, alone = opened(world)
    few_told, _news = told(world, alone)
    add_parties(world, 3)
    opened(world)
    many, shared = opened(world)
    many_told, news = told(world, shared)
    assert (len(alone["shared_with"]), len(shared["shared_with"])) == (1, 4)
    assert many == few
    assert many_told == few_told
    for bureau_id, changes in news.items():
        assert [(one["kind"], one["verb"]) for one in changes] == [
            ("case", "shared"),
            ("share", "shared"),
        ]
        case, share = (one["view"] for one in changes)
        assert case["id"] == shared["id"]
        assert case["title"] == case_body(in_zone(world))["title"]
        assert share["partner_bureau_id"] == bureau_id
        assert case["access"]["share_id"] == share["id"]


def test_readers_rendered_together_are_shown_what_each_is_shown_alone(world):
    """Other bureaus, the owner and people who are not cleared, all in one turn."""
    new_case(world)
    add_parties(world, 2)
    _count, case = opened(world)
    with world.app.app_context(), world.app.extensions["hub.db"].read_only() as session:
        bureaus = [case["owner_bureau_id"], *case["shared_with"], world.bureau_id("nanxun")]
        readers = [
            ReaderClass(one, rights_of([role]), clearance)
            for one in bureaus
            for role in (Role.LIAISON, Role.OFFICER, Role.SYSADMIN)
            for clearance in (1, CLEARED)
        ]
        places = [(reader, 0) for reader in readers]
        together = stream.read_together(session, places, limit=500 * len(places))
        alone = [stream.read_changes(session, reader, 0).changes for reader in readers]
    assert together == alone
    shown = {
        reader: {one["id"] for one in changes if one["kind"] == "case" and one["view"]}
        for reader, changes in zip(readers, together, strict=True)
    }
    partner = case["shared_with"][0]
    assert case["id"] in shown[ReaderClass(partner, readers[0].rights, CLEARED)]
    assert case["id"] not in shown[ReaderClass(partner, readers[0].rights, 1)]
    assert not shown[ReaderClass(partner, rights_of([Role.SYSADMIN]), CLEARED)]
