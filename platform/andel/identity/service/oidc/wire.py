"""A connection that must be done by a moment, however slowly the other side speaks."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from andel.identity.model.oidc.addresses import Address, Place

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Resolve = Callable[[str, int], Sequence[Address]]
_LOOKUPS: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="andel-lookup")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock by which everything must be done."""

    at: float
    clock: Callable[[], float] = time.monotonic

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self.at - self.clock()
        if left <= 0:
            message = "the time is up"
            raise TimeoutError(message)
        return left


def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Return every address that a name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(ip_address(str(entry[4][0])) for entry in found))


def resolve_by(deadline: Deadline, look_up: Resolve, host: str, port: int) -> tuple[Address, ...]:
    """Look a name up in time: the system's own lookup knows no limit, so it runs beside.

    Raises:
        TimeoutError: it takes too long.
        OSError: there is no such name.
    """
    try:
        return tuple(_LOOKUPS.submit(look_up, host, port).result(timeout=deadline.left()))
    except FutureTimeoutError as error:
        message = "the name is not found in time"
        raise TimeoutError(message) from error


class _Incoming(io.RawIOBase):
    """What is read; each read has the time that is left, and no more."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection, self._deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._connection.settimeout(self._deadline.left())
        return self._connection.recv_into(memoryview(buffer))


class Wire:
    """As much of a socket as ``http.client`` uses. Whoever opened it closes it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection, self._deadline = connection, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the side to read from."""
        assert mode == "rb"  # noqa: S101  (what http.client asks for)
        return io.BufferedReader(_Incoming(self._connection, self._deadline))

    def sendall(self, data: bytes) -> None:
        """Send in the time that is left."""
        self._connection.settimeout(self._deadline.left())
        self._connection.sendall(data)

    def close(self) -> None:
        """Leave the connection open for what is still to be read of it."""


@contextmanager
def open_wire(
    place: Place, addresses: Sequence[Address], deadline: Deadline, context: ssl.SSLContext
) -> Iterator[Wire]:
    """Connect to the first of the addresses that answers: to these and to no other that the name might mean by now.

    Raises:
        OSError: none answers, its certificate is not the host's, or the time is up.
    """
    connection = _connected(addresses, place.port, deadline)
    try:
        if place.secure:
            connection.settimeout(deadline.left())
            connection = context.wrap_socket(connection, server_hostname=place.host)
        yield Wire(connection, deadline)
    finally:
        connection.close()


def _connected(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    last: OSError = OSError("the name stands for no address")
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=deadline.left())
        except OSError as error:
            last = error
    raise last
