"""Whether a change is asked for from the region's own pages: what browsers say, and the token of the form."""

from __future__ import annotations

from typing import Final

from flask import Request

from andel.identity.model.errors import CrossSiteError
from andel.identity.model.signed_in import is_csrf_token

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf_token"
_SITE: Final = "Sec-Fetch-Site"
_ORIGIN: Final = "Origin"


def check_site(request: Request, *, development: bool = False) -> None:
    """Refuse a change that a page of another site asks for, by what the browser itself says.

    ``Sec-Fetch-Site`` must be ``same-origin``, or ``none`` for what a person did without a page; another subdomain
    is another site. ``Origin`` must be this host, over https. A client that sends neither is no browser of today:
    what is left is the token.

    Raises:
        CrossSiteError: it came from elsewhere.
    """
    if request.method in SAFE:
        return
    site = request.headers.get(_SITE)
    if site not in {None, "same-origin", "none"}:
        raise CrossSiteError.because(_SITE, site or "")
    origin = request.headers.get(_ORIGIN)
    own = {f"https://{request.host}"} | ({f"http://{request.host}"} if development else set())
    if origin is not None and origin not in own:
        raise CrossSiteError.because(_ORIGIN, origin)


def check_token(request: Request, secret: bytes) -> None:
    """Refuse a change without a token of the session: in the header, which htmx sends, or in the form.

    Raises:
        CrossSiteError: there is none, or it is of another session.
    """
    if request.method in SAFE:
        return
    token = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not is_csrf_token(secret, token):
        raise CrossSiteError.because(FIELD, "")
