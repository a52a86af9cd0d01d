"""Every door through which a case can be seen: what it gave a reader, as facts about each world.

A fact is a short word: the name of a marked field whose text came out (`title`), a key of a view
(`has:lon`), an announced group (`announced:files`), or what the door said (`found`, `tombstone`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.locate.index import facts_of as facts_of_places
from hub.search.indexing import rebuild
from tests.oracle.marks import MARKS, Facts, marks
from tests.oracle.packing import Pack, Packer
from tests.oracle.values import FIELDS, NOTES, Reader
from tests.support.field import fetch
from tests.support.world import Answer, Caller, World

KEYS = frozenset().union(*FIELDS.values()) | {NOTES}
# Of all worlds together: totals and counts of the search.
TOGETHER = -1


@dataclass(frozen=True)
class Sight:
    """What one door gave one reader: facts by the number of the world."""

    door: str
    reader: Reader
    facts: Facts
    # The worlds that were looked at; None: all of the pack.
    asked: frozenset[int] | None = None


@dataclass
class Oracle:
    """The hub in which packs of worlds are laid, and its doors."""

    hub: World
    packer: Packer
    pack: Pack = field(default_factory=lambda: Pack([]))
    places: dict[str, int] = field(default_factory=dict)
    # What the feed of each reader said of this pack.
    feeds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def lay(self, worlds: Sequence[Any], *, indexed: bool = True) -> None:
        """Put these worlds in the place of those before; the search needs them indexed."""
        with self.hub.app.app_context(), self.hub.unit_of_work() as session:
            self.pack = self.packer.write(session, worlds)
        # A reader leaves the index of places to all; within a writing transaction it would be made
        # anew for each case.
        with self.hub.app.extensions["hub.db"].read_only() as session:
            facts_of_places(session)
        if indexed:
            with self.hub.app.app_context(), self.hub.unit_of_work() as session:
                rebuild(session)
        self.places = {case_id: n for n, case_id in enumerate(self.pack.ids)}
        for ids in self.pack.others.values():
            self.places |= {record_id: n for n, record_id in ids.items()}
        self.feeds = {}

    def caller(self, reader: Reader) -> Caller:
        """The reader with a token."""
        return self.hub.as_(reader.name)


def facts_of(view: dict[str, Any] | None, number: int) -> frozenset[str]:
    """Everything that a view of a case says, as facts; a mark of another case is a fact as well."""
    if view is None:
        return frozenset({"tombstone"})
    return said_by(view, number, KEYS)


def said_by(view: dict[str, Any], number: int, keys: frozenset[str]) -> frozenset[str]:
    """The same of a view whose keys of its own are these."""
    found = {f"has:{key}" for key in keys & view.keys()}
    for other, names in marks(json.dumps(view, ensure_ascii=False)).items():
        found |= names if other == number else {f"{name} of another" for name in names}
    access = view.get("access") or {}
    return frozenset(found | {f"announced:{group}" for group in access.get("gray_groups", ())})


def pages(caller: Caller, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        answer = caller.get(path, cursor=cursor, **query)
        if answer.status != 200:
            assert answer.status == 403, (path, answer.body)
            return
        yield answer.body
        cursor = answer.body["next"]
        if cursor is None:
            return


def whole(answer: Answer) -> Facts:
    assert answer.status in (200, 403), answer.body
    return marks(answer.body if isinstance(answer.body, str) else json.dumps(answer.body))


def api_list(oracle: Oracle, caller: Caller) -> Facts:
    """GET /cases."""
    items = [item for page in pages(caller, "/cases", limit=200) for item in page["items"]]
    return {oracle.places[i["id"]]: facts_of(i, oracle.places[i["id"]]) for i in items}


def page_list(_oracle: Oracle, caller: Caller) -> Facts:
    """The page of cases, leaf by leaf."""
    text, cursor = "", ""
    while True:
        answer = caller.page(f"/cases?cursor={cursor}")
        text += answer.body
        more = re.search(r"cursor=([\w-]+)", answer.body.partition("case-list")[2])
        if answer.status != 200 or more is None:
            return marks(text)
        cursor = more.group(1)


def csv(_oracle: Oracle, caller: Caller) -> Facts:
    """The list for spreadsheets."""
    return whole(caller.get("/cases.csv"))


def geojson(_oracle: Oracle, caller: Caller) -> Facts:
    """The list for maps: only what shows its place."""
    return whole(caller.get("/cases.geojson"))


def ogc(_oracle: Oracle, caller: Caller) -> Facts:
    """OGC API Features."""
    return whole(caller.get("/ogc/collections/cases/items", limit=1000))


def feed(oracle: Oracle, caller: Caller) -> Facts:
    """The feed from its beginning; rows of cases alone."""
    return {
        oracle.places[row["id"]]: facts_of(row["view"], oracle.places[row["id"]])
        for row in rows(oracle, caller)
        if row["kind"] == "case"
    }


def feed_shares(oracle: Oracle, caller: Caller) -> Facts:
    """The feed from its beginning; rows of shares alone."""
    return _shares(
        oracle, [r["view"] for r in rows(oracle, caller) if r["kind"] == "share" and r["view"]]
    )


def rows(oracle: Oracle, caller: Caller) -> list[dict[str, Any]]:
    """The whole feed of a reader; read once, whatever kind of rows is asked for."""
    held = oracle.feeds.get(caller.user_id)
    if held is None:
        held = oracle.feeds[caller.user_id] = list(_feed_of(caller))
    return held


def _feed_of(caller: Caller) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        answer = caller.get("/changes", after=after, limit=500)
        if answer.status != 200:
            assert answer.status == 403, answer.body
            return
        yield from answer.body["items"]
        after = answer.body["next"]


def shares(oracle: Oracle, caller: Caller) -> Facts:
    """GET /shares: which shares, and the number of each one's case."""
    return _shares(
        oracle, [item for page in pages(caller, "/shares", limit=200) for item in page["items"]]
    )


