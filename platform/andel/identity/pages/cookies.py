"""The cookie of a session: one per region, which no other host and no script can read or set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Request, Response

from andel.identity.model.errors import IdentityError
from andel.identity.model.signed_in import Token

OPERATOR: Final = "_operator"
"""What stands for the instance where a region's key would: no region can be called so."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """How cookies are written.

    Attributes:
        development: plain http on this machine: a plain name without ``Secure``, which any other host is refused.
    """

    development: bool = False

    def name(self, tenant: str) -> str:
        """Return the cookie's name: with ``__Host-``, browsers take it over https alone, for one host and all paths."""
        return f"andel-{tenant}" if self.development else f"__Host-andel-{tenant}"

    def read(self, request: Request, tenant: str) -> Token | None:
        """Return the token that a request shows for a region; None when it shows none."""
        self._check(request)
        return Token.read(request.cookies.get(self.name(tenant)))

    def set(self, request: Request, response: Response, tenant: str, token: Token) -> None:
        """Let the browser keep a token until it is closed."""
        self._check(request)
        secure = not self.development
        response.set_cookie(self.name(tenant), token.value, path="/", secure=secure, httponly=True, samesite="Lax")

    def clear(self, response: Response, tenant: str) -> None:
        """Let the browser forget its token."""
        secure = not self.development
        response.delete_cookie(self.name(tenant), path="/", secure=secure, httponly=True, samesite="Lax")

    def _check(self, request: Request) -> None:
        """Keep the plain cookie of development on this machine.

        Raises:
            IdentityError: the request came by another name.
        """
        host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if self.development and host not in _LOOPBACK:
            what = "Cookies without Secure are for development on this machine."
            raise IdentityError(what, where=request.host, remedy="Serve over https, and switch development off.")
