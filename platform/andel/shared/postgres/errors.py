"""What can go wrong between Andel and the PostgreSQL server it runs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from andel.sdk.errors import AndelError

if TYPE_CHECKING:
    from collections.abc import Iterator


class PostgresError(AndelError):
    """The embedded PostgreSQL server cannot be found, prepared or used as asked."""


class WrongVersionError(PostgresError):
    """A data directory was made by another major version of PostgreSQL."""


class DataInUseError(PostgresError):
    """A data directory is in use by another live server."""


class StartError(PostgresError):
    """The server did not start; the remedy points at its log."""


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the operating system into one that says where and what to do.

    Raises:
        PostgresError: Instead of any ``OSError``.
    """
    try:
        yield
    except OSError as error:
        what = f"The operating system refused: {error.strerror or error}."
        remedy = "Check who owns the place, its mode, and the space on its disk."
        raise PostgresError(what, where=str(error.filename or ""), remedy=remedy) from error
