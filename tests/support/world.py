"""A hub with the demo's bureaus and people, and callers who act through its public face."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from apiflask import APIFlask
from sqlalchemy import select

from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.bureaus.models import Bureau
from hub.changes import SYSTEM


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


@dataclass
class World:
    """One hub of one test."""

    app: APIFlask
    url: str
    data_dir: str
    _callers: dict[str, Caller] = field(default_factory=dict)

    def as_(self, username: str) -> Caller:
        """A caller for a demo person, e.g. `wuxing-planner` or `nanxun-official`."""
        if username not in self._callers:
            self._callers[username] = self._caller(username)
        return self._callers[username]

    def _caller(self, username: str) -> Caller:
        with self.app.app_context(), self.unit_of_work() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            _row, raw = accounts.create_token(
                session, SYSTEM, user, name="test", scopes=["read", "write"]
            )
            return Caller(self.app, username, raw, user.id, user.bureau_id)

    def unit_of_work(self) -> Any:
        """The hub's unit of work, for what has no public door (a clock moved, a row tampered)."""
        return self.app.extensions["hub.db"].unit_of_work()

    def bureau_id(self, code: str) -> str:
        """Id of a demo bureau by code, e.g. `wuxing`."""
        with self.app.extensions["hub.db"].read_only() as session:
            return session.scalars(select(Bureau.id).where(Bureau.code == code)).one()
