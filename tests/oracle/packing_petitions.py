"""The petition of a world, with its steps and, sealed, who brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.petitions import reporters
from hub.petitions.models import Petition, PetitionReporter, PetitionStep
from sharing.models import new_id
from tests.oracle import values
from tests.oracle.ground import FOCAL, cell_code, spot
from tests.oracle.marks import mark
from tests.oracle.petitions import shared_with

if TYPE_CHECKING:
    from tests.oracle.packing import Writer

MARKED = ("number", "title", "place", "firm_name", "text", "handler_name", "created_by_name",
          "settlement", "reply")  # fmt: skip
# What is marked -> the act at which it was said, and how many days after the neighbour was asked.
SAID = {"said": ("visit", 1.0), "said_before": ("visit", -1.0), "visited": ("follow_up", 2.0),
        "said_privately": ("extend", 1.0)}  # fmt: skip


def _asked_under(writer: Writer, row: values.Petition, agreements: list[str]) -> str | None:
    """The first agreement under which the neighbour can have been asked."""
    if row.partner is None:
        return None
    between = [
        agreement_id
        for agreement_id, one in zip(agreements, writer.world.agreements, strict=True)
        if {row.owner, row.partner} <= one.parties and one.state not in ("draft", "proposed")
    ]
    return between[0] if between else writer.long_over(row.owner, row.partner)


def write_petition(writer: Writer, agreements: list[str]) -> None:
    """A petition on the ground of the world's case."""
    row = writer.world.petition
    if row is None:
        return
    n, petition_id = writer.number, new_id()
    lon, lat = spot(n, writer.world.case.owner, writer.world.case.spot)
    owner = writer.bureau(row.owner)
    writer.rows[Petition].append(
        {name: mark(f"petition.{name}", n) for name in MARKED}
        | {"id": petition_id, "owner_bureau_id": owner, "category": "odour", "channel": "12369",
           "classification": row.classification, "lon": lon, "lat": lat,
           "adcode": cell_code(n) if writer.world.case.owner == "cell" else FOCAL,
           "occurred_at": writer.at(-50), "received_at": writer.at(-49), "state": "answered",
           "handler_id": None,
           "partner_bureau_id": writer.bureau(row.partner) if row.partner else None,
           "agreement_id": _asked_under(writer, row, agreements),
           "joint_state": row.joint, "joint_asked_at": writer.at(row.asked) if row.joint else None,
           "answered_at": writer.at(-1), "content_version": 1, "created_by": "x",
           "created_at": writer.at(-49), "version": 1}
    )  # fmt: skip
    for name, (act, days) in SAID.items():
        writer.rows[PetitionStep].append(
            {"id": new_id(), "petition_id": petition_id, "act": act, "state": "accepted",
             "bureau_id": owner, "user_id": "x", "user_name": "x",
             "at": writer.at(row.asked + days), "text": mark(f"petition.{name}", n)}
        )  # fmt: skip
    who = {"name": mark("petition.reporter", n), "contact": "", "address": ""}
    writer.rows[PetitionReporter].append(
        {"petition_id": petition_id, "bureau_id": owner, "sealed": reporters.sealed(who),
         "contact_hash": None, "entered_by": "x", "entered_at": writer.at(-49)}
    )  # fmt: skip
    told = {row.owner, row.partner or row.owner}
    writer.tell("petition", petition_id, "updated" if shared_with(row) else "recalled", told)
    writer.pack.others["petition"][n] = petition_id
