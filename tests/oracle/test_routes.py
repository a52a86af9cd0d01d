"""Every route is for whom the registry says, and refuses all others (SECURITY goal G5).

Called by nobody, by four people of a bureau that has nothing to do with the records, by a partner,
and by the three administrators of the owner.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pytest
from apiflask import APIFlask

from hub.app import create_app
from hub.realtime.namespace import HubNamespace
from tests.conftest import copied, settings_for
from tests.oracle.calling import (
    ABSENT,
    Route,
    a_record_of_each_kind,
    body_of,
    query_of,
    routes,
)
from tests.oracle.routes import CLASSES, EVENTS, class_of
from tests.support.world import World

# Rights are decided before the database is asked; the oracle looks through both.
pytestmark = pytest.mark.once

STRANGERS = ("nanxun-official", "nanxun-officer1", "nanxun-planner", "nanxun-liaison")
ADMINISTRATORS = {f"wuxing-{name}": name for name in ("sysadmin", "secadmin", "auditor")}
RECORDS = ("shared", "own")
# Input that is not understood is said to be so before anybody asks whose record it is.
REFUSED = {403, 404, 422}


@pytest.fixture(scope="module")
def hub(template, tmp_path_factory) -> Iterator[World]:
    """A hub with a record of each kind, for all tests of the module."""
    folder = tmp_path_factory.mktemp("routes")
    with copied(template, folder) as url:
        app = create_app(settings_for(url, folder / "data"))
        yield World(app, url, str(folder / "data"))
        app.extensions["hub.db"].dispose()


@pytest.fixture(scope="module")
def ids(hub) -> dict[str, str]:
    """Ids of Wuxing's records, by the name that addresses give them."""
    return a_record_of_each_kind(hub)


@lru_cache(maxsize=1)
def description(app: APIFlask) -> Mapping[str, Any]:
    """The hub's description of itself, which takes long to make."""
    with app.app_context():
        return app.spec


def call(hub: World, route: Route, ids: Mapping[str, str], who: str | None) -> tuple[int, Any]:
    """Status and body of a call with the plainest valid input."""
    spec = description(hub.app)
    body, api = body_of(spec, route), route.rule.startswith(("/api", "/ogc"))
    headers = {"Accept": "application/json" if api else "text/html"}
    if route.method != "GET":
        headers["If-Match"] = '"1"'
    if who is not None:
        headers["Authorization"] = f"Bearer {hub.as_(who).token}"
    with hub.app.test_client() as client:
        answer = client.open(
            route.path(ids), method=route.method, headers=headers,
            query_string=query_of(spec, route, ids),
            data=None if body is None else json.dumps(body),
            content_type=None if body is None else "application/json",
        )  # fmt: skip
        said = answer.get_json(silent=True)
        answer.close()
    assert answer.status_code < 500, (route, who)
    return answer.status_code, said


def of_class(hub: World, *names: str) -> list[Route]:
    return [route for route in routes(hub) if class_of(route) in names]


def test_every_row_of_the_registry_is_a_route_and_stands_there_once(hub):
    placed = Counter(endpoint for endpoints in CLASSES.values() for endpoint in endpoints)
    assert placed.keys() - {route.endpoint for route in routes(hub)} == set()
    assert [endpoint for endpoint, count in placed.items() if count > 1] == []


def test_every_socket_event_has_one_too():
    heard = {name.removeprefix("on_") for name in vars(HubNamespace) if name.startswith("on_")}
    assert heard == EVENTS.keys()


def test_nobody_gets_nothing_but_what_is_public(hub, ids):
    wrong = {}
    for route in routes(hub):
        if class_of(route) != "public":
            status, _said = call(hub, route, ids, None)
            # A page leads to the sign-in; a write without the page's token is refused before that.
            if status not in ({302, 401} if route.method == "GET" else {401, 403}):
                wrong[route.endpoint, route.method] = status
    assert not wrong


