"""Filling a hub with 200 bureaus, 500 agreements and as many cases as asked, inside PostgreSQL.

Everything is a copy of what the demo made through the services, with ids, owners, places and words
of its own. Rows are made by the server in one statement a table, without their indexes, which are
built afterwards; a million cases with their index of words, parties, shares and answers take
about two minutes on two cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import shapely
from sqlalchemy import Connection, select, text

from hub.bureaus.models import Bureau, Jurisdiction
from hub.db import Base
from hub.search.tokens import as_partners_read, marked, owner_token, partner_token
from sharing.models import Base as SharingBase

BUREAUS = 200
AGREEMENTS = 500
READER, OWNER = "yixing", "changxing"
PHRASES = (
    "太湖岸边偷排废水", "印染厂夜间暗管", "界河垃圾堆放", "砖瓦厂废气扰民", "危险废物去向不明",
    "养殖尾水直排", "雨水口异常出流", "工地扬尘", "噪声投诉", "电镀废液桶",
)  # fmt: skip
FIRMS = ("某印染厂", "某砖瓦厂", "某电镀厂", "某养殖场", "某建材厂", "某化工厂", "某机械厂")
FILLED = ("case_record", "search_record", "case_party", "share", "receipt")
# All bureaus in one order; the reader's cases are shown to him by every second neighbour.
BUREAU_IDS = "(SELECT array_agg(id ORDER BY id) FROM bureau)"
OF_SHARE = (
    "SELECT share.* FROM share JOIN bureau ON bureau.id = partner_bureau_id"  # noqa: S608
    f" WHERE bureau.code = '{READER}' AND share.kind = 'case' AND share.state = 'active'"
    " AND share.record_id NOT LIKE '01900000%' ORDER BY share.id LIMIT 1"
)
OF_CASE = f"SELECT * FROM case_record WHERE id = (SELECT record_id FROM ({OF_SHARE}) AS s)"  # noqa: S608


def _id(kind: str) -> str:
    return f"'01900000-0000-7000-8{kind}00-' || lpad(to_hex(g), 12, '0')"


def _one_of(values: tuple[str, ...], step: int) -> str:
    """One of some texts by the number g, which moves on every `step`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{listed}])[1 + g / {step} % {len(values)}]"


def _columns(table: str) -> list[str]:
    return [column.name for column in (Base.metadata.tables | SharingBase.metadata.tables)[table].c]


def clone(table: str, source: str, numbers: str, **changed: str) -> str:
    """INSERT of copies of one row, with some columns computed from their number g.

    Args:
        source: a query for the row.
        numbers: first and last g, e.g. `1, 500`.
        changed: SQL expression of each column that differs.
    """
    names = _columns(table)
    values = [changed.get(name, f"source.{name}") for name in names]
    # Names and expressions are this file's own.
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM ({source}) AS source, generate_series({numbers}) AS g"
    )


def add_bureaus(connection: Connection) -> None:
    """Bureaus up to BUREAUS, each with a ground of its own out at sea."""
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


