"""The number of queries of a page does not grow with the rows it shows."""

from __future__ import annotations

import pytest

from hub.search.indexing import rebuild
from tests.support.cases import new_case
from tests.support.world import World


def sent_for(world: World, who: str, path: str) -> tuple[int, int]:
    """Queries sent and rows shown, once everything that is made once was made."""
    caller = world.as_(who)
    caller.get(path, q="偷排")
    with world.hearing("before_cursor_execute") as sent:
        body = caller.get(path, q="偷排").body
    rows = body.get("items") or body.get("features")
    return len(sent), len(rows)


@pytest.mark.parametrize("who", ["changxing-officer1", "yixing-liaison"])
@pytest.mark.parametrize("path", ["/cases", "/cases.geojson", "/search", "/search/suggestions"])
def test_more_rows_need_no_more_queries(world, who, path):
    for _ in range(2):
        new_case(world)
    few, few_rows = sent_for(world, who, path)
    for _ in range(5):
        new_case(world)
    many, many_rows = sent_for(world, who, path)
    assert many_rows > few_rows
    assert many == few


def test_the_index_is_made_anew_with_as_many_queries_for_more_records(world):
    def made_anew() -> int:
        with world.app.app_context(), world.unit_of_work() as session:
            rebuild(session)
            with world.hearing("before_cursor_execute") as sent:
                rebuild(session)
        return len(sent)

    new_case(world)
    few = made_anew()
    for _ in range(3):
        new_case(world)
    assert made_anew() == few
