"""create_app: a readable list of wiring steps. Nothing happens at import."""

from __future__ import annotations

import gc
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask_socketio import SocketIO
from gevent import monkey

import hub.changes
from hub import cli, logs
from hub.accounts.access import SessionRules
from hub.cases.link_telling import tell_linked
from hub.config import Settings
from hub.db import Database
from hub.jobs import runner
from hub.notifications.making import notify
from hub.patrols.intake import open_intake
from hub.realtime import namespace
from hub.realtime.doorbell import RedisBell
from hub.realtime.publisher import Publisher
from hub.realtime.websocket import GreenWebSocket
from hub.search.indexing import index_changes
from hub.web import (
    bodies,
    field_ids,
    health,
    i18n,
    identity,
    json_bodies,
    names,
    nav,
    openapi,
    problems,
    security,
)
from hub.web.page_sessions import PageSessions

ROOT = Path(__file__).resolve().parent.parent
# Each has a blueprint `bp`; together they are the pages and the API.
BLUEPRINTS = [
    "hub.web.assets",
    "hub.home.pages",
    "hub.accounts.pages",
    "hub.accounts.api",
    "hub.accounts.changes_api",
    "hub.bureaus.api",
    "hub.agreements.editor_api",
    "hub.agreements.api",
    "hub.agreements.words_api",
    "hub.agreements.exposure_api",
    "hub.agreements.editor_pages",
    "hub.agreements.pages",
    "hub.agreements.words_pages",
    "hub.zones.api",
    "hub.zones.pages",
    "hub.locate.api",
    "hub.locate.pages",
    "hub.stations.api",
    "hub.stations.roster_api",
    "hub.stations.pages",
    "hub.patrols.api",
    "hub.patrols.pages",
    "hub.cases.api",
    "hub.cases.party_api",
    "hub.cases.note_api",
    "hub.cases.measure_api",
    "hub.cases.link_api",
    "hub.cases.approval_api",
    "hub.cases.import_api",
    "hub.cases.pages",
    "hub.shares.api",
    "hub.requests.api",
    "hub.requests.joint_api",
    "hub.requests.pages",
    "hub.matches.api",
    "hub.matches.pages",
    "hub.petitions.api",
    "hub.petitions.pages",
    "hub.meetings.api",
    "hub.meetings.agenda_api",
    "hub.meetings.minutes_api",
    "hub.meetings.exchange_api",
    "hub.meetings.import_api",
    "hub.meetings.pages",
    "hub.action_items.api",
    "hub.action_items.pages",
    "hub.files.api",
    "hub.files.pages",
    "hub.calendar.api",
    "hub.calendar.pages",
    "hub.deadlines.api",
    "hub.deadlines.pages",
    "hub.home.clock_pages",
    "hub.home.api",
    "hub.notifications.api",
    "hub.notifications.pages",
    "hub.emergency.api",
    "hub.emergency.pages",
    "hub.exchange.evidence_api",
    "hub.exchange.api",
    "hub.exchange.import_api",
    "hub.exchange.received_api",
    "hub.exchange.pages",
    "hub.keys.api",
    "hub.keys.pages",
    "hub.audit.api",
    "hub.audit.pages",
    "hub.patrols.field_api",
    "hub.patrols.closure_api",
    "hub.patrols.results_api",
    "hub.patrols.waypoint_api",
    "hub.patrols.waypoint_import_api",
    "hub.patrols.snap_api",
    "hub.patrols.draft_api",
    "hub.patrols.effort_api",
    "hub.patrols.effort_pages",
    "hub.patrols.finding_desk_pages",
    "hub.patrols.field_pages",
    "hub.inspections.api",
    "hub.inspections.pages",
    "hub.reviews.api",
    "hub.reports.api",
    "hub.reports.pages",
    "hub.field.api",
    "hub.field.upload_api",
    "hub.field.pages",
    "hub.web.briefing",
    "hub.realtime.api",
    "hub.ogc.api",
    "hub.search.api",
    "hub.search.pages",
    "hub.availability.api",
    "hub.patrol_series.api",
    "hub.patrols.substitution_api",
    "hub.schedule.api",
    "hub.schedule.feeds_api",
    "hub.schedule.pages",
]
MAX_SOCKET_MESSAGE = 64 * 1024
# Objects made between two collections of the youngest (700 by default). With a thousand sockets
# open, collections took a twelfth of the time of telling them a change.
OBJECTS_BETWEEN_COLLECTIONS = 20_000


