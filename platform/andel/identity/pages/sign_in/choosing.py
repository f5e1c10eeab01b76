"""Choosing among several employments, at sign-in or later, without signing in again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, request

from andel.identity.model.access import public
from andel.identity.model.oidc.answers import local_path
from andel.identity.model.roles import WORDS
from andel.identity.pages.guard import guard_of
from andel.identity.pages.sign_in.addresses import Addresses
from andel.identity.pages.sign_in.gateway import Gateway, shown_token
from andel.identity.service import sessions
from andel.identity.service.homes import read_homes
from andel.identity.service.people import memberships
from andel.shared.clock import swedish_day
from andel.shared.i18n import language
from andel.shared.web import Option, go_to, render


def add_choosing(pages: Blueprint, gateway: Gateway) -> None:
    """Add the choice of an employment."""

    @pages.get("/<tenant:tenant>/uppdrag")
    @public
    def choose(tenant: str) -> Response:
        to, back = Addresses(tenant), local_path(request.args.get("next"))
        today = swedish_day(guard_of(current_app).clock())
        with gateway.entered(tenant) as (session, who):
            if who is None:
                return go_to(to.sign_in(to.choose(back)))
            names = {home.id: home.name for home in read_homes(session, today).homes}
            held = memberships(session, who.person, today)
        options = [
            Option(
                value=str(one.id),
                label=names.get(one.employment.organization, ""),
                hint=WORDS[one.employment.role].in_language(language()),
            )
            for one in held
        ]
        return render("identity/choose.html", to=to, back=back, options=options, chosen=str(who.membership))

    @pages.post("/<tenant:tenant>/uppdrag")
    @public
    def switch(tenant: str) -> Response:
        to, back = Addresses(tenant), local_path(request.form.get("next"))
        token, now = shown_token(tenant), guard_of(current_app).clock()
        with gateway.entered(tenant, changes=True) as (session, who):
            if who is None or token is None:
                return go_to(to.sign_in(to.choose(back)))
            wanted = _uuid(request.form.get("uppdrag", ""))
            fresh = token if wanted == who.membership else sessions.switch(session, token, wanted, now=now)
        response = go_to(to.home if back == "/" else back)
        guard_of(current_app).cookies.set(request, response, tenant, fresh)
        return response


def _uuid(text: str) -> UUID:
    """Return a membership's id; one that nobody has for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
