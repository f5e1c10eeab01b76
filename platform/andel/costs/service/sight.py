"""What a reader sees of what parties pay: everything, or their own rows and, where the region opens it, the workings.

The database hides the charges of others from a member whatever is said here. What the parties pay stands in the
stored workings as well, which a region opens to all its members unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

_KEY: Final = "andel.sight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a member sees.

    Attributes:
        own: the keys of the organizations whose charges the database shows.
        open: whether what the others pay is shown too, from the workings.
    """

    own: frozenset[str]
    open: bool


def narrow(session: Session, sight: Sight) -> None:
    """Say that the session is a member's, and what is shown to it."""
    session.info[_KEY] = sight


def sight_of(session: Session) -> Sight | None:
    """Return what a member's session is shown; None for one of whom nothing has been said, which sees what it reads."""
    found = session.info.get(_KEY)
    return found if isinstance(found, Sight) else None
