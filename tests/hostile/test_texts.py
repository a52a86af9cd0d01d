"""Texts that want to run, in everything that people can type, on every page that shows it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import docx
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hub.accounts.models import User
from tests.conftest import Running, missing
from tests.hostile.documents import LOOKS, faults
from tests.hostile.pages import (
    MOST_SCRIPT,
    OPENED,
    WATCH,
    addresses,
    first_reader,
    people,
    read,
    rule_of,
    visit,
)
from tests.hostile.pages import harm as harm_of
from tests.hostile.payloads import ADDRESSES, ATTRIBUTES, MARKUP, PAYLOADS
from tests.hostile.planted_changxing import plant_changxing
from tests.hostile.planted_wuxing import plant_wuxing
from tests.hostile.planting import HostileWorld, hostile
from tests.oracle.calling import query_of, routes
from tests.support.browser import CHROMIUM, Browsers, Person, open_browsers
from tests.support.cases import in_zone, new_case
from tests.support.field import fetch
from tests.support.live import LiveHub

pytestmark = [pytest.mark.once, pytest.mark.timeout(900)]

# Pages that scripts fill: in each run those where they do most, all of them with LIANFANG_WHOLE=1.
VISITED = OPENED if os.environ.get("LIANFANG_WHOLE") == "1" else MOST_SCRIPT
PAIRS = (("wuxing", "wujiang"), ("changxing", "yixing"))
# Answers to what was asked, shown where the question is; and what would end the story.
ELSEWHERE = {
    ("/api/v1/account-changes/{change_id}/refuse", "reason"),
    ("/api/v1/agreements/{agreement_id}/terminate", "reason"),
    ("/api/v1/calendar/import", "source"),
    ("/api/v1/cases/{case_id}/approvals/{approval_id}/grant", "answer"),
    ("/api/v1/cases/{case_id}/approvals/{approval_id}/grant", "minutes_number"),
    ("/api/v1/findings/{finding_id}/uploads", "name"),
    ("/api/v1/keys/imports/{import_id}/withdraw", "reason"),
    ("/api/v1/keys/{key_id}/revoke", "reason"),
    ("/api/v1/matches/marks", "note"),
    ("/api/v1/meetings/{meeting_id}/acts", "text"),
    ("/api/v1/people/{user_id}/sign-in-code", "reason"),
    ("/api/v1/shares/{share_id}/access-request/refuse", "reason"),
    ("/api/v1/shares/{share_id}/access-request/withdraw", "reason"),
    ("/api/v1/shares/{share_id}/onward/{wish_id}/refuse", "reason"),
    ("/api/v1/shares/{share_id}/refuse", "reason"),
    ("/api/v1/requests/{request_id}/acts", "document_number"),
    ("/api/v1/zones", "note"),
}


def rename(world: HostileWorld) -> None:
    """Give everybody a name that wants to run (a name is set once, when the account is made)."""
    with world.unit_of_work() as session:
        for user in session.scalars(select(User)):
            user.name = f"{world.planter.text(100)} {user.name}"


def unplanted(world: HostileWorld) -> set[tuple[str, str]]:
    """Free texts of the API that the story did not write, neither when made nor when changed."""
    done = world.planter.planted
    return {
        (path, field)
        for path, field in world.planter.free_texts() - done - ELSEWHERE
        if not path.endswith("/preview")
        and not any((whole, field) in done for whole in wholes(path))
    }


def wholes(path: str) -> list[str]:
    """The addresses where a record is made whose change has this address."""
    return [path.rpartition("/")[0], path.replace("/{patrol_id}/plan", "")]


@dataclass(frozen=True)
class Planted:
    """The hub, those who write in it, and of each pair the ids of what was written."""

    hub: LiveHub
    world: HostileWorld
    ids: tuple[dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def planted(running: Running) -> Planted:
    """A running hub in which everybody wrote everything."""
    world = hostile(running.world)
    rename(world)
    return Planted(running.hub, world, (plant_wuxing(world), plant_changxing(world)))


@pytest.fixture
def browsers(planted: Planted) -> Iterator[Browsers]:
    """Browsers on that hub."""
    if CHROMIUM is None:
        missing("Chromium")
    with open_browsers(planted.hub.url) as opened:
        yield opened


def test_every_free_text_of_the_api_was_written(planted: Planted):
    assert len(PAYLOADS) >= 60
    assert unplanted(planted.world) == set()


def test_no_text_runs_on_any_page(planted: Planted, browsers: Browsers):
    reader = browsers.person()
    assert_the_look_finds_what_runs(reader)
    harm: list[str] = []
    visits: dict[str, list[str]] = {}
    opened: set[str] = set()
    for ids, (first, second), lists in zip(planted.ids, PAIRS, (0, 1), strict=True):
        for number, bureau in enumerate((first, second)):
            pages = []
            for route, path in addresses(planted.world, ids, details=number != lists):
                found = first_reader(planted.world, route, path, bureau)
                if found is None:
                    continue
                pages.append((f"{found[0]} {path}", found[1]))
                rule = rule_of(route)
                if rule in VISITED - opened:
                    opened.add(rule)
                    visits.setdefault(found[0], []).append(path)
            harm += read(reader, pages)
    for number, (who, paths) in enumerate(visits.items()):
        # A policy hides what it stops: some have none, so that what would run does.
        person = watched(browsers, who, bypass_csp=number % 2 == 1)
        for path in paths:
            harm += [f"{who} {one}" for one in visit(person, path)]
    harm += live(planted.world, browsers)
    assert not harm, "\n".join(harm)
    browsers.check()


def assert_the_look_finds_what_runs(reader: Person) -> None:
    """Let in as it is, each of these is found; else the look would prove nothing."""
    for text in MARKUP:
        assert read(reader, [("x", f"<!doctype html><body><p>{text}</p>")]), text
    for text in ATTRIBUTES[:-1]:
        forms = [f"<!doctype html><body><p title={q}{text}{q}>" for q in ("'", '"', "")]
        assert any(read(reader, [("x", form)]) for form in forms), text
    for text in ADDRESSES:
        assert read(reader, [("x", f'<!doctype html><body><a href="{text}">x</a>')]), text


def watched(browsers: Browsers, username: str, **options: bool) -> Person:
    """A person whose pages tell what ran in them."""
    person = browsers.person(**options)  # type: ignore[arg-type]
    person.context.add_init_script(WATCH)
    return person.sign_in(username)


def test_no_answer_of_the_api_does_harm_where_it_is_opened(planted: Planted):
    """Word, PDF, tables, calendars, tracks, maps, JSON: each read as who opens it would."""
    wrong: list[str] = []
    kinds: set[str] = set()
    for ids, bureau in zip(planted.ids, ("wuxing", "yixing"), strict=True):
        given = ids | {"number": "1", "name": "cases", "key": ids["case_id"], "which": "reply"}
        for form in ("docx", "pdf"):
            for readers, path, query in answers(planted.world, bureau, given | {"form": form}):
                headers, data = first_answer(planted.world, readers, path, query)
                kinds.add(headers.get("Content-Type", "").partition(";")[0])
                wrong += [f"{readers} {path}: {one}" for one in faults(headers, data)]
    assert not wrong, "\n".join(wrong)
    assert {kind for kind in LOOKS if any(one.endswith(kind) for one in kinds)} == set(LOOKS)


def answers(
    world: HostileWorld, bureau: str, ids: Mapping[str, str]
) -> Iterator[tuple[list[str], str, dict[str, Any]]]:
    """Every address of the API that reads, with who may."""
    with world.app.app_context():
        spec = world.app.spec
    for route in routes(world):
        api = route.rule.startswith(("/api", "/ogc"))
        varied = "form" in route.arguments
        wanted = route.method == "GET" and api and route.arguments <= ids.keys()
        if wanted and (varied or ids["form"] == "docx"):
            yield people(world, bureau, route), route.path(ids), query_of(spec, route, ids)


def first_answer(
    world: HostileWorld, readers: list[str], path: str, query: dict[str, Any]
) -> tuple[dict[str, str], bytes]:
    """The answer to the first of these who is let in, or nothing; it holds for all of them."""
    for who in readers:
        bearer = {"Authorization": f"Bearer {world.as_(who).token}"}
        with world.app.test_client() as client:
            answer = client.get(path, headers=bearer, query_string=query)
            data, headers = answer.get_data(), dict(answer.headers)
            answer.close()
        if answer.status_code == 200:
            return headers, data
    return {"X-Content-Type-Options": "nosniff"}, b""


def test_a_letter_holds_the_text_as_it_was_written(planted: Planted):
    caller = planted.world.as_("yixing-official")
    row = caller.get(f"/requests/{planted.ids[1]['request_id']}").body
    letter = next(one for one in row["letters"] if one["name"].endswith("docx"))
    _status, data, _headers = fetch(caller, letter["url"])
    # A long title is broken into even lines, at a space where it has one.
    written = plain("".join(part.text for part in docx.Document(io.BytesIO(data)).paragraphs))
    assert "<" in row["title"] + row["body"] + "".join(row["questions"]) + written
    for text in (row["title"], *row["questions"]):
        assert plain(text) in written


def plain(text: str) -> str:
    """A text without its spaces and line breaks."""
    return "".join(text.split())


def live(world: HostileWorld, browsers: Browsers) -> list[str]:
    """What comes through the socket while somebody looks."""
    person = watched(browsers, "yixing-liaison")
    person.open("/cases")
    person.await_line()
    made = new_case(world, place=in_zone(world), title="刚刚发现的").body
    expect(person.page.locator("body")).to_contain_text(made["number"])
    return [f"live: {one}" for one in harm_of(person.page)]
