"""`package verify` on a machine that has nothing but the file and a public key."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hub.exchange.words import REASONS
from hub.offline import is_offline, offline_app
from sharing.keyfile import write_keys
from tests.support.packages import KEY, WUXING, edit_record, package, spoiled

ROOT = Path(__file__).resolve().parents[3]
# The errors that tell what is wrong with a file.
OF_FILES = {"PackageRefused", "SignatureRefused", "Malformed"}


@pytest.fixture
def desk(tmp_path):
    """A folder with a package, a spoilt one, and the sender's public keys."""
    (tmp_path / "keys.json").write_bytes(write_keys(WUXING, "吴兴分局", [KEY.public]))
    (tmp_path / "whole.zip").write_bytes(package())
    (tmp_path / "spoilt.zip").write_bytes(spoiled(edit_record))
    return tmp_path


def run(desk, *args):
    with_words = offline_app().test_cli_runner()
    return with_words.invoke(args=["package", "verify", *(str(desk / a) for a in args[:1]), "-k",
                                   str(desk / "keys.json"), *args[1:]])  # fmt: skip


def test_a_package_is_verified_without_settings_database_or_network(desk):
    """In a process of its own, with an empty environment and an empty folder to work in."""
    flask = Path(sys.executable).parent / "flask"
    command = [flask, "--app", "hub", "package", "verify", "whole.zip", "-k", "keys.json"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HUB_DATABASE_URL": "nonsense://"}
    done = subprocess.run(command, cwd=desk, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "OK exchange" in done.stdout
    assert KEY.public.fingerprint in done.stdout
    assert sorted(path.name for path in desk.iterdir()) == ["keys.json", "spoilt.zip", "whole.zip"]


def test_a_package_is_verified_with_few_packages_installed(desk):
    """What only a hub needs cannot be imported here (Flask itself loads its installed plugins)."""
    program = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv.pop(1).split()));"
        "from flask.cli import main; main()"
    )
    absent = "alembic flask_socketio geopandas numpy pyproj shapely"
    command = [sys.executable, "-c", program, absent, "--app", "hub", "package", "verify"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, "whole.zip", "-k", "keys.json"], cwd=desk, env=env,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "OK exchange" in done.stdout


def test_a_spoilt_package_is_refused_in_words(desk):
    done = run(desk, "spoilt.zip")
    assert done.exit_code == 1
    assert "REFUSED digest_differs" in done.output
    assert "内容已被改动" in done.output


def test_an_unpacked_package_and_another_recipient(desk):
    zipfile.ZipFile(desk / "whole.zip").extractall(desk / "open")
    (folder,) = (desk / "open").iterdir()
    assert run(desk, f"open/{folder.name}").exit_code == 0
    done = run(desk, "whole.zip", "--recipient", "330503")
    assert (done.exit_code, "wrong_recipient" in done.output) == (1, True)


def test_what_is_no_key_file_is_said(desk):
    (desk / "keys.json").write_text("{}")
    assert "keys.json" in run(desk, "whole.zip").output


def test_commands_that_need_a_hub_are_not_offline():
    assert is_offline(["flask", "--app", "hub", "package", "verify", "x"])
    assert not is_offline(["flask", "--app", "hub", "package", "import", "x"])


def test_every_refusal_has_its_words():
    """Each code that the sharing engine raises about a file stands in the table."""
    raised = {"malformed", "unknown_format"}
    for path in (ROOT / "sharing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name, first = ast.unparse(node.exc.func), node.exc.args[:1]
                if name in OF_FILES and first:
                    raised.add(ast.literal_eval(first[0]))
    assert len(raised) > 40
    assert raised <= set(REASONS)