def add_agreements(connection: Connection) -> None:
    """Copies of the agreement in force; number g is between the bureaus g and g + 1 + g / 200."""
    source = "SELECT * FROM agreement WHERE title_en LIKE 'Changxing%'"
    of_it = "(SELECT id FROM agreement WHERE title_en LIKE 'Changxing%' LIMIT 1)"
    version = f"SELECT * FROM agreement_version WHERE agreement_id = {of_it}"  # noqa: S608
    numbers = f"1, {AGREEMENTS}"
    statements = [
        clone("agreement", source, numbers, id=_id("a"), number="'协' || g",
               title_en="'Copy ' || g"),
        clone("agreement_version", version, numbers, agreement_id=_id("a")),
    ]  # fmt: skip
    for shift in ("", "+ 1 + g / 200"):
        bureau = f"{BUREAU_IDS}[1 + (g {shift}) % {BUREAUS}]"
        statements.append(
            clone("agreement_party", "SELECT 1", numbers, agreement_id=_id("a"), bureau_id=bureau)
        )
    for statement in statements:
        connection.execute(text(statement))


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Indexes of the filled tables (not their keys) are built again when the block ends."""
    indexes = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ),
        {"tables": list(FILLED)},
    ).all()
    for name, _definition in indexes:
        connection.execute(text(f"DROP INDEX {name}"))
    # References are right by construction; looking each up would take most of the time.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text("SET LOCAL synchronous_commit = off"))
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    yield
    for _name, definition in indexes:
        connection.execute(text(definition))


def add_cases(connection: Connection, first: int, last: int) -> None:
    """Cases first..last, each bureau's in turn, each shared to its owner's neighbour in the order.

    OWNER's are shared to READER: half of them lie in the zone of the two and are open, of the
    others basics alone.
    """
    with _without_indexes(connection):
        for statement in _statements(f"{first}, {last}"):
            connection.execute(text(statement))


def _statements(numbers: str) -> list[str]:
    owner = f"{BUREAU_IDS}[1 + g % {BUREAUS}]"
    stage = _one_of(("lead", "filed", "review", "decided", "closed"), 7)
    category = _one_of(("water", "air", "noise", "solid_waste"), 3)
    tokens = tuple(" ".join(marked({"basics": [phrase]})) for phrase in PHRASES)
    party = ("party", as_partners_read("party"))
    firms = tuple(" ".join(marked({group: [firm] for group in party})) for firm in FIRMS)
    whose = f"' {owner_token('')}' || replace({owner}, '-', '') || ' {partner_token('')}'"
    whose += f" || replace({_partner()}, '-', '')"
    # Two steps that are coprime with the owners' turn scatter each owner's cases over the ground.
    near = "{axis} + ((g / 200 * {a}) % 1009 - 504) * 1e-6"
    far = "{axis} + ((g / 200 * {a}) % 1009 - 504) * 4e-4"
    spot = f"CASE WHEN g / {BUREAUS} % 2 = 0 THEN {near} ELSE {far} END"
    return [
        clone("case_record", OF_CASE, numbers, id=_id("c"), number="'BENCH' || g",
               owner_bureau_id=owner, title=_one_of(PHRASES, 11), stage=stage, category=category,
               lon=spot.format(axis="source.lon", a=389), lat=spot.format(axis="source.lat", a=571),
               finding_id="NULL", own_number="NULL"),
        clone("case_party", "SELECT * FROM case_party WHERE form = 'firm' LIMIT 1", numbers,
               id=_id("e"), case_id=_id("c"), name=_one_of(FIRMS, 5)),
        clone("search_record",
               "SELECT * FROM search_record WHERE kind = 'case' AND agreement_id IS NULL LIMIT 1",
               numbers, id="1000000 + g", record_id=_id("c"), owner_bureau_id=owner,
               classification="1", stage=f"'case.' || {stage}", category=category,
               tokens=f"({_one_of(tokens, 11)} || ' ' || {_one_of(firms, 5)}"
                      f" || ' existence0wbench' || g || {whose})::tsvector"),
        _shares(numbers),
        clone("receipt", "SELECT * FROM receipt WHERE rung = 'accepted' LIMIT 1", numbers,
               id=_id("f"), share_id=_id("5"), bureau_id=_partner()),
    ]  # fmt: skip


def _partner() -> str:
    code = f"(SELECT id FROM bureau WHERE code = '{OWNER}')"  # noqa: S608
    reader = f"(SELECT id FROM bureau WHERE code = '{READER}')"  # noqa: S608
    return (
        f"CASE WHEN {BUREAU_IDS}[1 + g % {BUREAUS}] = {code} THEN {reader}"
        f" ELSE {BUREAU_IDS}[1 + (g + 1) % {BUREAUS}] END"
    )


def _shares(numbers: str) -> str:
    """In the zone whole cases to joint enforcement, elsewhere basics for information."""
    in_zone = f"g / {BUREAUS} % 2 = 0"
    basics = '\'["basics", "existence"]\'::json'
    copied = f"'01900000-0000-7000-8a00-' || lpad(to_hex((g - 1) % {BUREAUS} + 1), 12, '0')"
    to_reader = f"{_partner()} = source.partner_bureau_id"
    return clone(
        "share", OF_SHARE, numbers, id=_id("5"), record_id=_id("c"),
        owner_bureau_id=f"{BUREAU_IDS}[1 + g % {BUREAUS}]", partner_bureau_id=_partner(),
        agreement_id=f"CASE WHEN {to_reader} THEN source.agreement_id ELSE {copied} END",
        purpose=f"CASE WHEN {in_zone} THEN source.purpose ELSE 'information' END",
        field_groups=f"CASE WHEN {in_zone} THEN source.field_groups ELSE {basics} END",
    )  # fmt: skip
