"""Logs: one JSON object per line on standard error, times in UTC."""

from __future__ import annotations

import sys

import structlog


def install() -> None:
    """Configure structlog; text in values is JSON-encoded, so no line can be forged."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
