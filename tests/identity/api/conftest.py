"""An application with the interfaces of programs and directories, around a region with two towns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from tests.identity.service.scim.conftest import world
from tests.identity.service.scim.world import NOW, Town, World
from werkzeug.test import TestResponse

from andel.identity.api import oauth_api, scim_api
from andel.identity.pages import PROBLEMS, Guard, install
from andel.parties.pages import PROBLEMS as REGION_PROBLEMS
from andel.parties.pages import TenantConverter, UnknownRegionError
from andel.shared.web import configure
from andel.tenancy.service.databases import Databases

__all__ = ["world"]
HOST = "https://andel.example"


@dataclass
class RealDoors:
    """The databases of the test."""

    engine: Engine
    control_engine: Engine

    def region(self, tenant: str) -> Engine:
        """Return the engine of the only region."""
        if tenant != "prov":
            raise UnknownRegionError(tenant)
        return self.engine

    def control(self) -> Engine:
        """Return the engine of the control database."""
        return self.control_engine


@dataclass
class Site:
    """The application, and a directory that asks it."""

    app: Flask
    world: World
    now: datetime = field(default=NOW)

    def scim(
        self,
        method: str,
        path: str,
        body: Any = None,  # noqa: ANN401  (JSON)
        *,
        town: Town | None = None,
        token: str | None = None,
        organization: str = "",
        **request: Any,  # noqa: ANN401  (of werkzeug)
    ) -> TestResponse:
        """Make a request of a town's directory."""
        asked = town or self.world.first
        headers = {"Authorization": f"Bearer {asked.token if token is None else token}"} | request.pop("headers", {})
        if body is not None:
            request |= {"json": body} if not isinstance(body, bytes) else {"data": body}
            headers |= {"Content-Type": "application/scim+json; charset=utf-8"}
        address = f"/prov/scim/v2/{organization or asked.key}{path}"
        client = self.app.test_client()
        return client.open(address, method=method, base_url=HOST, headers=headers, **request)

    def token(self, form: Any = None, **request: Any) -> TestResponse:  # noqa: ANN401  (of werkzeug)
        """Make a request of the token endpoint."""
        fields = {"grant_type": "client_credentials"} if form is None else form
        return self.app.test_client().post("/prov/oauth/token", base_url=HOST, data=fields, **request)


@pytest.fixture
def site(world: World, databases: Databases) -> Iterator[Site]:
    """The application around the region."""
    app, control = Flask("interfaces"), databases.control_engine()
    made, doors = Site(app, world), RealDoors(world.engine, control)
    app.url_map.converters["tenant"] = TenantConverter
    configure(app, kinds=(PROBLEMS, REGION_PROBLEMS))
    install(app, Guard(doors=doors, clock=lambda: made.now))
    app.register_blueprint(oauth_api(doors.region, lambda: made.now))
    app.register_blueprint(scim_api(doors.region, lambda: made.now))
    yield made
    control.dispose()
