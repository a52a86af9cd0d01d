"""The doors of findings, requests and petitions, as facts about each world; see `doors.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.oracle.doors import Oracle, Sight, pages, rows, said_by, whole
from tests.oracle.marks import ALL, Facts, marks
from tests.oracle.others import COURSE_FIELDS, FINDING_FIELDS
from tests.oracle.petitions import KEYS as PETITION_KEYS
from tests.oracle.values import Reader
from tests.support.field import fetch
from tests.support.world import Caller

FINDING_KEYS = frozenset().union(*FINDING_FIELDS.values(), *COURSE_FIELDS.values())
NO_KEYS: frozenset[str] = frozenset()
# The doors of single records whose keys are compared.
KEYS_OF = {"finding": FINDING_KEYS, "petition": PETITION_KEYS}


def findings(oracle: Oracle, caller: Caller) -> Facts:
    """GET /findings."""
    return _listed(oracle, caller, "/findings", FINDING_KEYS)


def requests(oracle: Oracle, caller: Caller) -> Facts:
    """GET /requests."""
    return _listed(oracle, caller, "/requests", NO_KEYS)


def petitions(oracle: Oracle, caller: Caller) -> Facts:
    """GET /petitions."""
    return _listed(oracle, caller, "/petitions", PETITION_KEYS)


def _listed(oracle: Oracle, caller: Caller, path: str, keys: frozenset[str]) -> Facts:
    items = [item for leaf in pages(caller, path, limit=200) for item in leaf["items"] if item]
    return {oracle.places[i["id"]]: said_by(i, oracle.places[i["id"]], keys) for i in items}


def _told(kind: str, keys: frozenset[str]) -> Callable[[Oracle, Caller], Facts]:
    """The feed from its beginning; rows of one kind alone."""

    def door(oracle: Oracle, caller: Caller) -> Facts:
        facts = {}
        for row in rows(oracle, caller):
            if row["kind"] == kind:
                number, view = oracle.places[row["id"]], row["view"]
                facts[number] = said_by(view, number, keys) if view else frozenset({"tombstone"})
        return facts

    return door


def _csv(path: str, **query: int) -> Callable[[Oracle, Caller], Facts]:
    return lambda _oracle, caller: whole(caller.get(path, **query))


def _leaves(path: str) -> Callable[[Oracle, Caller], Facts]:
    """A list for people, leaf by leaf."""

    def door(_oracle: Oracle, caller: Caller) -> Facts:
        text, cursor = "", ""
        while True:
            answer = caller.page(f"{path}?cursor={cursor}")
            text += answer.body
            more = re.search(r"cursor=([\w-]+)", answer.body.partition("</h1>")[2])
            if answer.status != 200 or more is None or more.group(1) == cursor:
                return marks(text)
            cursor = more.group(1)

    return door


def _searched(name: str) -> Callable[[Oracle, Caller], Facts]:
    """The search for the mark of one field."""

    def door(oracle: Oracle, caller: Caller) -> Facts:
        leaves = pages(caller, "/search", q=ALL[name], limit=100)
        items = [item for leaf in leaves for item in leaf["items"]]
        return {oracle.places[item["id"]]: frozenset({"found"}) for item in items}

    return door


def _narrowed(path: str, name: str) -> Callable[[Oracle, Caller], Facts]:
    """A list narrowed by the mark of one field."""

    def door(oracle: Oracle, caller: Caller) -> Facts:
        leaves = pages(caller, path, q=ALL[name], limit=200)
        items = [item for leaf in leaves for item in leaf["items"] if item]
        return {oracle.places[item["id"]]: frozenset({"found"}) for item in items}

    return door


LISTS: dict[str, Callable[[Oracle, Caller], Facts]] = {
    "findings": findings,
    "requests": requests,
    "petitions": petitions,
    "feed of findings": _told("finding", FINDING_KEYS),
    "feed of requests": _told("request", NO_KEYS),
    "feed of petitions": _told("petition", PETITION_KEYS),
    "findings.csv": _csv("/findings.csv"),
    "requests.csv": _csv("/requests.csv"),
    "petitions.csv": _csv("/petitions.csv"),
    "petitions.geojson": _csv("/petitions.geojson"),
    "petitions ogc": _csv("/ogc/collections/petitions/items", limit=1000),
    "findings ogc": _csv("/ogc/collections/findings/items", limit=1000),
    "findings page": _leaves("/findings"),
    "requests page": _leaves("/requests"),
    "petitions page": _leaves("/petitions"),
    "finding filter:finding.text": _narrowed("/findings", "finding.text"),
    "request filter:request.body": _narrowed("/requests", "request.body"),
    "petition filter:petition.text": _narrowed("/petitions", "petition.text"),
}
SEARCHED = ("finding.number", "finding.text", "finding.recorded_by_name", "finding.files",
            "petition.text", "petition.said", "petition.said_privately")  # fmt: skip
SEARCH: dict[str, Callable[[Oracle, Caller], Facts]] = {
    f"{name.partition('.')[0]} search:{name}": _searched(name) for name in SEARCHED
}
# Doors of single records, with the record that each opens.
ITEMS: dict[str, tuple[str, str]] = {
    "finding": ("finding", "/api/v1/findings/{}"),
    "finding page": ("finding", "/findings/{}"),
    "request": ("request", "/api/v1/requests/{}"),
    "request page": ("request", "/requests/{}"),
    "petition": ("petition", "/api/v1/petitions/{}"),
    "petition page": ("petition", "/petitions/{}"),
    "petition feature": ("petition", "/ogc/collections/petitions/items/{}"),
    "workspace": ("request", "/api/v1/requests/{}/workspace"),
    "workspace.csv": ("request", "/api/v1/requests/{}/workspace.csv"),
    **{
        f"file of {name}": (name, "/api/v1/files/{}")
        for name in (
            "finding.files", "finding.after_files", "request.sender_file",
            "request.sender_file_later", "request.receiver_file", "request.receiver_file_later",
            "item.sender_item", "item.receiver_item",
        )
    },
}  # fmt: skip


def look_at(oracle: Oracle, door: str, reader: Reader, numbers: Sequence[int]) -> Sight:
    """Open a door of single records in these worlds, where there is one."""
    of, path = ITEMS[door]
    caller, facts = oracle.caller(reader), {}
    for n in numbers:
        record_id = oracle.pack.others[of].get(n)
        if record_id is not None:
            facts[n] = _opened(caller, door, path.format(record_id), n)
    return Sight(door, reader, facts, frozenset(facts))


def _opened(caller: Caller, door: str, path: str, number: int) -> frozenset[str]:
    if door.startswith("file of"):
        return frozenset({"opened"} if fetch(caller, path)[0] == 200 else ())
    answer = caller.page(path) if door.endswith("page") else caller.get(path)
    assert answer.status in (200, 403, 404), (door, answer.status, answer.body)
    if answer.status != 200:
        return frozenset()
    if isinstance(answer.body, dict):
        return said_by(answer.body, number, KEYS_OF.get(door, NO_KEYS))
    return marks(answer.body).get(number, frozenset())
