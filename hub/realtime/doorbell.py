"""The doorbell: says "there is something", within and between workers, and may be lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()
CHANNEL = "lianfang:doorbell"
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

    def send(self) -> None:
        """Ring in every worker; never waits and never raises, the change is in the table."""
        self._to_send.ring()

    def run_sender(self) -> None:
        """Publish rings for ever; runs in its own green thread so that no request waits."""
        while True:
            if self._to_send.wait(60.0):
                try:
                    self._client.publish(CHANNEL, b"1")
                except redis.RedisError as error:
                    log.warning("doorbell.redis_away", error=str(error))

    def run_listener(self, on_ring: Callable[[], None], sleep: Callable[[float], object]) -> None:
        """Hear rings for ever; after an outage it rings once, for what was missed."""
        while True:
            try:
                with self._listener.pubsub() as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(CHANNEL)
                    # The confirmation of a subscription rings too: the client subscribes anew by
                    # itself when a connection breaks, and what was sent meanwhile was missed.
                    for _message in channel.listen():
                        on_ring()
            except redis.RedisError as error:
                log.warning("doorbell.redis_away", error=str(error))
                sleep(RETRY_S)
