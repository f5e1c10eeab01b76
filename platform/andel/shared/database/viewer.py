"""Who looks at a region's data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from andel.shared.database.errors import ViewerError
from andel.shared.database.names import MEMBER, STAFF


class ViewerRole(StrEnum):
    """The database role that a transaction takes on."""

    STAFF = STAFF
    MEMBER = MEMBER


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the region's staff, who see every row, or a member, who sees its organizations' rows.

    Attributes:
        role: the database role of the transaction.
        organizations: whose rows a member sees: itself, its districts, those it pays for.
        read_only: refuse every write, as for an auditor.

    Raises:
        ViewerError: a member without organizations, or one that is no UUID. Nobody sees nothing in silence.
    """

    role: ViewerRole
    organizations: tuple[UUID, ...] = ()
    read_only: bool = False

    def __post_init__(self) -> None:
        if type(self.role) is not ViewerRole or type(self.organizations) is not tuple:
            what = "A viewer is a role and a tuple of organizations."
            raise ViewerError(what, remedy="Use Viewer.staff() or Viewer.member(...).")
        if self.role is ViewerRole.MEMBER and not self.organizations:
            what = "A member without organizations may see nothing."
            raise ViewerError(what, remedy="Name the organizations that the user acts for.")
        for organization in self.organizations:
            if type(organization) is not UUID:
                what = f"{organization!r} is no id of an organization."
                raise ViewerError(what, remedy="Give the organization's UUID.")

    @classmethod
    def staff(cls, *, read_only: bool = False) -> Viewer:
        """Return the region's staff."""
        return cls(ViewerRole.STAFF, read_only=read_only)

    @classmethod
    def member(cls, *organizations: UUID, read_only: bool = False) -> Viewer:
        """Return a user who acts for the organizations."""
        return cls(ViewerRole.MEMBER, organizations, read_only=read_only)

    @property
    def organizations_array(self) -> str:
        """The organizations as PostgreSQL writes an array."""
        return "{" + ",".join(map(str, self.organizations)) + "}"
