"""What can go wrong between Andel and its databases."""

from __future__ import annotations

from andel.sdk.errors import AndelError
from andel.sdk.text import Text


class DatabaseError(AndelError):
    """A database, a role or an address is not as it must be."""


class ViewerError(DatabaseError):
    """Data was asked for without saying who looks at it."""


class RegionUnavailableError(DatabaseError):
    """A region's database cannot be reached. The other regions are unharmed; answer 503 for this one."""

    @classmethod
    def about(cls, region: str, reason: str) -> RegionUnavailableError:
        """Make the error of a region's key and the driver's reason, which is for operators."""
        what = Text(
            "Regionens databas går inte att nå just nu.",
            "The region's database cannot be reached at the moment.",
        )
        remedy = Text("Försök igen om en stund.", "Try again in a while.")
        error = cls(what, where=region, remedy=remedy)
        error.reason = reason
        return error

    reason: str = ""
    """What the driver said. Never shown to users: it names hosts and databases."""


class RegionBehindError(DatabaseError):
    """A region's schema is older than this version of Andel needs. Answer 503 for this region alone."""

    @classmethod
    def about(cls, region: str, *, have: str, need: str) -> RegionBehindError:
        """Make the error of the region's key, the revision it has and the one that is needed."""
        what = Text(
            f"Regionens databas uppgraderas: den har version {have or '-'}, och {need} behövs.",
            f"The region's database is being upgraded: it has revision {have or '-'}, and {need} is needed.",
        )
        remedy = Text(
            "Försök igen om en stund. Drift: kör andel db migrate.",
            "Try again in a while. Operators: run andel db migrate.",
        )
        return cls(what, where=region, remedy=remedy)
