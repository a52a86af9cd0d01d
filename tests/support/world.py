"""A hub with the demo's bureaus and people, and callers who act through its public face."""

from __future__ import annotations

import copy
import json
import math
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from apiflask import APIFlask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.bureaus.models import Bureau
from hub.changes import SYSTEM
from tests.support.apps import LentApp
from tests.support.snapshots import Snapshots

T = TypeVar("T")


@dataclass
class Answer:
    """An HTTP answer as tests look at it."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def version(self) -> int:
        """The version in the ETag."""
        return int(self.headers["ETag"].strip('"'))


@dataclass
class Caller:
    """One person with a token, calling the API of one hub."""

    app: APIFlask
    username: str
    token: str
    user_id: str
    bureau_id: str

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        """Call `/api/v1` + path; writes carry a fresh Idempotency-Key unless one is given."""
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if method != "GET":
            sent["Idempotency-Key"] = key or uuid.uuid4().hex
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        url = path if path.startswith(("/api/", "/ogc/")) else "/api/v1" + path
        with self.app.test_client() as client:
            response = client.open(
                url,
                method=method,
                headers=sent | (headers or {}),
                query_string={k: v for k, v in query.items() if v is not None},
                data=None if body is None else json.dumps(body),
                content_type=None if body is None else "application/json",
            )
        text = response.get_data(as_text=True)
        kind = response.mimetype or ""
        return Answer(
            response.status_code,
            json.loads(text) if text and "json" in kind else text,
            dict(response.headers),
        )

    def get(self, path: str, **query: Any) -> Answer:
        """GET."""
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """POST."""
        return self.call("POST", path, {} if body is None else body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Answer:
        """PUT."""
        return self.call("PUT", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Answer:
        """PATCH."""
        return self.call("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def page(self, path: str) -> Answer:
        """GET a page as this person."""
        with self.app.test_client() as client:
            response = client.get(
                path, headers={"Authorization": f"Bearer {self.token}", "Accept": "text/html"}
            )
        return Answer(response.status_code, response.get_data(as_text=True), dict(response.headers))


@dataclass(frozen=True)
class Pass:
    """A person's token in the template, and who he is."""

    token: str
    user_id: str
    bureau_id: str


def issue_pass(session: Session, user: User) -> Pass:
    """Make a token for a person."""
    _row, raw = accounts.create_token(session, SYSTEM, user, name="test", scopes=["read", "write"])
    return Pass(raw, user.id, user.bureau_id)


@dataclass
class World:
    """One hub of one test."""

    app: APIFlask
    _url: str
    data_dir: str
    passes: Mapping[str, Pass] = field(default_factory=dict)
    lent: LentApp | None = None
    snapshots: Snapshots | None = None
    _callers: dict[str, Caller] = field(default_factory=dict)
    _steps: tuple[str, ...] | None = ()
    _files: frozenset[Path] = frozenset()

    def __post_init__(self) -> None:
        self.app.extensions["hub.db"].before_commit.insert(0, self._notice)

    @property
    def url(self) -> str:
        """The database, for another process or application; from now on it stays where it is."""
        if self.lent is not None and self.lent.copy is not None:
            return self.lent.copy.pin()
        return self._url

    def as_(self, username: str) -> Caller:
        """A caller for a demo person, e.g. `wuxing-planner` or `nanxun-official`."""
        if username not in self._callers:
            self._callers[username] = self._caller(username)
        return self._callers[username]

    def _caller(self, username: str) -> Caller:
        known = self.passes.get(username)
        if known is None:
            with self.app.app_context(), self.unit_of_work() as session:
                user = session.scalars(select(User).where(User.username == username)).one()
                known = issue_pass(session, user)
        return Caller(self.app, username, known.token, known.user_id, known.bureau_id)

    def unit_of_work(self) -> Any:
        """The hub's unit of work, for what has no public door (a clock moved, a row tampered)."""
        self._steps = None
        return self.app.extensions["hub.db"].unit_of_work()

    def bureau_id(self, code: str) -> str:
        """Id of a demo bureau by code, e.g. `wuxing`."""
        with self.app.extensions["hub.db"].read_only() as session:
            return session.scalars(select(Bureau.id).where(Bureau.code == code)).one()

    @contextmanager
    def hearing(self, name: str) -> Iterator[list[tuple[Any, ...]]]:
        """What the database engine tells within the block, e.g. of `commit`."""
        told: list[tuple[Any, ...]] = []

        def hear(*news: Any) -> None:
            told.append(news)

        engine = self.app.extensions["hub.db"].engine
        event.listen(engine, name, hear)
        try:
            yield told
        finally:
            event.remove(engine, name, hear)

    def reach(self, step: str, do: Callable[[World], T], fresh_s: float = math.inf) -> T:
        """What `do` gives, which brings this world one step on.

        The first world in which nothing but such steps was done leaves a snapshot behind; for
        later ones the step is a copy of it. Anything else that was written, or a hub running on
        the same database, and the step is done in full.

        Args:
            step: its name; one name stands for one function without further arguments.
            fresh_s: how old a snapshot may be, for a step that depends on the present moment.
        """
        steps, lent, kept = self._steps, self.lent, self.snapshots
        if steps is None or lent is None or kept is None or lent.copy is None or lent.copy.pinned:
            return do(self)
        if self._stored() != self._files:  # an upload without its record: no snapshot of this one
            self._steps = None
            return do(self)
        steps = (*steps, step)
        found = kept.find(steps, fresh_s)
        if found is None:
            result = do(self)
            self._steps, self._files = steps, self._stored()
            lent.database.dispose()
            kept.keep(steps, lent.copy.url, Path(self.data_dir), result)
            return result
        lent.copy.become(found.url)
        lent.bind(lent.copy)
        self._steps = steps
        if found.files.exists():
            shutil.copytree(found.files, self.data_dir, dirs_exist_ok=True)
        self._files = self._stored()
        return copy.deepcopy(found.result)  # type: ignore[no-any-return]

    def _stored(self) -> frozenset[Path]:
        return frozenset(path for path in Path(self.data_dir).rglob("*") if path.is_file())

    def _notice(self, session: Session) -> None:
        """Before a commit: this world is no snapshot any more, unless a token was noted as used."""
        if session.info or session.new or session.dirty or session.deleted:
            self._steps = None
