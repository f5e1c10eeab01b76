"""Which addresses Andel may connect to when a provider's metadata names them: public ones, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from andel.identity.model.oidc.checks import shown
from andel.identity.model.oidc.refusals import Reason, RefusedError

Address = IPv4Address | IPv6Address

LONGEST: Final = 2048
_CHARACTERS: Final = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
"""What a URI may hold (RFC 3986): no space, no backslash, no control character, nothing beyond ASCII."""
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_INSIDE: Final = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "test",
    "example", "invalid", "onion", "svc", "consul",
)  # fmt: skip
"""Last labels that no public name has: those of RFC 6761 and 6762, and what networks use inside."""

_V4_FORBIDDEN: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # the wire server that every machine of one large cloud reaches
    )
)  # fmt: skip
"""The special-purpose registry of IANA (RFC 6890), multicast, and one host that is public by number only."""

_V6_PUBLIC: Final = IPv6Network("2000::/3")
_V6_FORBIDDEN: Final = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # fmt: skip
"""Inside global unicast: protocol assignments with Teredo and ORCHID, documentation, 6to4."""
_NAT64: Final = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect, read out of a URL once, so that nobody reads it differently later."""

    secure: bool
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def address_fault(address: Address) -> str:
    """Say why Andel may not connect to an address; empty when it is public.

    An IPv4 address inside an IPv6 one counts as itself where the network translates it (NAT64), and is refused in
    every other form: mapped, compatible, 6to4, Teredo.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "has a zone"
        if address in _NAT64:
            return address_fault(IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in _V6_PUBLIC or any(address in network for network in _V6_FORBIDDEN):
            return "is no public address"
        return ""
    return "is no public address" if any(address in network for network in _V4_FORBIDDEN) else ""


def place_of(url: object, *, development: bool = False) -> Place:
    """Return where a URL leads, if Andel may go there.

    ``https`` alone, with a public name or address. In development, plain ``http`` to this machine as well. A name is
    looked up later, and what it stands for is checked by ``address_fault`` then.

    Raises:
        RefusedError: ``ADDRESS_FORBIDDEN``.
    """
    if not isinstance(url, str) or len(url) > LONGEST or not _CHARACTERS.fullmatch(url):
        raise _forbidden(url, "is no address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _forbidden(url, "is no address") from error
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    nearby = development and is_loopback_name(host)
    fault = _shape_fault(url, host) or ("" if nearby else _host_fault(host))
    if not secure and not (nearby and parts.scheme == "http"):
        fault = "is not https"
    if fault:
        raise _forbidden(url, fault)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, host, port or (443 if secure else 80), target)


def is_loopback_name(host: str) -> bool:
    """Return whether a host is this machine, by the three names that development may use."""
    return host in _LOOPBACK_NAMES


def _shape_fault(url: str, host: str) -> str:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return "names a user"
    if "#" in url:
        return "has a fragment"
    if not host or parts.netloc.endswith(":") or parts.port == 0:
        return "names no host"
    return ""


def _host_fault(host: str) -> str:
    """Say why a host may not be visited. What looks like a number must be an address in its one plain form."""
    labels = host.split(".")
    if ":" in host or _NUMBER.fullmatch(labels[-1]) or (labels[-1] == "" and _NUMBER.fullmatch("".join(labels[-2:-1]))):
        try:
            address = ip_address(host)
        except ValueError:
            return "is a number in disguise"
        return address_fault(address)
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "is no name of a host"
    if len(labels) == 1 or labels[-1] in _INSIDE:
        return "is a name inside a network"
    return ""


def _forbidden(url: object, fault: str) -> RefusedError:
    return RefusedError(Reason.ADDRESS_FORBIDDEN, f"{shown(url)} {fault}")
