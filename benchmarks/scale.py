"""What one reader waits for as the hub grows: lists, search and map of 200 bureaus' cases.

BENCH_CASES (default "10000,100000") names the sizes, `10000,100000,1000000` where there is time.
On PostgreSQL, in a database of its own; in process, so without the network. The baseline of each
size is the smallest one: what grows with the table shows as a ratio below 1.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

import shapely
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.hubs import prepared, scratch_database, settings_of
from benchmarks.result import Result
from hub.app import create_app
from hub.bureaus.models import Bureau, Jurisdiction
from hub.db import Base
from hub.search.tokens import marked
from sharing.models import Base as SharingBase

SIZES = [int(size) for size in os.environ.get("BENCH_CASES", "10000,100000").split(",")]
BUREAUS = 200
AGREEMENTS = 500
REQUESTS = 20
READER, OWNER = "yixing-liaison", "changxing"
PHRASES = (
    "太湖岸边偷排废水", "印染厂夜间暗管", "界河垃圾堆放", "砖瓦厂废气扰民", "危险废物去向不明",
    "养殖尾水直排", "雨水口异常出流", "工地扬尘", "噪声投诉", "电镀废液桶",
)  # fmt: skip
ASKED = {
    "list of cases": ("/api/v1/cases", {"limit": "50"}),
    "list of cases, narrowed": ("/api/v1/cases", {"limit": "50", "stage": "review"}),
    "list of cases, by words": ("/api/v1/cases", {"limit": "50", "q": "电镀废液"}),
    "map of cases": ("/api/v1/cases.geojson", {"category": "noise"}),
    "search": ("/api/v1/search", {"q": "电镀废液"}),
    "search, suggestions": ("/api/v1/search/suggestions", {"q": "暗管"}),
}
_ID = "'01900000-0000-7000-8{kind}00-' || lpad(to_hex(g), 12, '0')"


def _clone(table: str, source: str, count: str, **changed: str) -> str:
    """INSERT of copies of one row, with some columns computed from their number g."""
    tables = Base.metadata.tables | SharingBase.metadata.tables
    names = [column.name for column in tables[table].columns]
    values = [changed.get(name, f"source.{name}") for name in names]
    # Names and expressions are this file's own.
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM ({source}) AS source, generate_series(1, {count}) AS g"
    )


def _bureaus(connection: Connection) -> None:
    jurisdiction = dict(connection.execute(select(Jurisdiction.__table__).limit(1)).one()._mapping)
    bureau = dict(connection.execute(select(Bureau.__table__).limit(1)).one()._mapping)
    have = connection.scalar(text("SELECT count(*) FROM bureau")) or 0
    for number in range(BUREAUS - have):
        west, south = 122.5 + number % 14 * 0.01, 29.0 + number // 14 * 0.01
        box = shapely.box(west, south, west + 0.005, south + 0.005)
        adcode = f"9{number:05}"
        edges = {"west": west, "south": south, "east": west + 0.005, "north": south + 0.005}
        row = jurisdiction | edges | {"adcode": adcode, "shape": shapely.to_wkb(box)}
        connection.execute(Jurisdiction.__table__.insert(), row)
        named = {"id": f"bench-bureau-{number}", "code": f"bench{number}", "adcode": adcode}
        connection.execute(Bureau.__table__.insert(), bureau | named)


def _agreements(connection: Connection) -> None:
    """Copies of the agreement in force, each between two bureaus that it does not bind yet."""
    source = "SELECT * FROM agreement WHERE title_en LIKE 'Changxing%'"
    of_it = "(SELECT id FROM agreement WHERE title_en LIKE 'Changxing%' LIMIT 1)"
    agreement_id = _ID.format(kind="a")
    bureau = "(SELECT (array_agg(id ORDER BY id))[1 + (g {shift}) % {n}] FROM bureau)"
    for statement in (
        _clone("agreement", source, str(AGREEMENTS), id=agreement_id, number="'协' || g",
               title_en="'Copy ' || g"),
        _clone("agreement_version",
               f"SELECT * FROM agreement_version WHERE agreement_id = {of_it}",  # noqa: S608
               str(AGREEMENTS), agreement_id=agreement_id),
        *(
            _clone("agreement_party", "SELECT 1", str(AGREEMENTS), agreement_id=agreement_id,
                   bureau_id=bureau.format(shift=shift, n=BUREAUS))
            for shift in ("", "+ 1 + g / 200")
        ),
    ):  # fmt: skip
        connection.execute(text(statement))


def _cases(connection: Connection, first: int, last: int) -> None:
    """Cases first..last, each bureau's in turn; all of one owner's are shared to the reader."""
    connection.execute(
        text(
            "CREATE TEMP TABLE owners ON COMMIT DROP AS"
            " SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM bureau"
        )
    )
    owner = f"(SELECT id FROM owners WHERE n = g % {BUREAUS})"  # noqa: S608
    phrases = "ARRAY[" + ", ".join(f"'{phrase}'" for phrase in PHRASES) + "]"
    marks = [" ".join(marked({"basics": [phrase]})) for phrase in PHRASES]
    tokens = "ARRAY[" + ", ".join(f"'{mark}'" for mark in marks) + "]"
    stages = "(ARRAY['lead','filed','review','decided','closed'])[1 + g / 7 % 5]"
    kinds = "(ARRAY['water','air','noise','solid_waste'])[1 + g / 3 % 4]"
    of_share = (
        "SELECT share.* FROM share JOIN bureau ON bureau.id = partner_bureau_id"
        " WHERE bureau.code = 'yixing' AND share.kind = 'case' AND share.state = 'active' LIMIT 1"
    )
    of_case = f"SELECT * FROM case_record WHERE id = (SELECT record_id FROM ({of_share}) s)"  # noqa: S608
    case_id, phrase = _ID.format(kind="c"), "[1 + g / 11 % 10]"
    series = f"{last - first + 1}"
    moved = {"g": f"(g + {first - 1})"}

    def numbered(expression: str) -> str:
        return expression.replace("to_hex(g)", f"to_hex{moved['g']}").replace(
            "g %", f"{moved['g']} %"
        ).replace("g /", f"{moved['g']} /")  # fmt: skip

    number = f"'BENCH' || {moved['g']}"
    statements = [
        _clone("case_record", of_case, series, id=numbered(case_id), number=number,
               owner_bureau_id=numbered(owner), title=f"({phrases}){numbered(phrase)}",
               stage=numbered(stages), category=numbered(kinds)),
        _clone("search_record", "SELECT * FROM search_record WHERE kind = 'case' LIMIT 1", series,
               id=f"1000000 + {moved['g']}", record_id=numbered(case_id),
               owner_bureau_id=numbered(owner), classification="1",
               stage=numbered(f"'case.' || {stages}"), category=numbered(kinds),
               tokens=f"(({tokens}){numbered(phrase)} || ' existence0wbench' || {moved['g']})"
                      "::tsvector"),
    ]  # fmt: skip
    for statement in statements:
        connection.execute(text(statement))
    names = [column.name for column in SharingBase.metadata.tables["share"].columns]
    share = {"id": "'5' || substr(c.id, 2)", "record_id": "c.id"}
    values = ", ".join(share.get(name, f"source.{name}") for name in names)
    connection.execute(
        text(
            f"INSERT INTO share ({', '.join(names)}) SELECT {values} FROM ({of_share}) AS source"  # noqa: S608
            " JOIN case_record c ON c.owner_bureau_id = source.owner_bureau_id"
            " WHERE NOT EXISTS (SELECT 1 FROM share s WHERE s.record_id = c.id)"
        )
    )


def _p95_ms(app: Any, token: str, path: str, query: dict[str, str]) -> float:
    took = []
    with app.test_client() as client:
        for number in range(REQUESTS + 3):
            began = time.perf_counter()
            answer = client.get(path, headers={"Authorization": f"Bearer {token}"},
                                query_string=query)  # fmt: skip
            if number >= 3:
                took.append((time.perf_counter() - began) * 1e3)
            assert answer.status_code == 200, answer.text
            body = answer.get_json()
            assert body.get("items") or body.get("features"), "nothing was found"
    return quantiles(took, n=20)[-1]


def _measure(url: str, token: str) -> Iterator[Result]:
    engine = create_engine(url)
    with engine.begin() as connection:
        _bureaus(connection)
        _agreements(connection)
    base: dict[str, float] = {}
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_of(folder, url))
        for size in SIZES:
            with engine.begin() as connection:
                _cases(connection, done + 1, size)
            done = size
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            for name, (path, query) in ASKED.items():
                figure = _p95_ms(app, token, path, query)
                base.setdefault(name, figure)
                yield Result(
                    f"p95 of {name}, {size:,} cases",
                    figure,
                    "ms",
                    f"{SIZES[0]:,} cases",
                    base[name],
                    better="smaller",
                )
        app.extensions["hub.db"].dispose()
    engine.dispose()


def run() -> Iterator[Result | str]:
    """Milliseconds of one request, one at a time."""
    try:
        with (
            scratch_database("lianfang_bench_scale") as url,
            prepared(READER, database_url=url) as hub,
        ):
            yield from _measure(url, hub.tokens[0])
    except SQLAlchemyError as error:
        yield f"skipped: {str(error).splitlines()[0]}"