def create_app(settings: Settings | None = None) -> APIFlask:
    """The application for these settings (the environment's by default).

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    options = settings or Settings.from_env()
    app = APIFlask(
        "hub",
        root_path=str(ROOT / "hub"),
        template_folder=str(ROOT / "templates"),
        static_folder="static",
        docs_path=None,
        spec_path=None,
        title="Lianfang 联防",
        version="0.1.0",
    )
    _configure(app, options)
    _open_database(app, options)
    problems.install(app)
    app.before_request(identity.identify)
    bodies.install(app)
    security.install(app, options)
    i18n.install(app, options)
    nav.install(app, options)
    names.install(app)
    field_ids.install(app)
    openapi.install(app)
    app.register_blueprint(health.bp)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).bp)
    _open_sockets(app, options)
    _wind_clock(app, options)
    cli.install(app)
    logs.install()
    return app


def _configure(app: APIFlask, options: Settings) -> None:
    app.extensions["hub.settings"] = options
    app.extensions["hub.starters"] = []
    app.config.update(
        SECRET_KEY=options.secret_key,
        MAX_CONTENT_LENGTH=options.max_upload_mb * 1024 * 1024,
        # None: any. Links in calendars and OGC answers begin with the name that was called.
        TRUSTED_HOSTS=[name for name in options.trusted_hosts.split(",") if name] or None,
        PACKAGE_MB=options.package_mb,
        SESSION_COOKIE_NAME="hub_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=options.secure_cookies,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=options.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=365),
        SEND_FILE_MAX_AGE_DEFAULT=300,
    )
    app.session_interface = PageSessions()
    app.json = json_bodies.MeasuredJson(app)
    if options.trusted_proxies:
        from_proxies = import_module("werkzeug.middleware.proxy_fix")
        count = options.trusted_proxies
        app.wsgi_app = from_proxies.ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def _open_database(app: APIFlask, options: Settings) -> None:
    Path(options.data_dir).mkdir(parents=True, exist_ok=True)
    database = Database(options.url)
    database.before_commit += [index_changes, notify, tell_linked, hub.changes.write_pending]
    app.extensions["hub.db"] = database


def _open_sockets(app: APIFlask, options: Settings) -> None:
    green = monkey.is_module_patched("socket")
    origins = [origin for origin in options.allowed_origins.split(",") if origin]
    socketio = SocketIO(
        app,
        async_mode="gevent" if green else "threading",
        # None: the page's own origin only.
        cors_allowed_origins=origins or None,
        # Plain WebSocket: one connection stays with one worker, so no sticky balancer is needed.
        transports=["websocket"],
        manage_session=False,
        max_http_buffer_size=MAX_SOCKET_MESSAGE,
        ping_interval=10,
        ping_timeout=10,
    )
    if green:
        # engineio's table of the parts it builds on; ours replaces the transport alone.
        engine = socketio.server.eio
        engine._async = engine._async | {"websocket": GreenWebSocket}
    rules = SessionRules(
        idle=timedelta(minutes=options.idle_minutes), require_totp=not options.demo
    )
    app.extensions["hub.intake"] = open_intake(app.extensions["hub.db"], rules)
    publisher = Publisher(app, socketio, app.extensions["hub.db"], rules, options.poll_seconds)
    if options.redis_url:
        _hear_other_workers(app, socketio, publisher, options.redis_url)
    namespace.install(app, socketio, publisher)


def _wind_clock(app: APIFlask, options: Settings) -> None:
    if options.jobs_seconds:
        serve = runner.install(app, options.jobs_seconds)
        start = app.extensions["socketio"].start_background_task
        app.extensions["hub.starters"].append(lambda: start(serve))


def _hear_other_workers(app: APIFlask, socketio: SocketIO, publisher: Publisher, url: str) -> None:
    bell = RedisBell(url)
    app.extensions["hub.redis_bell"] = bell
    publisher.onlookers.bell = bell
    publisher.rooms.bell = bell

    def start() -> None:
        socketio.start_background_task(bell.run_sender)
        ring = publisher.doorbell.ring
        hear, rooms = publisher.onlookers.hearer(ring), publisher.rooms.hear
        socketio.start_background_task(bell.run_listener, ring, hear, rooms, socketio.sleep)

    app.extensions["hub.starters"].append(start)


def start_worker(app: Any) -> None:
    """Start what a serving process needs beside answering requests; run.py calls it per worker."""
    for start in app.extensions["hub.starters"]:
        start()


def spare_the_loaded() -> None:
    """Leave what was loaded out of garbage collections: looking through it costs each some 100 ms,
    during which nobody is answered. A serving process calls it once it is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
