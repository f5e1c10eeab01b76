"""A site with the pages of signing in, and two pages of its own: one to read, one to sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import Engine
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.region import Region
from werkzeug.test import TestResponse

from andel.identity.model.permissions import Permission
from andel.identity.model.signed_in import Token, csrf_token
from andel.identity.pages import PROBLEMS, Cookies, Guard, form_token, install, requires
from andel.identity.pages.sign_in import Gateway, sign_in_address, sign_in_pages, step_up_address, viewer
from andel.parties.pages import PROBLEMS as REGION_PROBLEMS
from andel.parties.pages import TenantConverter, UnknownRegionError, surroundings
from andel.shared.web import Frame, configure

HOST = "https://andel.example"
HOME = "{% extends '_base.html' %}{% block main %}<h1>Inne</h1>{% endblock %}"


@dataclass(slots=True)
class OneDoor:
    """The engines: of one region, and of no other."""

    engine: Engine

    def region(self, tenant: str) -> Engine:
        """Return the engine of the one region."""
        if tenant != "testlandet":
            what = f"There is no region {tenant}."
            raise UnknownRegionError(what)
        return self.engine

    def control(self) -> Engine:
        """Return no control database: nothing here has one."""
        raise NotImplementedError


def build(region: Region, *, development: bool = False, mark_missing: bool = False) -> Flask:
    """Return the site."""
    app = Flask("andel.test")
    app.secret_key = "of one test"  # noqa: S105  (of a site that lives for one test)
    app.url_map.converters["tenant"] = TenantConverter
    configure(app, frame_of=_frame, kinds=(REGION_PROBLEMS, PROBLEMS), mark_missing=mark_missing)
    guard = Guard(
        doors=OneDoor(region.world.engine),
        cookies=Cookies(development=development),
        clock=lambda: datetime.now(UTC),
        sign_in=sign_in_address,
        step_up=step_up_address,
    )
    known = frozenset({"static", "problems.kind", "assets.palette"})
    install(app, guard, known=known)
    app.register_blueprint(sign_in_pages(Gateway(relying=region.flow.relying, vault=region.flow.vault)))

    @app.get("/<tenant:tenant>/")
    @requires(Permission.COSTS_READ)
    def home(tenant: str) -> str:
        del tenant
        return render_template_string(HOME)

    @app.get("/<tenant:tenant>/skriv-under")
    @requires(Permission.AGREEMENTS_SIGN)
    def sign(tenant: str) -> Response:
        return make_response(f"{tenant} signed")

    return app


def _frame() -> Frame:
    around = surroundings()
    tenant = "testlandet"
    if around is None:
        return Frame(viewer=viewer(tenant), csrf_token=form_token())
    return Frame(region=around.region, home=f"/{tenant}/", viewer=viewer(tenant), csrf_token=form_token())


@dataclass(slots=True)
class Surfing:
    """A browser at the site, over https."""

    region: Region
    client: FlaskClient
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Site": "same-origin", "Origin": HOST})

    def get(self, path: str, **arguments: str) -> TestResponse:
        """Open a page."""
        return self.client.get(f"{path}?{urlencode(arguments)}" if arguments else path, base_url=HOST)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, token: str | None = None) -> TestResponse:
        """Send a form with the session's token, or another one."""
        who = self.who()
        proper = csrf_token(who.csrf_secret) if who else ""
        form = {"csrf_token": proper if token is None else token, **(data or {})}
        return self.client.post(path, base_url=HOST, headers=self.headers, data=form)

    def sign_in(self, way: str = "truth", **asked: str) -> TestResponse:
        """Go to a provider and come back."""
        away = self.get(f"/testlandet/logga-in/{way}/starta", **asked)
        assert away.status_code == 303, away.text
        parameters = visit(away.headers["Location"])
        query = urlencode([(name, value) for name, values in parameters.items() for value in values])
        return self.get(f"/testlandet/logga-in/{way}/svar?{query}")

    def who(self) -> Any:  # noqa: ANN401  (who is signed in, or None)
        """Return who is signed in, by the browser's cookie."""
        cookie = self.client.get_cookie("__Host-andel-testlandet", domain="andel.example")
        self.region.token = Token.read(cookie.value) if cookie else None
        return self.region.who()
