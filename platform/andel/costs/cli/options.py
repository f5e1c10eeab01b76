"""What the commands have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final, Protocol

from andel.costs.service.running import Workplace

YEARS: Final = (1990, 2100)
"""The first and the last calendar year that can be asked for."""


class Places(Protocol):
    """The way into the databases of the regions."""

    def place(self, tenant: str) -> AbstractContextManager[Workplace]:
        """Open a region to work in.

        Raises:
            DatabaseError: there is no such region, or its database cannot be reached.
        """
