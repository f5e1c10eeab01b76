"""Fetching what a provider's addresses answer, without being led anywhere else."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from andel.identity.model.oidc.addresses import Address, Place, address_fault, is_loopback_name, place_of
from andel.identity.model.oidc.checks import Check, demand, shown
from andel.identity.model.oidc.documents import read_object
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.service.oidc.wire import Deadline, Resolve, open_wire, resolve, resolve_by

_REDIRECT: Final = range(300, 400)
_ERROR: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long an answer may take in seconds, from the lookup of the name to its last byte, and how many bytes."""

    seconds: float = 5.0
    size: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer. ``size`` is what was read of it, at most one byte beyond ``most``."""

    status: int
    kind: str
    encoding: str
    body: bytes = field(repr=False)
    most: int

    @property
    def failed(self) -> bool:
        """Whether it says that something went wrong."""
        return self.status >= _ERROR


def _redirect(answer: Answer) -> str:
    return f"answered {answer.status}" if answer.status in _REDIRECT else ""


def _size(answer: Answer) -> str:
    return f"answered more than {answer.most} bytes" if len(answer.body) > answer.most else ""


def _plain(answer: Answer) -> str:
    return "" if answer.encoding in {"", "identity"} else f"content encoding {shown(answer.encoding)}"


def _kind(answer: Answer) -> str:
    kind = answer.kind.partition(";")[0].strip().lower()
    return "" if kind == "application/json" or kind.endswith("+json") else f"content type {shown(answer.kind)}"


ANSWER_CHECKS: Final[tuple[Check[Answer], ...]] = (
    Check("redirect", Reason.REDIRECTED, "no provider's address moves unseen", _redirect),
    Check("size", Reason.TOO_LARGE, "Limits.size", _size),
    Check("encoding", Reason.NOT_JSON, "none was asked for", _plain),
    Check("content type", Reason.NOT_JSON, "OpenID Connect Discovery 1.0, 4.2; RFC 6749, 5.1", _kind),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Gets JSON from public https addresses.

    Every address that a name stands for must be public, and the connection goes to the addresses that were checked:
    a name that means another one a moment later leads nowhere. Nothing follows a redirect.

    Attributes:
        development: this machine may be asked, also by plain http.
        allowed: says what is wrong with an address; empty when nothing is.
        context: whose certificates are believed; by default those of the system (``SSL_CERT_FILE`` names others).
    """

    development: bool = False
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = resolve
    allowed: Callable[[Address], str] = address_fault
    checks: tuple[Check[Answer], ...] = ANSWER_CHECKS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    clock: Callable[[], float] = time.monotonic

    def get(self, url: str) -> dict[str, object]:
        """Return the JSON object at an address.

        Raises:
            RefusedError: why there is none.
        """
        answer = self._ask("GET", url, {}, b"")
        if answer.failed:
            raise RefusedError(Reason.BAD_STATUS, f"{shown(url)} answered {answer.status}")
        return read_object(answer.body)

    def post(self, url: str, headers: Mapping[str, str], form: str) -> dict[str, object]:
        """Return the JSON object that answers an encoded form, also when the status says that it failed.

        Raises:
            RefusedError: why there is none.
        """
        answer = self._ask("POST", url, headers, form.encode())
        try:
            return read_object(answer.body)
        except RefusedError as error:
            reason = Reason.BAD_STATUS if answer.failed else error.reason
            raise RefusedError(reason, f"{shown(url)} answered {answer.status}, {error.detail}") from error

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        place = place_of(url, development=self.development)
        deadline = Deadline(self.clock() + self.limits.seconds, self.clock)
        try:
            addresses = self._addresses(place, deadline)
            with open_wire(place, addresses, deadline, self.context) as wire:
                answer = self._exchange(place, wire, method, {**_headers(place, body), **headers}, body)
        except TimeoutError as error:
            raise RefusedError(Reason.TOO_SLOW, f"{shown(url)}: {error}") from error
        except (OSError, http.client.HTTPException) as error:
            raise RefusedError(Reason.UNREACHABLE, f"{shown(url)}: {type(error).__name__} {error}") from error
        demand((check for check in self.checks if not (check.name == "content type" and answer.failed)), answer)
        return answer

    def _addresses(self, place: Place, deadline: Deadline) -> tuple[Address, ...]:
        addresses = resolve_by(deadline, self.resolve, place.host, place.port)
        for address in addresses:
            nearby = self.development and is_loopback_name(place.host)
            fault = ("" if address.is_loopback else "is not this machine") if nearby else self.allowed(address)
            if fault:
                raise RefusedError(Reason.ADDRESS_FORBIDDEN, f"{shown(place.host)} is {address}, which {fault}")
        return addresses

    def _exchange(self, place: Place, wire: object, method: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.sock = wire
        connection.putrequest(method, place.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return Answer(
            status=answer.status,
            kind=answer.getheader("Content-Type", ""),
            encoding=answer.getheader("Content-Encoding", ""),
            body=answer.read(self.limits.size + 1),
            most=self.limits.size,
        )


def _headers(place: Place, body: bytes) -> dict[str, str]:
    headers = {
        "Host": place.authority,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "andel",
        "Connection": "close",
    }
    if body:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return headers
