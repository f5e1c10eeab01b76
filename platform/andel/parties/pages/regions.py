"""What the pages of a region ask of the application: which regions there are, and the way into one's data."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final, Protocol

from sqlalchemy.orm import Session
from werkzeug.routing import BaseConverter

from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared.database.errors import RegionBehindError, RegionUnavailableError
from andel.shared.problems import Kind, Kinds

RESERVED: Final = frozenset({"api", "healthz", "metrics", "problems", "readyz", "static"})
"""First words of addresses that belong to no region."""


class Regions(Protocol):
    """The regions of the instance, as whoever makes the current request may see them."""

    @property
    def registry(self) -> Registry:
        """What is installed."""

    def names(self) -> tuple[str, ...]:
        """Return the keys of the regions that can be visited.

        Raises:
            DatabaseError: the control database does not answer.
        """

    def open(self, tenant: str, *, writing: bool = False) -> AbstractContextManager[Session]:
        """Open a transaction in a region's database, for reading alone unless ``writing``.

        Raises:
            UnknownRegionError: there is no such region.
            RegionUnavailableError, RegionBehindError: its database is gone, or older than this version needs.
        """

    def view(self, tenant: str, session: Session) -> TenantView:
        """Return what the region may use, by what its database says."""


class NotHereError(AndelError):
    """The address names something that the region does not have. Answered with 404 and what was meant instead."""


class UnknownRegionError(NotHereError):
    """There is no region of that key."""


class RegionEmptyError(AndelError):
    """The region has a database, and nothing has been applied to it yet."""

    @classmethod
    def about(cls, region: str) -> RegionEmptyError:
        """Make the error of a region's key."""
        what = Text("Regionens uppgifter är inte inlagda än.", "The region's data has not been entered yet.")
        remedy = Text(
            "Försök igen om en stund. Drift: verkställ regionens dokument, andel tenant apply.",
            "Try again in a while. Operators: apply the region's document, andel tenant apply.",
        )
        return cls(what, where=region, remedy=remedy)


_CLOSED: Final = Kind("", 503, Text("Regionen är stängd för stunden", "The region is closed for the moment"))

PROBLEMS: Final[Kinds] = {
    NotHereError: Kind("not-here", 404, Text("Det finns inte här", "It is not here")),
    RegionEmptyError: Kind("region-empty", 503, Text("Regionen läggs upp", "The region is being set up")),
    RegionUnavailableError: _CLOSED,
    RegionBehindError: _CLOSED,
}
"""What the errors of a region's pages mean on the web."""


class TenantConverter(BaseConverter):
    """The first word of a region's address: a tenant's key, and none of the reserved words."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})(?:/|$))[a-z0-9][a-z0-9-]*"
