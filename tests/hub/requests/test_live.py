"""A request reaches the receiver's open socket as it is sent; nobody else's."""

from __future__ import annotations

from tests.support.live import LiveHub
from tests.support.requests import (
    LIAISON,
    OFFICIAL,
    STRANGER,
    THEIR_LIAISON,
    act,
    done,
    draft,
)
from tests.support.sockets import SocketReader
from tests.support.world import World


def test_it_arrives_live_and_only_there(world: World, live_hub: LiveHub) -> None:
    live_hub.start()
    row = draft(world)
    theirs, strangers = (
        SocketReader(live_hub.url, {"token": world.as_(name).token}).connect()
        for name in (THEIR_LIAISON, STRANGER)
    )
    done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))

    def arrived(reader: SocketReader) -> bool:
        return any(change["id"] == row["id"] for change in reader.changes)

    theirs.wait(arrived, "the request")
    told = next(change for change in theirs.changes if change["id"] == row["id"])
    assert (told["kind"], told["verb"]) == ("request", "send")
    assert told["view"]["title"] == row["title"]
    assert theirs.call("ack", {"seq": told["seq"]})["ok"]
    delivered = world.as_(LIAISON).get(f"/requests/{row['id']}").body
    assert delivered["state"] == "delivered"
    # Something that the stranger does hear, after which the request would have come.
    assert act(world.as_(STRANGER), row["id"], "accept").status == 404
    assert not arrived(strangers)
    theirs.close()
    strangers.close()
