"""A hub that is killed again and again while people work on it."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from tests.support import busy, moments, promises
from tests.support.cases import in_zone
from tests.support.clients import WAIT_S, Acts, Client
from tests.support.field import OFFICER, PARTNER, inside, zone_of
from tests.support.live import LiveHub
from tests.support.patrols import started_patrol
from tests.support.scaled import wait_until, workers
from tests.support.world import World

# How far a moment of each kind may lie in: about as many as a life of the hub has of them.
DEPTH = {
    "call": 150,
    "statement": 120,
    "commit": 24,
    "committed": 24,
    "announce": 16,
    "sync": 16,
    "replace": 5,
}
# A hub that does not come to its moment is killed after so long.
LONGEST_S = 20.0
# Most answers of one life before the clock begins to count, and how long it counts then.
ANSWERS, SPAN_S = 12, 0.08
# How many people work during one life of the hub.
BUSY = 4
# All that can be checked is checked after so many kills.
EVERY = 10
# What SQLite and the store of files ask of the system when they make something durable.
CALLS = "pwrite64,fdatasync,fsync,rename"


@dataclass
class Killing:
    """One hub, its people, what they were promised, and how often it was killed where."""

    world: World
    hub: LiveHub
    dice: random.Random
    book: busy.Book = field(default_factory=busy.Book)
    clients: list[Client] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    kinds: tuple[str, ...] = moments.MOMENTS
    tracer: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """A patrol under way, an agreement in force, and people who begin their day."""
        world, book = self.world, self.book
        patrol = started_patrol(world)
        sides = {
            who: inside(zone_of(world, patrol), adcode)
            for who, adcode in ((OFFICER, "330502"), (PARTNER, "320509"))
        }
        changxing = world.bureau_id("changxing")
        pair = [world.as_(f"changxing-officer{n}").user_id for n in (1, 2)]
        for who in ("changxing-officer1", "changxing-officer2"):
            self._employ(who, busy.opens_cases(book, who, changxing, pair, in_zone(world)))
        yixing = world.bureau_id("yixing")
        self._employ("yixing-liaison", busy.accepts_shares(book, "yixing-liaison", yixing))
        for who, place in sides.items():
            bureau = world.bureau_id(who.split("-")[0])
            dice = random.Random(self.dice.random())  # noqa: S311 - a repeatable run
            self._employ(who, busy.finds(book, who, bureau, patrol["id"], place, dice))
            self._employ(who, busy.reports_places(book, patrol["id"], place))
        self._employ("changxing-liaison", busy.reads_on(book))

    def _employ(self, username: str, acts: Acts) -> None:
        caller = self.world.as_(username)
        self.clients.append(Client(username, caller.token, caller.user_id, acts))

    def run(self, kills: int) -> None:
        """Kill that often; after each, look for what was promised in the hub that came back."""
        moment = self._draw()
        self._start(moment)
        for number in range(1, kills + 1):
            self._one_life(moment)
            self.kills[moment.split(":")[0]] += 1
            # The last one only lives to be looked at.
            moment = self._draw() if number < kills else "clock:0"
            self._start(moment)
            thoroughly = number % EVERY == 0 or number == kills
            self.check(thoroughly=thoroughly)
            if thoroughly:
                print(self.told(), flush=True)
        self.hub.kill()

    def _draw(self) -> str:
        """Half of them by the clock, the other half at an exact moment of one of the kinds."""
        if self.dice.random() < 0.5:
            return f"clock:{self.dice.randint(0, ANSWERS)}"
        kind = self.dice.choice(self.kinds)
        return f"{kind}:{self.dice.randint(1, DEPTH[kind])}"

    def _start(self, moment: str) -> None:
        kind, _, number = moment.partition(":")
        exact = {moments.KILL_AT: moment} if kind in moments.MOMENTS else {}
        self.hub.start(HUB_JOBS_SECONDS="0", **exact)
        if kind == "call":
            self._trace(number)

    def _trace(self, number: str) -> None:
        """Have the kernel's tracer kill the worker at that system call, before it is made."""
        (worker,) = workers(self.hub)
        inject = f"inject={CALLS}:signal=SIGKILL:when={number}"
        options = ["-f", "-qq", "-o", os.devnull, "-e", f"trace={CALLS}", "-e", inject]
        self.tracer = subprocess.Popen(
            ["strace", *options, "-p", str(worker)], stderr=subprocess.DEVNULL
        )
        status = Path(f"/proc/{worker}/status")
        wait_until(lambda: "TracerPid:\t0" not in status.read_text(), "the tracer")

    def _one_life(self, moment: str) -> None:
        """Everybody works until the hub is gone."""
        failures: list[BaseException] = []

        def work(client: Client) -> None:
            try:
                client.work(self.hub.port)
            except BaseException as error:
                failures.append(error)

        whole = [psutil.Process(pid) for pid in workers(self.hub)]
        busy_now = self.dice.sample(self.clients, BUSY)
        threads = [threading.Thread(target=work, args=(client,)) for client in busy_now]
        for thread in threads:
            thread.start()
        self._await_end(moment, whole)
        for thread in threads:
            thread.join(WAIT_S)
            assert not thread.is_alive(), "a client waits for a hub that is dead"
        if failures:
            raise failures[0]

    def _await_end(self, moment: str, whole: list[psutil.Process]) -> None:
        """Until it has killed itself, or so many answers and a random moment later."""
        kind, _, number = moment.partition(":")
        before, deadline = self._answers(), time.monotonic() + LONGEST_S
        while _live(whole) and time.monotonic() < deadline:
            if kind == "clock" and self._answers() - before >= int(number):
                time.sleep(self.dice.uniform(0, SPAN_S))  # the moment is a length of time
                break
            time.sleep(0.01)  # between two looks
        # Its master would start another worker, which is not to answer anybody.
        self.hub.kill()
        if self.tracer is not None:
            self.tracer.wait(WAIT_S)
            self.tracer = None

    def _answers(self) -> int:
        return sum(len(client.answered) for client in self.clients)

    def check(self, *, thoroughly: bool) -> None:
        """What must hold at any moment."""
        with self._reading() as session:
            promises.feeds_are_gapless(session)
            promises.promises_are_kept(session, self.book)
            if thoroughly:
                promises.chains_are_whole(session)
                promises.nothing_is_half_done(session)
                promises.keys_stand_for_what_was_answered(session, self.clients)
                promises.every_row_has_its_file(session, Path(self.world.data_dir))

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        engine = create_engine(self.world.url, poolclass=NullPool)
        with Session(engine) as session:
            yield session
        engine.dispose()

    def told(self) -> str:
        """In one line: kills by kind, writes answered, writes that had to be repeated."""
        repeated = sum(client.repeated for client in self.clients)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        done = f"{self._answers()} writes answered, {repeated} cut"
        return f"{self.kills.total()} kills ({kinds}); {done}"


def _live(processes: list[psutil.Process]) -> bool:
    """Whether all of them are there still."""
    try:
        return all(one.status() != psutil.STATUS_ZOMBIE for one in processes)
    except psutil.NoSuchProcess:
        return False
