"""Settings: every option of the hub, its default and its check, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

DEMO_SECRET = "demo-only-secret-key-never-use-in-production"  # noqa: S105 - refused outside demo
MIN_SECRET_LENGTH = 32
ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is missing, weak or malformed; the text says which and what would be right."""


def _option(env: str, default: object, text: str) -> object:
    return field(default=default, metadata={"env": env, "text": text})


@dataclass(frozen=True)
class Settings:
    """All options. Each field's metadata names its environment variable and explains it."""

    host: str = _option("HUB_HOST", "127.0.0.1", "address to listen on")  # type: ignore[assignment]
    port: int = _option("HUB_PORT", 8000, "TCP port")  # type: ignore[assignment]
    data_dir: str = _option(  # type: ignore[assignment]
        "HUB_DATA_DIR", str(ROOT / "data"), "folder of the database, files and keys"
    )
    boundary_file: str = _option(  # type: ignore[assignment]
        "HUB_BOUNDARY_FILE",
        str(ROOT / "boundary_data" / "huzhou.geojson"),
        "the jurisdictions loaded by `boundaries import` and on first start",
    )
    database_url: str = _option(  # type: ignore[assignment]
        "HUB_DATABASE_URL", "", "SQLAlchemy URL; empty: an SQLite file in the data folder"
    )
    redis_url: str = _option(  # type: ignore[assignment]
        "HUB_REDIS_URL", "", "Redis for doorbells between workers; empty: none"
    )
    workers: int = _option("HUB_WORKERS", 1, "worker processes behind the port")  # type: ignore[assignment]
    secret_key: str = _option("HUB_SECRET_KEY", "", "signs cookies; at least 32 characters")  # type: ignore[assignment]
    demo: bool = _option("HUB_DEMO", False, "demo data and demo accounts; never in production")  # type: ignore[assignment]
    locale: str = _option("HUB_LOCALE", "zh", "language before a person chooses: zh or en")  # type: ignore[assignment]
    basemap_url: str = _option(  # type: ignore[assignment]
        "HUB_BASEMAP_URL",
        "",
        "XYZ tiles of the intranet ({z}/{x}/{y}); empty: own vectors only",
    )
    secure_cookies: bool = _option(  # type: ignore[assignment]
        "HUB_SECURE_COOKIES", False, "set when served over TLS: cookies are then sent over TLS only"
    )
    trusted_proxies: int = _option(  # type: ignore[assignment]
        "HUB_TRUSTED_PROXIES", 0, "reverse proxies whose X-Forwarded headers are believed"
    )
    allowed_origins: str = _option(  # type: ignore[assignment]
        "HUB_ALLOWED_ORIGINS", "", "further origins that may open a socket, separated by commas"
    )
    trusted_hosts: str = _option(  # type: ignore[assignment]
        "HUB_TRUSTED_HOSTS",
        "",
        "names by which the hub may be called, separated by commas; empty: any",
    )
    poll_seconds: float = _option(  # type: ignore[assignment]
        "HUB_POLL_SECONDS", 1.0, "backstop: how often a worker looks for changes nobody rang for"
    )
    jobs_seconds: float = _option(  # type: ignore[assignment]
        "HUB_JOBS_SECONDS",
        5.0,
        "seconds between two looks for what is due; 0: cron calls `flask --app hub jobs run-due`",
    )
    smtp_url: str = _option(  # type: ignore[assignment]
        "HUB_SMTP_URL",
        "",
        "mail server for digests: smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]",
    )
    mail_from: str = _option(  # type: ignore[assignment]
        "HUB_MAIL_FROM", "lianfang@localhost", "sender of the hub's mail"
    )
    public_url: str = _option(  # type: ignore[assignment]
        "HUB_PUBLIC_URL",
        "",
        "address of the hub as written in mail; empty: http://127.0.0.1 with HUB_PORT",
    )
    lost_minutes: float = _option(  # type: ignore[assignment]
        "HUB_LOST_MINUTES", 5.0, "a unit on patrol that was not heard for so long is shown as lost"
    )
    session_hours: float = _option("HUB_SESSION_HOURS", 12.0, "longest life of a signed-in session")  # type: ignore[assignment]
    idle_minutes: float = _option("HUB_IDLE_MINUTES", 60.0, "a session unused this long ends")  # type: ignore[assignment]
    package_mb: int = _option(  # type: ignore[assignment]
        "HUB_PACKAGE_MB",
        1024,
        "largest package that the page takes, in megabytes, packed and unpacked",
    )
    package_sm3: bool = _option(  # type: ignore[assignment]
        "HUB_PACKAGE_SM3",
        False,
        "packages list their files by SM3 too; partners' hubs must know of it (they refuse else)",
    )
    max_upload_mb: int = _option("HUB_MAX_UPLOAD_MB", 20, "largest request body, in megabytes")  # type: ignore[assignment]

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read and check all options.

        Raises:
            SettingsError: a value cannot be read, or a production start lacks a strong secret key.
        """
        source = os.environ if env is None else env
        values: dict[str, object] = {}
        for item in fields(cls):
            raw = source.get(item.metadata["env"])
            if raw is not None and raw != "":
                values[item.name] = _parse(item.metadata["env"], raw, type(item.default))
        settings = cls(**values)  # type: ignore[arg-type]
        return settings.checked()

    @property
    def mail_link(self) -> str:
        """What the links in mail begin with, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    def checked(self) -> Settings:
        """Return these settings if they may be used, with the demo's key filled in for a demo."""
        if self.locale not in ("zh", "en"):
            raise SettingsError(f"HUB_LOCALE is {self.locale!r}; it must be zh or en")
        if self.jobs_seconds < 0:
            raise SettingsError("HUB_JOBS_SECONDS must be 0 or more")
        if self.lost_minutes <= 0:
            raise SettingsError("HUB_LOST_MINUTES must be more than 0")
        self._check_mail()
        if self.workers < 1:
            raise SettingsError("HUB_WORKERS must be 1 or more")
        if self.workers > 1 and self.is_sqlite:
            raise SettingsError(
                "HUB_WORKERS above 1 needs HUB_DATABASE_URL with PostgreSQL: SQLite has one writer"
            )
        if self.demo and not self.secret_key:
            return Settings(**{**self.__dict__, "secret_key": DEMO_SECRET})
        if not self.demo and (
            len(self.secret_key) < MIN_SECRET_LENGTH
            or self.secret_key == DEMO_SECRET
            or len(set(self.secret_key)) < 10
        ):
            raise SettingsError(
                "HUB_SECRET_KEY is missing or weak; make one with "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`; "
                "commands for the demo need HUB_DEMO=1"
            )
        return self

    def _check_mail(self) -> None:
        if not self.smtp_url:
            return
        parts = urlsplit(self.smtp_url)
        if parts.scheme not in ("smtp", "smtp+starttls", "smtps") or not parts.hostname:
            # The value may hold a password, so it is not shown.
            raise SettingsError("HUB_SMTP_URL must be smtp://host, smtp+starttls:// or smtps://")
        if "@" not in self.mail_from:
            raise SettingsError(f"HUB_MAIL_FROM is {self.mail_from!r}; it must be an address")

    @property
    def url(self) -> str:
        """The SQLAlchemy URL in effect."""
        return self.database_url or f"sqlite:///{Path(self.data_dir) / 'hub.db'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.url.startswith("sqlite")


def _parse(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        lowered = raw.strip().lower()
        if lowered in ("1", "true", "yes", "on"):
            return True
        if lowered in ("0", "false", "no", "off"):
            return False
        raise SettingsError(f"{name} is {raw!r}; it must be 1 or 0")
    try:
        return kind(raw)
    except ValueError as error:
        raise SettingsError(f"{name} is {raw!r}; it must be a {kind.__name__}") from error
