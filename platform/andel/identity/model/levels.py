"""Levels of assurance in words: what stands at the end of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_LEVEL: Final = re.compile(r"loa-?([1-4])$")


def level_of(name: str) -> int | None:
    """Return the level that a name ends with: 3 for ``http://id.sambi.se/loa/loa3``; None for other names."""
    found = _LEVEL.search(name.lower())
    return int(found[1]) if found else None


def least(names: Iterable[str]) -> int | None:
    """Return the lowest level among names; None when none of them says one."""
    return min((level for name in names if (level := level_of(name)) is not None), default=None)
