"""What the members of a region see of each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shared(StrEnum):
    """A subject whose shares a region opens to all its members, or keeps to each."""

    ALLOCATIONS = "allocations"
    SEATS = "seats"
    USERS = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Which subjects are open. What every party pays and why is open unless the region closes it; the rest is not."""

    allocations: bool = True
    seats: bool = False
    users: bool = False

    def is_open(self, subject: Shared) -> bool:
        """Return whether the members see the others' share of a subject."""
        return bool(getattr(self, subject.value))
