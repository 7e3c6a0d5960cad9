"""Programs and the published versions of their policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.attribution.domain.documents.derived import derived
from shared.errors import known
from shared.events.timer import Timer


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One published version: its document as JSON text, and when it takes effect unless at once."""

    number: int
    document: str
    effective_at: datetime | None = None


@dataclass(frozen=True)
class Program:
    """A program: its published versions and the one in force, if any is yet."""

    id: str
    versions: tuple[PolicyVersion, ...] = ()
    in_force: int | None = None
    withdrawn: int | None = None
    """The newest version when it was withdrawn for new registrations; a later one in force opens it again."""
    disarmed: tuple[str, ...] = ()

    @derived
    def documents(self) -> dict[int, str]:
        """Each version's document by its number."""
        return {version.number: version.document for version in self.versions}

    @property
    def current(self) -> int:
        """The version in force, where one must be; raises `Unfoldable`."""
        return known(self.in_force, f"a version of program {self.id!r} in force")

    @property
    def newest(self) -> int:
        """The highest version published, 0 before the first."""
        return max((version.number for version in self.versions), default=0)

    @property
    def timers(self) -> dict[Timer, datetime]:
        """When the next published version takes effect."""
        days = [version.effective_at for version in self.versions if version.effective_at]
        return {"policy.effective": min(days)} if days else {}