def _shares(oracle: Oracle, views: list[dict[str, Any]]) -> Facts:
    found: dict[int, frozenset[str]] = {}
    for view in views:
        number = oracle.pack.shares[view["id"]]
        found[number] = frozenset({"number"} & facts_of(view, number))
    return found


def home(_oracle: Oracle, caller: Caller) -> Facts:
    """The overview: what waits, what changed lately."""
    return marks(caller.page("/").body)


def search(name: str) -> Callable[[Oracle, Caller], Facts]:
    """Searching for the mark of one field: results, excerpts, number and facets."""

    def door(oracle: Oracle, caller: Caller) -> Facts:
        found: Facts = {}
        leaves = list(pages(caller, "/search", q=MARKS[name], limit=100))
        for item in (item for leaf in leaves for item in leaf["items"]):
            number = oracle.places[item["id"]]
            said = [item["number"], item["title"], *map(_joined, item["snippets"])]
            found[number] = marks(" ".join(map(str, said)))[number] | {"found"}
        if leaves:
            counted = {
                f"{facet['name']}:{value['value']}:{value['count']}"
                for facet in leaves[0]["facets"]
                if facet["name"] in ("stage", "category", "district")
                for value in facet["values"]
            }
            found[TOGETHER] = frozenset(counted | {f"total:{leaves[0]['total']}"})
        return found

    return door


def _joined(snippet: dict[str, Any]) -> str:
    return "".join(part["text"] for part in snippet["parts"])


def filtered(name: str) -> Callable[[Oracle, Caller], Facts]:
    """The list filtered by the mark of one field."""

    def door(oracle: Oracle, caller: Caller) -> Facts:
        leaves = pages(caller, "/cases", q=MARKS[name], limit=200)
        items = [item for leaf in leaves for item in leaf["items"]]
        return {oracle.places[item["id"]]: frozenset({"found"}) for item in items}

    return door


def search_csv(oracle: Oracle, caller: Caller) -> Facts:
    """The results of a search for spreadsheets."""
    return whole(caller.get("/search.csv", q=MARKS["description"]))


LISTS: dict[str, Callable[[Oracle, Caller], Facts]] = {
    "list": api_list,
    "feed": feed,
    "page": page_list,
    "csv": csv,
    "geojson": geojson,
    "ogc": ogc,
    "shares": shares,
    "feed of shares": feed_shares,
    "home": home,
    "search.csv": search_csv,
    **{f"search:{n}": search(n) for n in MARKS if n not in ("person", "witness")},
    **{f"filter:{n}": filtered(n) for n in MARKS},
}
ITEMS: dict[str, str] = {
    "detail": "/api/v1/cases/{case}",
    "detail page": "/cases/{case}",
    "feature": "/ogc/collections/cases/items/{case}",
    "file": "/api/v1/files/{file}",
}


def look(oracle: Oracle, door: str, reader: Reader) -> Sight:
    """Open a door that shows many cases."""
    return Sight(door, reader, LISTS[door](oracle, oracle.caller(reader)))


def look_at(oracle: Oracle, door: str, reader: Reader, numbers: Sequence[int]) -> Sight:
    """Open a door of single cases, for these worlds."""
    facts = {}
    caller = oracle.caller(reader)
    for n in numbers:
        path = ITEMS[door].format(case=oracle.pack.ids[n], file=oracle.pack.files[n])
        if door == "file":
            facts[n] = frozenset({"files"} if fetch(caller, path)[0] == 200 else ())
            continue
        answer = caller.page(path) if door == "detail page" else caller.get(path)
        facts[n] = _item(door, answer, n)
    return Sight(door, reader, facts, frozenset(numbers))


def _item(door: str, answer: Answer, number: int) -> frozenset[str]:
    assert answer.status in (200, 403, 404), (door, answer.status, answer.body)
    if door == "detail":
        return facts_of(answer.body, number) if answer.status == 200 else frozenset()
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return marks(text).get(number, frozenset())
