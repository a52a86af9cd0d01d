"""The two numbers that count the changes of a record which its bureau shares with another.

A number that went on although the reader sees nothing new would tell him that something was
changed which he may not see: so its owner and its partners count for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column


class Counted:
    """Mixin of a table: `version` as its owner counts, `shared_version` as all others do."""

    version: Mapped[int] = mapped_column(default=1)
    # From no number anybody learns that a memo was written, a handler named or a file prepared.
    shared_version: Mapped[int] = mapped_column(default=1)

    @property
    def counting_owner(self) -> str:
        """Id of the bureau whose people read `version`."""
        raise NotImplementedError

    def version_for(self, bureau_id: str) -> int:
        """The version as the people of a bureau read it."""
        return self.version if bureau_id == self.counting_owner else self.shared_version

    def versions_for(self, bureau_ids: Iterable[str]) -> dict[str, int]:
        """The same of several bureaus, by id, as `hub.changes.record_change` takes them."""
        return {bureau_id: self.version_for(bureau_id) for bureau_id in bureau_ids}

    def count(self, private_to: str | None = None) -> None:
        """Count a change.

        Args:
            private_to: the only bureau whose people see something of it; None: all see it.
        """
        if private_to is None or private_to == self.counting_owner:
            self.version += 1
        if private_to is None or private_to != self.counting_owner:
            self.shared_version += 1


def outward(row: Counted, groups: Mapping[str, str], internal: str) -> dict[str, Any]:
    """What of a record an agreement could open: its own values by field.

    Of a change that leaves this as it was no partner is told.

    Args:
        groups: field -> field group, as the record's view has them.
        internal: the group that no agreement opens.
    """
    return {
        name: getattr(row, name)
        for name, group in groups.items()
        if group != internal and name != "version" and hasattr(row, name)
    }
