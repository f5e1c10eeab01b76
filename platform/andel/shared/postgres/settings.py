"""What can be set on a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set on a server.

    Attributes:
        durable: Committed data survives a crash of the machine. Without it the server is faster, still survives a
            crash of its own processes, and is meant for tests.
        port: The TCP port on 127.0.0.1; 0 takes a free one at each start.
        max_connections: How many clients at once, over all databases.
        shared_buffers_mb: Shared memory for pages, in MB; claimed when used.
        extra: Further server parameters; they win over those above.
    """

    durable: bool = True
    port: int = 0
    max_connections: int = 100
    shared_buffers_mb: int = 64
    extra: Mapping[str, str] = field(default_factory=dict)

    def arguments(self, *, socket_folder: Path, port: int) -> list[str]:
        """Return the arguments for ``postgres``: the command line wins over postgresql.conf."""
        # a list in the server's own syntax, in which quotes are doubled
        quoted = str(socket_folder).replace('"', '""')
        parameters = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": f'"{quoted}"',
            "unix_socket_permissions": "0700",
            "max_connections": str(self.max_connections),
            "shared_buffers": f"{self.shared_buffers_mb}MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_destination": "stderr",
            "logging_collector": "off",
            **({} if self.durable else _CARELESS),
            **self.extra,
        }
        return [part for name, value in parameters.items() for part in ("-c", f"{name}={value}")]
