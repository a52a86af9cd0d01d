"""The test bags of BagIt's makers: each accepted or refused as its folder says.

All folders of github.com/LibraryOfCongress/bagit-conformance-suite at commit 9ab4870 (2021-11-18,
CC0); what its `windows-only` and `linux-only` bags reach for is refused on every system.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from sharing.bagit import check_bag
from sharing.errors import PackageRefused
from sharing.trees import FolderTree

SUITE = Path(__file__).resolve().parent / "bagit-conformance-suite.tar.gz"
BAGS_IN_SUITE = 60


def bags() -> list[str]:
    """Every bag of the suite, by its path."""
    with tarfile.open(SUITE) as suite:
        parts = {tuple(name.split("/")[:3]) for name in suite.getnames() if name.count("/") >= 3}
    return sorted("/".join(part) for part in parts)


def test_no_bag_of_the_suite_is_left_out():
    assert len(bags()) == BAGS_IN_SUITE


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bagit")
    with tarfile.open(SUITE) as suite:
        suite.extractall(folder, filter="data")
    return folder


@pytest.mark.once
@pytest.mark.parametrize("bag", bags())
def test_a_bag_is_taken_or_refused_as_its_makers_say(unpacked, bag):
    tree = FolderTree(unpacked / bag)
    meant = bag.split("/")[1]
    if meant in ("valid", "warning"):
        found = check_bag(tree)
        assert bool(found.warnings) == (meant == "warning") or "dot-slash" in bag, found.warnings
    else:
        with pytest.raises(PackageRefused):
            check_bag(tree)
