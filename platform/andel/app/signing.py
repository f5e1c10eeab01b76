"""Signing in to the pages: who may see each, whose rows it shows, and the pages of signing in themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

from flask import Flask, request
from sqlalchemy.orm import Session

from andel.costs.pages import Ordering
from andel.costs.service.sight import Sight, narrow, sight_of
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.identity.model.errors import ForbiddenError, SignInNeededError
from andel.identity.model.permissions import Permission
from andel.identity.model.roles import REGIONAL, WORDS, Role
from andel.identity.pages import Cookies, Doors, Guard, current, form_token, install, public, requires, transaction
from andel.identity.pages.sign_in import Gateway, sign_in_address, sign_in_pages, step_up_address, viewer
from andel.identity.service.sharing import read_sharing
from andel.parties.pages import Regions
from andel.parties.service import organization_keys
from andel.sdk.text import Text
from andel.shared.web import Viewer

P: Final = Permission

PAGES: Final[dict[str, Permission | None]] = {
    "health.healthz": None,
    "health.readyz": None,
    "health.metrics": None,
    "parties.parties": P.COSTS_READ,
    "parties.facts": P.FACTS_READ,
    "parties.series": P.FACTS_READ,
    "parties.series_file": P.FACTS_READ,
    "costs.home": None,
    "costs.region": P.COSTS_READ,
    "costs.services": P.COSTS_READ,
    "costs.service": P.COSTS_READ,
    "costs.result": P.COSTS_READ,
    "costs.party_why": P.COSTS_READ,
    "costs.csv_file": P.COSTS_READ,
    "costs.xlsx_file": P.COSTS_READ,
    "costs.party_page": P.COSTS_READ,
    "costs.models": P.COSTS_READ,
    "costs.model": P.COSTS_READ,
    "costs.runs": P.COSTS_READ,
    "costs.order": P.COSTS_ALLOCATE,
    "costs.one_run": P.COSTS_READ,
}
"""What it takes to see each page; None for the pages that everybody sees."""

WHOLE: Final = frozenset({"costs.result", "costs.csv_file", "costs.xlsx_file"})
"""Pages that show what everybody pays."""

OF_A_PARTY: Final = frozenset({"costs.party_why", "costs.party_page"})
"""Pages that show what one party pays, which the address names."""

HOME: Final = "costs.home"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people sign in to an instance.

    Attributes:
        doors: the databases.
        gateway: the sign-in by each organization's own provider.
        cookies: how sessions are kept in browsers.
        clock: the moment of a request.
        flash_key: signs what a page tells once; nothing else rests on it.
    """

    doors: Doors
    gateway: Gateway
    cookies: Cookies = field(default_factory=Cookies)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    flash_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedRegions:
    """The regions as whoever makes the request may see them: in the transaction that the guard let them in with."""

    regions: Regions

    @property
    def registry(self) -> Registry:
        """What is installed."""
        return self.regions.registry

    def names(self) -> tuple[str, ...]:
        """Return the keys of the regions that can be visited.

        Raises:
            DatabaseError: the control database does not answer.
        """
        return self.regions.names()

    @contextmanager
    def open(self, tenant: str, *, writing: bool = False) -> Iterator[Session]:
        """Give the transaction of the request; the first page, which is public, reads who the regions are.

        Raises:
            IdentityError: the request has not been let in, or may only read.
            ForbiddenError: the page shows what others pay, which the region keeps to each.
            UnknownRegionError, RegionUnavailableError, RegionBehindError: there is no such region, or it is closed.
        """
        if request.endpoint == HOME:
            with self.regions.open(tenant) as session:
                yield session
            return
        session = transaction(writing=writing)
        _narrow(session)
        yield session

    def view(self, tenant: str, session: Session) -> TenantView:
        """Return what the region may use, by what its database says."""
        return self.regions.view(tenant, session)


def ordering() -> Ordering:
    """Return who orders runs: whoever may allocate, named by role and organization."""
    return Ordering(allowed=_may_order, name=_orderer)


def guard_pages(app: Flask, sign_in: SignIn) -> None:
    """Let people sign in, and nobody else see the pages that ask for it.

    Call it when every page is on the application.
    """
    for endpoint, permission in PAGES.items():
        view: Callable[..., Any] = app.view_functions[endpoint]
        app.view_functions[endpoint] = public(_own(view)) if permission is None else requires(permission)(view)
    guard = Guard(
        doors=sign_in.doors,
        cookies=sign_in.cookies,
        clock=sign_in.clock,
        sign_in=sign_in_address,
        step_up=step_up_address,
    )
    install(app, guard)
    secure = not sign_in.cookies.development
    app.secret_key = sign_in.flash_key
    app.config.update(
        SESSION_COOKIE_NAME="__Host-andel-flash" if secure else "andel-flash",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.register_blueprint(sign_in_pages(sign_in.gateway))


def reader() -> tuple[Viewer | None, str]:
    """Return who reads the page, for its frame, and a token for its forms; None and nothing for nobody."""
    tenant = str((request.view_args or {}).get("tenant", ""))
    return (viewer(tenant), form_token()) if tenant else (None, "")


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view of the same kind that carries a mark of its own."""

    @wraps(view)
    def seen(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (whatever the view takes and answers)
        return view(*args, **kwargs)

    return seen


def _narrow(session: Session) -> None:
    """Show a member what the region opens to its members, once for each request.

    Raises:
        ForbiddenError: the page shows what others pay, and the region keeps that to each.
    """
    who = current()
    if who is None:
        raise SignInNeededError.now()
    if who.role in REGIONAL or who.role is Role.OPERATOR:
        return
    sight = sight_of(session)
    if sight is None:
        keys = organization_keys(session)
        own = frozenset(keys[one] for one in who.organizations if one in keys)
        sight = Sight(own=own, open=read_sharing(session).allocations)
        narrow(session, sight)
    of_others = request.endpoint in OF_A_PARTY and str((request.view_args or {}).get("party")) not in sight.own
    if not sight.open and (request.endpoint in WHOLE or of_others):
        what = Text("Regionen visar inte vad andra parter betalar.", "The region does not show what others pay.")
        remedy = Text("Se er egen organisations sida.", "See your own organization's page.")
        raise ForbiddenError(what, remedy=remedy)


def _may_order() -> bool:
    who = current()
    return who is not None and who.may(Permission.COSTS_ALLOCATE)


def _orderer() -> str:
    who = current()
    if who is None:
        raise SignInNeededError.now()
    return f"{WORDS[who.role].sv}, {who.organization_name}"
