"""The test bags of BagIt's makers: each accepted or refused as its folder says."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from sharing.bagit import check_bag
from sharing.errors import PackageRefused
from sharing.trees import FolderTree

ROOT = Path(__file__).resolve().parents[2]
SUITES = [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
SUITE = next(
    (s for s in (p / "bagit-conformance/suite.tar.gz" for p in SUITES) if s.exists()), None
)


def bags() -> list[str]:
    """Every bag of the suite, by its path; none where the suite is not at hand."""
    if SUITE is None:
        return []
    with tarfile.open(SUITE) as suite:
        parts = {tuple(name.split("/")[:3]) for name in suite.getnames() if name.count("/") >= 3}
    return sorted("/".join(part) for part in parts)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if SUITE is None:
        if os.environ.get("HUB_REQUIRE_SERVICES") == "1":
            pytest.fail("the conformance suite is missing: ../shared/bagit-conformance")
        pytest.skip("no ../shared/bagit-conformance beside the repository")
    folder = tmp_path_factory.mktemp("bagit")
    # tarfile's filters came after the first Python 3.11; the archive is nobody's attack.
    shutil.unpack_archive(SUITE, folder)
    return folder


@pytest.mark.once
@pytest.mark.parametrize("bag", bags() or ["absent"])
def test_a_bag_is_taken_or_refused_as_its_makers_say(unpacked, bag):
    tree = FolderTree(unpacked / bag)
    meant = bag.split("/")[1]
    if meant in ("valid", "warning"):
        found = check_bag(tree)
        assert bool(found.warnings) == (meant == "warning") or "dot-slash" in bag, found.warnings
    else:
        with pytest.raises(PackageRefused):
            check_bag(tree)
