"""Signing out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from andel.identity.model.access import public
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sign_in.gateway import Gateway, shown_token
from andel.identity.service.oidc.leaving import Left, sign_out
from andel.shared.web import go_to, render


def add_leaving(pages: Blueprint, gateway: Gateway) -> None:
    """Add signing out, and the page that people come back to from their provider."""

    @pages.get("/<tenant:tenant>/logga-ut")
    @public
    def ask(tenant: str) -> Response:
        with gateway.entered(tenant) as (_session, who):
            pass
        to = Addresses(tenant)
        return render("identity/sign_out.html", to=to, who=who) if who else go_to(to.left)

    @pages.post("/<tenant:tenant>/logga-ut")
    @public
    def leave(tenant: str) -> Response:
        """Sign out here, and show the way to sign out there: a form may lead to no other site, a link may."""
        to, token, left = Addresses(tenant), shown_token(tenant), Left()
        with gateway.entered(tenant, changes=True) as (_session, who):
            pass
        if who is not None and token is not None:
            left = sign_out(gateway.flow(tenant), token, back_to=f"{gateway.address()}{to.left}")
        return _left(tenant, left)

    @pages.get("/<tenant:tenant>/utloggad")
    @public
    def gone(tenant: str) -> Response:
        with gateway.entered(tenant) as (_session, who):
            pass
        return _left(tenant, Left()) if who is None else go_to(Addresses(tenant).home)


def _left(tenant: str, left: Left) -> Response:
    response = render("identity/signed_out.html", to=Addresses(tenant), left=left)
    guard_of(current_app).cookies.clear(response, tenant)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
