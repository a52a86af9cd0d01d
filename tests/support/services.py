"""Which services answer; `python -m tests.support.services` exits 0 when all do."""

from __future__ import annotations

import os
import sys

import redis
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError


def postgres_answers() -> bool:
    """Whether the PostgreSQL of HUB_TEST_POSTGRES takes a statement."""
    url = os.environ.get("HUB_TEST_POSTGRES", "")
    if not url:
        return False
    engine = create_engine(url, connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def redis_answers() -> bool:
    """Whether the Redis of HUB_TEST_REDIS_URL answers a ping."""
    url = os.environ.get("HUB_TEST_REDIS_URL", "")
    if not url:
        return False
    client = redis.Redis.from_url(url, socket_connect_timeout=3)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(0 if postgres_answers() and redis_answers() else 1)
