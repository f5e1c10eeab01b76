"""One's own sessions: where somebody is signed in, and signing out everywhere."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from andel.identity.model.access import public
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sign_in.gateway import Gateway, shown_token
from andel.identity.service import sessions
from andel.identity.service.own_sessions import end_one, own_sessions
from andel.shared.clock import SWEDEN
from andel.shared.i18n import gettext
from andel.shared.web import flash, go_to, render


def add_own_sessions(pages: Blueprint, gateway: Gateway) -> None:
    """Add the page of one's own sessions."""

    @pages.get("/<tenant:tenant>/inloggningar")
    @public
    def mine(tenant: str) -> Response:
        to, token = Addresses(tenant), shown_token(tenant)
        with gateway.entered(tenant) as (session, who):
            if who is None or token is None:
                return go_to(to.sign_in(to.sessions))
            found = own_sessions(session, who.person, token, guard_of(current_app).clock())
        return render("identity/sessions.html", to=to, sessions=found, SWEDEN=SWEDEN)

    @pages.post("/<tenant:tenant>/inloggningar")
    @public
    def end(tenant: str) -> Response:
        to, handle = Addresses(tenant), request.form.get("inloggning", "")
        with gateway.entered(tenant, changes=True) as (session, who):
            if who is None:
                return go_to(to.sign_in(to.sessions))
            if "alla" in request.form:
                sessions.end_everywhere(session, who.person)
                return go_to(to.left)
            ended = end_one(session, who.person, handle)
        if ended:
            flash(gettext("Utloggad."), gettext("Den andra inloggningen är avslutad."))
        return go_to(to.sessions)
