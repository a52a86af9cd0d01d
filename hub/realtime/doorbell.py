"""The doorbell: says "there is something", within and between workers, and may be lost.

On the same line workers say who has which record open; that may be lost too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson
import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()
CHANNEL = "lianfang:doorbell"
PRESENCE = "lianfang:presence"
ROOMS = "lianfang:rooms"
# Of what is said in rooms while Redis is slow only the latest waits.
MAX_WAITING = 500
RETRY_S = 1.0


class Doorbell:
    """Rung after commits. Many rings before the next wait are one."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._rung.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until rung or the time is up; whether it was rung."""
        rung = self._rung.wait(timeout_s)
        self._rung.clear()
        return rung


class RedisBell:
    """Carries rings between workers. While Redis is away the publishers' polling finds changes."""

    def __init__(self, url: str) -> None:
        # One try anew, for a connection that a restart broke; the loops below do the waiting.
        retry = Retry(NoBackoff(), 1)
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=1, health_check_interval=15, retry=retry
        )
        self._listener = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_keepalive=True, retry=retry
        )
        self._to_send = Doorbell()
        self._ring = False
        self._said: dict[str, Any] | None = None
        self._relayed: deque[dict[str, Any]] = deque(maxlen=MAX_WAITING)

    def send(self) -> None:
        """Ring in every worker; never waits and never raises, the change is in the table."""
        self._ring = True
        self._to_send.ring()

    def say(self, said: dict[str, Any]) -> None:
        """Tell every worker who is here; a later saying replaces one that was not sent yet."""
        self._said = said
        self._to_send.ring()

    def relay(self, said: dict[str, Any]) -> None:
        """Pass on to every worker what happened in the room of a meeting, in order."""
        self._relayed.append(said)
        self._to_send.ring()

    def run_sender(self) -> None:
        """Publish for ever; runs in its own green thread so that no request waits."""
        while True:
            if self._to_send.wait(60.0):
                try:
                    self._send_pending()
                except redis.RedisError as error:
                    log.warning("doorbell.redis_away", error=str(error))

    def _send_pending(self) -> None:
        ring, self._ring = self._ring, False
        said, self._said = self._said, None
        if ring:
            self._client.publish(CHANNEL, b"1")
        if said is not None:
            self._client.publish(PRESENCE, orjson.dumps(said))
        while self._relayed:
            self._client.publish(ROOMS, orjson.dumps(self._relayed.popleft()))

    def run_listener(
        self,
        on_ring: Callable[[], None],
        on_said: Callable[[dict[str, Any]], None],
        on_relayed: Callable[[dict[str, Any]], None],
        sleep: Callable[[float], object],
    ) -> None:
        """Hear for ever; after an outage it rings once, for what was missed."""
        while True:
            try:
                with self._listener.pubsub() as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(CHANNEL, PRESENCE, ROOMS)
                    hearing = {PRESENCE.encode(): on_said, ROOMS.encode(): on_relayed}
                    # The confirmation of a subscription rings too: the client subscribes anew by
                    # itself when a connection breaks, and what was sent meanwhile was missed.
                    for message in channel.listen():
                        heard = hearing.get(message["channel"])
                        if message["type"] == "message" and heard is not None:
                            heard(orjson.loads(message["data"]))
                        else:
                            on_ring()
            except redis.RedisError as error:
                log.warning("doorbell.redis_away", error=str(error))
                sleep(RETRY_S)
