"""How a check says that it found something."""

from __future__ import annotations

from andel.sdk.text import Text


class CheckError(AssertionError):
    """A check found what it looks for."""


def worded(text: Text, what: str) -> None:
    """Make sure that a text has words in both languages.

    Raises:
        CheckError: one of them is empty.
    """
    if not (text.sv.strip() and text.en.strip()):
        message = f"{what} lacks Swedish or English."
        raise CheckError(message)
