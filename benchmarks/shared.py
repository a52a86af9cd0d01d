"""A change of a case that 1, 5 and 20 partners share, to the last of 1,000 open sockets.

From the request until every socket of owner and partners has the change with the view that its
bureau may see: written, audited, fed to each bureau, rights looked at, decided and rendered for
each, delivered. On PostgreSQL, one worker. The baseline is the same with one partner, so that the
growth shows; the aim is 150 ms at the 95th percentile.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from statistics import median, quantiles

from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.fanout import HERE, SOCKETS, measure
from benchmarks.hubs import PYTHON, Prepared, prepared, process, scratch_database, settings_of
from benchmarks.result import Result
from benchmarks.scale_fill import OF_SHARE, OWNER, add_bureaus, clone
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.app import create_app
from hub.changes import SYSTEM

PARTNERS = (1, 5, 20)
# A share that rests on no zone: basics for information.
GROUPS = '\'["basics", "existence"]\'::json'


def _partners(connection: Connection, first: int, last: int) -> None:
    """Bureaus first..last (of those made for benchmarks) get an agreement, a person and a share."""
    numbers, partner = f"{first}, {last}", "'bench-bureau-' || g"
    agreement = "'bench-agreement-' || g"
    of_it = "(SELECT id FROM agreement WHERE title_en LIKE 'Changxing%' LIMIT 1)"
    owner = f"(SELECT id FROM bureau WHERE code = '{OWNER}')"  # noqa: S608
    version = f"SELECT * FROM agreement_version WHERE agreement_id = {of_it}"  # noqa: S608
    for statement in (
        clone("agreement", f"SELECT * FROM agreement WHERE id = {of_it}", numbers,  # noqa: S608
              id=agreement, number="'联' || g", title_en="'Copy ' || g"),
        clone("agreement_version", version, numbers, agreement_id=agreement),
        clone("agreement_party", "SELECT 1", numbers, agreement_id=agreement, bureau_id=owner),
        clone("agreement_party", "SELECT 1", numbers, agreement_id=agreement, bureau_id=partner),
        clone("user_account", "SELECT * FROM user_account WHERE username = 'yixing-liaison'",
              numbers, id="'bench-user-' || g", username="'bench' || g", bureau_id=partner),
        clone("share", OF_SHARE, numbers, id="'bench-share-' || g", partner_bureau_id=partner,
              agreement_id=agreement, purpose="'information'", field_groups=GROUPS),
    ):  # fmt: skip
        connection.execute(text(statement))


def _tokens(hub: Prepared, partners: int) -> list[str]:
    """One for each socket, of the owner's and the partners' people in turn."""
    app = create_app(settings_of(hub.folder, hub.database_url))
    database = app.extensions["hub.db"]
    names = [f"{OWNER}-liaison", *(f"bench{number}" for number in range(partners))]
    with app.app_context(), database.unit_of_work() as session:
        users = session.scalars(select(User).where(User.username.in_(names))).all()
        tokens = [
            accounts.create_token(
                session, SYSTEM, users[number % len(users)], name="bench", scopes=["read"]
            )[1]
            for number in range(SOCKETS)
        ]
    database.dispose()
    return tokens


def _title(hub: Prepared, token: str, case_id: str) -> str:
    asked = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{hub.url}/api/v1/cases/{case_id}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        return str(json.load(answer)["title"])


def _times(hub: Prepared, case_id: str, partners: int) -> list[float]:
    tokens = _tokens(hub, partners)
    command = [PYTHON, str(HERE / "shared_hub.py"), case_id, f"{OWNER}-officer1"]
    with process(command, f"{hub.url}/readyz", hub.env):
        took: list[float] = measure(hub.url, tokens, singles=40, burst=1)["single_ms"]
        assert _title(hub, tokens[1], case_id).startswith("第"), "a partner does not see it"
    return took


def run() -> Iterator[Result | str]:
    """Milliseconds; each change is made when the one before has arrived everywhere."""
    try:
        with (
            scratch_database("lianfang_bench_shared") as url,
            prepared(f"{OWNER}-officer1", database_url=url) as hub,
        ):
            engine = create_engine(url)
            with engine.begin() as connection:
                add_bureaus(connection)
                case_id = connection.scalar(text(f"SELECT record_id FROM ({OF_SHARE}) AS s"))  # noqa: S608
            base = None
            for done, partners in zip((0, *PARTNERS), PARTNERS, strict=False):
                with engine.begin() as connection:
                    _partners(connection, done, partners - 1)
                took = _times(hub, str(case_id), partners)
                p95 = quantiles(took, n=20)[-1]
                base = base or p95
                yield Result(
                    f"p95 of a change shared to {partners} partners, {SOCKETS} sockets",
                    p95, "ms", f"{PARTNERS[0]} partner", base, better="smaller",
                    note=f"median {median(took):.0f} ms",
                )  # fmt: skip
            engine.dispose()
    except SQLAlchemyError as error:
        yield f"skipped: {str(error).splitlines()[0]}"
