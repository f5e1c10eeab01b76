"""Why a document is not applied. In each case the database is as it was before."""

from __future__ import annotations

from andel.sdk.errors import AndelError


class ApplyError(AndelError):
    """The document is not applied."""


class RefusedError(ApplyError):
    """It would overwrite or take away what is kept."""


class RemovalError(ApplyError):
    """It would remove something, and that was not allowed."""


class BusyError(ApplyError):
    """Another apply of the same region is running."""
