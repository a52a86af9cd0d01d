"""What is shared in the room of one meeting while it lasts: kept in memory, gone with the room."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.access import ReaderClass

MAX_SHAPES, MAX_NOTES = 100, 50
# What another worker has not repeated for so long is forgotten.
LEASE_S = 30.0


@dataclass(frozen=True)
class Member:
    """One socket in the room."""

    sid: str
    user_id: str
    name: str
    bureau_id: str
    bureau_name: str
    since: str
    screen: bool = False
    follows: bool = True
    editing: str | None = None


@dataclass
class Room:
    """One room, as one worker knows it."""

    own: dict[str, Member] = field(default_factory=dict)
    others: dict[str, tuple[float, tuple[Member, ...]]] = field(default_factory=dict)
    # Who leads: user id and name.
    leader: dict[str, str] | None = None
    view: dict[str, Any] | None = None
    shapes: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    # Counts the changes; of two states the later one holds.
    rev: int = 0
    touched: float = field(default_factory=time.monotonic)
    # Sockets that lagged and are owed the whole state; and who was last shown to be here.
    owed: set[str] = field(default_factory=set)
    # Who may see which record that was shown, as it was asked last; asked anew at each recheck.
    sight: dict[tuple[ReaderClass, str, str], bool] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()

    def members(self) -> list[Member]:
        """Everybody in it, in the order in which they came."""
        limit = time.monotonic() - LEASE_S
        far = [one for at, many in self.others.values() if at >= limit for one in many]
        return sorted([*self.own.values(), *far], key=lambda one: (one.since, one.sid))

    def people_for(self, reader: Member) -> list[dict[str, Any]]:
        """Everybody once, as one of them sees it; whoever has two windows is shown by the latest
        that writes or has the screen open."""
        found: dict[str, dict[str, Any]] = {}
        for one in self.members():
            known = found.get(one.user_id, {})
            found[one.user_id] = {
                "key": one.user_id,
                "name": one.name,
                "bureau_name": one.bureau_name,
                "own": one.bureau_id == reader.bureau_id,
                "me": one.user_id == reader.user_id,
                "screen": one.screen or bool(known.get("screen")),
                "follows": one.follows,
                "editing": one.editing or known.get("editing"),
                "leads": self.leader is not None and self.leader["key"] == one.user_id,
            }
        return list(found.values())

    def shared(self) -> dict[str, Any]:
        """All but the people: what a latecomer needs."""
        return {
            "rev": self.rev,
            "leader": self.leader,
            "view": self.view,
            "shapes": list(self.shapes.values()),
            "notes": self.notes,
        }

    def take_over(self, shared: dict[str, Any]) -> bool:
        """Take over a later state that another worker has; whether it was later."""
        if shared["rev"] <= self.rev:
            return False
        self.rev, self.leader, self.view = shared["rev"], shared["leader"], shared["view"]
        self.shapes = {one["key"]: one for one in shared["shapes"]}
        self.notes = list(shared["notes"])
        return True

    def apply(self, change: dict[str, Any]) -> dict[str, Any]:
        """Apply a change of one's own or of another worker; what of the state it touched.

        A change is {leader}, {view}, {draw: shape}, {erase: key or None} or {note}. Drawings and
        notes add up whichever comes first, so two at once cost nobody his.
        """
        self.rev += 1
        self.touched = time.monotonic()
        if "draw" in change:
            self.shapes[change["draw"]["key"]] = change["draw"]
        if "erase" in change:
            gone = [change["erase"]] if change["erase"] is not None else list(self.shapes)
            for key in gone:
                self.shapes.pop(key, None)
        if "note" in change:
            self.notes = [*self.notes, change["note"]][-MAX_NOTES:]
        self.leader = change.get("leader", self.leader)
        self.view = change.get("view", self.view)
        parts = {"draw": "shapes", "erase": "shapes", "note": "notes"}
        touched = {parts.get(name, name) for name in change} | {"rev"}
        return {name: part for name, part in self.shared().items() if name in touched}

    def said(self) -> list[dict[str, Any]]:
        """Own members, for the other workers."""
        return [asdict(one) for one in self.own.values()]
