"""Whether the demo's provider may run at all."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlsplit

from andel.sdk.errors import AndelError

VARIABLE: Final = "ANDEL_DEMO"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class DemoError(AndelError):
    """The demo's provider lets anybody be anybody, so it runs nowhere but in a demo on this machine."""


def check_demo(*addresses: str) -> None:
    """Make sure that this is a demo, and that every address is this machine.

    Raises:
        DemoError: it is not.
    """
    if os.environ.get(VARIABLE) != "1":
        what = "The demo's sign-in lets anybody be anybody."
        raise DemoError(what, where=VARIABLE, remedy=f"Use a real provider; only `andel demo` sets {VARIABLE}=1.")
    for address in addresses:
        if not is_loopback(urlsplit(address).hostname or ""):
            what = "The demo's sign-in is for this machine alone."
            raise DemoError(what, where=address, remedy="Use 127.0.0.1.")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    return host in _LOOPBACK
