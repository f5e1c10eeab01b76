"""A small application with a guard: pages that read, change, sign, and one that everybody may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.identity.conftest import NOW, World

from andel.identity.model.permissions import Permission
from andel.identity.model.roles import MUNICIPAL, Role
from andel.identity.model.signed_in import Token
from andel.identity.pages import PROBLEMS, Cookies, Guard, current, form_token, install, public, requires, transaction
from andel.shared.web import Frame, configure
from andel.tenancy.service.databases import Databases

HOST = "https://andel.example"


@dataclass
class Site:
    """The application, its clock, and a browser."""

    app: Flask
    world: World
    now: datetime = NOW

    def browser(self, token: Token | None = None, *, name: str = "__Host-andel-testlandet") -> FlaskClient:
        """Return a browser that has signed in."""
        client = self.app.test_client()
        if token is not None:
            client.set_cookie(name, token.value, domain="andel.example", secure=True)
        return client


@dataclass
class RealDoors:
    """The databases of the test."""

    engine: Engine
    control_engine: Engine

    def region(self, tenant: str) -> Engine:
        assert tenant == "testlandet"
        return self.engine

    def control(self) -> Engine:
        return self.control_engine


def add_views(app: Flask) -> None:
    """Add the pages."""

    @app.get("/")
    @public
    def front() -> str:
        return f"front {current()}"

    @app.route("/<tenant>/costs", methods=["GET", "POST"])
    @requires(Permission.COSTS_READ)
    def costs(tenant: str) -> Response:
        who = current()
        assert who is not None
        session = transaction()
        seen = session.scalar(text("SELECT count(*) FROM membership"))
        mode = session.scalar(text("SHOW transaction_read_only"))
        return Response(f"{tenant} {who.role.value} {seen} {mode}", headers={"X-Token": form_token()})

    @app.route("/<tenant>/manage", methods=["GET", "POST"])
    @requires(Permission.REGION_MANAGE)
    def manage(tenant: str) -> str:
        session = transaction(writing=True)
        session.execute(text("UPDATE profile SET name = 'Nytt namn'"))
        return tenant

    @app.route("/<tenant>/sign", methods=["GET", "POST"])
    @requires(Permission.AGREEMENTS_SIGN)
    def sign(tenant: str) -> str:
        return tenant

    @app.get("/<tenant>/silent")
    def silent(tenant: str) -> str:
        return tenant

    @app.get("/api/v1/<tenant>/costs")
    @requires(Permission.COSTS_READ)
    def costs_of_programs(tenant: str) -> str:
        return tenant


@pytest.fixture
def site(world: World, databases: Databases) -> Iterator[Site]:
    """The application around the region."""
    app, control = Flask("guarded"), databases.control_engine()
    made = Site(app, world)

    def frame() -> Frame:
        return Frame(csrf_token=form_token())

    configure(app, frame_of=frame, kinds=(PROBLEMS,))
    guard = Guard(
        doors=RealDoors(world.engine, control),
        cookies=Cookies(),
        clock=lambda: made.now,
        sign_in=lambda tenant, back: f"/{tenant}/in?next={back}",
        step_up=lambda tenant, back: f"/{tenant}/again?next={back}",
    )
    install(app, guard)
    add_views(app)
    yield made
    control.dispose()


@pytest.fixture
def signed_in(site: Site, sign_in: Callable[..., Token]) -> Callable[[Role], FlaskClient]:
    """Return what makes a browser in which somebody of a role has signed in: of the region, or of Mora."""

    def begin(role: Role) -> FlaskClient:
        organization = "mora" if role in MUNICIPAL else "regionen"
        return site.browser(sign_in(site.world.person(f"{role.value}", (organization, role))))

    return begin
