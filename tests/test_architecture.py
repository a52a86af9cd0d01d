"""The architecture as rules: which way imports run, where commits happen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("geo", "sharing", "hub")
FORBIDDEN = {
    "geo": {"flask", "sqlalchemy", "hub", "sharing", "flask_socketio", "socketio", "apiflask"},
    "sharing": {"flask", "flask_socketio", "socketio", "shapely", "geo", "hub", "apiflask"},
}
# Inside hub: a layer may import only those further down.
DOORS = {
    "api",
    "pages",
    "cli",
    "field_api",
    "field_pages",
    "results_api",
    "effort_api",
    "waypoint_api",
    "snap_api",
    "draft_api",
    "effort_pages",
}
LOWER = {"services", "models", "access", "views"}


def sources(package: str) -> Iterator[Path]:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package}/ holds no Python: the rules would pass on nothing"
    yield from files


KINDS = (
    ast.Import,
    ast.ImportFrom,
    ast.ExceptHandler,
    ast.Call,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """What the rules look at in a file, read once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, KINDS))


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module imported anywhere in the file, inside functions too."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return frozenset(found)


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_pure_packages_know_nothing_above_them(package):
    for path in sources(package):
        tops = {name.split(".")[0] for name in imported(path)}
        assert not tops & FORBIDDEN[package], path


def test_services_and_models_never_import_a_door():
    for path in sources("hub"):
        if path.stem in LOWER:
            doors = {
                n for n in imported(path) if n.startswith("hub.") and n.split(".")[-1] in DOORS
            }
            assert not doors, path


def test_deadlines_and_the_calendar_know_no_record_of_a_feature():
    known = {"access", "accounts", "bureaus", "calendar", "changes", "clock", "db", "deadlines"}
    known |= {"errors", "field_texts", "web"}
    for folder in ("deadlines", "calendar"):
        for path in (ROOT / "hub" / folder).rglob("*.py"):
            used = {name.split(".")[1] for name in imported(path) if name.startswith("hub.")}
            assert used <= known, path


def test_services_know_no_request():
    for path in sources("hub"):
        if path.stem == "services":
            for node in nodes(path):
                if isinstance(node, ast.ImportFrom) and node.module == "flask":
                    raise AssertionError(f"{path} imports flask")


def test_the_clock_of_the_bureaus_is_named_in_one_place():
    for path in sources("hub"):
        if "versions" not in path.parts and path.name != "clock.py":
            assert "zoneinfo" not in imported(path), path


# The only lines out of the program besides the database's; settings say where they lead.
LINES_OUT = {"hub/notifications/outbox.py": {"smtplib"}, "hub/realtime/doorbell.py": {"redis"}}
CALLERS = {"aiohttp", "ftplib", "http.client", "httpx", "paramiko", "pycurl", "redis", "requests",
           "smtplib", "urllib.request", "urllib3", "websocket", "websockets"}  # fmt: skip


def test_the_program_calls_no_address_that_settings_do_not_name():
    """What nobody can call, no address typed by a user can make it call."""
    for path in (each for package in PACKAGES for each in sources(package)):
        named = imported(path)
        called = {one for one in CALLERS if any(f"{name}.".startswith(f"{one}.") for name in named)}
        assert called == LINES_OUT.get(path.relative_to(ROOT).as_posix(), set()), path


def test_the_program_commits_in_one_place():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in PACKAGES
        for path in sources(package)
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert len(found) == 1, found
    assert found[0].startswith("hub/db.py")


def test_nobody_catches_everything():
    for package in PACKAGES:
        for path in sources(package):
            for node in nodes(path):
                if isinstance(node, ast.ExceptHandler):
                    name = node.type.id if isinstance(node.type, ast.Name) else ""
                    assert node.type is not None, f"{path}:{node.lineno}"
                    assert name not in {"Exception", "BaseException"}, f"{path}:{node.lineno}"


def test_own_modules_are_imported_at_the_top():
    for package in PACKAGES:
        for path in sources(package):
            for function in nodes(path):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    for node in ast.walk(function):
                        if isinstance(node, ast.ImportFrom):
                            top = (node.module or "").split(".")[0]
                            assert top not in PACKAGES, f"{path}:{node.lineno}"


def test_templates_hold_no_inline_script_or_style():
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for forbidden in (" style=", " onclick=", " onload=", " onsubmit=", "javascript:"):
            assert forbidden not in text, f"{page}: {forbidden}"
        # `safe` on a literal of the template is markup; on anything else it is a hole.
        assert not re.search(r"(?<!['\"])\s*\|\s*safe\b", text), page


def test_every_file_fits_in_a_readers_head():
    for package in PACKAGES:
        for path in sources(package):
            if "versions" not in path.parts:
                lines = len(path.read_text(encoding="utf-8").splitlines())
                assert lines <= 420, f"{path}: {lines} lines"


def test_every_decision_has_a_number_of_its_own():
    numbers = {}
    for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
        number = int(path.name[:4])
        numbers.setdefault(number, []).append(path.name)
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path.name
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert [names for names in numbers.values() if len(names) > 1] == []


def test_every_proof_that_the_list_of_traps_names_is_there():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", text)
    assert len(named) > 80
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8")
    ]
    assert not missing
