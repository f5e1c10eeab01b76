"""The PostgreSQL that Andel brings along: found, started, watched over and stopped.

``Server`` is the way in. ``binaries`` finds PostgreSQL's programs, ``account`` and ``folders`` decide as whom and
where it runs, ``cluster`` makes the data directory, ``postmaster`` tells who uses one, ``process`` starts the
server under a ``guardian``, and ``address`` says how to connect.
"""

from andel.shared.postgres.address import DatabaseAddress
from andel.shared.postgres.binaries import Binaries, find_binaries
from andel.shared.postgres.errors import DataInUseError, PostgresError, StartError, WrongVersionError
from andel.shared.postgres.server import Server, Status, running_address
from andel.shared.postgres.settings import Settings

__all__ = [
    "Binaries",
    "DataInUseError",
    "DatabaseAddress",
    "PostgresError",
    "Server",
    "Settings",
    "StartError",
    "Status",
    "WrongVersionError",
    "find_binaries",
    "running_address",
]
