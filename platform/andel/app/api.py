"""The API on the application: every room's operations, behind the tokens of programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Flask, Response
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from andel.costs.api import PROBLEMS as COST_PROBLEMS
from andel.costs.api import result_resources, service_resources
from andel.identity.model.access import Access, marked, public
from andel.identity.model.permissions import Permission
from andel.identity.model.programs import Program, ScopeError
from andel.identity.model.roles import REGIONAL
from andel.identity.pages import PROBLEMS as IDENTITY_PROBLEMS
from andel.identity.pages.programs import answer_programs
from andel.identity.service.clients import program_transaction
from andel.parties.api import PROBLEMS as PARTY_PROBLEMS
from andel.parties.api import fact_resources, organization_resources
from andel.parties.pages import Regions
from andel.sdk.text import Text
from andel.shared.api import PROBLEMS as SHARED_PROBLEMS
from andel.shared.api import ROOT, Api, Caller, Inside, Resources
from andel.shared.api.info import info_resources, openapi_json, reference_page
from andel.shared.problems import Kind, Kinds
from andel.tenancy.service.applying.changing import changing
from andel.tenancy.service.applying.errors import BusyError, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGate:
    """Lets programs in by their access tokens.

    Attributes:
        engine_of: returns a region's engine, or raises when there is no such region or it rests.
        clock: the moment of a request.
    """

    engine_of: Callable[[str], Engine]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @contextmanager
    def enter(self, tenant: str, token: str, scope: str, *, writing: bool) -> Iterator[Inside]:
        """Open the region's transaction for the program whose token is shown."""
        now = self.clock().astimezone(UTC)
        engine = self.engine_of(tenant)
        permission = Permission(scope)

        def check(program: Program) -> None:
            if not program.may(permission):
                raise ScopeError.without(permission)

        with program_transaction(engine, token, now, writing=writing, check=check) as (session, program):
            yield Inside(tenant=tenant, session=session, caller=_caller(program), now=now)


PROBLEMS: Final[tuple[Kinds, ...]] = (
    SHARED_PROBLEMS,
    IDENTITY_PROBLEMS,
    PARTY_PROBLEMS,
    COST_PROBLEMS,
    {
        RefusedError: Kind("in-use", 409, Text("Det används", "It is in use")),
        BusyError: Kind("busy", 409, Text("Regionen ändras av någon annan", "The region is being changed by another")),
    },
)
"""What the errors of the API mean on the web."""


def mount_api(app: Flask, gate: TokenGate, regions: Regions, kinds: Kinds) -> Api:
    """Put the API on an application.

    Args:
        app: an application with its pages.
        gate: lets programs in.
        regions: says what each region may use.
        kinds: what every error of the application means on the web; the document lists them.
    """
    answer_programs(app)
    api = Api(app, kinds)

    def whole(session: Session) -> AbstractContextManager[None]:
        return changing(session, regions.registry)

    for resources in (
        info_resources(),
        organization_resources(gate),
        fact_resources(gate, changing=whole),
        service_resources(gate, regions, changing=whole),
        result_resources(gate, regions),
    ):
        _mount(app, api, resources)
    app.register_blueprint(_about(api))
    return api


def _mount(app: Flask, api: Api, resources: Resources) -> None:
    """Register operations, and write on each what it asks for, as the guard of the pages wants it."""
    api.register_blueprint(resources.blueprint)
    api.subjects[resources.name] = resources.about
    for endpoint, scope in resources.scopes.items():
        marked(app.view_functions[endpoint], Access(Permission(scope) if scope else None))


def _about(api: Api) -> Blueprint:
    pages = Blueprint("api", __name__, url_prefix=ROOT)

    @pages.get("/openapi.json")
    @public
    def openapi() -> Response:
        return openapi_json(api)

    @pages.get("/reference")
    @public
    def reference() -> Response:
        return reference_page(api)

    return pages


def _caller(program: Program) -> Caller:
    return Caller(
        client=program.client,
        organization=program.organization,
        organization_key=program.organization_key,
        organizations=frozenset(program.organizations),
        regional=program.role in REGIONAL,
    )
