"""What several people do at once on a hub that is going to be killed, and what they were promised.

Each function is one person's day without an end (see clients.Client). What an answer promises is
noted in the Book, which kept_promises compares with the database.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.support.cases import case_body
from tests.support.clients import Acts, get, post, post_file, put_piece
from tests.support.field import batch, fix, seen

Place = tuple[float, float]


@dataclass
class Book:
    """What was promised: by acknowledged writes alone."""

    # (bureau, id, version or verb) in the order in which one person was answered, by person
    changes: dict[str, list[tuple[str, str, int | str]]] = field(default_factory=dict)
    # title of a case -> id; text of a finding -> id: what must be there, and once
    cases: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    # case -> the last stage that was answered
    stages: dict[str, str] = field(default_factory=dict)
    # SHA-256 of a photo -> the finding it belongs to
    photos: dict[str, str] = field(default_factory=dict)
    # key of a batch -> number of fixes
    batches: dict[str, int] = field(default_factory=dict)
    # shares that were accepted
    accepted: set[str] = field(default_factory=set)
    # numbers of the feed that a reader was given, in his order
    read: list[int] = field(default_factory=list)
    # cases for the partner to answer
    shared: deque[str] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def changed(self, who: str, bureau: str, told: dict[str, Any], verb: str | None = None) -> None:
        """A record has this version, or what the verb says befell it, and its bureau was told."""
        what = verb or int(told["version"])
        self.changes.setdefault(who, []).append((bureau, told["id"], what))


def opens_cases(book: Book, who: str, bureau: str, handlers: list[str], place: Place) -> Acts:
    """Opens cases in a zone, which are shared at once, and takes each two steps."""
    while True:
        title = f"断电试验案{next(book.numbers)}"
        made = yield post("/api/v1/cases", case_body(place, title=title, handlers=handlers))
        case = made.body["id"]
        book.cases[title] = case
        book.changed(who, bureau, made.body)
        book.shared.append(case)
        for stage in ("filed", "investigating"):
            path = f"/api/v1/cases/{case}/steps"
            made = yield post(path, {"to": stage}, version=made.version)
            book.stages[case] = stage
            book.changed(who, bureau, made.body)


def accepts_shares(book: Book, who: str, bureau: str) -> Acts:
    """Reads what a partner shared, which is a receipt, and accepts it."""
    while True:
        shares = yield get("/api/v1/shares?direction=received&state=active&limit=20")
        waiting = [share for share in shares.body["items"] if share["id"] not in book.accepted]
        for share in waiting:
            if share["record_id"] not in book.cases.values():
                continue
            yield get(f"/api/v1/cases/{share['record_id']}")
            told = yield post(f"/api/v1/shares/{share['id']}/accept")
            book.accepted.add(share["id"])
            book.changed(who, bureau, told.body, "accepted")


def finds(
    book: Book, who: str, bureau: str, patrol: str, place: Place, dice: random.Random
) -> Acts:
    """Logs findings, each with a photo: now in one piece, now in two."""
    while True:
        text = f"断电试验发现{next(book.numbers)}"
        made = yield post(f"/api/v1/patrols/{patrol}/findings", seen(place, text=text))
        finding = made.body["id"]
        book.findings[text] = finding
        book.changed(who, bureau, made.body)
        data = noise(dice)
        sha256 = hashlib.sha256(data).hexdigest()
        if dice.random() < 0.5:
            yield post_file(f"/api/v1/findings/{finding}/files", "photo.png", data)
        else:
            told = {"key": sha256, "name": "photo.png", "size": len(data), "sha256": sha256}
            begun = yield post(f"/api/v1/findings/{finding}/uploads", told)
            path, half = f"/api/v1/uploads/{begun.body['id']}", len(data) // 2
            yield put_piece(f"{path}?offset=0", data[:half])
            done = yield put_piece(f"{path}?offset={half}", data[half:])
            assert done.body["file_id"], done.body
        book.photos[sha256] = finding


def reports_places(book: Book, patrol: str, place: Place) -> Acts:
    """Reports where a boat is."""
    while True:
        body = batch(fix(*place, ago_s=1.0), fix(*place))
        yield post(f"/api/v1/patrols/{patrol}/positions", body)
        book.batches[body["key"]] = 2


def reads_on(book: Book) -> Acts:
    """Reads its bureau's feed from where it stands: a program without a socket."""
    told = yield get("/api/v1/changes?after=0&limit=1")
    at = told.body["head"]
    while True:
        told = yield get(f"/api/v1/changes?after={at}&limit=200")
        assert not told.body["resync"], told.body
        book.read += [change["seq"] for change in told.body["items"]]
        at = book.read[-1] if book.read else at
        if not told.body["items"]:
            time.sleep(0.05)  # a program's pause between two looks


def noise(dice: random.Random) -> bytes:
    """A picture like no other."""
    out = io.BytesIO()
    Image.frombytes("RGB", (24, 16), dice.randbytes(24 * 16 * 3)).save(out, "PNG")
    return out.getvalue()
