"""As much of a browser as a sign-in needs."""

from __future__ import annotations

import http.client
from urllib.parse import parse_qs, urlsplit


class SentElsewhereError(Exception):
    """The browser was sent to an address that is no page of the loopback."""


def visit(address: str) -> dict[str, list[str]]:
    """Open an address on the loopback, and return the parameters of the address that it sends the browser to."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1":
        raise SentElsewhereError(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=5)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        answer.read()
        location = answer.getheader("Location", "")
    finally:
        connection.close()
    return parse_qs(urlsplit(location).query, keep_blank_values=True)
