"""Opening a package while somebody waits; needs no database, so that it works anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.exchange.telling import Telling
from sharing.packages import Package, open_package
from sharing.signing import PublicKey
from sharing.trees import TellingTree, Tree


def opened(
    tree: Tree,
    keys: Iterable[PublicKey],
    telling: Telling,
    *,
    now: datetime,
    recipient: str | None = None,
) -> Package:
    """Check a package from end to end, as `open_package`, telling how many bytes are checked."""
    read = 0
    with telling.step("verify", sum(map(tree.size, tree.names()))) as told:

        def more(size: int) -> None:
            nonlocal read
            read += size
            told(read)

        package = open_package(TellingTree(tree, more), keys, now=now, recipient=recipient)
    return replace(package, tree=tree)
