"""No bureau is told of a change in which nothing that it may see has changed.

All that people of four bureaus write is written once more, and after each write every other
bureau's feed is read: a row whose view is the same as before, but for its version, tells that
something was changed which its reader may not see. So does a version that went on although the
view did not, of any record that the writer's own bureau was told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from hub.db import read_only
from hub.exchange.choice import reader_of
from hub.realtime.renderers import views_of
from tests.hostile.planted_changxing import plant_changxing
from tests.hostile.planted_wuxing import plant_wuxing
from tests.hostile.planting import HostileCaller, HostileWorld, hostile
from tests.support.world import Answer, Caller, World

pytestmark = [pytest.mark.once, pytest.mark.timeout(600)]

BUREAUS = ("wuxing", "wujiang", "changxing", "yixing", "nanxun")
# What counts, and is no content.
COUNTS = {"version", "updated_at"}
# (kind, verb) of changes that a reader sees elsewhere than in the record's own view, and where.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("patrol", "logged"): "the log, by the terms about tracks",
    ("patrol_review", "opened"): "both reviews, from that moment on",
    ("station", "roster"): "the roster, of which partners know",
    ("request", "contributed"): "the workspace, as are the next two",
    ("request", "task"): "",
    ("request", "task_done"): "",
    ("meeting", "people"): "the meeting itself, of which the view is a brief, as is the next",
    ("meeting", "answered"): "",
    ("action_item", "note"): "its steps",
    ("case", "access_asked"): "the share",
    ("share", "emergency"): "that somebody read it in an emergency is for both to know",
}
# What an agreement does to records is known to its parties, whatever each record shows.
BY_AGREEMENT = ("/sign ", "/suspend ", "/resume ")

Key = tuple[str, str, str]


@dataclass
class Watcher:
    """Remembers each bureau's last view of each record that it was told of."""

    world: World
    seqs: dict[str, int] = field(default_factory=dict)
    views: dict[Key, Any] = field(default_factory=dict)
    numbers: dict[Key, tuple[Any, int]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    told: int = 0
    counted: int = 0

    def look(self, by: str = "", what: str = "") -> None:
        """Read what came to each bureau since.

        Args:
            by: id of the bureau whose person wrote; what its own people read is no leak.
            what: the write.
        """
        written: set[tuple[str, str]] = set()
        for code in BUREAUS:
            reader = Caller(**{
                name: value
                for name, value in vars(self.world.as_(f"{code}-official")).items()
                if name in Caller.__dataclass_fields__
            })  # fmt: skip
            # One write may tell of a record twice; it is read after all of it.
            changes = {(one["kind"], one["id"]): one for one in self._new(code, reader)}
            if reader.bureau_id == by:
                written |= {
                    key
                    for key, one in changes.items()
                    if (one["kind"], one["verb"]) not in ELSEWHERE
                }
            for change in changes.values():
                self._judge(code, change, what if reader.bureau_id != by else "")
        self._count(written, by, what)

    def _new(self, code: str, reader: Caller) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        after: int | None = self.seqs.get(code, 0)
        while after is not None:
            page = reader.get("/changes", after=after, limit=500).body
            items += page["items"]
            after = page["next"]
        if items:
            self.seqs[code] = items[-1]["seq"]
        return items

    def _count(self, written: set[tuple[str, str]], by: str, what: str) -> None:
        """Read by what number the others now know what the writer's bureau was told of."""
        others = [one for one in BUREAUS if self.world.bureau_id(one) != by]
        with self.world.app.app_context(), read_only() as session:
            for code, (kind, record_id) in product(others, sorted(written)):
                reader = reader_of(self.world.bureau_id(code))
                (found,) = views_of(session, kind, [(reader, [record_id])])
                view = found.get(record_id)
                if view is None or "version" not in view:
                    continue
                content = {k: v for k, v in view.items() if k not in COUNTS}
                known, number = self.numbers.get((code, kind, record_id), (None, 0))
                self.numbers[code, kind, record_id] = content, view["version"]
                self.counted += content == known
                if content == known and view["version"] != number:
                    self.leaks.append(f"{code} by {what}: the version of a {kind}")

    def _judge(self, code: str, change: dict[str, Any], what: str) -> None:
        key = (code, change["kind"], change["id"])
        view = change["view"] and {k: v for k, v in change["view"].items() if k not in COUNTS}
        known, self.views[key] = self.views.get(key, "unknown"), view
        self.told += bool(what)
        if not what or known == "unknown":
            return
        named = (change["kind"], change["verb"])
        # A case that shows a link is told of with the case at the other end, which it shows too.
        linked = named == ("case", "updated") and bool(view and view.get("links"))
        by_agreement = any(word in what for word in BY_AGREEMENT)
        if view == known and named not in ELSEWHERE and not linked and not by_agreement:
            self.leaks.append(f"{code} by {what}: {change['kind']} {change['verb']}")


@dataclass
class WatchedCaller(HostileCaller):
    """A person after each of whose writes the others' feeds are read."""

    watcher: Watcher | None = None

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Call, then look."""
        answer = super().call(method, path, body, **options)
        if method != "GET" and self.watcher is not None:
            self.watcher.look(self.bureau_id, f"{method} {path} {body}"[:260])
        return answer


@dataclass
class WatchedWorld(HostileWorld):
    """A hub all of whose people are watched."""

    watcher: Watcher | None = None

    def _caller(self, username: str) -> Caller:
        return WatchedCaller(**vars(super()._caller(username)), watcher=self.watcher)


def test_no_bureau_is_told_where_nothing_it_sees_has_changed(world):
    planted = hostile(world)
    watched = WatchedWorld(
        planted.app, planted.url, planted.data_dir, planted.passes, planted.lent,
        planter=planted.planter,
    )  # fmt: skip
    watched.watcher = Watcher(World(planted.app, planted.url, planted.data_dir, planted.passes))
    watched.watcher.look()
    plant_wuxing(watched)
    plant_changxing(watched)
    assert watched.watcher.told > 100
    assert watched.watcher.counted > 20
    assert not watched.watcher.leaks, "\n".join(watched.watcher.leaks)