def test_to_a_stranger_no_record_exists(hub, ids):
    nothing = dict.fromkeys(ids, ABSENT) | {"number": "1", "name": "cases"}
    wrong = {}
    for route in of_class(hub, *RECORDS, "reviewed"):
        # Among the four roles somebody gets past his own rights, to the record that is not there.
        for who in STRANGERS:
            status, said = call(hub, route, ids, who)
            if status not in (403, 422):
                break
        absent = call(hub, route, nothing, who)
        if status not in (404, 422) or _without_traces((status, said)) != _without_traces(absent):
            wrong[route.endpoint, route.method, who] = status, absent[0]
    assert not wrong


def _without_traces(answer: tuple[int, Any]) -> tuple[int, Any]:
    status, said = answer
    kept = {k: v for k, v in said.items() if k not in ("request_id", "instance")} if said else said
    return status, kept


def test_to_a_partner_what_is_the_owners_alone_does_not_exist(hub, ids):
    people = ("wujiang-official", "wujiang-officer1")
    wrong = {
        (route.endpoint, who): status
        for route in of_class(hub, "own", "reviewed")
        for who in people
        if (status := call(hub, route, ids, who)[0]) not in REFUSED
    }
    assert not wrong


@pytest.mark.parametrize("who", ADMINISTRATORS)
def test_an_administrator_sees_no_work(hub, ids, who):
    wrong = {}
    for route in of_class(hub, "work", *RECORDS):
        status, _said = call(hub, route, ids, who)
        if status not in ({403, 404} if route.method == "GET" else REFUSED):
            wrong[route.endpoint, route.method] = status
    assert not wrong


@pytest.mark.parametrize("who", ["wuxing-sysadmin", "wuxing-secadmin"])
def test_checkpoints_are_not_for_the_other_administrators(hub, ids, who):
    said = {route.endpoint: call(hub, route, ids, who)[0] for route in of_class(hub, "witnessed")}
    assert set(said.values()) == {403}


# Classes that are for several: administrators, and of those who work the officials.
SEVERAL = {
    "admins": {"sysadmin", "secadmin"},
    "confirmed": {"secadmin", "official"},
    "accounts": {"sysadmin", "secadmin", "official"},
    "store": {"sysadmin", "auditor"},
}


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditor", *SEVERAL])
def test_what_is_for_one_administrator_is_for_no_other_and_for_nobody_else(hub, ids, name):
    theirs = SEVERAL.get(name, {name})
    roles = [
        role for role in (*ADMINISTRATORS.values(), "official", "planner") if role not in theirs
    ]
    others = [f"wuxing-{role}" for role in roles] + [f"nanxun-{role}" for role in roles[-2:]]
    wrong = {}
    for route in of_class(hub, name):
        for who in others:
            status, _said = call(hub, route, ids, who)
            if status not in ({403} if route.method == "GET" else REFUSED):
                wrong[route.endpoint, who] = status
        if route.method == "GET":
            for role in theirs:
                assert call(hub, route, ids, f"wuxing-{role}")[0] == 200, route
    assert not wrong


def test_of_emergencies_one_administrator_is_told_and_the_others_are_not(hub, ids):
    wrong = {}
    for route in of_class(hub, "alerted", "reviewed"):
        for who in ("wuxing-sysadmin", "wuxing-auditor"):
            status, _said = call(hub, route, ids, who)
            if status not in ({403, 404} if route.method == "GET" else REFUSED):
                wrong[route.endpoint, who] = status
        if route.method == "GET":
            for who in ("wuxing-secadmin", "wuxing-official"):
                assert call(hub, route, ids, who)[0] == 200, route
    assert not wrong


def test_every_list_is_for_somebody_who_works(hub, ids):
    people = ("wuxing-official", "wuxing-officer1", "wuxing-planner", "wuxing-liaison")
    refused = [
        route.endpoint
        for route in of_class(hub, "work", "person")
        if route.method == "GET"
        and all(call(hub, route, ids, who)[0] not in (200, 302) for who in people)
    ]
    assert not refused
