"""The failure of a plugin, and the wall that keeps it there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from andel.sdk.errors import AndelError, Words
from andel.sdk.text import Text

_LONGEST = 400


class PluginError(AndelError):
    """A plugin failed, or handed over what it may not. It is named, and nothing was changed.

    Attributes:
        plugin: the plugin's name and version as operators know it; empty when the error names none.
        hook: the hook or the method of its object that was called.
    """

    def __init__(self, what: Words, *, where: str = "", remedy: Words = "", plugin: str = "", hook: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.plugin = plugin
        self.hook = hook


class NotAvailableError(AndelError):
    """A model, or a version of one, that the region has not enabled or that is not installed."""


def cause_words(cause: BaseException) -> str:
    """Return the kind and words of an exception, cut to a readable length; a broken ``__str__`` is survived."""
    try:
        words = " ".join(str(cause).split())
    except Exception:  # noqa: BLE001  (the words are a plugin's own code)
        words = "(its words cannot be read)"
    return f"{type(cause).__name__}: {words[:_LONGEST]}" if words else type(cause).__name__


@contextmanager
def contained(hook: str, *, plugin: str, passing: tuple[type[AndelError], ...] = ()) -> Iterator[None]:
    """Turn whatever the plugin's code raises into a ``PluginError`` that names it.

    An interrupt from the keyboard passes, and so do the kinds of error that the hook is specified to raise. What
    the plugin prints goes to the error output: a command's own output may be data.

    Raises:
        PluginError: anything else was raised, ``SystemExit`` too.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (KeyboardInterrupt, PluginError):
        raise
    except BaseException as cause:
        if isinstance(cause, passing):
            raise
        words = cause_words(cause)
        what = Text(f"{plugin} gick fel i {hook}: {words}.", f"{plugin} failed in {hook}: {words}.")
        remedy = Text(
            "Ingenting har ändrats. Meddela den som förvaltar insticket.",
            "Nothing was changed. Tell whoever maintains the plugin.",
        )
        raise PluginError(what, where=f"{plugin}, {hook}", remedy=remedy, plugin=plugin, hook=hook) from cause
